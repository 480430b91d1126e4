"""Which orders the world allows: one that passes some tests and keeps every rule, or the proof of none.

Plain Python over the tree's own cells, for the questions asked while a customer waits; the checks of the
policy's owner ask a solver instead.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import count, pairwise

from .facts import Fact, Value
from .nodes import Percent, Sum
from .space import Atom, Dimension, Formula, Group, Key, value_of
from .whole import Limit, Name, TooHard, fitting

type Tests = Sequence[tuple[Dimension, int]]
type Ruled = tuple[Sequence[Dimension], Formula]
MOST_STEPS = 20_000
_LAST_DAY = date.max.toordinal()


class Sought:
    """What is known of an order that is looked for; branches of the search copy it."""

    __slots__ = ("absent", "chosen", "ends", "facts", "limits", "told")

    def __init__(self, facts: Mapping[str, Fact], told: Mapping[str, Value]) -> None:
        self.facts, self.told = facts, told
        self.chosen: dict[str, int] = {}
        self.absent: dict[str, bool] = {}
        self.ends: dict[str, tuple[int | None, int | None]] = {}
        self.limits: list[Limit] = []

    def copy(self) -> "Sought":
        """A branch, to be limited further."""
        other = Sought(self.facts, self.told)
        other.chosen, other.absent = dict(self.chosen), dict(self.absent)
        other.ends, other.limits = dict(self.ends), list(self.limits)
        return other

    def branches(self, dimension: Dimension, mask: int) -> "Iterator[Sought]":
        """The orders among these that lie in the cells of a mask, in one branch or several."""
        if all(name in self.told for name in dimension.facts):
            if mask & dimension.cell(self.told):
                yield self
            return
        if dimension.values:
            name = dimension.facts[0]
            kept = self.chosen.get(name, dimension.full) & mask
            if kept:
                branch = self.copy()
                branch.chosen[name] = kept
                yield branch
            return
        if mask & dimension.full == dimension.full:
            yield self
            return
        for low, high in stretches(dimension, mask):
            branch = self.copy()
            if branch.limit(dimension.key, low, high):
                yield branch
        if mask & dimension.absent:
            for name in dimension.facts:
                branch = self.copy()
                if branch.settle(name, absent=True):
                    yield branch

    def settle(self, name: str, *, absent: bool) -> bool:
        """Whether a fact can be absent, or known; from now on it is."""
        if name in self.told:
            return (self.told[name] is None) == absent
        if absent and not self.facts[name].may_be_absent:
            return False
        return self.absent.setdefault(name, absent) == absent

    def limit(self, key: Key, low: int | None, high: int | None) -> bool:
        """Whether a sum, known from now on, can lie from `low` to `high`; more is seen at the end."""
        if not all(self.settle(name, absent=False) for name in Sum(key).facts):
            return False
        if len(key) == 1 and isinstance(name := key[0][1], str) and key[0][0] == 1 and name not in self.told:
            before = self.ends.get(name) or _range(self.facts[name])
            low = before[0] if low is None else low if before[0] is None else max(low, before[0])
            high = before[1] if high is None else high if before[1] is None else min(high, before[1])
            self.ends[name] = low, high
            return low is None or high is None or low <= high
        times, fixed = self.sum(Sum(key))
        if high is not None:
            self.limits.append((times, high - fixed))
        if low is not None:
            self.limits.append(({name: -n for name, n in times.items()}, fixed - low))
        return True

    def found(self, wish: Mapping[str, Value], first: Sequence[Name] = ()) -> dict[str, Value] | None:
        """The order among these that is nearest to the wish, `first` its most wanted numbers; or None."""
        order = {name: self._settled(name, wish.get(name)) for name in self.facts}
        names = {name for times, _ in self.limits for name in times}
        if not names:
            return order
        limits, seen = list(self.limits), set(names)
        for name in sorted(names, key=str):
            self._define(name, limits, seen)
        numbers = sorted(seen, key=lambda n: (n not in first, isinstance(n, Percent), str(n)))
        wanted: dict[Name, int] = {
            name: _count(order[name]) for name in seen if isinstance(name, str) and name in order
        }
        filled = fitting(limits, numbers, wanted)
        if filled is None:
            return None
        for number, value in filled.items():
            if isinstance(number, str) and number in order:
                is_date = self.facts[number].kind == "date"
                order[number] = date.fromordinal(value) if is_date else value
        return order

    def _settled(self, name: str, wished: Value) -> Value:
        """A fact alone, as near to its wish as what is known of it lets it be."""
        if name in self.told:
            return self.told[name]
        fact = self.facts[name]
        if fact.kind in ("one of", "yes or no"):
            mask = self.chosen.get(name, -1)
            values = choices(fact)
            fits = [value for value in values if mask & values[value]]
            return wished if wished in fits else fits[0]
        absent = self.absent.get(name, wished is None and fact.may_be_absent)
        if absent:
            return None
        low, high = self.ends.get(name) or _range(fact)
        number = 0 if wished is None else _count(wished)
        number = number if low is None else max(low, number)
        number = number if high is None else min(high, number)
        return date.fromordinal(number) if fact.kind == "date" else number

    def sum(self, total: Sum) -> tuple[dict[Name, int], int]:
        """A sum as how often each number not yet told counts, and the rest."""
        times: dict[Name, int] = {}
        fixed = total.plus
        for n, term in total.terms:
            if all(name in self.told for name in Sum(((1, term),)).facts):
                fixed += value_of(Sum(((n, term),)), self.told)
            else:
                times[term] = times.get(term, 0) + n
        return times, fixed

    def _define(self, name: Name, limits: list[Limit], seen: set[Name]) -> None:
        """Adds what is known of a number itself: its ends, or how its percentage is rounded."""
        if isinstance(name, str):
            low, high = self.ends.get(name) or _range(self.facts[name])
            limits += [({name: 1}, high)] if high is not None else []
            limits += [({name: -1}, -low)] if low is not None else []
        if not isinstance(name, Percent):
            return
        times, fixed = self.sum(name.of)
        whole = 200 if name.rounding == "half up" else 100
        more = {"down": 0, "up": 99, "half up": 100}[name.rounding]
        scaled = {other: n * name.percent * whole // 100 for other, n in times.items()}
        fixed = fixed * name.percent * whole // 100 + more
        # q is `percent of inner`, rounded: whole * q <= inner * percent + more < whole * (q + 1).
        limits.append(({**{other: -n for other, n in scaled.items()}, name: whole}, fixed))
        limits.append(({**scaled, name: -whole}, whole - 1 - fixed))
        for other in times:
            if other not in seen:
                seen.add(other)
                self._define(other, limits, seen)


def passing(
    sought: Sought, tests: Tests, ruled: Sequence[Ruled], *, most: int = MOST_STEPS
) -> Iterator[Sought]:
    """The orders sought that pass the tests and keep the rules, in branches; some may turn out empty.

    Raises TooHard after so many steps: rules with many ways to keep them have more ways together than can be
    followed.
    """
    return _passing(sought, tests, ruled, count(most, -1))


def _passing(sought: Sought, tests: Tests, ruled: Sequence[Ruled], left: Iterator[int]) -> Iterator[Sought]:
    if not next(left):
        raise TooHard
    if tests:
        for branch in sought.branches(*tests[0]):
            yield from _passing(branch, tests[1:], ruled, left)
        return
    if not ruled:
        yield sought
        return
    (dimensions, formula), rest = ruled[0], ruled[1:]
    if formula is True:
        yield from _passing(sought, (), rest, left)
    elif isinstance(formula, Atom):
        for branch in sought.branches(dimensions[formula.dimension], formula.mask):
            yield from _passing(branch, (), rest, left)
    elif isinstance(formula, Group) and formula.every:
        parts = [(dimensions, part) for part in formula.parts]
        yield from _passing(sought, (), [*parts, *rest], left)
    elif isinstance(formula, Group):
        for part in formula.parts:
            yield from _passing(sought, (), [(dimensions, part), *rest], left)


def first_found(
    branches: Iterable[Sought], wish: Mapping[str, Value], first: Sequence[Name] = ()
) -> dict[str, Value] | None:
    """The order of the first branch that has one; None is a proof that no branch has. Raises TooHard."""
    return next((order for branch in branches if (order := branch.found(wish, first)) is not None), None)


def choices(fact: Fact) -> dict[Value, int]:
    """The values of a fact that is a choice, in its document's order, each with its cell."""
    cells: Sequence[str | bool] = (False, True) if fact.kind == "yes or no" else sorted(fact.values)
    values: dict[Value, int] = {}
    for value in fact.values or cells:
        values[value] = 1 << cells.index(value)
    return {**values, None: 1 << len(cells)} if fact.may_be_absent else values


def stretches(dimension: Dimension, mask: int) -> Iterator[tuple[int | None, int | None]]:
    """The runs of known cells in a mask, each from its least to its greatest number."""
    cells = len(dimension.cuts) + 1
    inside = [bool(mask & 1 << cell) for cell in range(cells)]
    turns = [place for place, (one, other) in enumerate(pairwise([False, *inside, False])) if one != other]
    for start, end in zip(turns[::2], turns[1::2], strict=True):
        low = None if start == 0 else dimension.cuts[start - 1] + 1
        yield low, None if end == cells else dimension.cuts[end - 1]


def _range(fact: Fact) -> tuple[int | None, int | None]:
    return (1, _LAST_DAY) if fact.kind == "date" else (fact.lo, fact.hi)


def _count(value: Value) -> int:
    return value.toordinal() if isinstance(value, date) else int(value or 0)
