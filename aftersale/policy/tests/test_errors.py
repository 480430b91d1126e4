"""An error says what, where with the line and a caret, and what to do; nothing half done."""

import pytest

from aftersale.policy import DocumentError, Policy, run_examples

from .houses import clause, example, small

SHOP = small(
    clause("only", "tender is card", "refund"),
    "| paid | money in EUR | its price |\n| sent | date | when |\n",
)

MISTAKES = """
days at most 9 tender is card
               ^^^^^^
`tender` does not go on from what stands before it
help: join two tests by `and` or `or`

(days at most 9
^
this bracket is never closed
help: write the `)`

days at most
            ^
`the end` stands where a fact or a number is expected
help: finish it

days 9
     ^
`9` stands where a comparison is expected
help: write `at most`, `at least`, `more than`, `less than` or `=`; for dates `before`, `after`, `on`

days
    ^
`the end` stands where a comparison is expected
help: write `at most`, `at least`, `more than`, `less than` or `=`; for dates `before`, `after`, `on`

tender
^^^^^^
`tender` alone is not yes or no
help: write `tender is card`

tender at most 9
^^^^^^
`tender` alone is not yes or no
help: write `tender is card`

days + tender at most 9
       ^^^^^^
`tender` is one of card, cash, which has no size
help: write `tender is …`

tender is one of card
                 ^^^^
`one of` wants its values in brackets
help: write `one of (a, b)`

tender is one of (card cash)
                       ^^^^
`cash` stands where `,` or `)` is expected
help: as in `one of (a, b)`

tender is one of (card, cash)
^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
`tender` always is one of these
help: leave out a value, or the test

tender is known
^^^^^^^^^^^^^^^
`tender` is never absent
help: drop the test, or say `may be absent` in its kind

days at most 400 and days at least 366
                     ^^^^^^^^^^^^^^^^^
this is never so
help: `days` goes from 0 to 365

days is 2026-01-01
        ^^^^^^^^^^
`2026-01-01` is not a value of `days`
help: `days` is a whole number from 0 to 365, or absent (null)

opened is perhaps
          ^^^^^^^
`perhaps` is not a value of `opened`
help: `opened` is yes or no (true or false)

days at most paid
^^^^^^^^^^^^^^^^^
number and EUR cannot be compared
help: both sides want one unit

sent at most 9
^^^^^^^^^^^^^^
date and a number cannot be compared
help: both sides want one unit

sent + sent after 2026-01-01
^^^^^^^^^^^
date and date cannot be added
help: one sum, one unit

sent after 2026-02-30
           ^^^^^^^^^^
there is no day `2026-02-30`
help: write a date such as 2026-04-30

paid within 9 days of sent
^^^^^^^^^^^^^^^^^^^^^^^^^^
a window goes from one date to another
help: write `sent_on within 14 days of delivered_on`

sent within 9 of sent
              ^^
`of` stands where `days of` is expected
help: as in `within 14 days of`

50% of paid at most 9
^^^^^^^^^^^
a percentage says how it is rounded
help: add `rounded down`, `rounded up` or `rounded half up`

3 at most 9
^^^^^^^^^^^
no fact decides this comparison
help: compare a fact

days at most 1234567890123456
             ^^^^^^^^^^^^^^^^
this number is too long
help: at most 15 digits

days at most 9 & opened
               ^
`&` is not a sign of this language
help: drop it

opened implies opened
       ^^^^^^^
`implies` does not go on from what stands before it
help: join two tests by `and` or `or`
"""

BROKEN = r"""
# A small shop\n  ->
policy.md:2:1: the document does not start with its title
help: write `# Title` first

- then: refund  ->  - then: refnd
policy.md:31:9: `refnd` is not an outcome
help: did you mean `refund`?

- then: refund  ->
policy.md:26:5: `only` has no `then`
help: add a line `- then: …`

- then: refund  ->  - then:
policy.md:31:3: `then` says nothing
help: write `- then: …`

- then: refund  ->  - then: refund\n- overides: x
policy.md:32:3: `overides` is not a line of a clause
help: did you mean `overrides`?

- then: refund  ->  - then: refund\n- overrides: x
policy.md:32:14: `x` is not a clause
help: the clauses are only

- then: refund  ->  - then: refund\n- overrides: only
policy.md:32:14: `only` overrides itself
help: drop it from this line

A reason.\n  ->
policy.md:26:5: `only` gives no reason
help: write a sentence that the customer can read

### only: Title  ->  ### only
policy.md:26:5: a clause has an id and a title
help: write `### card-in-time: Paid by card`

## Clauses  ->  ## Clause
policy.md:24:4: `Clause` is not a section of a policy
help: did you mean `Clauses`?

## Facts  ->  ## Things
policy.md:1:3: the document has no `## Facts`
help: add a section `## Facts`

In force from 2026-01-01.  ->
policy.md:1:3: the document does not say since when it is in force
help: write `In force from 2026-01-01.`

from 2026-01-01  ->  from 2026-13-01
policy.md:3:15: there is no day `2026-13-01`
help: write a day such as 2026-01-01

Counted in days  ->  Counted in dyas
policy.md:3:38: `dyas` is not a counted fact
help: did you mean `days`?

| opened | yes or no |  ->  | opened | maybe or no |
policy.md:11:12: `maybe or no` is not a kind
help: write `a, b, c`

| opened |  ->  | is |
policy.md:11:3: `is` is a word of the language
help: give a fact another name

| opened |  ->  | days |
policy.md:11:3: `days` stands twice
help: give each fact one row

0 to 365  ->  365 to 0
policy.md:10:10: `whole number 365 to 0` ends before it starts
help: write the smaller number first

| card, cash |  ->  | card, card |
policy.md:9:12: a value stands twice
help: each value once

| half | 2 |  ->  | half | 3 |
policy.md:21:12: `half` has this rank too
help: give each outcome its own rank

50 %  ->  50 percent
policy.md:20:17: `percent` does not go on
help: write `nothing`, `100 %` or a sum of money facts

50 %  ->  500 %
policy.md:20:14: more than 100 %
help: write a percentage from 0 to 100

| Fact | Kind |  ->  | Fact | Sort |
policy.md:7:3: this table has no column `Kind`
help: add a column `Kind`

| opened | yes or no |  ->  | opened |
policy.md:11:12: this row has 2 cells, its header has 3
help: count the `|`
"""


