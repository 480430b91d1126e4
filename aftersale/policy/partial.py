"""Decides as far as it can while not all is told: the outcomes the world still allows, and what to ask.

A fact that is told as absent is told: only a fact left out is still open.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, islice

from .facts import Fact, Value
from .nodes import Percent, Sum, Term
from .reach import MOST_STEPS, Ruled, Sought, Tests, passing
from .space import Atom, Dimension, Formula, Group, Key
from .tree import Branch, Leaf, Tree
from .whole import TooHard

_MOST_LEAVES_COMPARED = 120
_MOST_BRANCHES = 300
FEW_STEPS = 300  # where many questions are asked for one answer

type Left = str | tuple[int, int, Left, Left] | None


class Opened:
    """What is open in a tree while only some facts are told, in the world of the rules.

    `then` gives each clause's outcome; "" stands for a gap or a conflict.
    """

    def __init__(
        self,
        tree: Tree,
        told: Mapping[str, Value],
        dimensions: Sequence[Dimension],
        then: Mapping[str, str],
        world: "World",
    ) -> None:
        self.told, self.dimensions, self.then, self.world = told, dimensions, then, world
        self.leaves: list[tuple[str, Tests]] = []
        self.clauses: set[str] = set()
        self.left = self._left(tree, {})

    @property
    def outcomes(self) -> set[str]:
        """The outcomes that are possible; none when no order in the world has what is told."""
        return {then for then, _ in self.leaves}

    def questions(self) -> Iterator[str]:
        """The facts to ask, in the order of the tree's tests: their answers decide, whatever the others are.

        A fact is left out when the outcome follows from the rest.
        """
        asked = self._tested()
        for name in list(asked):
            others = [other for other in asked if other != name]
            few = len(self.leaves) <= _MOST_LEAVES_COMPARED
            if few and self.world.follows(self.told, others, self.leaves):
                asked = others
            else:
                yield name

    def _left(self, tree: Tree, path: Mapping[int, int]) -> Left:
        """What is left of the tree without the tests whose answer changes no outcome; None: nothing is."""
        while isinstance(tree, Branch):
            dimension = self.dimensions[tree.dimension]
            if not all(name in self.told for name in dimension.facts):
                break
            tree = tree.yes if tree.mask & dimension.cell(self.told) else tree.no
        if isinstance(tree, Leaf):
            tests = [(self.dimensions[place], cells) for place, cells in path.items()]
            if not self.world.allows(self.told, tests):
                return None
            self.clauses.update(filter(None, (tree.clause, tree.rival)))
            self.leaves.append(("" if tree.rival else self.then.get(tree.clause, ""), tests))
            return self.leaves[-1][0]
        cells = path.get(tree.dimension, tree.allowed)
        yes = self._left(tree.yes, {**path, tree.dimension: cells & tree.mask})
        no = self._left(tree.no, {**path, tree.dimension: cells & ~tree.mask})
        if yes is None or no is None:
            return no if yes is None else yes
        return yes if yes == no else (tree.dimension, tree.mask, yes, no)

    def _tested(self) -> list[str]:
        """The facts that what is left tests, nearest to the root first."""
        names: dict[str, None] = {}
        row = [self.left]
        while row:
            branches = [left for left in row if isinstance(left, tuple)]
            for place, *_ in branches:
                names.update(dict.fromkeys(n for n in self.dimensions[place].facts if n not in self.told))
            row = [side for *_, yes, no in branches for side in (yes, no)]
        return list(names)


class World:
    """The orders that the facts and the rules of the world allow."""

    def __init__(self, facts: Mapping[str, Fact], ruled: Sequence[Ruled]) -> None:
        self.facts, self.ruled = facts, ruled

    def allows(
        self,
        told: Mapping[str, Value],
        tests: Tests = (),
        also: Sequence[Ruled] = (),
        *,
        most: int = MOST_STEPS,
    ) -> bool:
        """Whether there is such an order; True as well where that could not be settled."""
        return _is_one(Sought(self.facts, told), tests, [*also, *self.ruled], most)

    def follows(
        self, told: Mapping[str, Value], others: Sequence[str], leaves: Sequence[tuple[str, Tests]]
    ) -> bool:
        """Whether the outcome follows from the others: no two orders that share them differ in it.

        The two are sought as one: a fact they need not share is two facts there, the second with a prime.
        """
        open_facts = [name for name in self.facts if name not in told and name not in others]
        primed = {name: f"{name}'" for name in open_facts}
        facts = {**self.facts, **{new: self.facts[name] for name, new in primed.items()}}
        twins = {id(tests): [(_twin(d, primed), mask) for d, mask in tests] for _, tests in leaves}
        ruled = list(self.ruled)
        for dimensions, formula in self.ruled:
            if any(name in primed for place in _places(formula) for name in dimensions[place].facts):
                ruled.append(([_twin(dimension, primed) for dimension in dimensions], formula))
        for (then, one), (other_then, other) in combinations(leaves, 2):
            if then == other_then or _apart(one, other, primed):
                continue
            if _is_one(Sought(facts, told), [*one, *twins[id(other)]], ruled):
                return False
        return True

    def broken(self, told: Mapping[str, Value]) -> list[int]:
        """The fewest rules that no order with these facts can keep together, by their places."""
        kept = list(range(len(self.ruled)))
        for place in list(kept):
            fewer = [self.ruled[other] for other in kept if other != place]
            if not World(self.facts, fewer).allows(told):
                kept.remove(place)
        return kept


def _is_one(sought: Sought, tests: Tests, ruled: Sequence[Ruled], most: int = MOST_STEPS) -> bool:
    """Whether such an order is found; a search that is too long has not disproved it."""
    try:
        branches = list(islice(passing(sought, tests, ruled, most=most), _MOST_BRANCHES))
        return len(branches) == _MOST_BRANCHES or any(branch.found({}) is not None for branch in branches)
    except TooHard:
        return True


def _apart(one: Tests, other: Tests, primed: Mapping[str, str]) -> bool:
    """Whether two leaves lie in cells apart of something that their orders share."""
    cells = {dimension.key: mask for dimension, mask in one}
    return any(
        not mask & cells.get(dimension.key, mask)
        for dimension, mask in other
        if not any(name in primed for name in dimension.facts)
    )


def _twin(dimension: Dimension, primed: Mapping[str, str]) -> Dimension:
    """The dimension over the second order's facts."""
    key = _twin_key(dimension.key, primed)
    return dimension._replace(key=key, facts=tuple(primed.get(name, name) for name in dimension.facts))


def _twin_key(key: Key, primed: Mapping[str, str]) -> Key:
    return tuple((times, _twin_term(term, primed)) for times, term in key)


def _twin_term(term: Term, primed: Mapping[str, str]) -> Term:
    if isinstance(term, Percent):
        return term._replace(of=Sum(_twin_key(term.of.terms, primed), term.of.plus))
    return primed.get(term, term)


def _places(formula: Formula) -> Iterator[int]:
    """The dimensions that a formula tests."""
    if isinstance(formula, Atom):
        yield formula.dimension
    elif isinstance(formula, Group):
        for part in formula.parts:
            yield from _places(part)
