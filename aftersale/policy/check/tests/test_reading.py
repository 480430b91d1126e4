"""Z3's own reading of a document, over a hundred thousand rows: the clause or refusal that Python gives."""

from collections.abc import Iterator
from datetime import date
from functools import cache

import pytest
import z3

from aftersale.policy import Policy
from aftersale.policy.backtest.tests.worlds import Row, answer, policy_of, random_rows
from aftersale.policy.check.encode import Formula, Variable, condition_formula, count, variable

ROWS = 100_000
TRUTH = {True: z3.BoolVal(True), False: z3.BoolVal(False)}


@cache
def _number(number: int) -> Formula:
    return z3.IntVal(number)


@pytest.mark.slow
@pytest.mark.only_on("sqlite")  # no database is asked: once is enough
def test_z3_reads_each_of_a_hundred_thousand_rows_as_python_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(z3.z3, "Z3_DEBUG", False)  # it looks at the kind of each value a million times
    policy = policy_of("marketplace")
    facts = {name: variable(fact) for name, fact in policy.facts.items()}
    ends, reading = _reading(policy, facts)
    leaves, refused, read = set(), set(), 0
    for row in random_rows(policy, ROWS):
        expected = answer(policy, row)
        if isinstance(expected, int):
            leaves.add(policy.decide_leaf({name: row[name] for name in policy.facts}))
        else:
            refused.add(expected)
        values = list(_values(facts, row))
        if None in (value for _, value in values):
            assert expected in facts, "absent where it may not be: no order that Z3 could be asked about"
            continue
        read += 1
        code = z3.simplify(z3.substitute(reading, *values))
        assert ends[code.as_long()] == expected, row
    assert read > 0.99 * ROWS
    assert leaves == set(range(len(policy.reasons)))
    assert refused == {*policy.facts, *(rule.text for rule in policy.document.rules)}


def _reading(policy: Policy, facts: dict[str, Variable]) -> tuple[list[object], Formula]:
    """The document as one formula, whose value is the place of the row's end among the ends."""
    order = policy.document.precedence.order
    steps: list[tuple[object, Formula]] = [
        *((name, z3.Not(z3.And(fact.domain()))) for name, fact in facts.items()),
        *((rule.text, z3.Not(condition_formula(rule.holds, facts))) for rule in policy.document.rules),
        *((place, condition_formula(policy.clauses[name].when, facts)) for place, name in enumerate(order)),
    ]
    reading = z3.IntVal(len(steps))
    for place, (_, ends) in reversed(list(enumerate(steps))):
        reading = z3.If(ends, z3.IntVal(place), reading)
    return [*(end for end, _ in steps), len(order)], reading


def _values(facts: dict[str, Variable], row: Row) -> Iterator[tuple[Formula, Formula | None]]:
    """Each constant of the formula with what it is in this row; None where the fact can be no such thing."""
    for name, fact in facts.items():
        given = row[name]
        if fact.fact.kind == "one of":
            yield from ((choice, TRUTH[given == value]) for value, choice in fact.values.items())
            continue
        if fact.fact.may_be_absent:
            yield fact.known, TRUTH[given is not None]
        elif given is None:
            yield fact.known, None
            continue
        if fact.fact.kind == "yes or no":
            yield fact.yes, TRUTH[bool(given)]
        else:
            assert given is None or isinstance(given, int | date)
            yield fact.number, _number(count(given))
