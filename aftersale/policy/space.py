"""The normal form of conditions: each fact, and each sum of facts, cut into the cells that they tell apart.

A test is then a set of cells of one dimension, kept as a bit mask, `not` is its complement, and an absent
value is a cell of its own: that is how "every comparison with absent is false, its negation true" holds
everywhere.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from .facts import Fact, Value
from .nodes import Condition, IsOneOf, Join, Known, Not, Percent, Sum, Term, Within

type Formula = bool | Atom | Group
type Key = tuple[tuple[int, Term], ...]


class Atom(NamedTuple):
    """The value of a dimension lies in one of the cells of the mask."""

    dimension: int
    mask: int


class Group(NamedTuple):
    """All parts (`every`) or any of them."""

    every: bool
    parts: tuple[Formula, ...]


class Dimension(NamedTuple):
    """A fact or a sum of facts, and its cells: the `values`, or the stretches that end at each of `cuts`.

    The last cell is `absent` when it may be; `full` is the mask of all.
    """

    key: Key
    facts: tuple[str, ...]
    values: tuple[str | bool, ...]
    cuts: tuple[int, ...]
    absent: int
    full: int

    def cell(self, facts: Mapping[str, Value]) -> int:
        """The bit of the cell that the facts fall into."""
        if any(facts[name] is None for name in self.facts):
            return self.absent
        if self.values:
            value = facts[self.facts[0]]
            assert isinstance(value, str | bool)
            return 1 << self.values.index(value)
        return 1 << bisect_left(self.cuts, value_of(Sum(self.key), facts))

    def stretch(self, lo: int | None, hi: int | None) -> int:
        """The mask of the cells from `lo` to `hi`, both of which are cuts."""
        first = 0 if lo is None else bisect_left(self.cuts, lo - 1) + 1
        last = len(self.cuts) if hi is None else bisect_left(self.cuts, hi)
        return (1 << (last + 1)) - (1 << first)


class Space:
    """All dimensions of some conditions, in an order that the document's order does not change."""

    def __init__(self, facts: Mapping[str, Fact], conditions: Iterable[Condition]) -> None:
        cuts: dict[Key, set[int]] = {}
        for condition in conditions:
            _cut(condition, facts, cuts)
        self.keys = sorted(cuts, key=str)
        self.dimensions = [_dimension(key, facts, sorted(cuts[key])) for key in self.keys]
        self.places = {key: place for place, key in enumerate(self.keys)}

    def formula(self, condition: Condition, *, opposite: bool = False) -> Formula:
        """The condition, or its opposite, with `not` pushed down into the masks."""
        match condition:
            case Not(part):
                return self.formula(part, opposite=not opposite)
            case Join(how, parts):
                formulas = [self.formula(part, opposite=opposite) for part in parts]
                return join(formulas, self.dimensions, every=(how == "and") != opposite)
        place, mask = self._mask(condition)
        full = self.dimensions[place].full
        mask = full & ~mask if opposite else mask
        return bool(mask) if mask in (0, full) else Atom(place, mask)

    def _mask(self, test: IsOneOf | Known | Within) -> tuple[int, int]:
        """The dimension of a test, and the cells for which it is true."""
        place = self.places[test.terms if isinstance(test, Within) else ((1, test.fact),)]
        dimension = self.dimensions[place]
        if isinstance(test, Within):
            return place, dimension.stretch(test.lo, test.hi)
        if isinstance(test, Known):
            return place, dimension.full & ~dimension.absent
        return place, sum(1 << dimension.values.index(value) for value in test.values)


def join(parts: Iterable[Formula], dimensions: Sequence[Dimension], *, every: bool) -> Formula:
    """The parts as one formula: flat, tests of one dimension merged, without what is settled."""
    masks: dict[int, int] = {}
    groups: list[Formula] = []
    for part in parts:
        inner = part.parts if isinstance(part, Group) and part.every == every else (part,)
        for piece in inner:
            if isinstance(piece, bool):
                if piece != every:
                    return piece
            elif isinstance(piece, Atom):
                before = masks.get(piece.dimension, piece.mask)
                masks[piece.dimension] = before & piece.mask if every else before | piece.mask
            else:
                groups.append(piece)
    if any(mask == (0 if every else dimensions[place].full) for place, mask in masks.items()):
        return not every
    pieces = [Atom(place, masks[place]) for place in sorted(masks)] + groups
    if not pieces:
        return every
    return pieces[0] if len(pieces) == 1 else Group(every, tuple(pieces))


def restrict(formula: Formula, place: int, allowed: int) -> Formula:
    """The formula where a dimension is known to lie in the allowed cells."""
    if isinstance(formula, bool):
        return formula
    if isinstance(formula, Atom):
        if formula.dimension != place:
            return formula
        kept = formula.mask & allowed
        return bool(kept) if kept in (0, allowed) else Atom(place, kept)
    every, kept_parts = formula.every, []
    for part in formula.parts:
        left = restrict(part, place, allowed)
        if isinstance(left, bool):
            if left != every:
                return left
        else:
            kept_parts.append(left)
    if not kept_parts:
        return every
    return kept_parts[0] if len(kept_parts) == 1 else Group(every, tuple(kept_parts))


def value_of(total: Sum, facts: Mapping[str, Value]) -> int:
    """A sum's value, no fact of it being absent; dates count as ordinal days."""
    value = total.plus
    for times, term in total.terms:
        if isinstance(term, Percent):
            value += times * percent_of(term.percent, value_of(term.of, facts), term.rounding)
        else:
            fact = facts[term]
            value += times * (fact.toordinal() if isinstance(fact, date) else int(fact or 0))
    return value


def percent_of(percent: int, amount: int, rounding: str) -> int:
    """`percent` of an amount, rounded down, up or half up to a whole number."""
    parts = percent * amount
    if rounding == "down":
        return parts // 100
    return -(-parts // 100) if rounding == "up" else (2 * parts + 100) // 200


def _cut(condition: Condition, facts: Mapping[str, Fact], cuts: dict[Key, set[int]]) -> None:
    """Notes where a condition cuts each dimension."""
    match condition:
        case Not(part):
            _cut(part, facts, cuts)
        case Join(_, parts):
            for part in parts:
                _cut(part, facts, cuts)
        case IsOneOf(fact) | Known(fact):
            cuts.setdefault(((1, fact),), set())
        case Within(key, lo, hi):
            ends = cuts.setdefault(key, set())
            ends.update(end for end in (None if lo is None else lo - 1, hi) if end is not None)


def _dimension(key: Key, facts: Mapping[str, Fact], cuts: list[int]) -> Dimension:
    names = Sum(key).facts
    first = facts[names[0]]
    values: tuple[str | bool, ...] = ()
    if first.kind == "yes or no":
        values = (False, True)
    elif first.kind == "one of":
        values = tuple(sorted(first.values))
    cells = len(values) or len(cuts) + 1
    absent = 1 << cells if any(facts[name].may_be_absent for name in names) else 0
    return Dimension(key, names, values, tuple(cuts), absent, (1 << cells) - 1 | absent)
