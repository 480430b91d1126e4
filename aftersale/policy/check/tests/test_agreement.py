"""The proofs and the decisions read a document alike: each checks the other."""

import random
from collections.abc import Iterator
from datetime import date
from itertools import product
from pathlib import Path

import pytest

from aftersale.policy import Fact, Policy
from aftersale.policy.check.encode import Formula, condition_formula, variable
from aftersale.policy.check.study import study_of
from aftersale.policy.check.world import Solver, World
from aftersale.policy.facts import Value
from aftersale.policy.tests.houses import deciding

ROOT = Path(__file__).parents[4]
DRAWN = {
    ROOT / "policies" / "marketplace.md": 2_000,
    ROOT / "policies" / "eu-withdrawal.md": 300,
    ROOT / "policies" / "plain-thirty-days.md": 200,
    ROOT / "benchmarks" / "policy" / "fifteen.md": 300,
}


@pytest.mark.slow
@pytest.mark.parametrize("path", DRAWN, ids=lambda path: path.stem)
def test_of_orders_that_the_solver_draws_python_names_the_same_clause(path: Path) -> None:
    policy = Policy.load(path)
    world = study_of(policy).world
    chance = random.Random(7)
    drawn: dict[str, set[str]] = {}
    names = list(policy.clauses) * (DRAWN[path] // len(policy.clauses) + 1)
    for name in names:
        order = _drawn(world, world.decided[name], chance)
        assert policy.decide(order).clause == name, order
        drawn.setdefault(name, set()).add(repr(order))
    assert len(names) >= DRAWN[path]
    assert all(len(orders) > 10 for orders in drawn.values())


def _drawn(world: World, decides: Formula, chance: random.Random) -> dict[str, Value]:
    """An order that a clause decides, with some facts as they fall where that can be."""
    facts = world.document.facts
    names = chance.sample(sorted(facts), chance.randint(1, 3))
    wishes = [world.variables[name].has(_any_value(facts[name], chance)) for name in names]
    for some in (wishes, wishes[:1]):
        with world.solver.trying(*some):
            if world.ask(decides).found == "yes":
                return world.order(world.solver.z3.model())
    assert world.ask(decides).found == "yes"
    return world.order(world.solver.z3.model())


def _any_value(fact: Fact, chance: random.Random) -> Value:
    if fact.may_be_absent and chance.random() < 0.2:
        return None
    if fact.kind == "one of":
        return chance.choice(fact.values)
    if fact.kind == "yes or no":
        return chance.random() < 0.5
    if fact.kind == "date":
        return date(2026, 1, 1 + chance.randrange(28))
    near = chance.choice([0, 1, 2, 14, 15, 30, 31, 59, 60, 61, 730, 731, 5_000])
    return min(near, near if fact.hi is None else fact.hi)


FACTS = (
    "| paid | money in EUR | its price |\n| fee | money in EUR, may be absent | a fee |\n"
    "| sent | date, may be absent | when it was sent |\n| kind | a, b, may be absent | what it is |\n"
)
CONDITIONS = """
days at most 10
not days at most 10
days = 10 or days is absent
days is known and not days more than 10
sent within 5 days of 2026-01-03
not sent within 5 days of 2026-01-03
sent before 2026-01-03
sent is known and sent != 2026-01-03
kind is a
not kind is a
kind is not a
kind is one of (a, b)
kind is absent and opened
fee more than 7
not fee more than 7
paid - fee at most 3
33% of paid rounded down at least 4
33% of paid rounded up at least 4
50% of paid rounded half up at least 7
50% of (paid - fee) rounded half up at most -3
not 50% of (paid - fee) rounded down at most -3
2026-01-04 - sent at least 2
tender is card and not (opened or days more than 10)
""".strip().splitlines()


def _orders() -> Iterator[dict[str, Value]]:
    days: list[Value] = [None, 10, 11]
    sent: list[Value] = [None, date(2026, 1, 2), date(2026, 1, 3), date(2026, 1, 9)]
    amounts: list[tuple[Value, Value]] = [(0, None), (11, 7), (12, 8), (13, 19), (14, None)]
    for place, (day, when, kind, (paid, fee)) in enumerate(product(days, sent, [None, "a", "b"], amounts)):
        yield {
            "tender": ["card", "cash"][place % 2],
            "days": day,
            "opened": place % 3 == 0,
            "paid": paid,
            "fee": fee,
            "sent": when,
            "kind": kind,
        }


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_condition_is_true_in_a_proof_where_it_is_true_in_a_decision(condition: str) -> None:
    policy = deciding(condition, FACTS)
    facts = {name: variable(fact) for name, fact in policy.facts.items()}
    solver = Solver()
    solver.z3.add(*(part for one in facts.values() for part in one.domain()))
    holds = solver.named("holds", condition_formula(policy.clauses["holds"].when, facts))
    seen = set()
    for order in _orders():
        with solver.trying(*(facts[name].has(value) for name, value in order.items())):
            decided = policy.decide(order).clause == "holds"
            assert solver.ask([holds]).found == ("yes" if decided else "no"), order
            seen.add(decided)
    assert seen == {True, False}
