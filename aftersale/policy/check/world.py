"""The world of a policy: every order that its facts and rules allow, and a solver to ask about them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from itertools import count
from math import inf
from time import monotonic
from typing import Literal, NamedTuple

import z3

from aftersale.policy.document import Document, Rule
from aftersale.policy.facts import Value
from aftersale.policy.nodes import Condition, names_in

from .encode import TRUE, Formula, Variable, Variables, condition_formula, variable

DEFAULT_SECONDS = 5.0


class Answer(NamedTuple):
    """Whether there is such an order; if there is none, the names of the assumptions that rule it out.

    "unknown" when the time ran out: nothing is proved then.
    """

    found: Literal["yes", "no", "unknown"]
    core: frozenset[str] = frozenset()


class OutOfTime(Exception):
    """An example is known to exist, and none was found in time."""


class Solver:
    """Z3 with a limit of time for each question, and one for all of them together."""

    def __init__(self, seconds: float = DEFAULT_SECONDS, in_all: float = inf) -> None:
        self.seconds, self._ends = seconds, monotonic() + in_all
        self.z3 = z3.SimpleSolver()
        self.z3.set("timeout", max(1, round(seconds * 1000)))
        self._numbers = count(1)

    def ask(self, literals: Sequence[Formula]) -> Answer:
        """Whether all the literals can be true together."""
        left = self._ends - monotonic()
        if left <= 0:
            return Answer("unknown")
        if left < self.seconds:
            self.z3.set("timeout", max(1, round(left * 1000)))
        answer = self.z3.check(*literals)
        if answer == z3.sat:
            return Answer("yes")
        if answer == z3.unsat:
            return Answer("no", frozenset(str(literal) for literal in self.z3.unsat_core()))
        return Answer("unknown")

    @contextmanager
    def trying(self, *formulas: Formula) -> Iterator[None]:
        """The formulas hold inside the block."""
        self.z3.push()
        try:
            self.z3.add(*formulas)
            yield
        finally:
            self.z3.pop()

    def named(self, name: str, formula: Formula) -> Formula:
        """A literal that is true exactly when the formula is."""
        literal = z3.Bool(f"{name} #{next(self._numbers)}")
        self.z3.add(literal == formula)
        return literal


class World:
    """One order under one document: its facts, the rules of the world, and which clauses match it.

    `mark` tells several apart. A twin is another order under the same document that has all facts but
    `differing` in common with the first. `shared` are facts that another document's world has too.
    """

    def __init__(
        self,
        document: Document,
        solver: Solver,
        mark: str = "",
        twin: "World | None" = None,
        differing: str = "",
        shared: Variables | None = None,
    ) -> None:
        self.document, self.solver, self.mark = document, solver, mark
        self.variables: dict[str, Variable] = {**(shared or {})}
        for name, fact in document.facts.items():
            if twin and name != differing:
                self.variables[name] = twin.variables[name]
            elif name not in self.variables:
                self.variables[name] = variable(fact, mark)
                solver.z3.add(*self.variables[name].domain())
        self.lawful: list[Formula] = []
        for place, rule in enumerate(document.rules):
            common = twin.lawful[place] if twin and differing not in names_in(rule.holds) else None
            self.lawful.append(self._literal(f"rule {place}", rule.holds, common))
        self.rules = dict(zip(map(str, self.lawful), document.rules, strict=True))
        self.match: dict[str, Formula] = {}
        for name, clause in document.clauses.items():
            common = twin.match[name] if twin and differing not in names_in(clause.when) else None
            self.match[name] = self._literal(f"clause {name}", clause.when, common)
        self.unmatch = {name: z3.Not(literal) for name, literal in self.match.items()}

    def _literal(self, name: str, condition: Condition, common: Formula) -> Formula:
        """A literal that is true exactly when the condition is; the twin's where they have it in common."""
        if common is not None:
            return common
        literal = z3.Bool(name + self.mark)
        self.solver.z3.add(literal == self.formula(condition))
        return literal

    def formula(self, condition: Condition) -> Formula:
        """A condition on this order."""
        return condition_formula(condition, self.variables)

    def ask(self, *literals: Formula) -> Answer:
        """Whether the world allows an order for which all the literals are true."""
        return self.solver.ask([*self.lawful, *literals])

    def winners(self) -> dict[str, Formula]:
        """For each clause a literal: it wins. The definitions last as long as the solver keeps them."""
        wins: dict[str, Formula] = {}
        # Some clause matches that is this one or stronger; built along the order, so that it grows with the
        # `overrides` lines and not with all the pairs that follow from them.
        reached: dict[str, Formula] = {}
        for name in self.document.precedence.order:
            beaten = z3.Or([reached[other] for other in self._next_stronger(name)])
            wins[name] = self.solver.named(
                f"{name} wins{self.mark}", z3.And(self.match[name], z3.Not(beaten))
            )
            reached[name] = self.solver.named(
                f"{name} or stronger{self.mark}", z3.Or(self.match[name], beaten)
            )
        return wins

    def _next_stronger(self, name: str) -> list[str]:
        """The stronger clauses without those that are stronger than one of them."""
        order, stronger = self.document.precedence
        left, nearest = set(stronger[name]), []
        for other in reversed(order[: order.index(name)]):
            if other in left:
                nearest.append(other)
                left -= stronger[other]
        return nearest

    @cached_property
    def decided(self) -> dict[str, Formula]:
        """For each clause a literal: it decides. "" is for no clause, a gap."""
        literals: dict[str, Formula] = {}
        none_yet = TRUE
        for name in self.document.precedence.order:
            both = z3.And(none_yet, self.match[name])
            literals[name] = self.solver.named(f"{name} decides{self.mark}", both)
            neither = z3.And(none_yet, self.unmatch[name])
            none_yet = self.solver.named(f"none up to {name}{self.mark}", neither)
        literals[""] = none_yet
        return literals

    @cached_property
    def comes_to(self) -> dict[str, Formula]:
        """For each outcome a formula: the order comes to it. "" is for none, a gap."""
        by_outcome: dict[str, list[Formula]] = {name: [] for name in self.document.outcomes}
        for name, clause in self.document.clauses.items():
            by_outcome[clause.then].append(self.decided[name])
        formulas = {
            name: self.solver.named(f"comes to {name}{self.mark}", z3.Or(deciding))
            for name, deciding in by_outcome.items()
            if deciding
        }
        return {**formulas, "": self.decided[""]}

    def guilty_rules(self, core: frozenset[str], *literals: Formula) -> tuple[Rule, ...]:
        """The fewest rules of the world that a proof needs, of those in its core."""
        names = [name for name in self.rules if name in core]
        for name in list(names):
            fewer = [literal for literal in self.lawful if str(literal) in names and str(literal) != name]
            if self.solver.ask([*fewer, *literals]).found == "no":
                names.remove(name)
        return tuple(self.rules[name] for name in names)

    def order(self, model: Formula) -> dict[str, Value]:
        """The order's facts in a model."""
        return {name: variable.value(model) for name, variable in self.variables.items()}
