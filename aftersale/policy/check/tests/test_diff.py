"""What changes between two versions is proved: more, less, both or nothing, each by its smallest order."""

import pytest

from aftersale.policy import Policy
from aftersale.policy.diff import compare
from aftersale.policy.tests.houses import MARKETPLACE

from .houses import IN_TIME, LATE, OPENED, clause, pigeons, shop

OLD = shop(IN_TIME, LATE, OPENED)


def _changed(old: str, new: str, policy: Policy = OLD) -> Policy:
    assert old in policy.text
    return Policy.parse(policy.text.replace(old, new), name="new.md")


def _pairs(policy: Policy, old: Policy = OLD) -> list[tuple[str, str, str, dict[str, object]]]:
    changes = compare(old, policy).changes
    return [
        (c.gives, c.old_clause, c.new_clause, {n: c.example.facts[n] for n in c.example.differing})
        for c in changes
    ]


@pytest.mark.parametrize(("days", "verdict"), [(60, "nothing"), (45, "only takes"), (90, "only gives more")])
def test_a_moved_threshold_of_the_shipped_policy_gives_or_takes(days: int, verdict: str) -> None:
    policy = Policy.load(MARKETPLACE)
    new = _changed("late means days more than 60", f"late means days more than {days}", policy)
    difference = compare(policy, new)
    assert difference.verdict == verdict
    nearest = {change.example.facts["days"] for change in difference.changes}
    assert nearest == {60: set(), 45: {46}, 90: {61}}[days]


def test_every_example_of_a_change_is_decided_as_it_says() -> None:
    policy = Policy.load(MARKETPLACE)
    new = _changed("late means days more than 60", "late means days more than 45", policy)
    changes = compare(policy, new).changes
    assert len(changes) == 9
    for change in changes:
        facts = dict(change.example.facts)
        assert (policy.decide(facts).clause, new.decide(facts).clause) == (
            change.old_clause,
            change.new_clause,
        )


def test_what_is_laid_out_otherwise_changes_nothing() -> None:
    assert compare(OLD, shop(OPENED, LATE, IN_TIME)).verdict == "nothing"
    other_words = _changed("Half of it within", "You get half within")
    assert str(compare(OLD, other_words)) == (
        "nothing: every order gets what it got before\n\nnote: the words of `opened` changed"
    )


def test_both_gains_and_losses_are_shown() -> None:
    both = _changed("deny\n", "half\n", _changed("opened and not", "tender is cash and not"))
    assert compare(OLD, both).verdict == "both"
    assert _pairs(both) == [
        ("less", "in-time", "opened", {"tender": "cash"}),
        ("more", "late", "late", {"days": 31}),
        ("more", "opened", "in-time", {"opened": True}),
    ]


def test_what_an_outcome_pays_counts_before_its_rank() -> None:
    richer = _changed("| half | 2 | 50 %", "| half | 2 | 60 %")
    assert _pairs(richer) == [("more", "opened", "opened", {"opened": True})]
    assert compare(richer, OLD).verdict == "only takes"


def test_amounts_of_money_are_compared_order_by_order() -> None:
    facts = "| opened | yes or no | the box was opened |\n| price | money in EUR | its price |"
    priced = _changed("| opened | yes or no | the box was opened |", facts)
    priced = _changed(
        "## Ordinary order", "## Always true\n\n- price at least 0\n\n## Ordinary order", priced
    )
    old = _changed("| 2 | 50 % |", "| 2 | 50% of price rounded down |", priced)
    new = _changed("| 2 | 50 % |", "| 2 | 50% of price rounded half up |", priced)
    assert _pairs(new, old) == [("more", "opened", "opened", {"opened": True, "price": 1})]
    assert compare(new, old).verdict == "only takes"


def test_a_new_gap_takes_and_a_closed_one_gives() -> None:
    gap = shop(IN_TIME, OPENED)
    assert _pairs(gap) == [("less", "late", "", {"days": 31})]
    assert compare(gap, OLD).verdict == "only gives more"
    assert "takes: `late` deny -> no clause" in str(compare(OLD, gap))


def test_facts_and_rules_that_only_one_version_has_are_noted() -> None:
    new = _changed("| tender | card, cash |", "| tender | card, wallet |")
    new = _changed("| days | whole number 0 to 365, may be absent |", "| days | whole number 0 to 90 |", new)
    new = _changed("days more than 30", "(days more than 30)", new)
    assert compare(OLD, new).notes == (
        "only OLD reads `tender` cash; such orders are not compared",
        "only OLD reads `days` above 90, absent; such orders are not compared",
        "only NEW reads `tender` wallet; such orders are not compared",
    )
    gift = _changed("| opened | yes", "| gift | yes or no | it was one |\n| opened | yes")
    gift = _changed("- when: days more than 30", "- when: days more than 30 or gift", gift)
    gift = _changed("- when: not days more than 30", "- when: not days more than 30 and not gift", gift)
    gift = _changed("- when: opened", "- when: not gift and opened", gift)
    assert compare(OLD, gift).notes == ("only NEW has the fact `gift`; it may be anything",)
    assert _pairs(gift)[0] == ("less", "in-time", "late", {"gift": True})
    ruled = _changed("## Ordinary order", "## Always true\n\n- not opened\n\n## Ordinary order")
    assert compare(OLD, ruled).notes == (
        "only NEW says that this is always true, so only such orders are compared: `not opened`",
    )


def test_the_reordered_ranks_of_the_new_version_count() -> None:
    late = clause("late", "Nothing after 30 days.", "days more than 30", "half")
    swapped = OLD.text.replace("| deny | 1 |", "| deny | 2 |").replace(
        "| half | 2 | 50 %", "| half | 1 | nothing"
    )
    new = Policy.parse(swapped.replace(LATE, late), name="new.md")
    assert ("less", "late", "late", {"days": 31}) in _pairs(new)


def test_what_is_not_compared_in_time_is_said() -> None:
    old = pigeons()
    difference = compare(old, _changed("- then: fly", "- then: stay", old), seconds=0.05)
    assert difference.verdict == "not proved"
    assert not difference.proved
    assert str(difference) == "not proved: the time ran out before every order was compared"


def test_a_promise_that_is_dropped_or_waived_is_noted() -> None:
    promises = "## Promises\n\n- fewer days never pays less\n- opened never pays more\n\n## Ordinary order"
    old = _changed("## Ordinary order", promises)
    new = _changed("- opened never pays more\n", "- pays at least 0\n", old)
    new = _changed("never pays less\n", "never pays less; waived because we say so\n", new)
    assert compare(old, new).notes == (
        "only NEW promises: `pays at least 0`",
        "only OLD promises: `opened never pays more`",
        "NEW waives the promise: `fewer days never pays less`",
    )
