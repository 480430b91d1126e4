"""What would change an answer: the smallest changes, in somebody's power, that give the customer more.

Exact: the tree is walked with all that nobody can change put in, and for each leaf that gives more an order
is found that the world allows, or proved not to be.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from itertools import combinations, product
from typing import NamedTuple

from .document import Document
from .facts import Value, show
from .nodes import names_in
from .outcomes import Outcome
from .powers import Power
from .reach import Ruled, Sought, choices, passing
from .space import Dimension, value_of
from .tree import Leaf, Tree
from .whole import TooHard

_MOST_MOVABLE = 10
_STEPS = ("steps",)

type Paths = list[tuple[str, list[tuple[Dimension, int]]]]


class Change(NamedTuple):
    """A change of some `facts`, and the `outcome` it gives; `was` has their values before."""

    facts: dict[str, Value]
    outcome: str
    was: dict[str, Value]

    def as_json(self) -> dict[str, object]:
        """`{"facts", "outcome"}`."""
        return {"facts": {name: show(value) for name, value in self.facts.items()}, "outcome": self.outcome}


class Changes:
    """Answers for one document, whose rules of the world are `ruled`."""

    def __init__(
        self,
        document: Document,
        dimensions: Sequence[Dimension],
        ruled: Sequence[Ruled],
        left_of: Callable[[Mapping[str, Value]], Tree | None],
    ) -> None:
        self.document, self.dimensions, self.ruled, self.left_of = document, dimensions, ruled, left_of
        spoken = {name for dimension in dimensions for name in dimension.facts}
        spoken.update(name for o in document.outcomes.values() if o.pays for name in o.pays.facts)
        # A fact that no clause tests can still be what a rule of the world wants changed along with another.
        spoken.update(name for rule in document.rules for name in names_in(rule.holds))
        self.powers = {name: power for name, power in document.powers.items() if power and name in spoken}

    def of(self, facts: Mapping[str, Value], outcome: str) -> tuple[Change, ...] | None:
        """The changes that give more than an outcome, the least effort first; () proves that none does.

        None where that is not known: the document does not say in whose power its facts are, or there is too
        much to follow.
        """
        if not self.document.powers:
            return None
        movable = [name for name, power in self.powers.items() if _moves(power, facts[name])]
        fixed = {name: value for name, value in facts.items() if name not in movable}
        if len(movable) > _MOST_MOVABLE or (tree := self.left_of(fixed)) is None:
            return None
        try:
            return self._of(facts, movable, self._kinder(tree, fixed, outcome), outcome)
        except TooHard:
            return None

    def _of(
        self, facts: Mapping[str, Value], movable: Sequence[str], kinder: Paths, outcome: str
    ) -> tuple[Change, ...]:
        found: list[tuple[tuple[int, ...], Change]] = []
        for size in range(1, len(movable) + 1 if kinder else 0):
            for names in combinations(movable, size):
                if not any(change.facts.keys() < set(names) for _, change in found):
                    found += self._by(names, facts, kinder, outcome)
        places = list(self.document.facts)

        def effort(entry: tuple[tuple[int, ...], Change]) -> tuple[object, ...]:
            (steps, *_), change = entry
            asked = sum(power.who == "supplier" for n in change.facts if (power := self.powers[n]))
            return len(change.facts), asked, steps, sorted(map(places.index, change.facts)), entry[0]

        return tuple(change for _, change in sorted(found, key=effort))

    def _by(
        self, names: Sequence[str], facts: Mapping[str, Value], kinder: Paths, outcome: str
    ) -> list[tuple[tuple[int, ...], Change]]:
        """The changes of just these facts: for more effort only what gives more."""
        found = []
        for then, tests in kinder:
            for order in self._orders(names, facts, then, tests, outcome):
                rank = self.document.outcomes[then].rank
                steps = sum(_distance(facts[name], order[name]) for name in names)
                found.append(((steps, -rank), then, order))
        kept: list[tuple[tuple[int, ...], Change]] = []
        best: list[tuple[str, Mapping[str, Value]]] = [(outcome, facts)]
        for effort, then, order in sorted(found, key=lambda entry: entry[0]):
            if all(self.gives_more(one, before, then, order) for one, before in best):
                best.append((then, order))
                after, was = {n: order[n] for n in names}, {n: facts[n] for n in names}
                kept.append((effort, Change(after, then, was)))
        return kept

    def _orders(
        self,
        names: Sequence[str],
        facts: Mapping[str, Value],
        then: str,
        tests: Sequence[tuple[Dimension, int]],
        outcome: str,
    ) -> Iterator[dict[str, Value]]:
        """The nearest order that moves each of the facts, all others as they are, to one leaf."""
        told = {name: value for name, value in facts.items() if name not in names}
        told |= {name: power.becomes for name in names if (power := self.powers[name]).way == "becomes"}
        ways = [_ways(self.powers[name], facts[name]) for name in names if name not in told]
        free = [name for name in names if name not in told]
        for directions in product(*ways):
            sought = Sought(self.document.facts, told)
            times: dict[object, int] = {}
            at = 0
            for name, way in zip(free, directions, strict=True):
                before = facts[name]
                if not self._moved(sought, name, before, way):
                    break
                if way:
                    times[name], at = way, at - way * _number(before)
            else:
                limits = [] if not times else [({**times, _STEPS: -1}, -at)]
                sought.limits += [*limits, *self._paid(sought, then, outcome, facts)]
                orders = (branch.found(facts, [_STEPS]) for branch in passing(sought, tests, self.ruled))
                yield from (order for order in orders if order is not None)

    def _moved(self, sought: Sought, name: str, before: Value, way: int) -> bool:
        """Makes a fact another than before; whether it can be."""
        fact = self.document.facts[name]
        if fact.kind in ("one of", "yes or no"):
            values = choices(fact)
            cells = sum(cell for value, cell in values.items() if value not in (before, None))
            sought.chosen[name] = cells
            return bool(cells)
        key = ((1, name),)
        if not way:
            return sought.limit(key, None, None)
        number = _number(before)
        return sought.limit(key, number + 1, None) if way > 0 else sought.limit(key, None, number - 1)

    def _paid(
        self, sought: Sought, then: str, outcome: str, facts: Mapping[str, Value]
    ) -> list[tuple[dict[object, int], int]]:
        """The limit that the sum an outcome pays is more than now, or as much when its rank is higher."""
        new, old = self.document.outcomes[then], self.document.outcomes[outcome]
        if new.pays is None or old.pays_percent:
            return []
        least = _paid_now(old, facts) + (new.rank <= old.rank)
        times, fixed = sought.sum(new.pays)
        return [({name: -n for name, n in times.items()}, fixed - least)]

    def _kinder(self, tree: Tree, told: Mapping[str, Value], outcome: str) -> Paths:
        """The leaves under a tree that may give more than an outcome, each with the tests that lead there."""
        paths: Paths = []
        for leaf, tests in walk(tree, told, self.dimensions):
            if leaf.clause and not leaf.rival:
                then = self.document.clauses[leaf.clause].then
                if self._may_give_more(outcome, then):
                    paths.append((then, tests))
        return paths

    def _may_give_more(self, one: str, other: str) -> bool:
        old, new = self.document.outcomes[one], self.document.outcomes[other]
        if old.pays is None and new.pays is None:
            return self.gives_more(one, {}, other, {})
        return new.rank > old.rank or not (old.pays_percent or new.pays_percent)

    def gives_more(
        self, one: str, facts: Mapping[str, Value], other: str, others: Mapping[str, Value]
    ) -> bool:
        """Whether the other outcome, on its facts, gives more than the one: what is paid, then the rank."""
        old, new = self.document.outcomes[one], self.document.outcomes[other]
        if old.pays is None and new.pays is None:
            paid = old.pays_percent or 0, new.pays_percent or 0
        elif old.pays_percent or new.pays_percent:
            paid = 0, 0  # a part of an unknown sum and a sum: only the rank compares them
        else:
            paid = _paid_now(old, facts), _paid_now(new, others)
        return (paid[1], new.rank) > (paid[0], old.rank)


def walk(
    tree: Tree, told: Mapping[str, Value], dimensions: Sequence[Dimension]
) -> Iterator[tuple[Leaf, list[tuple[Dimension, int]]]]:
    """The leaves that orders with these facts may come to, each with the tests on what is not told."""
    ways: list[tuple[Tree, dict[int, int]]] = [(tree, {})]
    while ways:
        tree, path = ways.pop()
        if isinstance(tree, Leaf):
            yield tree, [(dimensions[place], cells) for place, cells in path.items()]
            continue
        dimension = dimensions[tree.dimension]
        if all(name in told for name in dimension.facts):
            ways.append((tree.yes if tree.mask & dimension.cell(told) else tree.no, path))
            continue
        cells = path.get(tree.dimension, tree.allowed)
        for side, kept in ((tree.no, cells & ~tree.mask), (tree.yes, cells & tree.mask)):
            if kept:
                ways.append((side, {**path, tree.dimension: kept}))


def _moves(power: Power, value: Value) -> bool:
    """Whether the one in whose power a fact is can make it another than it is."""
    if power.way == "becomes":
        return value != power.becomes
    return power.way == "any" or value is not None


def _ways(power: Power, value: Value) -> Sequence[int]:
    """The directions a fact can go; 0 where it has none: a choice, or what was absent."""
    if value is None or isinstance(value, str | bool):
        return (0,)
    return {"up": (1,), "down": (-1,)}.get(power.way, (1, -1))


def _paid_now(outcome: Outcome, facts: Mapping[str, Value]) -> int:
    return 0 if outcome.pays is None else value_of(outcome.pays, facts)


def _number(value: Value) -> int:
    return value.toordinal() if isinstance(value, date) else int(value or 0)


def _distance(before: Value, after: Value) -> int:
    """How many steps a change is; a choice is one."""
    if before is None or isinstance(before, str | bool) or isinstance(after, str | bool):
        return 1
    return abs(_number(after) - _number(before))
