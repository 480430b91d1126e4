"""The shipped policies are clean, and the lesson teaches what it should."""

import json
from pathlib import Path

import pytest

from aftersale.policy import Policy
from aftersale.policy.boundaries import Boundaries
from aftersale.policy.check import check_policy
from aftersale.policy.cli import main

POLICIES = Path(__file__).parents[4] / "policies"
SHIPPED = sorted(path for path in POLICIES.glob("*.md") if "." not in path.stem)
NAIVE = POLICIES / "lessons" / "naive.md"


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_policy_is_clean_and_every_clause_has_examples(path: Path) -> None:
    policy = Policy.load(path)
    assert [str(finding) for finding in check_policy(policy) if finding.counts] == []
    assert all(clause.examples for clause in policy.clauses.values())


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_policy_shows_both_sides_of_every_boundary_and_says_who_can_change_what(
    path: Path,
) -> None:
    policy = Policy.load(path)
    assert Boundaries(policy).missing() == []
    examples = [example for clause in policy.clauses.values() for example in clause.examples]
    assert all(policy.decide(example.facts).would_change is not None for example in examples)


def test_without_the_receipt_the_plain_shop_says_that_it_would_help() -> None:
    policy = Policy.load(POLICIES / "plain-thirty-days.md")
    facts = {"reason": "unwanted", "days": 5, "opened": False, "receipt": False, "price": 2000}
    assert [policy.told_change(change) for change in policy.decide(facts).would_change or ()] == [
        "bring or send the receipt or the order number as well and you get the whole price"
    ]


def test_the_marketplace_shows_its_one_waived_promise() -> None:
    [waived] = check_policy(Policy.load(POLICIES / "marketplace.md"))
    assert waived.severity == "waived"
    assert waived.clauses == ("card-faulty-over", "bank-faulty")
    assert waived.example and waived.example.fact == "tender"
    assert waived.example.differing == ("reason", "marked_delivered")
    assert "waived because the rules themselves break it" in waived.message


def test_the_lesson_has_a_dead_card_rule_and_a_guarantee_against_two_bars(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["check", str(NAIVE), "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert [(f["code"], f["clauses"]) for f in found] == [
        ("dead", ["card"]),
        ("gap", []),
        ("conflict", ["balance", "rma"]),
        ("conflict", ["bank-else", "rma"]),
    ]
    assert "because of the rule: `days is known implies delivered`" in found[0]["message"]
    assert found[2]["suggest"] == [
        "under `balance` write `- overrides: rma`",
        "under `rma` write `- overrides: card-else, balance`",
    ]
