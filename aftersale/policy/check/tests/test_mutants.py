"""A sample of wrong edits of the shipped policy: its owner is told of nearly all."""

import pytest

from aftersale.policy.tests.houses import marketplace
from benchmarks.policy.mutants import judge, sample


@pytest.mark.slow
def test_wrong_edits_are_caught_by_the_checks_or_by_the_examples() -> None:
    mutants = sample(marketplace().text, 22, seed=5)
    assert len({mutant.kind for mutant in mutants}) == 11
    caught = [found for mutant in mutants if (found := judge(marketplace(), mutant))]
    missed = [found.mutant.edit for found in caught if not (found.by_checks or found.by_examples)]
    assert len(caught) >= 17
    assert len(missed) <= 1, missed
    assert any(found.by_checks and not found.by_examples for found in caught)
    assert any(found.by_examples and not found.by_checks for found in caught)
