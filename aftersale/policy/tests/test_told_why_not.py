"""What fails of a clause is told in words that are exactly what the clause still asks for."""

import pytest
from hypothesis import given, settings

from aftersale.policy import Policy
from aftersale.policy.nodes import names_in
from aftersale.policy.told_why_not import still_asked
from aftersale.policy.why_not import holds

from .houses import ORDER, all_orders, clause, marketplace, small
from .test_agreement import ORDERS, policies

OVER = {**ORDER, "days": 61, "marked_delivered": True, "supplier_terms": "defective_or_wrong"}


@pytest.mark.parametrize(
    ("language", "name", "told"),
    [
        (
            "en",
            "card-in-time",
            [
                ("days from the carrier's delivery to handing the parcel over: at most 60 or absent", "61"),
                ("the order was marked delivered before the parcel was handed over: no", "yes"),
            ],
        ),
        (
            "zh-hans",
            "card-in-time",
            [
                ("从承运人送达到交寄包裹的天数：至多 60 或 空", "61"),
                ("交寄包裹之前，订单已被标记为已收货：否", "是"),
            ],
        ),
        ("en", "rma-card", [("a valid RMA number covers this return: yes", "no")]),
    ],
)
def test_each_part_that_fails_is_told_with_what_is_here(
    language: str, name: str, told: list[tuple[str, str]]
) -> None:
    policy = marketplace()
    facts = {**OVER, "mainland_supplier": True}
    assert [tuple(one) for one in policy.told_why_not(policy.why_not(facts, name), language)] == told


def test_of_alternatives_only_what_is_missing_is_asked_for() -> None:
    policy = marketplace()
    facts = {**OVER, "mainland_supplier": True, "units_returned": 1}
    (together,) = policy.told_why_not(policy.why_not(facts, "together"))
    assert together.asked == "why it comes back: wrong or why it comes back: missing"
    assert together.here == "unwanted"


def test_a_page_tells_it_in_its_own_words() -> None:
    policy = marketplace()
    why = policy.why_not(OVER, "card-in-time")
    told = policy.told_why_not(why, "en", str.upper, lambda fact, value: f"<{fact}:{value}>")
    assert tuple(told[0]) == ("DAYS: at most <days:60> or <days:None>", "<days:61>")


@pytest.mark.parametrize(
    ("when", "facts", "asked"),
    [
        ("days at least 3 and days at most 5", {"days": 9}, "days: at most 5"),
        ("days is known", {"days": None}, "days: any value"),
        ("not (days is known)", {"days": 1}, "days: absent"),
        ("not (days = 1)", {"days": 1}, "days: not 1 or absent"),
        ("tender is not card", {"tender": "card"}, "tender: cash"),
    ],
)
def test_every_kind_of_condition_is_told(when: str, facts: dict[str, object], asked: str) -> None:
    policy = Policy.parse(small(clause("a", when, "deny")))
    order = {"tender": "card", "days": 1, "opened": False, **facts}
    told = policy.told_why_not(policy.why_not(order, "a"), "en", str)
    assert [one.asked for one in told] == [asked]


def test_an_order_that_keeps_the_rest_and_has_what_is_asked_fits_the_clause() -> None:
    policy, orders = marketplace(), all_orders()[::97]
    seen, others = 0, [policy.read(order) for order in orders]
    for order in orders[::23]:
        read = policy.read(order)
        for name in policy.clauses:
            for failed in policy.why_not(order, name).failed:
                left = still_asked(failed.meaning, read, wanted=failed.must)
                assert not holds(left, read)
                for other in others:
                    mixed = {**read, **{fact: other[fact] for fact in names_in(left)}}
                    if holds(left, mixed):
                        seen += 1
                        assert holds(failed.meaning, mixed) == failed.must
    assert seen > 500


@settings(max_examples=60)
@given(policies(), ORDERS)
def test_it_can_be_told_of_any_document(policy: Policy, order: dict[str, object]) -> None:
    for name in policy.clauses:
        why = policy.why_not(order, name)
        told = policy.told_why_not(why)
        assert bool(told) == bool(why.failed)
        assert all(one.asked and one.here for one in told)
