"""The conditions mean what they say, absent included."""

from datetime import date

import pytest

from aftersale.policy import Policy

from .houses import clause, deciding, example, small

MORE = """| tries | whole number 0 to 9 | how often |
| paid | money in EUR | what it cost |
| fee | money in EUR | what it cost to send |
| sent | date, may be absent | when it was sent |
| arrived | date | when it arrived |
| box | small, large, may be absent | its box |
| sealed | yes or no, may be absent | whether it was sealed |
"""
ORDER: dict[str, object] = {
    "tender": "card",
    "days": 10,
    "opened": False,
    "tries": 3,
    "paid": 1999,
    "fee": 500,
    "sent": date(2026, 3, 10),
    "arrived": date(2026, 3, 1),
    "box": "small",
    "sealed": True,
}
WORDS = "## Words\n\n- in time means days at most 60\n- fresh means in time and not opened\n"

TRUE = """
tender is card
tender is not cash
not tender is cash
tender is one of (card) and not opened
opened is no
opened is not yes
not opened
not not not opened
days is 10
days = 10 and days == 10 and days != 11
days is not 11
days is one of (9, 10)
days at most 10 and days at least 10
days <= 10 and days >= 10 and days ≤ 10 and days ≥ 10 and days ≠ 9
days more than 9 and days less than 11 and days fewer than 11
days > 9 and days < 11
days is known
not days is absent
opened or days = 10 and tender is card
(opened or days = 10) and tender is card
days + tries = 13
(days + tries) at least 13
days - tries more than 6
days - (tries + 2) = 5
10 at least days
-1 less than days - 10
paid + fee = 2499
50% of paid rounded down = 999
50% of paid rounded up = 1000
50% of paid rounded half up = 1000
33% of (paid + fee) rounded half up = 825
paid - 10% of paid rounded down = 1800
arrived before sent
sent after arrived
sent on 2026-03-10
sent is 2026-03-10
arrived before 2026-03-02
sent - arrived = 9
sent within 9 days of arrived
sent within 9 days of arrived and not opened
sent at most arrived + 9
box is small
sealed
in time
fresh and in time
"""

FALSE = """
tender is cash
opened
opened is yes
days is 11
days more than 10
days is absent
opened and tender is card or days = 11
sent within 8 days of arrived
arrived within 60 days of sent
sent before arrived
not in time
not fresh
"""

ABSENT_TRUE = """
days is absent
not days is known
not days at most 60
not days more than 60
not days = 5
days is not 5
days != 5
not days at most tries
sent is absent
not sent after arrived
not sent within 5 days of arrived
box is not small
not box is one of (small, large)
not sealed
sealed is not no
not in time
"""

ABSENT_FALSE = """
days at most 60
days more than 60
days = 5
days at most tries
days - tries less than 60
sent after arrived
box is small
box is one of (small, large)
sealed
sealed is no
sealed is yes
in time
"""


def _lines(text: str) -> list[str]:
    return text.strip().splitlines()


@pytest.mark.parametrize("when", _lines(TRUE))
def test_this_is_so(when: str) -> None:
    assert deciding(when, MORE, WORDS).decide(ORDER).outcome == "refund"


@pytest.mark.parametrize("when", _lines(FALSE))
def test_this_is_not_so(when: str) -> None:
    assert deciding(when, MORE, WORDS).decide(ORDER).outcome == "deny"


ABSENT = {**ORDER, "days": None, "sent": None, "box": None, "sealed": None}


@pytest.mark.parametrize("when", _lines(ABSENT_TRUE))
def test_what_denies_something_of_an_absent_fact_is_so(when: str) -> None:
    assert deciding(when, MORE, WORDS).decide(ABSENT).outcome == "refund"


@pytest.mark.parametrize("when", _lines(ABSENT_FALSE))
def test_what_says_something_of_an_absent_fact_is_not_so(when: str) -> None:
    assert deciding(when, MORE, WORDS).decide(ABSENT).outcome == "deny"


