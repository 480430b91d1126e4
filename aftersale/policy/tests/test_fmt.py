"""The usual layout: found once, kept for ever, and nothing that is said or decided changes."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aftersale.policy import DocumentError, Policy
from aftersale.policy.fmt import formatted
from aftersale.policy.parts import usual
from aftersale.policy.source import File, Text

from .houses import MARKETPLACE, clause, example, marketplace, small
from .test_agreement import CONDITIONS, FACTS

WORDS = "## Words\n\n- in time means days at most 60\n\n## Always true\n\n- opened implies days is known\n"
SHOP = small(clause("a", "in time and opened", "refund") + example("card | 1 | no | deny"), "", WORDS)

USUAL = """
days<=60                            | days at most 60
days ≥ 3 and not ( tender is card ) | days at least 3 and tender is not card
((days > 3))                        | days more than 3
days == 3 or days!=4                | days = 3 or days != 4
opened and (days<3 or opened)       | opened and (days less than 3 or opened)
opened and opened or days is known  | (opened and opened) or days is known
not   in   time                     | not in time
not not opened                      | opened
not (not opened)                    | not (not opened)
not days is absent                  | not days is absent
tender is one of(card)              | tender is one of (card)
days - 3 > -2                       | days - 3 more than -2
10%of days rounded down<3           | 10% of days rounded down less than 3
(opened or days is known) and (opened and in time) | (opened or days is known) and (opened and in time)
"""


@pytest.mark.parametrize("row", USUAL.strip().splitlines())
def test_a_condition_has_one_wording(row: str) -> None:
    written, wanted = (part.strip() for part in row.split("|"))
    policy = Policy.parse(small(clause("a", "in time", "refund"), "", WORDS))
    words = {"in time": policy.clauses["a"].when}
    assert usual(Text(File("policy.md", written), written, 1, 1), policy.facts, words) == wanted


def test_a_document_without_any_order_is_put_in_order() -> None:
    messy = """# A small   shop
In force from 2026-01-01. Counted in days.
## Facts
| Fact | Kind | Meaning |
|---|:-:|---|
|tender|card, cash|how it was paid|
| days | whole number 0 to 365, may be absent |   days since delivery   |
| opened | yes or no | 盒子已打开 |


## Outcomes
| Outcome | Rank | Pays | Meaning | Next step |
|---|---|---|---|---|
| deny | 1 | nothing | no refund | |
| refund | 3 | 100 % | all of it | send it |
## Words
* in time  means   days<=30
## Clauses
###  a:   Title
A reason,
   on two lines.
- overrides:  b
- then:   refund
- when: in time and
   (opened)
### b: Title

A reason.
- when: opened or not opened
- then: deny
"""
    assert formatted(messy).splitlines() == [
        "# A small shop",
        "",
        "In force from 2026-01-01. Counted in days.",
        "",
        "## Facts",
        "",
        "| Fact   | Kind                                 | Meaning             |",
        "|--------|--------------------------------------|---------------------|",
        "| tender | card, cash                           | how it was paid     |",
        "| days   | whole number 0 to 365, may be absent | days since delivery |",
        "| opened | yes or no                            | 盒子已打开          |",
        "",
        "## Outcomes",
        "",
        "| Outcome | Rank | Pays    | Meaning   | Next step |",
        "|---------|------|---------|-----------|-----------|",
        "| deny    | 1    | nothing | no refund |           |",
        "| refund  | 3    | 100 %   | all of it | send it   |",
        "",
        "## Words",
        "",
        "- in time means days at most 30",
        "",
        "## Clauses",
        "",
        "### a: Title",
        "",
        "A reason,",
        "on two lines.",
        "",
        "- when: in time and opened",
        "- then: refund",
        "- overrides: b",
        "",
        "### b: Title",
        "",
        "A reason.",
        "",
        "- when: opened or not opened",
        "- then: deny",
    ]


def test_a_long_condition_is_broken_at_its_joints() -> None:
    tests = [f"(days = {n} or days = {n + 1})" for n in range(10, 90, 9)]
    lines = formatted(small(clause("a", " and ".join(tests), "deny"))).splitlines()
    start = next(place for place, line in enumerate(lines) if line.startswith("- when"))
    assert lines[start + 1].startswith("  and (days =")
    assert all(len(line) <= 120 for line in lines)


@pytest.mark.parametrize("path", sorted(p for p in MARKETPLACE.parent.glob("*.md") if "." not in p.stem))
def test_the_shipped_policies_keep_their_hash(path: object) -> None:
    policy = Policy.load(str(path))
    once = formatted(policy.text)
    assert Policy.parse(once).hash == policy.hash
    assert formatted(once) == once


def test_what_cannot_be_read_is_not_laid_out() -> None:
    with pytest.raises(DocumentError, match="`opend` is no fact or word"):
        formatted(SHOP.replace("and opened", "and opend"))


def test_what_stands_in_deep_does_not_become_an_item_or_a_heading() -> None:
    odd = SHOP.replace("A reason.", "A reason.\n    - not an item\n\n  # not a heading")
    assert formatted(formatted(odd)) == formatted(odd)
    assert "not an item" in Policy.parse(formatted(odd)).because("a")


LOOSE = {"| ": "|  ", "- when: ": "* when:   ", "A reason.": "A\n   reason.", "\n": "  \n"}
LOOSE |= {"\n\n": "\n\n\n\n", "\n\n- ": "\n- ", "\n\n|": "\n|"}
LOOSE_WHEN = {" at most ": " <= ", " more than ": ">", " and ": "   and ", " = ": "==", " or ": "\n  or "}


@settings(max_examples=80)
@given(
    st.lists(CONDITIONS, min_size=1, max_size=3), st.sets(st.sampled_from(sorted({**LOOSE, **LOOSE_WHEN})))
)
def test_however_loosely_it_is_written_the_hash_stays_and_once_is_enough(
    conditions: list[str], loose: set[str]
) -> None:
    for one in sorted(loose & set(LOOSE_WHEN)):
        conditions = [when.replace(one, LOOSE_WHEN[one]) for when in conditions]
    clauses = "".join(clause(f"c{n}", f"({when})", "deny") for n, when in enumerate(conditions))
    text = small(clauses, FACTS, WORDS)
    for one in sorted(loose & set(LOOSE)):
        text = text.replace(one, LOOSE[one])
    policy = Policy.parse(text)
    once = formatted(text)
    assert Policy.parse(once).hash == policy.hash
    assert formatted(once) == once
    assert not re.search(r"<=|>=|==| $|\n\n\n", once, flags=re.MULTILINE)


def test_translations_and_examples_stay_what_they_are() -> None:
    once = Policy.parse(formatted(marketplace().text))
    assert [c.examples for c in once.clauses.values()] and once.languages == ("en",)
    for name, one in once.clauses.items():
        mine = [(e.facts, e.outcome, e.clause) for e in marketplace().clauses[name].examples]
        assert [(e.facts, e.outcome, e.clause) for e in one.examples] == mine


def test_the_marketplaces_own_policy_is_in_its_usual_layout() -> None:
    assert formatted(marketplace().text) == marketplace().text
