"""A policy of three hundred clauses over sixty facts: every question about it has its answer."""

import pytest

from aftersale.policy import Policy
from aftersale.policy.boundaries import Boundaries, NoTree
from aftersale.policy.check import check_policy
from aftersale.policy.diff import compare
from aftersale.policy.page import page_of
from benchmarks.policy.proofs import big_document


@pytest.mark.slow
def test_three_hundred_clauses_are_decided_asked_explained_and_proved() -> None:
    text = big_document(300, 62)
    policy = Policy.parse(text)
    facts = {
        name: fact.values[0] if fact.values else False if fact.kind == "yes or no" else 5
        for name, fact in policy.facts.items()
    }
    assert policy.decide(facts).outcome in policy.outcomes
    assert len(policy.partial({}).outcomes) == len(policy.outcomes)
    assert policy.questions({})
    assert not policy.why_not(facts, "c0").decides
    assert len(page_of(policy).clauses) == 300
    with pytest.raises(NoTree):
        Boundaries(policy)
    findings = check_policy(policy, seconds=3, in_all=15)
    assert "gap" in {finding.code for finding in findings}
    other = Policy.parse(text.replace("at most 5", "at most 6"))
    assert compare(policy, other, seconds=1, in_all=3).verdict in ("both", "not proved")
