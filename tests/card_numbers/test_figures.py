"""The scrubber's figures on messages written apart from it, and on generated ones, do not get worse."""

import pytest

from benchmarks.card_numbers.generate import messages
from benchmarks.card_numbers.measuring import judged, total, written_apart


def test_recall_and_false_alarms_on_what_people_wrote():
    messages_of_people = list(written_apart())
    assert len(messages_of_people) > 300
    whole = total(judged(messages_of_people).values())
    assert whole.recall >= 0.98, whole.missed
    assert whole.false_alarms <= 0.015, whole.wrong


@pytest.mark.parametrize("seed", [1, 2])
def test_recall_and_false_alarms_on_generated_styles(seed):
    tallies = judged(messages(seed=seed, count=4_000))
    whole = total(tallies.values())
    assert whole.recall >= 0.995, whole.missed
    assert whole.false_alarms <= 0.005, whole.wrong
    for kind, tally in tallies.items():
        assert tally.recall >= 0.9, (kind, tally.missed)
