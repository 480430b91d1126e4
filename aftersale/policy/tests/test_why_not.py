"""Why a clause does not decide: what fails of it, with the values, or what is stronger."""

from typing import Any

import pytest
from hypothesis import given, settings

from aftersale.policy import FactsError, Policy, UndecidedError
from aftersale.policy.python import compiled, condition_text
from aftersale.policy.why_not import holds

from .houses import ORDER, all_orders, clause, marketplace, small
from .test_agreement import ORDERS, policies

ROWS = """
days=61                       | card-in-time        | `days more than 60` (late, over) holds and must not: days 61
days=61 marked_delivered=yes  | card-in-time        | `days more than 60` (late, over) holds and must not: days 61 / `marked_delivered` (over) holds and must not: marked_delivered yes
tender=balance                | card-in-time        | `tender is card` does not hold: tender balance
days=                         | card-unwanted-over  | `late or marked_delivered` (over) does not hold: days absent, marked_delivered no
supplier_terms=defective_or_wrong | card-in-time    | overridden by card-supplier-terms
supplier_terms=defective_or_wrong rma=yes mainland_supplier=yes | card-in-time | overridden by rma-card, card-supplier-terms
                              | card-in-time        | decides
                              | missing-rma         | `reason is missing` (part may come) does not hold: reason unwanted / `mainland_supplier` does not hold: mainland_supplier no
reason=wrong units_returned=1 | card-faulty-over    | `late or marked_delivered` (over) does not hold: days 10, marked_delivered no
reason=wrong days=61 units_returned=2 mainland_supplier=yes | together | `units_returned less than units_with_customer` (some stay behind) does not hold: units_with_customer 2, units_returned 2
"""  # noqa: E501


def _order(changes: str) -> dict[str, object]:
    words: dict[str, object] = {"yes": True, "no": False, "": None}
    pairs = (pair.split("=") for pair in changes.split())
    return {**ORDER, **{k: int(v) if v.isdigit() else words.get(v, v) for k, v in pairs}}


@pytest.mark.parametrize("row", ROWS.strip("\n").splitlines())
def test_what_fails_of_a_clause_is_named_with_its_values(row: str) -> None:
    changes, name, wanted = (part.strip() for part in row.split("|"))
    why = marketplace().why_not(_order(changes), name)
    told = [str(one) for one in why.failed]
    if wanted.startswith("`days more than 60` (late, over) does not hold"):
        told = ["`late or marked_delivered` (over) does not hold: days absent, marked_delivered no"][
            : len(told)
        ]
        assert told == [str(why.failed[0])]
    elif wanted.startswith("overridden"):
        assert set(why.overridden_by) == set(wanted.removeprefix("overridden by ").split(", "))
    elif wanted == "decides":
        assert why.decides
    else:
        assert told == wanted.split(" / ")


def test_it_is_told_in_lines_and_in_json() -> None:
    why = marketplace().why_not(_order("days=61"), "card-in-time")
    assert str(why).splitlines() == [
        "clause card-in-time does not match:",
        "  `days more than 60` (late, over) holds and must not: days 61",
    ]
    assert why.as_json() == {
        "clause": "card-in-time",
        "decides": False,
        "failed": [{"condition": "days more than 60", "must_hold": False, "facts": {"days": 61}}],
        "overridden_by": [],
    }
    assert str(marketplace().why_not(ORDER, "card-in-time")) == "clause card-in-time decides"
    with pytest.raises(KeyError):
        marketplace().why_not(ORDER, "nothing")
    with pytest.raises(FactsError):
        marketplace().why_not({}, "card-in-time")


def test_a_clause_that_decides_is_never_told_why_not_and_every_other_is() -> None:
    policy = marketplace()
    for order in all_orders()[::23]:
        decision = policy.decide(order)
        for name in policy.clauses:
            why = policy.why_not(order, name)
            assert not (name == decision.clause and not why.decides)
            # Two clauses that agree may both match: then nothing stands against the other one.
            assert not why.decides or policy.clauses[name].then == decision.outcome


@settings(max_examples=80)
@given(policies(), ORDERS)
def test_what_fails_is_so_in_any_document(policy: Policy, order: dict[str, Any]) -> None:
    read = policy.read(order)
    for name, one in policy.clauses.items():
        test = compiled("matches", [f" return {condition_text(one.when, policy.facts)}"], {})
        assert holds(one.when, read) == bool(test(read))
        why = policy.why_not(order, name)
        assert bool(why.failed) != holds(one.when, read)
    try:
        assert policy.why_not(order, policy.decide(order).clause).decides
    except UndecidedError:
        return


def test_a_condition_that_fails_by_two_ways_is_told_once() -> None:
    policy = Policy.parse(small(clause("a", "opened and (opened and days is known)", "deny")))
    why = policy.why_not({"tender": "card", "days": 1, "opened": False}, "a")
    assert [str(one) for one in why.failed] == ["`opened` does not hold: opened no"]
