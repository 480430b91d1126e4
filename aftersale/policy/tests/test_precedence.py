"""The strongest clause wins, the order of the document means nothing, and a tree decides like the chain."""

import random
import re
from itertools import pairwise

import pytest

from aftersale.policy import ConflictError, DocumentError, GapError, Policy

from .houses import all_orders, clause, marketplace, small

ORDER: dict[str, object] = {"tender": "card", "days": 5, "opened": False}


def _policy(*clauses: str) -> Policy:
    return Policy.parse(small("".join(clauses)))


def test_the_order_of_the_document_means_nothing() -> None:
    policy = marketplace()
    head, *clauses = re.split(r"(?=^### )", policy.text, flags=re.MULTILINE)
    orders = all_orders()[::7]
    for seed in range(5):
        random.Random(seed).shuffle(clauses)
        shuffled = Policy.parse(head + "\n\n".join(clauses), "marketplace.md")
        assert shuffled.hash == policy.hash
        assert [shuffled.decide(o) for o in orders] == [policy.decide(o) for o in orders]


def test_the_chain_decides_like_the_tree() -> None:
    policy = marketplace()
    chain = Policy(policy.document, policy.text, policy.name, {}, most_leaves=10)
    for order in all_orders()[::3]:
        one, other = policy.decide(order), chain.decide(order)
        assert (one.outcome, one.clause, one.holds_until) == (other.outcome, other.clause, other.holds_until)
        assert other == chain.explain(other.leaf, chain.read(order))


def test_who_overrides_the_winner_wins_and_so_on_down() -> None:
    policy = _policy(
        clause("weak", "tender is card", "refund"),
        clause("strong", "days at most 9", "deny", "- overrides: weak"),
        clause("strongest", "not opened", "half", "- overrides: strong"),
    )
    assert policy.decide(ORDER).clause == "strongest"
    assert policy.decide({**ORDER, "opened": True}).clause == "strong"


def test_strength_passes_on_even_where_the_clause_between_does_not_match() -> None:
    policy = _policy(
        clause("weak", "tender is card", "refund"),
        clause("strong", "opened", "deny", "- overrides: weak"),
        clause("strongest", "days at most 9", "half", "- overrides: strong"),
    )
    assert policy.decide(ORDER).clause == "strongest"


def test_all_means_every_clause_but_the_law() -> None:
    law = clause("by-law", "days at most 9", "refund", "- law")
    policy = _policy(
        law, clause("house", "opened", "deny"), clause("fire", "tender is cash", "half", "- overrides: all")
    )
    assert policy.clauses["by-law"].law
    assert policy.decide({"tender": "cash", "days": 50, "opened": True}).clause == "fire"
    with pytest.raises(ConflictError):
        policy.decide({"tender": "cash", "days": 5, "opened": True})


def test_two_clauses_that_agree_may_both_win() -> None:
    policy = _policy(clause("b", "tender is card", "refund"), clause("a", "not opened", "refund"))
    assert policy.decide(ORDER).clause == "a"


@pytest.mark.parametrize("most_leaves", [4_000, 0])
def test_two_winners_that_disagree_are_named_and_nothing_is_decided(most_leaves: int) -> None:
    read = _policy(clause("kind", "tender is card", "refund"), clause("hard", "days at most 9", "deny"))
    policy = Policy(read.document, read.text, read.name, {}, most_leaves)
    with pytest.raises(ConflictError) as caught:
        policy.decide(ORDER)
    assert caught.value.clauses == ("hard", "kind")
    first, help = str(caught.value).split("\n")
    assert first.startswith("policy.md: `hard` (line 31) and `kind` (line 24) disagree: ")
    assert help == "help: write `- overrides: kind` under the one that wins, or the reverse"
    assert policy.decide({**ORDER, "days": 10}).clause == "kind"
    assert policy.decide({**ORDER, "tender": "cash"}).clause == "hard"


@pytest.mark.parametrize("most_leaves", [4_000, 0])
def test_where_no_clause_matches_the_facts_are_shown(most_leaves: int) -> None:
    read = _policy(clause("only", "tender is card and days at most 9", "refund"))
    policy = Policy(read.document, read.text, read.name, {}, most_leaves)
    with pytest.raises(GapError, match=r"policy\.md: no clause decides this: .*days absent"):
        policy.decide({**ORDER, "days": None})


def test_a_rival_that_is_overridden_by_a_third_is_no_conflict() -> None:
    policy = _policy(
        clause("kind", "tender is card", "refund"),
        clause("hard", "days at most 9", "deny"),
        clause("peace", "not opened", "refund", "- overrides: hard"),
    )
    assert policy.decide(ORDER).outcome == "refund"


def test_a_policy_too_wide_for_a_tree_runs_as_a_chain_and_still_says_what_to_ask() -> None:
    names = [f"f{i}" for i in range(14)]
    facts = "".join(f"| {name} | yes or no | one of many |\n" for name in names)
    pairs = [
        clause(f"c{i}", f"{a} and {b}", "refund")
        for i, (a, b) in enumerate(zip(names, names[7:], strict=False))
    ]
    pairs += [clause(f"d{i}", f"{a} and not {b}", "refund") for i, (a, b) in enumerate(pairwise(names))]
    rest = clause("rest", "opened or not opened", "deny")
    overrides = "- overrides: rest"
    text = small("".join(pairs).replace("- then: refund", f"- then: refund\n{overrides}") + rest, facts)
    tree = Policy.parse(text)
    chain = Policy(tree.document, tree.text, tree.name, {}, most_leaves=20)
    told: dict[str, object] = {**ORDER, **dict.fromkeys(names, False)}
    assert chain.decide(told) == chain.decide(told)
    assert chain.decide(told).clause == tree.decide(told).clause == "rest"
    assert set(chain.partial(ORDER).outcomes) == set(tree.partial(ORDER).outcomes) == {"refund", "deny"}
    assert chain.partial(ORDER).ask in names
    assert chain.partial(told) == (("deny",), None)


@pytest.mark.parametrize("line", ["- overrides: by-law", "- overrides: house, by-law"])
def test_no_clause_overrides_the_law(line: str) -> None:
    law = clause("by-law", "days at most 9", "refund", "- law")
    with pytest.raises(DocumentError, match="`by-law` is law"):
        _policy(law, clause("house", "opened", "deny"), clause("fire", "tender is cash", "half", line))
