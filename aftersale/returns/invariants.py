"""What must always hold of returns; `aftersale verify` looks."""

from collections.abc import Iterator

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce, Concat

from aftersale.base.invariants import Checked, Invariant, first_few
from aftersale.payments.models import Refund
from aftersale.payments.states import LIVE, State
from aftersale.policy import FactsError
from aftersale.returns.deciding import REFUND
from aftersale.returns.models import Decision, LineState, Return, ReturnLine, ReturnUnit, Stage
from aftersale.returns.policies import policy_of
from aftersale.returns.states import ENDED

_NOT_PAID = (State.FAILED, State.RELEASED, State.REVERSED)


def decisions_stand() -> Checked:
    """Deciding again from the stored facts and the stored policy gives the stored decision."""
    rows = Decision.objects.select_related("policy", "return_line__case")
    return Checked(rows.count(), first_few(_unlike(rows.iterator(chunk_size=2000))))


def _unlike(rows: Iterator[Decision]) -> Iterator[tuple[str, str]]:
    for row in rows:
        stored = (row.outcome, row.clause, row.leaf)
        try:
            now = policy_of(row.policy).decide(row.facts)
        except FactsError as error:
            yield _where(row), f"its facts are refused now: {error}"
            continue
        if (now.outcome, now.clause, now.leaf) != stored:
            yield _where(row), f"{stored} is stored, {(now.outcome, now.clause, now.leaf)} is decided now"


def units_are_within_their_lines() -> Checked:
    """A unit's number is one of its line's, and it is held once."""
    rows = ReturnUnit.objects.filter(held=True)
    beyond = rows.filter(number__gt=F("line__units")).values_list(
        "line__order__code", "line__number", "number"
    )
    return Checked(
        rows.count(), first_few((f"order {code}", f"unit {n} of line {line}") for code, line, n in beyond)
    )


def lines_hold_what_they_ask() -> Checked:
    """A line in a live return holds its units, and one that ended without a refund holds none."""
    rows = ReturnLine.objects.annotate(
        holds=Count("unit_rows", filter=Q(unit_rows__held=True)), wanted=Coalesce("units_found", "units")
    )
    let_go = Q(state__in=ENDED) & ~Q(settlement="refunded")
    wrong = rows.filter((let_go & Q(holds__gt=0)) | (~let_go & ~Q(holds=F("wanted"))))
    found = wrong.values_list("case__reference", "state", "holds", "wanted")
    return Checked(
        rows.count(),
        first_few((f"return {ref}", f"a line {state} holds {h} of {w} units") for ref, state, h, w in found),
    )


def refunds_are_decided() -> Checked:
    """No refund of a return without a final decision that says so, and none of another amount."""
    decided = (
        Decision.objects.filter(
            stage=Stage.FINAL, outcome=REFUND, superseded_by=None, tender=OuterRef("tender")
        )
        .annotate(about=Concat(Value("return:"), "return_line__case__reference"))
        .filter(about=OuterRef("about"))
        .order_by()
        .values("tender")
        .annotate(total=Sum("amount_minor"))
        .values("total")
    )
    rows = Refund.objects.filter(about__startswith="return:").exclude(state__in=_NOT_PAID)
    wrong = rows.annotate(decided=Coalesce(Subquery(decided), 0)).exclude(decided=F("amount_minor"))
    found = wrong.values_list("reference", "amount_minor", "decided")
    return Checked(
        rows.count(),
        first_few((f"refund {ref}", f"{minor} minor units, decided were {d}") for ref, minor, d in found),
    )


def open_returns_have_someone_to_act() -> Checked:
    """Every open return has lines that can still move; a closed one has none."""
    rows = Return.objects.annotate(moving=Count("lines", filter=~Q(lines__state__in=ENDED)))
    wrong = rows.filter(Q(closed_at=None, moving=0) | Q(closed_at__isnull=False, moving__gt=0))
    found = wrong.values_list("reference", "moving")
    return Checked(
        rows.count(), first_few((f"return {ref}", f"{n} lines can still move") for ref, n in found)
    )


def closed_means_paid() -> Checked:
    """A return that is closed has no refund still to go."""
    going = Refund.objects.filter(about=Concat(Value("return:"), OuterRef("reference")), state__in=LIVE)
    rows = Return.objects.filter(closed_at__isnull=False)
    found = rows.filter(Exists(going), lines__state=LineState.SETTLED).values_list("reference").distinct()
    return Checked(
        rows.count(), first_few((f"return {ref}", "is closed, its money has not gone") for (ref,) in found)
    )


def _where(row: Decision) -> str:
    return f"decision {row.pk} of return {row.return_line.case.reference}"


INVARIANTS = [
    Invariant("decisions stand", "deciding again gives the stored decision", decisions_stand),
    Invariant("units within lines", "a unit returned is a unit bought", units_are_within_their_lines),
    Invariant("lines hold their units", "a live return holds exactly its units", lines_hold_what_they_ask),
    Invariant("refunds are decided", "no refund without its final decision", refunds_are_decided),
    Invariant(
        "someone acts",
        "an open return has a next step, a closed one has none",
        open_returns_have_someone_to_act,
    ),
    Invariant("closed means paid", "a return closes when its money has gone", closed_means_paid),
]
