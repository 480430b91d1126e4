"""Two versions of a policy over the same orders, and the pairs of clauses that decide one differently."""

from collections.abc import Iterator, Mapping

import z3

from aftersale.policy.facts import Fact
from aftersale.policy.policy import Policy

from .encode import Formula, Variable, is_true, variable
from .finding import Example
from .smallest import nearest, ordinary_order
from .world import OutOfTime, Solver, World
from .worth import gives_less, paid_minor

type Pair = tuple[str, str]


class Compared:
    """The worlds of two versions, with the facts in common that both have."""

    def __init__(self, old: Policy, new: Policy, seconds: float, in_all: float) -> None:
        self.solver = Solver(seconds, in_all)
        shared = self._shared(old.facts, new.facts)
        # Outcomes that both have are ranked as the new version ranks them.
        ranks = {name: outcome.rank for name, outcome in new.outcomes.items()}
        outcomes = {n: o._replace(rank=ranks.get(n, o.rank)) for n, o in old.outcomes.items()}
        self.old = World(old.document._replace(outcomes=outcomes), self.solver, " (old)", shared=shared)
        self.new = World(new.document, self.solver, " (new)", shared=shared)
        self.literals = [*self.old.lawful, *self.new.lawful]
        self.said = {**old.document.ordinary, **new.document.ordinary}
        self.ordinary = {**ordinary_order(old.document), **ordinary_order(new.document), **self.said}
        less = z3.Or(
            gives_less(self.new, self.old), z3.And(self.new.comes_to[""], z3.Not(self.old.comes_to[""]))
        )
        more = z3.Or(
            gives_less(self.old, self.new), z3.And(self.old.comes_to[""], z3.Not(self.new.comes_to[""]))
        )
        other = z3.And(z3.Not(less), z3.Not(more), z3.Not(self._same()))
        self._directions = {"less": less, "more": more, "other": other}

    def pairs(self, gives: str) -> Iterator[tuple[Pair, Pair, Example] | None]:
        """Each pair of clauses, their outcomes and the smallest order; None when the time ran out."""
        solver = self.solver
        with solver.trying(self._directions[gives]):
            while (found := solver.ask(self.literals).found) == "yes":
                model = solver.z3.model()
                before, after = _decides(self.old, model), _decides(self.new, model)
                both = z3.And(self.old.decided[before], self.new.decided[after])
                with solver.trying(both):
                    example = self._smallest()
                if example is None:
                    found = "unknown"
                    break
                yield (before, after), (_outcome(self.old, before), _outcome(self.new, after)), example
                solver.z3.add(z3.Not(both))
            if found == "unknown":
                yield None

    def _smallest(self) -> Example | None:
        variables = {**self.old.variables, **self.new.variables}
        wishes = [(variables[name], value) for name, value in self.ordinary.items()]
        try:
            values = nearest(self.solver, wishes, self.literals)
        except OutOfTime:
            return None
        facts = dict(zip(self.ordinary, values, strict=True))
        names = [name for name, value in facts.items() if name not in self.said or self.said[name] != value]
        return Example(facts, tuple(names))

    def _same(self) -> Formula:
        """Both come to the same, or to nothing."""
        same = [z3.And(self.old.comes_to[""], self.new.comes_to[""])]
        for name in self.old.comes_to.keys() & self.new.comes_to.keys() - {""}:
            old, new = self.old.document.outcomes[name], self.new.document.outcomes[name]
            paid = paid_minor(old, self.old.variables) == paid_minor(new, self.new.variables)
            equal = paid if old.pays or new.pays else z3.BoolVal(old.pays_percent == new.pays_percent)
            same.append(z3.And(self.old.comes_to[name], self.new.comes_to[name], equal))
        return z3.Or(same)

    def _shared(self, old: Mapping[str, Fact], new: Mapping[str, Fact]) -> dict[str, Variable]:
        """A variable for each fact of both, over the values that both read."""
        shared = {}
        for name in old.keys() & new.keys():
            fact = _both(old[name], new[name])
            if fact is not None:
                shared[name] = variable(fact)
                self.solver.z3.add(*shared[name].domain())
        return shared


def _decides(world: World, model: Formula) -> str:
    """The clause that decides the order in a model, "" for none."""
    return next(name for name, decides in world.decided.items() if is_true(decides, model))


def _outcome(world: World, name: str) -> str:
    return world.document.clauses[name].then if name else ""


def _both(one: Fact, other: Fact) -> Fact | None:
    """The fact with the values that two versions have in common; None when it is not the same fact."""
    values = tuple(value for value in one.values if value in other.values)
    if one.kind != other.kind or one.currency != other.currency or (one.values and not values):
        return None
    lows = [fact.lo for fact in (one, other) if fact.lo is not None]
    highs = [fact.hi for fact in (one, other) if fact.hi is not None]
    lo, hi = max(lows, default=None), min(highs, default=None)
    absent = one.may_be_absent and other.may_be_absent
    return one._replace(values=values, lo=lo, hi=hi, may_be_absent=absent)