@pytest.mark.parametrize("when", _lines(TRUE) + _lines(FALSE) + _lines(ABSENT_TRUE) + _lines(ABSENT_FALSE))
def test_a_condition_means_the_same_in_the_tree_in_the_chain_and_as_a_rule_of_the_world(when: str) -> None:
    tree = deciding(when, MORE, WORDS)
    chain = Policy(tree.document, tree.text, tree.name, {}, most_leaves=0)
    rule = Policy.parse(
        small(
            clause("all-of-it", "opened or not opened", "deny"), MORE, WORDS + f"## Always true\n\n- {when}\n"
        )
    )
    for order in (ORDER, ABSENT, {**ORDER, "opened": True, "days": 3}, {**ABSENT, "tender": "cash"}):
        outcome = tree.decide(order).outcome
        assert chain.decide(order).outcome == outcome
        assert bool(rule._read(order)) == (outcome == "refund")


def test_a_rule_of_the_world_can_imply() -> None:
    rest = "## Always true\n\n- opened implies days is known\n"
    policy = deciding("days at most 60", rest=rest)
    assert policy.decide({"tender": "card", "days": None, "opened": False}).outcome == "deny"
    assert policy.decide({"tender": "card", "days": 60, "opened": True}).outcome == "refund"


def test_an_outcome_can_pay_a_sum_of_money_to_the_cent() -> None:
    text = small(clause("rest", "opened or not opened", "part"), MORE)
    row = "| part | 4 | 85% of paid rounded down - fee | some | wait |"
    policy = Policy.parse(text.replace("| half | 2 | 50 % |", row + "\n| half | 2 | 50 % |"))
    decision = policy.decide(ORDER)
    assert decision.as_json()["pays"] == {"minor": 1699 - 500, "currency": "EUR"}


def test_a_document_that_counts_in_nothing_holds_without_end() -> None:
    text = deciding("days at most 60").text.replace(" Counted in days.", "")
    assert Policy.parse(text).decide({"tender": "card", "days": 1, "opened": False}).holds_until is None


@pytest.mark.parametrize(
    ("when", "days", "until"),
    [
        ("days at most 60", 1, 60),
        ("days at most 60", 60, 60),
        ("days at most 60", 61, None),
        ("days at most 60", None, None),
        ("days more than 60", 1, 60),
        ("days less than 9 or days more than 60", 8, 8),
        ("days less than 9 or days more than 60", 9, 60),
        ("days is not 30", 1, 29),
        ("days + tries at most 60", 1, 57),
        ("days at most 20 and (days + tries at most 12 or opened)", 1, 9),
        ("2 at least tries and days at most 20", 1, None),
        ("50% of (days + tries) rounded down at most 10", 1, 18),
        ("tender is card", 1, None),
    ],
)
def test_an_answer_holds_until_the_last_day_that_does_not_change_it(
    when: str, days: int | None, until: int | None
) -> None:
    expected = None if until is None else {"days": until}
    policy = deciding(when, MORE)
    chain = Policy(policy.document, policy.text, policy.name, {}, most_leaves=0)
    assert policy.decide({**ORDER, "days": days}).holds_until == expected
    assert chain.decide({**ORDER, "days": days}).holds_until == expected


def test_the_hash_sees_what_decides_and_what_is_said_and_not_the_layout() -> None:
    first = clause("one", "opened", "deny")
    second = clause("two", "not opened", "refund")
    text = small(first + second)
    same = [
        small(second + first),
        text.replace("A reason.", "A\nreason."),
        text + example("card | 1 | no | refund"),
        small(clause("one", "shut", "deny") + second, rest="## Words\n\n- shut means opened\n"),
        text.replace("\n", "\r\n"),
    ]
    other = [
        text.replace("A reason.", "Another reason."),
        text.replace("0 to 365", "0 to 366"),
        text.replace("2026-01-01", "2026-01-02"),
        text.replace("50 %", "51 %"),
        small(clause("one", "opened", "deny") + clause("two", "not opened", "half")),
    ]
    assert {Policy.parse(t).hash for t in same} == {Policy.parse(text).hash}
    assert len({Policy.parse(t).hash for t in [text, *other]}) == 6


def test_what_is_so_in_every_case_is_no_test_at_all() -> None:
    known = "days is known or days is absent"
    policy = Policy.parse(small(clause("sure", known, "deny", "- overrides: b") + clause("b", known, "half")))
    assert len(policy.reasons) == 1
    for days in (None, 0, 365):
        assert policy.decide({"tender": "card", "days": days, "opened": True}).clause == "sure"
