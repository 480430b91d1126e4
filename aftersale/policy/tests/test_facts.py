"""Facts are checked before anything is decided: each at fault is named, and so is each rule of the world."""

import re

import pytest

from aftersale.policy import FactsError

from .houses import ORDER, marketplace

DAYS = "help: `days` is a whole number from 0 to 36500, or absent (null)"
ACCEPTED = "`tender` is one of card, balance, bank_transfer"


@pytest.mark.parametrize(
    ("change", "fact", "message"),
    [
        ({"dyas": 3}, "dyas", "`dyas` is not a fact of this policy\nhelp: did you mean `days`?"),
        (
            {"tender": "crad"},
            "tender",
            "`tender` cannot be 'crad'\n" + "help: " + ACCEPTED + "; did you mean `card`?",
        ),
        (
            {"tender": None},
            "tender",
            "`tender` cannot be null\nhelp: `tender` is one of card, balance, bank_transfer",
        ),
        (
            {"days": "60"},
            "days",
            "`days` cannot be '60'\nhelp: `days` is a whole number from 0 to 36500, or absent (null)",
        ),
        (
            {"days": 60.0},
            "days",
            "`days` cannot be 60.0\nhelp: `days` is a whole number from 0 to 36500, or absent (null)",
        ),
        (
            {"days": True},
            "days",
            "`days` cannot be True\nhelp: `days` is a whole number from 0 to 36500, or absent (null)",
        ),
        (
            {"days": -1},
            "days",
            "`days` cannot be -1\nhelp: `days` is a whole number from 0 to 36500, or absent (null)",
        ),
        (
            {"days": 36501},
            "days",
            "`days` cannot be 36501\nhelp: `days` is a whole number from 0 to 36500, or absent (null)",
        ),
        ({"rma": 1}, "rma", "`rma` cannot be 1\nhelp: `rma` is yes or no (true or false)"),
        ({"days": 10**5000}, "days", "`days` cannot be so long a number\n" + DAYS),
        ({"rma": []}, "rma", "`rma` cannot be []\nhelp: `rma` is yes or no (true or false)"),
    ],
)
def test_a_fact_at_fault_is_named_with_what_would_do(
    change: dict[str, object], fact: str, message: str
) -> None:
    with pytest.raises(FactsError) as caught:
        marketplace().decide({**ORDER, **change})
    assert str(caught.value) == message
    assert caught.value.fact == fact
    assert caught.value.given == change[fact]


def test_a_fact_left_out_is_named() -> None:
    with pytest.raises(FactsError) as caught:
        marketplace().decide({name: value for name, value in ORDER.items() if name != "reason"})
    assert str(caught.value) == (
        "`reason` is not told (why it comes back)\n"
        "help: `reason` is one of unwanted, defective, wrong, missing"
    )


@pytest.mark.parametrize(
    ("change", "rule", "told"),
    [
        (
            {"units_returned": 3},
            "units_returned at most units_with_customer",
            "units_returned 3, units_with_customer 2",
        ),
        (
            {"units_returned": 0},
            "reason is not missing implies units_returned at least 1",
            "reason unwanted, units_returned 0",
        ),
    ],
)
def test_a_broken_rule_of_the_world_is_named_on_every_input(
    change: dict[str, object], rule: str, told: str
) -> None:
    with pytest.raises(FactsError) as caught:
        marketplace().decide({**ORDER, **change})
    assert caught.value.rule == rule
    first, help = str(caught.value).split("\n")
    assert re.fullmatch(rf"{told} breaks a rule of the world: `{rule}` \(.*marketplace\.md:\d+\)", first)
    assert help == "help: correct one of these facts"


def test_json_forms_of_a_value_are_taken() -> None:
    facts = {**ORDER, "rma": "no", "marked_delivered": "yes"}
    assert marketplace().decide(facts) == marketplace().decide({**ORDER, "marked_delivered": True})