def _blocks(text: str) -> list[list[str]]:
    return [block.split("\n") for block in text.strip("\n").split("\n\n")]


def _error(text: str) -> str:
    with pytest.raises(DocumentError) as caught:
        Policy.parse(text)
    return str(caught.value)


def _when(condition: str) -> str:
    """The error of a condition, without the line it stands on."""
    message = _error(SHOP.replace("- when: tender is card", f"- when: {condition}"))
    assert message.startswith("policy.md:30:")
    return message.partition(": ")[2]


def test_a_value_that_does_not_exist_is_shown_with_the_one_that_was_meant() -> None:
    assert _error(SHOP.replace("tender is card", "tender is crad and days at most 9")) == (
        "policy.md:30:19: `crad` is not a value of `tender`\n"
        "    - when: tender is crad and days at most 9\n"
        "                      ^^^^\n"
        "help: did you mean `card`?"
    )


def test_the_caret_finds_its_line_in_a_condition_that_goes_over_two() -> None:
    assert _error(SHOP.replace("- when: tender is card", "- when: tender is card\n  and dyas at most 9")) == (
        "policy.md:31:7: `dyas` is no fact or word of this policy\n"
        "      and dyas at most 9\n"
        "          ^^^^\n"
        "help: did you mean `days`?"
    )


@pytest.mark.parametrize("mistake", _blocks(MISTAKES), ids=lambda mistake: mistake[0])
def test_a_mistake_in_a_condition_is_pointed_at(mistake: list[str]) -> None:
    condition, caret, what, help = mistake
    when = "    - when: "
    assert _when(condition).split("\n") == [what, when + condition, " " * len(when) + caret, help]


@pytest.mark.parametrize("mistake", _blocks(BROKEN), ids=lambda mistake: mistake[0])
def test_a_mistake_in_the_document_is_pointed_at(mistake: list[str]) -> None:
    change, what, help = mistake
    old, new = (text.strip(" ").replace("\\n", "\n") for text in change.split("->"))
    assert old in SHOP
    error = _error(SHOP.replace(old, new, 1))
    assert error.startswith(what), error
    assert f"\n{help}" in error


def test_a_circle_of_overrides_is_shown_as_one() -> None:
    text = small(
        clause("a", "opened", "deny", "- overrides: b")
        + clause("b", "not opened", "refund", "- overrides: c")
        + clause("c", "tender is card", "refund", "- overrides: a")
    )
    assert _error(text) == (
        "policy.md:30:14: a circle: `b` overrides `c` overrides `a` overrides `b`\n"
        "    - overrides: b\n"
        "                 ^\n"
        "help: drop one of these `overrides`"
    )


@pytest.mark.parametrize(
    ("promise", "message"),
    [
        ("fewer dyas never pays less", "policy.md:24:9: `dyas` is not a fact of this policy"),
        ("opened never pays nothing", "policy.md:24:3: `opened never pays nothing` is not a promise I know"),
        ("days never pays less", "policy.md:24:3: `days` is a whole number from 0 to 365, or absent (null)"),
        ("tender card never pays less than cahs", "policy.md:24:36: `cahs` is not a value of `tender`"),
        ("pays about 0", "policy.md:24:8: `about` stands where `at least` or `at most` is expected"),
    ],
)
def test_a_promise_that_cannot_be_read_is_pointed_at(promise: str, message: str) -> None:
    text = small(clause("only", "opened", "deny"), rest=f"\n## Promises\n\n- {promise}\n")
    assert _error(text).startswith(message)


def test_an_example_with_a_wrong_value_is_an_error_of_the_document() -> None:
    table = example("card | soon | no | refund")
    assert _error(
        SHOP.replace("\n| paid | money in EUR | its price |\n| sent | date | when |", "") + table
    ) == (
        "policy.md:35:10: `soon` is not a value of `days`\n"
        "    | card | soon | no | refund |\n"
        "             ^^^^\n"
        "help: `days` is a whole number from 0 to 365, or absent (null)"
    )


def test_an_example_that_does_not_come_true_is_pointed_at_and_not_raised() -> None:
    table = (
        "#### Examples\n\n| tender | days | opened | outcome |\n|---|---|---|---|\n| card | 1 | no | deny |\n"
    )
    policy = Policy.parse(small(clause("only", "tender is card", "refund")) + table)
    (failure,) = run_examples(policy)
    assert failure.clause == "only"
    assert str(failure.error) == (
        "policy.md:35:19: the policy decides `refund` here, by `only`\n"
        "    | card | 1 | no | deny |\n"
        "                      ^^^^\n"
        "help: correct the row or the clauses"
    )
