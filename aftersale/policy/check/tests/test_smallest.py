"""The smallest example differs from an ordinary order in as little as can be."""

from datetime import date

from aftersale.policy import Policy
from aftersale.policy.check.smallest import ordinary_order, smallest_order
from aftersale.policy.check.study import study_of
from aftersale.policy.tests.houses import deciding

from .houses import IN_TIME, LATE, clause, shop


def _smallest(policy: Policy, name: str) -> dict[str, object]:
    world = study_of(policy).world
    ordinary = ordinary_order(policy.document)
    found = smallest_order(world, [world.decided[name]])
    return {fact: value for fact, value in found.items() if value != ordinary[fact]}


def test_an_ordinary_order_is_taken_when_it_will_do() -> None:
    assert _smallest(shop(IN_TIME, LATE), "in-time") == {}


def test_the_nearest_number_is_taken_on_either_side() -> None:
    assert _smallest(shop(IN_TIME, LATE), "late") == {"days": 31}
    assert _smallest(shop(IN_TIME, clause("early", "x", "days at most 2", "deny")), "early") == {"days": 2}
    far = clause("far", "x", "days at most 2 or days more than 7", "deny")
    assert _smallest(shop(far), "far") == {"days": 8}


def test_one_fact_is_changed_rather_than_two() -> None:
    either = clause("either", "x", "(days at most 4 and opened) or days more than 360", "deny")
    assert _smallest(shop(either), "either") == {"days": 361}


def test_a_value_is_taken_before_absence_and_the_first_of_a_choice() -> None:
    odd = clause("odd", "x", "days is absent or days at most 1", "deny")
    assert _smallest(shop(odd), "odd") == {"days": 1}
    assert _smallest(shop(clause("gone", "x", "days is absent", "deny")), "gone") == {"days": None}


def test_without_an_ordinary_order_the_plainest_values_are_ordinary() -> None:
    facts = (
        "| sent | date | when |\n| paid | money in EUR | its price |\n| size | whole number 3 to 9 | size |\n"
    )
    policy = deciding("sent after 2026-01-03 and paid more than 2", facts)
    assert ordinary_order(policy.document) == {
        "tender": "card",
        "days": 0,
        "opened": False,
        "sent": date(2026, 1, 1),
        "paid": 0,
        "size": 3,
    }
    assert _smallest(policy, "holds") == {"sent": date(2026, 1, 4), "paid": 3}
