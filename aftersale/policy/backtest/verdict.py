"""From which clauses match to what is decided: the winner, none, or two that disagree.

Asked of a set of clauses, as a bit mask, instead of written out pair by pair: so it stays small for hundreds.
"""

from collections.abc import Callable, Iterable, Iterator

from aftersale.policy.policy import Policy
from aftersale.policy.sql import conflict_code, gap_code


def mask_lines(tests: Iterable[str]) -> Iterator[str]:
    """The lines of a function that returns which tests hold, the first as the lowest bit."""
    yield " found = 0"
    for place, test in enumerate(tests):
        yield f" if {test}: found |= {1 << place}"
    yield " return found"


def verdicts(policy: Policy) -> Callable[[int], int]:
    """From a mask of matching clauses, strongest first, to a code; each mask is thought about once."""
    document = policy.document
    order = document.precedence.order
    places = {name: place for place, name in enumerate(order)}
    stronger = [sum(1 << places[other] for other in document.precedence.stronger[name]) for name in order]
    then = [document.clauses[name].then for name in order]
    known: dict[int, int] = {0: gap_code(document)}

    def code(mask: int) -> int:
        found = known.get(mask)
        if found is None:
            matching = [place for place in range(len(order)) if mask >> place & 1]
            winners = [place for place in matching if not stronger[place] & mask]
            agree = len({then[place] for place in winners}) == 1
            found = known[mask] = matching[0] if agree else conflict_code(document)
        return found

    return code
