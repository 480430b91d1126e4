"""The smallest example: it differs from an ordinary order in the fewest facts, and in each by the least."""

from collections.abc import Sequence
from datetime import date

import z3

from aftersale.policy.document import Document
from aftersale.policy.facts import Fact, Value

from .encode import Formula, Variable, count
from .world import OutOfTime, Solver, World


def ordinary_order(document: Document) -> dict[str, Value]:
    """The document's ordinary order; where it does not say a fact, the plainest value of its kind."""
    plain = {name: _plainest(fact, document) for name, fact in document.facts.items()}
    return {**plain, **document.ordinary}


def smallest_order(world: World, literals: Sequence[Formula]) -> dict[str, Value]:
    """The facts of the smallest order for which the literals are true; there is one."""
    ordinary = ordinary_order(world.document)
    wishes = [(world.variables[name], ordinary[name]) for name in ordinary]
    found = nearest(world.solver, wishes, [*world.lawful, *literals])
    return dict(zip(ordinary, found, strict=True))


def nearest(
    solver: Solver, wishes: Sequence[tuple[Variable, Value]], literals: Sequence[Formula]
) -> list[Value]:
    """A value for each wish: the fewest are refused, the last ones first, and each refused by the least.

    Raises OutOfTime where not even one order is found in time.
    """
    kept = [wanted.has(value) for wanted, value in wishes]
    with solver.trying():
        for most in range(len(wishes) + 1):
            with solver.trying(z3.PbLe([(z3.Not(one), 1) for one in kept], most)):
                if solver.ask(literals).found == "yes":
                    return _settled(solver, wishes, kept, literals)
        if solver.ask(literals).found == "yes":
            model = solver.z3.model()
            return [wanted.value(model) for wanted, _ in wishes]
    raise OutOfTime


def _settled(
    solver: Solver,
    wishes: Sequence[tuple[Variable, Value]],
    kept: Sequence[Formula],
    literals: Sequence[Formula],
) -> list[Value]:
    """Settles the wishes one by one while the solver stands at a model."""
    model = solver.z3.model()
    values: list[Value] = []
    for (wanted, wish), formula in zip(wishes, kept, strict=True):
        if wanted.value(model) != wish and (better := _tried(solver, formula, literals)) is not None:
            model = better
        if wanted.value(model) == wish:
            solver.z3.add(formula)
        else:
            model = _least_far(solver, wanted, wish, model, literals)
            solver.z3.add(wanted.has(wanted.value(model)))
        values.append(wanted.value(model))
    return values


def _tried(solver: Solver, formula: Formula, literals: Sequence[Formula]) -> Formula | None:
    """A model in which the formula is true as well, if there is one."""
    with solver.trying(formula):
        return solver.z3.model() if solver.ask(literals).found == "yes" else None


def _least_far(
    solver: Solver, wanted: Variable, wish: Value, model: Formula, literals: Sequence[Formula]
) -> Formula:
    """The model whose value of this fact is the next best: the first of a choice, the nearest number."""
    if wanted.fact.kind in ("one of", "yes or no"):
        for value in wanted.fact.values or (False, True):
            if value == wanted.value(model):
                return model
            if (better := _tried(solver, wanted.has(value), literals)) is not None:
                return better
        return model
    if wanted.value(model) is None:
        better = _tried(solver, wanted.known, literals)
        if better is None:
            return model
        model = better
    return _nearest_number(solver, wanted, count(wish), model, literals)


def _nearest_number(
    solver: Solver, wanted: Variable, centre: int, model: Formula, literals: Sequence[Formula]
) -> Formula:
    low, high = 0, abs(count(wanted.value(model)) - centre)
    while low < high:
        middle = (low + high) // 2
        inside = z3.And(wanted.known, wanted.number <= centre + middle, wanted.number >= centre - middle)
        better = _tried(solver, inside, literals)
        if better is None:
            low = middle + 1
        else:
            model, high = better, min(middle, abs(count(wanted.value(better)) - centre))
    above = _tried(solver, z3.And(wanted.known, wanted.number == centre + high), literals)
    return model if above is None else above


def _plainest(fact: Fact, document: Document) -> Value:
    if fact.kind == "one of":
        return fact.values[0]
    if fact.kind == "yes or no":
        return False
    if fact.kind == "date":
        day: date = document.in_force_from
        return day
    return max(0 if fact.lo is None else fact.lo, min(0 if fact.hi is None else fact.hi, 0))
