"""Until when an answer holds: the last value of the counted fact for which the outcome stays."""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from .facts import Fact, Value
from .nodes import Percent, Sum
from .space import Dimension, value_of
from .tree import Leaf, Tree

type Held = int | Literal["never ends", "depends"]


def settled(
    leaf: Leaf, tree: Tree, counted: str, dimensions: Sequence[Dimension], then: Mapping[str, str]
) -> Held:
    """The last value for all orders that reach this leaf, or "depends" when it differs among them.

    `then` gives each clause's outcome. The tree is walked with the leaf's own path, one cell of the counted
    fact later each time, so most leaves need no second decision.
    """
    touched = [place for place in leaf.path if counted in dimensions[place].facts]
    if not touched:
        return "never ends"
    place = touched[0]
    dimension = dimensions[place]
    known = leaf.path[place] & ~dimension.absent
    if len(touched) > 1 or len(dimension.facts) > 1 or dimension.key != ((1, counted),):
        return "depends"
    if not known:
        return "never ends"
    last = known.bit_length() - 1
    if known >> ((known & -known).bit_length() - 1) != (1 << known.bit_count()) - 1:
        return "depends"
    for later in range(last + 1, len(dimension.cuts) + 1):
        reached = _reached(tree, {**leaf.path, place: 1 << later}, dimensions, then)
        if then[leaf.clause] not in reached:
            return dimension.cuts[later - 1]
        if len(reached) > 1:
            return "depends"
    return "never ends"


def _reached(
    tree: Tree, path: Mapping[int, int], dimensions: Sequence[Dimension], then: Mapping[str, str]
) -> set[str]:
    """The outcomes that orders on this path can come to; "" for none, or for two that disagree."""
    if isinstance(tree, Leaf):
        return {"" if tree.rival else then.get(tree.clause, "")}
    cells = path.get(tree.dimension, dimensions[tree.dimension].full)
    reached: set[str] = set()
    for side, mask in ((tree.yes, tree.mask), (tree.no, ~tree.mask)):
        if cells & mask:
            reached |= _reached(side, {**path, tree.dimension: cells & mask}, dimensions, then)
    return reached


def found(
    facts: Mapping[str, Value],
    counted: Fact,
    dimensions: Sequence[Dimension],
    outcome_of: Callable[[int], str],
) -> int | None:
    """The last value for these facts, by deciding again wherever a test can turn; None if it never ends."""
    now = facts[counted.name]
    if not isinstance(now, int):
        return None
    outcome = outcome_of(now)
    for value in _turns(facts, counted, now, dimensions):
        if outcome_of(value) != outcome:
            return value - 1
    return None


def _turns(
    facts: Mapping[str, Value], counted: Fact, now: int, dimensions: Sequence[Dimension]
) -> Sequence[int]:
    """Every value above `now` at which some test may give another answer, in order."""
    assert counted.hi is not None
    turns: set[int] = set()
    for dimension in dimensions:
        if counted.name not in dimension.facts or any(facts[name] is None for name in dimension.facts):
            continue
        if any(isinstance(term, Percent) and counted.name in term.of.facts for _, term in dimension.key):
            return range(now + 1, counted.hi + 1)
        times = sum(count for count, term in dimension.key if term == counted.name)
        rest = value_of(Sum(dimension.key), {**facts, counted.name: 0})
        for cut in dimension.cuts:
            turn = (cut - rest) // times
            turns.update((turn, turn + 1))
    return sorted(value for value in turns if now < value <= counted.hi)
