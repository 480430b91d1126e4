"""How a return line may move. Everything that is not listed is forbidden."""

from aftersale.returns.models import LineState, ReturnLine

ASKING = (LineState.AUTHORISED, LineState.WAITING_SUPPLIER, LineState.WAITING_ALL, LineState.CLAIM)
ENDED = (LineState.REFUSED, LineState.SETTLED, LineState.EXPIRED, LineState.WITHDRAWN)

MOVES: dict[str, tuple[str, ...]] = {
    LineState.AUTHORISED: (
        *ASKING,
        LineState.REFUSED,
        LineState.SENT,
        LineState.EXPIRED,
        LineState.WITHDRAWN,
    ),
    LineState.WAITING_SUPPLIER: (*ASKING, LineState.REFUSED, LineState.WITHDRAWN),
    LineState.WAITING_ALL: (*ASKING, LineState.REFUSED, LineState.EXPIRED, LineState.WITHDRAWN),
    LineState.CLAIM: (*ASKING, LineState.REFUSED, LineState.WITHDRAWN),
    # A supplier may still say yes where the policy alone says no.
    LineState.REFUSED: (LineState.AUTHORISED,),
    LineState.SENT: (LineState.RECEIVED,),
    LineState.RECEIVED: (LineState.INSPECTED, LineState.SETTLED),
    LineState.INSPECTED: (LineState.SETTLED,),
    LineState.SETTLED: (),
    LineState.EXPIRED: (),
    LineState.WITHDRAWN: (),
}


def move(row: ReturnLine, to: str) -> None:
    """Bring `row` to state `to`; the row must still be where it was read."""
    assert to == row.state or to in MOVES[row.state], f"a line cannot go from {row.state} to {to}"
    moved = ReturnLine.objects.filter(pk=row.pk, state=row.state).update(state=to)
    assert moved == 1, f"return line {row.pk} moved meanwhile: its order was not locked"
    row.state = to
