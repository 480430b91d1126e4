"""Examples from the tree: one for every leaf, both sides of every boundary, none that the world refuses."""

import io
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from aftersale.policy import GapError, Policy, PolicyError, UndecidedError, run_examples
from aftersale.policy.boundaries import Boundaries, NoTree, Shown, ordinary_order, tables, with_examples
from aftersale.policy.cli import main

from .houses import MARKETPLACE, clause, example, marketplace, small
from .test_change import CELLS, powerful_policies

WINDOW = small(
    clause("in-time", "days at most 30", "refund") + clause("late", "not days at most 30", "deny"),
    rest="## Always true\n\n- opened implies days is known\n",
)


def test_both_sides_of_a_boundary_and_what_is_absent_are_shown() -> None:
    shown = Boundaries(Policy.parse(WINDOW)).examples()
    assert [(one.facts["days"], one.outcome) for one in shown] == [
        (0, "refund"), (30, "refund"), (31, "deny"), (None, "deny"),
    ]  # fmt: skip


def test_every_leaf_of_the_shipped_policy_has_a_witness_and_each_limit_both_its_days() -> None:
    policy = marketplace()
    shown = Boundaries(policy).examples()
    assert {policy.decide(one.facts).leaf for one in shown} == {reason.leaf for reason in policy.reasons}
    days = {(one.clause, one.facts["days"]) for one in shown}
    assert {("card-in-time", 60), ("bank-faulty", 60), ("bank-late", 61), ("card-unwanted-over", 61)} <= days
    # The ordinary order is kept to wherever it can be.
    ordinary = ordinary_order(policy.document)
    strange = [sum(one.facts[name] != value for name, value in ordinary.items()) for one in shown]
    assert max(strange) <= 8
    assert len(shown) < 120


def test_the_shipped_policy_shows_both_sides_of_every_boundary() -> None:
    assert Boundaries(marketplace()).missing() == []


def test_what_the_document_shows_already_is_not_missing() -> None:
    shown = marketplace().text.splitlines()
    policy = Policy.parse("\n".join(row for row in shown if not ("| absent " in row and row.count("|") > 5)))
    missing = Boundaries(policy).missing()
    assert 0 < len(missing) < len(Boundaries(policy).examples())
    whole = Policy.parse(with_examples(policy, missing), policy.name)
    assert whole.hash == policy.hash
    assert run_examples(whole) == []
    assert Boundaries(whole).missing() == []
    added = sum(len(c.examples) for c in whole.clauses.values())
    assert added == len(missing) + sum(len(c.examples) for c in policy.clauses.values())


def test_they_are_shown_as_tables_under_their_clauses() -> None:
    policy = Policy.parse(WINDOW)
    assert tables(policy, Boundaries(policy).examples()) == [
        "### in-time: Title",
        "",
        "#### Examples",
        "",
        "| tender | days | opened | outcome | clause  |",
        "|--------|------|--------|---------|---------|",
        "| card   | 0    | no     | refund  | in-time |",
        "| card   | 30   | no     | refund  | in-time |",
        "",
        "### late: Title",
        "",
        "#### Examples",
        "",
        "| tender | days   | opened | outcome | clause |",
        "|--------|--------|--------|---------|--------|",
        "| card   | 31     | no     | deny    | late   |",
        "| card   | absent | no     | deny    | late   |",
    ]


def test_a_row_goes_where_a_table_has_room_for_it() -> None:
    ordinary = "## Ordinary order\n\n| Fact | Value |\n|---|---|\n| tender | card |\n| opened | no |\n"
    text = small(
        clause("in-time", "days at most 30", "refund")
        + "#### Examples\n\n| days | outcome |\n|---|---|\n| 30 | refund |\n\n"
        + clause("late", "not days at most 30", "deny"),
        rest=ordinary,
    )
    policy = Policy.parse(text)
    rows = [
        Shown({"tender": t, "days": d, "opened": False}, "refund", "in-time")
        for t, d in (("card", 0), ("cash", 1))
    ]
    rows.append(Shown({"tender": "card", "days": None, "opened": False}, "deny", "late"))
    lines = with_examples(policy, rows).splitlines()
    start = lines.index("#### Examples")
    assert lines[start + 2 : start + 10] == [
        "| days | outcome |",
        "|---|---|",
        "| 30 | refund |",
        "| 0 | refund |",
        "",
        "| tender | days | outcome | clause  |",
        "|--------|------|---------|---------|",
        "| cash   | 1    | refund  | in-time |",
    ]
    assert lines[-3:] == [
        "| days   | outcome | clause |",
        "|--------|---------|--------|",
        "| absent | deny    | late   |",
    ]
    assert run_examples(Policy.parse("\n".join(lines))) == []


@settings(max_examples=40, deadline=None)
@given(powerful_policies())
def test_in_any_document_each_example_obeys_the_world_and_each_turn_is_between_two(policy: Policy) -> None:
    try:
        shown = Boundaries(policy).examples()
    except UndecidedError:
        return
    for one in shown:
        decision = policy.decide(one.facts)
        assert (decision.outcome, decision.clause) == (one.outcome, one.clause)
    seen = {tuple(one.facts.items()) for one in shown}
    assert len(seen) == len(shown)
    # Whatever leaf an order comes to, some example shows it.
    leaves = {policy.decide_leaf(one.facts) for one in shown}
    for days, following in pairwise(CELLS["days"]):
        for value in (days, following):
            order: dict[str, Any] = {"tender": "cash", "days": value, "opened": False, "tries": 3}
            try:
                assert policy.decide(order).leaf in leaves
            except PolicyError:
                continue


def test_a_gap_is_told_and_what_has_no_tree_as_well() -> None:
    with pytest.raises(GapError, match="no clause decides this"):
        Boundaries(Policy.parse(small(clause("a", "opened", "deny")))).examples()
    policy = marketplace()
    chain = Policy(policy.document, policy.text, policy.name, {}, most_leaves=0)
    with pytest.raises(NoTree, match="too many ways to decide"):
        Boundaries(chain)


# --- the command


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    path = tmp_path / "shop.md"
    text = WINDOW.replace("### late", example("card | 30 | no | refund") + "\n### late")
    path.write_text(text, encoding="utf-8")
    return path


def test_the_owner_approves_them_one_by_one(
    shop: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["examples", str(shop), "--missing"]) == 1
    assert "| 31 " in capsys.readouterr().out
    monkeypatch.setattr("sys.stdin", io.StringIO("what?\ny\nn\n"))
    assert main(["examples", str(shop), "--write"]) == 1
    asked = capsys.readouterr().out
    assert asked.count("is this right?") == 3
    assert asked.endswith("1 example added, 1 left out\n")
    assert sum(len(c.examples) for c in Policy.load(shop).clauses.values()) == 2
    monkeypatch.setattr("sys.stdin", io.StringIO("a\n"))
    assert main(["examples", str(shop), "--write"]) == 0
    assert main(["examples", str(shop), "--missing"]) == 0
    assert run_examples(Policy.load(shop)) == []


def test_nothing_is_written_that_nobody_approved(
    shop: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = shop.read_bytes()
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert main(["examples", str(shop), "--write"]) == 1
    assert shop.read_bytes() == before
    assert capsys.readouterr().out.endswith("0 examples added, 2 left out\n")


def test_all_of_them_are_printed_for_reading(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["examples", str(MARKETPLACE)]) == 0
    assert capsys.readouterr().out.count("#### Examples") == len(marketplace().clauses)
