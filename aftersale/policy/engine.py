"""A document made to run: its tree or its chain, compiled once, when first asked."""

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import cast

from . import holds, python
from .change import Change, Changes
from .decision import Decision, Open, Pays, Reason
from .document import Document
from .errors import ConflictError, GapError, UndecidedError
from .facts import Value, word
from .nodes import names_in
from .outcomes import Outcome
from .partial import FEW_STEPS, Opened, World
from .reach import Ruled
from .space import Space, value_of
from .tree import Grower, Leaf, TooManyLeaves, Tree

type Facts = Mapping[str, Value]
# A form asks after every answer: past this many leaves it is told less, but at once.
_MOST_LEFT = 500
# Forms start alike: the first questions are worked out once.
_MOST_REMEMBERED = 1_000

type Traced = tuple[Reason, *tuple[Value, ...]]


class Engine:
    """Decides on facts that are in order: by a tree, or past `most_leaves` by the plain chain of clauses."""

    def __init__(self, document: Document, name: str, version: Callable[[], str], most_leaves: int) -> None:
        self.document, self.name, self.version = document, name, version
        self.most_leaves = most_leaves
        self.grower = Grower(document)
        self.dimensions = self.grower.space.dimensions
        self.then = {clause.id: clause.then for clause in document.clauses.values()}
        self.sums = {o.name: o.pays for o in document.outcomes.values() if o.pays is not None}
        self._held: dict[int, holds.Held] = {}
        self._open: dict[tuple[tuple[str, Value], ...], Open] = {}

    @cached_property
    def grown(self) -> tuple[Tree, list[Leaf]] | None:
        """The decision tree with its leaves by number, None where there would be too many."""
        try:
            return self.grower.grow({}, self.most_leaves)
        except TooManyLeaves:
            return None

    @property
    def tree(self) -> Tree | None:
        """The decision tree, None where there is only the chain."""
        return self.grown[0] if self.grown else None

    @cached_property
    def decide_leaf(self) -> Callable[[Facts], int]:
        """The bare decision: from facts to the number of a leaf."""
        if self.tree is None:
            return cast("Callable[[Facts], int]", self._chain(lambda reason: str(reason.leaf)))
        writer = python.Writer(
            self.document.facts, self.dimensions, lambda leaf: str(leaf.number), keeps=False
        )
        writer.tree(self.tree, frozenset(), " ")
        return cast("Callable[[Facts], int]", python.compiled("decide_leaf", writer.lines, {}))

    @cached_property
    def trace(self) -> Callable[[Facts], Traced]:
        """The explained decision: from facts to the leaf's record and the values of its decisive facts."""
        known: dict[str, object] = {f"R{reason.leaf}": reason for reason in self.reasons}
        if self.tree is None:
            read = [f"(R{r.leaf}, {', '.join(f'facts[{n!r}]' for n in r.decisive)})" for r in self.reasons]
            return cast("Callable[[Facts], Traced]", self._chain(lambda reason: read[reason.leaf], known))
        reasons = self.reasons

        def leaf_text(leaf: Leaf) -> str:
            values = "".join(f", _{name}" for name in reasons[leaf.number].decisive)
            return f"(R{leaf.number}{values or ','})"

        writer = python.Writer(self.document.facts, self.dimensions, leaf_text, keeps=True)
        writer.tree(self.tree, frozenset(), " ")
        return cast("Callable[[Facts], Traced]", python.compiled("trace", writer.lines, known))

    @cached_property
    def leaves(self) -> list[Leaf]:
        """Every leaf by number; those of the chain have no path."""
        if self.grown:
            return self.grown[1]
        return [Leaf(number, *ends, {}) for number, ends in enumerate(python.chain_ends(self.document))]

    @cached_property
    def reasons(self) -> list[Reason]:
        """The record of every leaf by number."""
        pays = {name: _pays(outcome) for name, outcome in self.document.outcomes.items()}
        return [self._reason(leaf, pays) for leaf in self.leaves]

    def told(self, reason: Reason, facts: Facts) -> Decision:
        """A leaf's record as the decision on these facts. Raises UndecidedError at a gap or a conflict."""
        leaf, outcome, clause, because, pays, names, rival = reason
        if rival or not clause:
            raise self._undecided(reason, facts)
        if outcome in self.sums:
            pays = Pays(
                minor=value_of(self.sums[outcome], facts), currency=self.document.outcomes[outcome].currency
            )
        decisive = {name: facts[name] for name in names}
        held = self._holds_until(reason, facts)
        version = self.version()
        return Decision(outcome, clause, because, pays, decisive, held, leaf, version, facts, self)

    def __eq__(self, other: object) -> bool:
        """Engines of one version are one: decisions carry theirs, and equal answers compare equal."""
        return self is other or (isinstance(other, Engine) and self.version() == other.version())

    def __hash__(self) -> int:
        return hash(self.version())

    def __repr__(self) -> str:
        return f"<policy {self.name}>"

    def changes(self, facts: Facts, outcome: str) -> tuple[Change, ...] | None:
        """What in somebody's power would give more than this outcome; see `Decision.would_change`."""
        return self._changes.of(facts, outcome)

    @cached_property
    def _changes(self) -> Changes:
        return Changes(self.document, self.dimensions, self.ruled, self._left_of)

    @cached_property
    def ruled(self) -> list[Ruled]:
        """The rules of the world in cells of their own."""
        rules = [rule.holds for rule in self.document.rules]
        space = Space(self.document.facts, rules)
        return [(space.dimensions, space.formula(rule)) for rule in rules]

    def _left_of(self, told: Facts) -> Tree | None:
        """A tree for orders with these facts; None where it would be too large."""
        if self.tree is not None:
            return self.tree
        try:
            return self.grower.grow(told, max(1, min(_MOST_LEFT, self.most_leaves)))[0]
        except TooManyLeaves:
            return None

    @cached_property
    def world(self) -> World:
        """The orders that the rules of the world allow."""
        return World(self.document.facts, self.ruled)

    def partial(self, told: Facts) -> Open:
        """What is open while facts are left out; no outcome when no order in the world has these facts."""
        key = tuple(told.items())
        if key not in self._open:
            if len(self._open) >= _MOST_REMEMBERED:
                self._open.clear()
            opened = self._opened(told)
            self._open[key] = (
                Open(self._kindest_first(opened.outcomes), next(opened.questions(), None))
                if opened
                else self._widely_open(told)
            )
        return self._open[key]

    def questions(self, told: Facts) -> tuple[str, ...]:
        """The facts still worth asking, in their order; when too much is open, only the next one is known."""
        opened = self._opened(told)
        if opened is None:
            ask = self._widely_open(told).ask
            return (ask,) if ask else ()
        return tuple(opened.questions())

    def clauses_left(self, told: Facts) -> set[str]:
        """The clauses that may decide while facts are left out."""
        opened = self._opened(told)
        return self._may_win(told) if opened is None else opened.clauses

    def _opened(self, told: Facts) -> Opened | None:
        tree = self._left_of(told)
        return tree and Opened(tree, told, self.dimensions, self.then, self.world)

    def _widely_open(self, told: Facts) -> Open:
        """Too much is open to follow every way: each clause is asked whether it may still win."""
        outcomes = {self.then[name] for name in self._may_win(told)}
        ask = next(name for name in self.grower.next_facts(self.grower.rows(told)) if name not in told)
        return Open(self._kindest_first(outcomes), ask)

    def _may_win(self, told: Facts) -> set[str]:
        """The clauses that match some order that the world allows and no stronger clause matches."""
        names, clauses, stronger = set(), self.grower.clauses, self.grower.stronger
        for place, formula in self.grower.rows(told):
            beaten = [clauses[other].when for other in stronger[place]]
            no_other = [self.grower.space.formula(when, opposite=True) for when in beaten]
            also = [(self.dimensions, part) for part in (formula, *no_other)]
            if self.world.allows(told, (), also, most=FEW_STEPS):
                names.add(clauses[place].id)
        return names

    def _kindest_first(self, outcomes: Iterable[str]) -> tuple[str, ...]:
        ranks = self.document.outcomes
        return tuple(sorted(filter(None, outcomes), key=lambda name: -ranks[name].rank))

    def _reason(self, leaf: Leaf, pays: Mapping[str, Pays | None]) -> Reason:
        if not leaf.clause:
            return Reason(leaf.number, "", "", "", None, self._looked_at(leaf))
        clause = self.document.clauses[leaf.clause]
        looked_at = self._looked_at(leaf)
        return Reason(
            leaf.number, clause.then, clause.id, clause.prose, pays[clause.then], looked_at, leaf.rival
        )

    def _looked_at(self, leaf: Leaf) -> tuple[str, ...]:
        """The facts on the path to a leaf, in the order of their tests; in the chain, those of its clause."""
        if self.tree is None:
            ends = [self.document.clauses[name].when for name in (leaf.clause, leaf.rival) if name]
            return tuple(sorted(set().union(*map(names_in, ends))))
        names = (name for place in leaf.path for name in self.dimensions[place].facts)
        return tuple(dict.fromkeys(names))

    def _chain(
        self, leaf_text: Callable[[Reason], str], known: Mapping[str, object] = {}
    ) -> Callable[[Facts], object]:
        texts = {(leaf.clause, leaf.rival): leaf_text(self.reasons[leaf.number]) for leaf in self.leaves}
        return python.compiled("chain", python.chain_lines(self.document, texts), known)

    def _holds_until(self, reason: Reason, facts: Facts) -> dict[str, int] | None:
        counted = self.document.counted
        if not counted or facts[counted] is None:
            return None
        held = self._held.get(reason.leaf)
        if held is None:
            held = "depends"
            if self.tree is not None:
                held = holds.settled(self.leaves[reason.leaf], self.tree, counted, self.dimensions, self.then)
            self._held[reason.leaf] = held
        if held == "depends":
            found = holds.found(facts, self.document.facts[counted], self.dimensions, self._outcome_at(facts))
            return None if found is None else {counted: found}
        return None if held == "never ends" else {counted: held}

    def _outcome_at(self, facts: Facts) -> Callable[[int], str]:
        """The outcome at another value of the counted fact; "" where there is none."""

        def outcome(value: int) -> str:
            reason = self.reasons[self.decide_leaf({**facts, self.document.counted: value})]
            return "" if reason.rival else reason.outcome

        return outcome

    def _undecided(self, reason: Reason, facts: Facts) -> UndecidedError:
        shown = ", ".join(f"{name} {word(facts[name])}" for name in reason.decisive or facts)
        if not reason.clause:
            return GapError(f"{self.name}: no clause decides this: {shown}")
        both = [f"`{n}` (line {self.document.clauses[n].line})" for n in (reason.clause, reason.rival)]
        return ConflictError(
            f"{self.name}: {both[0]} and {both[1]} disagree: {shown}",
            clauses=(reason.clause, reason.rival),
            help=f"write `- overrides: {reason.rival}` under the one that wins, or the reverse",
        )


def _pays(outcome: Outcome) -> Pays | None:
    return None if outcome.pays_percent is None else Pays(percent=outcome.pays_percent)
