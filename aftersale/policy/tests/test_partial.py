"""While not everything is told: what is still possible, and what to ask next."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftersale.policy import FactsError

from .houses import ORDER, all_orders, marketplace


def test_a_balance_payment_needs_only_the_reason() -> None:
    assert marketplace().partial({"tender": "balance"}) == (("claim", "deny"), "reason")
    assert marketplace().partial({"tender": "balance", "reason": "wrong"}) == (("deny",), None)


def test_everything_is_possible_at_first_kindest_first() -> None:
    start = marketplace().partial({})
    assert start.outcomes == ("refund", "ask_supplier", "return_all", "claim", "deny")
    assert start.ask == "tender"


def test_absent_is_an_answer_and_not_told_is_not() -> None:
    told = {"tender": "bank_transfer", "reason": "defective"}
    assert marketplace().partial(told) == (("refund", "deny"), "days")
    assert marketplace().partial({**told, "days": None}) == (("refund",), None)


def test_asking_what_is_next_ends_in_the_decision() -> None:
    policy = marketplace()
    asked = []
    for order in all_orders()[::11]:
        told: dict[str, object] = {}
        while (ask := policy.partial(told).ask) is not None:
            told[ask] = order[ask]
        assert policy.partial(told).outcomes == (policy.decide(order).outcome,)
        asked.append(len(told))
    assert sum(asked) / len(asked) < 6


@given(st.data())
def test_what_is_decided_was_possible_before(data: st.DataObject) -> None:
    order: dict[str, Any] = data.draw(st.sampled_from(all_orders()))
    told = data.draw(st.sets(st.sampled_from(sorted(order))))
    left = marketplace().partial({name: order[name] for name in told})
    assert marketplace().decide(order).outcome in left.outcomes
    assert left.ask not in told
    assert (left.ask is None) == (len(left.outcomes) == 1)


def test_what_is_told_is_checked_all_the_same() -> None:
    with pytest.raises(FactsError, match="`tender` cannot be 'crad'"):
        marketplace().partial({"tender": "crad"})
    with pytest.raises(FactsError, match="breaks a rule of the world"):
        marketplace().partial({"units_returned": 3, "units_with_customer": 2})
    assert marketplace().partial(ORDER) == (("refund",), None)
