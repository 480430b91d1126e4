"""The decision tree: which test comes next, and what is sure at its end; a leaf's number is the trace."""

from collections.abc import Mapping, Sequence
from math import log2
from typing import NamedTuple

from .document import Clause, Document
from .facts import Value
from .space import Atom, Formula, Group, Space, restrict

MOST_LEAVES = 4_000
_DEEPEST = 80
_SHORTLIST = 5
_MOST_CLAUSES_WEIGHED = 60

type Rows = list[tuple[int, Formula]]


class Leaf(NamedTuple):
    """Where a decision ends: its `clause`, or "" for a gap, or also `rival` when two winners disagree.

    `path` has, for each dimension tested on the way, the cells that lead here.
    """

    number: int
    clause: str
    rival: str
    path: dict[int, int]


class Branch(NamedTuple):
    """One test: `yes` when the dimension lies in the mask, else `no`, of the cells `allowed` there."""

    dimension: int
    mask: int
    allowed: int
    yes: "Tree"
    no: "Tree"


type Tree = Leaf | Branch


class TooManyLeaves(Exception):
    """The clauses are too unrelated for a tree: they are run as a chain."""


class Grower:
    """Grows trees of a document; the same clauses give the same tree, whatever their order."""

    def __init__(self, document: Document) -> None:
        order = document.precedence.order
        self.clauses: Sequence[Clause] = [document.clauses[name] for name in order]
        self.space = Space(document.facts, [clause.when for clause in self.clauses])
        places = {name: place for place, name in enumerate(order)}
        self.stronger = [{places[n] for n in document.precedence.stronger[name]} for name in order]

    def grow(self, told: Mapping[str, Value], most_leaves: int) -> tuple[Tree, list[Leaf]]:
        """The tree, or what is left of it where some facts are told, and its leaves. Raises TooManyLeaves."""
        leaves: list[Leaf] = []
        return self._grown(self.rows(told), {}, leaves, most_leaves), leaves

    def rows(self, told: Mapping[str, Value]) -> Rows:
        """The clauses that may still win, with what is left of their conditions."""
        rows = [(place, self.space.formula(clause.when)) for place, clause in enumerate(self.clauses)]
        for place, dimension in enumerate(self.space.dimensions):
            if all(name in told for name in dimension.facts):
                cell = dimension.cell(told)
                rows = [(clause, restrict(formula, place, cell)) for clause, formula in rows]
        return self._standing(rows)

    def next_facts(self, rows: Rows) -> tuple[str, ...]:
        """The facts of the test that would come next."""
        return self.space.dimensions[self._choose(rows, {})[0]].facts

    def _grown(
        self, rows: Rows, path: Mapping[int, int], leaves: list[Leaf], most_leaves: int, depth: int = 0
    ) -> Tree:
        """The tree under a path; its leaves are added to those grown before."""
        if depth > _DEEPEST or len(leaves) >= most_leaves:
            raise TooManyLeaves
        rows = self._standing(rows)
        if (ends := self._ends(rows)) is not None:
            leaves.append(Leaf(len(leaves), *ends, dict(path)))
            return leaves[-1]
        place, mask = self._choose(rows, path)
        allowed = path.get(place, self.space.dimensions[place].full)
        sides = []
        for kept in (allowed & mask, allowed & ~mask):
            left = [(clause, restrict(formula, place, kept)) for clause, formula in rows]
            sides.append(self._grown(left, {**path, place: kept}, leaves, most_leaves, depth + 1))
        return Branch(place, mask & allowed, allowed, *sides)

    def _standing(self, rows: Rows) -> Rows:
        """The clauses that may still win."""
        sure = {place for place, formula in rows if formula is True}
        return [
            (place, formula)
            for place, formula in rows
            if formula is not False and not (sure and self.stronger[place] & sure)
        ]

    def _ends(self, rows: Rows) -> tuple[str, str] | None:
        """The deciding clause and its rival, or None when tests are still needed."""
        if not rows:
            return "", ""
        place, formula = rows[0]
        if formula is not True:
            return None
        winner = self.clauses[place]
        standing = {other for other, _ in rows}
        rivals = [(other, f) for other, f in rows if self.clauses[other].then != winner.then]
        for other, other_formula in rivals:
            if other_formula is True and not self.stronger[other] & standing:
                return winner.id, self.clauses[other].id
        return None if rivals else (winner.id, "")

    def _choose(self, rows: Rows, path: Mapping[int, int]) -> tuple[int, int]:
        """The test to make next: of those that settle most for their cost, the one that leaves least."""
        worth: dict[tuple[int, int], float] = {}
        for _, formula in rows:
            if not isinstance(formula, bool):
                _weigh(formula, 1.0, worth)
        shortlist = sorted((-worth[test] / self._cost(test, path), test) for test in worth)[:_SHORTLIST]
        if len(shortlist) == 1 or len(self.clauses) > _MOST_CLAUSES_WEIGHED:
            return shortlist[0][1]
        return min((self._cost(test, path) + self._left(test, rows, path), test) for _, test in shortlist)[1]

    def _left(self, test: tuple[int, int], rows: Rows, path: Mapping[int, int]) -> float:
        """About how much is left to test after this one, each cell being as likely as another."""
        place, mask = test
        allowed = path.get(place, self.space.dimensions[place].full)
        left = 0.0
        for kept in (allowed & mask, allowed & ~mask):
            standing = self._standing([(clause, restrict(formula, place, kept)) for clause, formula in rows])
            if self._ends(standing) is None:
                size = sum(_size(formula) for _, formula in standing)
                left += kept.bit_count() / allowed.bit_count() * 3 * log2(1 + size)
        return left

    def _cost(self, test: tuple[int, int], path: Mapping[int, int]) -> float:
        """What a test costs: 1 for each fact not read before, and the comparison."""
        place, mask = test
        dimension = self.space.dimensions[place]
        allowed = path.get(place, dimension.full)
        cost = 0.0 if place in path else float(len(dimension.facts))
        cost += 0.5 if dimension.values == (False, True) else 1.0
        cost += 0.5 if dimension.absent else 0.0
        among_several = min((allowed & mask).bit_count(), (allowed & ~mask).bit_count()) > 1
        return cost + 1.0 if dimension.values and among_several else cost


def _size(formula: Formula) -> int:
    """How many tests a formula has."""
    if isinstance(formula, Group):
        return sum(_size(part) for part in formula.parts)
    return 0 if isinstance(formula, bool) else 1


def _weigh(formula: Atom | Group, weight: float, worth: dict[tuple[int, int], float]) -> None:
    """Adds to each test what settling the formula is worth, shared among its parts."""
    if isinstance(formula, Atom):
        worth[formula] = worth.get(formula, 0.0) + weight
        return
    for part in formula.parts:
        assert not isinstance(part, bool)
        _weigh(part, weight / len(formula.parts), worth)
