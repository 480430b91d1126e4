"""The shipped policy says what the rules say, in every cell."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftersale.policy import Decision, run_examples

from .houses import ORDER, all_orders, marketplace
from .oracle import RANKS, outcome_of

BOUNDARIES = """
tender         reason     days    marked  terms   mainland  rma  with  back  outcome       clause
balance        unwanted   10      no      any     no        no   2     2     deny          balance
balance        missing    10      no      any     yes       yes  2     2     claim         balance-missing
bank_transfer  defective  60      yes     narrow  no        no   2     1     refund        bank-faulty
bank_transfer  defective  61      no      narrow  no        no   2     2     deny          bank-late
bank_transfer  unwanted   0       no      any     yes       yes  2     2     deny          bank-unwanted
card           unwanted   60      no      any     no        no   2     2     refund        card-in-time
card           unwanted   61      no      any     no        no   2     2     deny          card-unwanted-over
card           unwanted   60      yes     any     no        no   2     2     deny          card-unwanted-over
card           unwanted   60      no      narrow  no        no   2     2     ask_supplier  card-supplier-terms
card           unwanted   60      no      narrow  no        yes  2     2     refund        rma-elsewhere
card           wrong      absent  no      narrow  no        no   2     1     refund        card-in-time
card           wrong      absent  yes     narrow  no        no   2     1     ask_supplier  card-faulty-over
card           wrong      61      no      narrow  yes       no   2     1     return_all    together
card           wrong      61      no      narrow  yes       no   2     2     ask_supplier  card-faulty-over
card           wrong      61      no      narrow  yes       yes  2     1     refund        rma-card
card           missing    400     yes     any     yes       no   1     1     ask_supplier  missing-rma
card           missing    400     yes     any     yes       no   0     0     claim         missing-claim
card           missing    400     yes     any     no        yes  1     1     claim         missing-claim
bank_transfer  missing    60      no      any     yes       no   2     2     ask_supplier  missing-rma
bank_transfer  missing    60      no      any     yes       yes  2     1     refund        rma-bank-missing
bank_transfer  missing    61      no      any     yes       yes  2     2     claim         missing-bank-late
"""


def _rows(table: str) -> list[list[str]]:
    return [line.split() for line in table.strip().splitlines()[1:]]


def _value(word: str) -> object:
    words: dict[str, object] = {"absent": None, "yes": True, "no": False}
    words |= {"narrow": "defective_or_wrong", "any": "any_reason"}
    return int(word) if word.isdigit() else words.get(word, word)


def _decide(**changes: object) -> Decision:
    return marketplace().decide({**ORDER, **changes})


@pytest.mark.parametrize("row", _rows(BOUNDARIES), ids=" ".join)
def test_each_side_of_each_boundary_is_decided_by_its_clause(row: list[str]) -> None:
    *values, outcome, clause = row
    decision = marketplace().decide(dict(zip(ORDER, map(_value, values), strict=True)))
    assert (decision.outcome, decision.clause) == (outcome, clause)


def test_every_cell_is_what_the_seven_sentences_say() -> None:
    policy = marketplace()
    orders = all_orders()
    assert len(orders) == 5_472
    assert [o for o in orders if policy.decide(o).outcome != outcome_of(o)] == []


def test_every_leaf_that_the_world_allows_is_reached_and_none_is_a_gap() -> None:
    policy = marketplace()
    assert all(reason.clause and not reason.rival for reason in policy.reasons)
    assert {policy.decide(order).clause for order in all_orders()} == set(policy.clauses)


def test_every_example_of_the_document_comes_true() -> None:
    assert run_examples(marketplace()) == []


def test_every_clause_has_an_example_that_it_decides_and_one_that_it_does_not() -> None:
    for clause in marketplace().clauses.values():
        deciding = {example.clause == clause.id for example in clause.examples}
        assert deciding == {True, False}, clause.id


@st.composite
def orders(draw: st.DrawFn) -> dict[str, object]:
    order: dict[str, Any] = {}
    for name, fact in marketplace().facts.items():
        if fact.kind == "one of":
            order[name] = draw(st.sampled_from(fact.values))
        elif fact.kind == "yes or no":
            order[name] = draw(st.booleans())
        else:
            near = st.integers(55, 65) if name == "days" else st.integers(0, 4)
            order[name] = draw(near | st.integers(fact.lo, fact.hi))
    if draw(st.booleans()):
        order["days"] = None
    least = 0 if order["reason"] == "missing" else 1
    order["units_with_customer"] = max(least, order["units_with_customer"])
    order["units_returned"] = min(max(least, order["units_returned"]), order["units_with_customer"])
    return order


@given(orders())
def test_any_order_is_decided_as_the_sentences_say(order: dict[str, object]) -> None:
    decision = marketplace().decide(order)
    assert decision.outcome == outcome_of(order)
    assert decision == marketplace().explain(decision.leaf, marketplace().read(order))


@given(orders(), st.integers(0, 36_500))
def test_the_answer_holds_until_the_day_it_names_and_not_a_day_longer(
    order: dict[str, Any], other: int
) -> None:
    policy = marketplace()
    decision = policy.decide(order)
    if order["days"] is None:
        assert decision.holds_until is None
    elif decision.holds_until is None:
        assert policy.decide({**order, "days": max(order["days"], other)}).outcome == decision.outcome
    else:
        last = decision.holds_until["days"]
        assert policy.decide({**order, "days": last}).outcome == decision.outcome
        assert policy.decide({**order, "days": last + 1}).outcome != decision.outcome


@given(orders())
def test_the_facts_that_decided_are_enough_to_decide(order: dict[str, object]) -> None:
    policy = marketplace()
    decision = policy.decide(order)
    assert decision.decisive == {name: order[name] for name in decision.decisive}
    assert policy.partial(decision.decisive) == ((decision.outcome,), None)


@given(orders(), st.data())
def test_the_promises_are_kept(order: dict[str, Any], data: st.DataObject) -> None:
    kinder: dict[str, object] = dict(order)
    change = data.draw(st.sampled_from(["days", "rma", "units_returned", "marked_delivered"]))
    if change == "days" and order["days"]:
        kinder["days"] = data.draw(st.integers(0, order["days"]))
    if change == "rma":
        kinder["rma"] = True
    if change == "units_returned":
        kinder["units_returned"] = data.draw(
            st.integers(order["units_returned"], order["units_with_customer"])
        )
    if change == "marked_delivered":
        kinder["marked_delivered"] = False
    before, after = (marketplace().decide(facts).outcome for facts in (order, kinder))
    assert RANKS[after] >= RANKS[before]


def test_the_waived_promise_is_told_with_its_reason_and_its_case() -> None:
    waived = [promise for promise in marketplace().promises if promise.waived]
    assert [(p.one, p.other) for p in waived] == [("card", "bank_transfer")]
    assert "a card only asks the supplier then" in waived[0].waived
    faulty = {"reason": "defective", "marked_delivered": True}
    assert _decide(**faulty, tender="bank_transfer").outcome == "refund"
    assert _decide(**faulty, tender="card").outcome == "ask_supplier"


def test_a_decision_is_the_contracts_object() -> None:
    policy = marketplace()
    assert _decide(reason="defective").as_json() == {
        "outcome": "refund",
        "clause": "card-in-time",
        "because": policy.clauses["card-in-time"].prose,
        "pays": {"percent": 100},
        "decisive": _decide(reason="defective").decisive,
        "holds_until": {"days": 60},
        "would_change": [],
        "policy": policy.hash,
    }
    assert _decide(tender="balance").as_json()["pays"] is None


def test_the_sixty_days_stand_once_in_the_conditions_and_in_every_prose_that_needs_them() -> None:
    policy = marketplace()
    conditions = [line for line in policy.text.splitlines() if line.startswith(("- when", "  and", "- late"))]
    assert sum("60" in line for line in conditions) == 1
    for clause in policy.clauses.values():
        timed = any(word in str(clause.when) for word in ("days",))
        assert ("60" in clause.prose) == timed, clause.id
