"""The prose and the condition of a clause speak of the same numbers and values, or it is said where not."""

import pytest

from aftersale.policy import Policy
from aftersale.policy.drift import drifts

from .houses import small

FACTS = "| paid | money in EUR | its price |\n| sent | date, may be absent | when it was sent |\n"
FACTS += "| wish | swap, money_back, other_size | what the customer wants |\n"
WORDS = "## Words\n\n- in time means days at most 60\n- swappable means wish is one of (swap, other_size)\n\n"


def _drifts(prose: str, when: str, then: str = "half") -> list[str]:
    text = f"### one: Title\n\n{prose}\n\n- when: {when}\n- then: {then}\n"
    policy = Policy.parse(small(text, FACTS, WORDS), name="shop.md")
    return [drift.what for drift in drifts(policy)]


@pytest.mark.parametrize(
    ("prose", "when"),
    [
        ("Within 60 days.", "in time"),
        ("Within 60 days, that is 1,000 hours at most.", "in time and days at most 1000"),
        ("Half of it, 50 %, within 60 days.", "in time"),
        ("Two units or fewer.", "days at most 2"),
        ("When it cost more than 25.50 EUR.", "paid more than 2550"),
        ("When it cost more than 25 EUR.", "paid more than 2500"),
        ("Before 2026-02-01.", "sent before 2026-02-01"),
        ("By card.", "tender is card"),
        ("Paid in cash.", "not tender is card"),
        ("For money back.", "wish is money_back"),
        ("Everything is swappable.", "swappable"),
        ("A swap or other size.", "swappable"),
        ("You may not have your money back.", "not swappable"),
        ("A box that you opened.", "opened"),
        ("Unopened boxes.", "not opened"),
        ("Only cash helps here, not what was paid by card.", "tender is card"),
        ("By card. Unlike cash it is slow.", "tender is card"),
        ("See section 4a of rule 2011/83/EU; by card.", "tender is card"),
    ],
)
def test_prose_that_says_what_the_condition_says_is_left_alone(prose: str, when: str) -> None:
    assert _drifts(prose, when) == []


@pytest.mark.parametrize(
    ("prose", "when", "told"),
    [
        (
            "Within 45 days.",
            "in time",
            [
                "the condition speaks of 60, the prose does not",
                "the prose speaks of 45, the condition does not",
            ],
        ),
        ("In time.", "in time", ["the condition speaks of 60, the prose does not"]),
        ("Within 60 days, and 3 more.", "in time", ["the prose speaks of 3, the condition does not"]),
        ("Half of it, 40 %, within 60 days.", "in time", ["the prose speaks of 40, the condition does not"]),
        ("Soon.", "days at most 2", ["the condition speaks of 2, the prose does not"]),
        (
            "Over 25.50 EUR.",
            "paid more than 25500",
            [
                "the condition speaks of 25500, the prose does not",
                "the prose speaks of 25.50, the condition does not",
            ],
        ),
        ("In spring.", "sent before 2026-02-01", ["the condition speaks of 2026-02-01, the prose does not"]),
        ("By any means.", "tender is card", ["the condition speaks of `card`, the prose does not"]),
        ("Card.", "tender is card and opened", ["the condition speaks of `opened`, the prose does not"]),
        ("By card, once opened.", "opened", ["the prose speaks of `card`, the condition does not"]),
        (
            "Paid in Cash.",
            "tender is card",
            ["the prose speaks of `Cash`, the condition does not"],
        ),
        (
            "Soon.",
            "days at most 2 and tender is card and (opened or opened)",
            ["the condition speaks of 2, `card` and `opened`, the prose does not"],
        ),
        ("A swap.", "swappable", ["the condition speaks of `other_size`, the prose does not"]),
    ],
)
def test_what_stands_on_one_side_only_is_named(prose: str, when: str, told: list[str]) -> None:
    assert _drifts(prose, when) == told


def test_the_percentage_of_a_sum_that_the_outcome_pays_may_be_said() -> None:
    text = "### one: Title\n\nLess a fee you get 85 %, within 60 days.\n\n- when: in time\n- then: half\n"
    paid = small(text, FACTS, WORDS).replace("| 50 % |", "| 85% of paid rounded down |")
    assert list(drifts(Policy.parse(paid, name="shop.md"))) == []
    wrong = [drift.what for drift in drifts(Policy.parse(paid.replace("85 %", "80 %"), name="shop.md"))]
    assert wrong == ["the prose speaks of 80, the condition does not"]


def test_it_points_at_the_place_in_wrapped_prose() -> None:
    text = "### one: Title\n\nSent back\nwithin 45\ndays.\n\n- when: days at most 60\n- then: half\n"
    policy = Policy.parse(small(text), name="shop.md")
    spoken, meant = drifts(policy)
    assert "\n    - when: days at most 60\n            ^^^^^^^^^^^^^^^" in str(spoken.where.error("here"))
    assert str(meant.where.error("here")).endswith(":8: here\n    within 45\n           ^^")
