"""Each kind of finding, by a shop with exactly that fault: what it says is shown whole."""

from textwrap import dedent

from aftersale.policy import Policy
from aftersale.policy.check import check_policy
from tests.patience import ending

from .houses import HEAD, IN_TIME, LATE, OPENED, clause, findings, pigeons, told

UNRANKED = OPENED.replace("- overrides: in-time\n", "")


def _is(text: str) -> str:
    return dedent(text).strip()


def test_a_shop_without_a_fault_is_clean() -> None:
    assert findings(IN_TIME, LATE, OPENED) == []


def test_a_gap_is_shown_by_the_nearest_order() -> None:
    later = clause("late", "Nothing after 31 days.", "days more than 31", "deny")
    assert told(IN_TIME, later) == _is("""
        shop.md:1:3: gap: no clause decides this order
            # A small shop
              ^^^^^^^^^^^^
        example: an ordinary order, but for
            | days |
            | ---- |
            | 31   |
        help: write a clause for such orders
          or: widen the `when` of a clause that should decide
        """)


def test_a_conflict_comes_with_the_two_lines_that_would_settle_it() -> None:
    assert told(IN_TIME, LATE, UNRANKED) == _is("""
        shop.md:49:9: conflict: `in-time` (line 31) says `refund` and `opened` (line 45) says `half` of the \
same order, and neither overrides the other
            - when: opened and not days more than 30
                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        example: an ordinary order, but for
            | opened |
            | ------ |
            | yes    |
        help: under `in-time` write `- overrides: opened`
          or: under `opened` write `- overrides: in-time`
        """)


def test_the_line_goes_on_from_what_a_clause_overrides_already() -> None:
    card = clause("card", "Half by card.", "tender is card", "half", "- overrides: in-time")
    [conflict] = findings(IN_TIME, LATE, card)
    assert conflict.clauses == ("late", "card")
    assert conflict.suggest == (
        "under `late` write `- overrides: card`",
        "under `card` write `- overrides: in-time, late`",
    )


def test_no_line_is_offered_that_would_override_a_law() -> None:
    law = IN_TIME.replace("- then", "- law\n- then")
    [conflict] = findings(law, LATE, UNRANKED)
    assert conflict.suggest == ("under `in-time` write `- overrides: opened`",)
    [conflict] = findings(law, LATE, UNRANKED.replace("- then", "- law\n- then"))
    assert conflict.suggest == ("both are law: correct the `when` of one",)


def test_clauses_that_agree_may_meet() -> None:
    cash = clause(
        "cash", "All of it for cash within 60 days.", "tender is cash and days at most 60", "refund"
    )
    late = clause("late", "Nothing after 30 days.", "days more than 30", "deny", "- overrides: cash")
    assert [f.code for f in findings(IN_TIME, late, cash)] == ["never-decisive"]
    late = clause(
        "late",
        "Nothing by card after 30 days, or 60.",
        "tender is card and days more than 30 or days more than 60",
        "deny",
    )
    assert findings(IN_TIME, late, cash) == []


def test_a_dead_clause_names_the_rules_that_kill_it() -> None:
    half = clause(
        "half-late",
        "Half once opened after 30 days.",
        "opened and days more than 30",
        "half",
        "- overrides: late",
    )
    rules = "## Always true\n\n- opened implies tender is card\n- opened implies days at most 20\n\n"
    assert told(IN_TIME, LATE, half, rest=rules) == _is("""
        shop.md:54:9: dead: `half-late` (line 50) can never apply: it asks for `opened` and `days more \
than 30` together, because of the rule: `opened implies days at most 20` (line 32)
            - when: opened and days more than 30
                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        help: correct its `when`, or one of the rules
          or: drop the clause
        """)


def test_a_clause_can_be_dead_by_itself() -> None:
    never = clause("never", "All between 20 and 10 days.", "days more than 20 and days at most 10", "refund")
    [dead] = findings(IN_TIME, LATE, never)
    assert dead.message == (
        "`never` (line 45) can never apply: it asks for `days more than 20` and `days at most 10` together"
    )
    assert dead.suggest == ("correct its `when`", "drop the clause")


def test_the_parts_of_a_dead_clause_are_those_that_clash() -> None:
    rules = "## Words\n\n- both ways means opened and not opened\n\n"
    one = clause("one", "All for cash.", "tender is cash and (both ways)", "refund")
    two = clause("two", "All for cash, opened or not.", "both ways", "refund")
    three = clause("three", "All for cash or card.", "both ways and tender is cash or both ways", "refund")
    asked = [
        f.message.partition("it asks for ")[2] for f in findings(IN_TIME, LATE, one, two, three, rest=rules)
    ]
    assert [text for text in asked if text] == [
        "`(both ways)`",
        "`both ways`",
        "`both ways and tender is cash or both ways`",
    ]


def test_rules_that_allow_no_order_are_named_once() -> None:
    rules = ("opened", "opened implies days is absent", "tender is card", "not opened or days is known")
    text = "## Always true\n\n" + "".join(f"- {rule}\n" for rule in rules) + "\n"
    assert told(IN_TIME, LATE, rest=text) == _is("""
        shop.md:1:3: dead: no order is possible, because of the rules: `opened` (line 31), `opened \
implies days is absent` (line 32), `not opened or days is known` (line 34)
            # A small shop
              ^^^^^^^^^^^^
        help: correct one of these rules
        """)


def test_a_clause_that_is_always_overridden_never_decides() -> None:
    unpacked = clause("unpacked", "All within 20 days once opened.", "opened and days at most 20", "refund")
    opened = OPENED.replace("overrides: in-time", "overrides: in-time, unpacked")
    assert told(IN_TIME, LATE, opened, unpacked) == _is("""
        shop.md:57:9: never-decisive: `unpacked` (line 53) never decides: always overridden by `opened` \
(line 45)
            - when: opened and days at most 20
                    ^^^^^^^^^^^^^^^^^^^^^^^^^^
        example: an ordinary order, but for
            | opened |
            | ------ |
            | yes    |
        help: correct its `when`, or drop an `overrides`
          or: drop the clause
        """)


def test_a_clause_that_only_repeats_another_never_decides_but_a_law_may() -> None:
    tried = clause("tried", "All by card within 10 days.", "tender is card and days at most 10", "refund")
    [repeated] = findings(IN_TIME, LATE, tried)
    assert repeated.code == "never-decisive"
    assert (
        repeated.message == "`tried` (line 45) never decides: `in-time` (line 31) answers wherever it applies"
    )
    assert findings(IN_TIME, LATE, tried.replace("- then", "- law\n- then")) == []


def test_the_rules_have_their_part_in_a_clause_that_never_decides() -> None:
    lines = "- overrides: in-time, late"
    half = clause("half", "Half by card once opened.", "tender is card and opened", "half", lines)
    none = clause("none", "Nothing with no day.", "days is absent", "deny", "- overrides: half")
    rules = "## Always true\n\n- opened implies days is absent\n\n"
    [finding] = [f for f in findings(IN_TIME, LATE, half, none, rest=rules) if f.code == "never-decisive"]
    assert finding.message == (
        "`half` (line 49) never decides: always overridden by `none` (line 57),"
        " because of the rule: `opened implies days is absent` (line 31)"
    )


def test_an_override_of_a_clause_that_is_never_met_is_idle() -> None:
    assert told(IN_TIME, LATE.replace("deny", "deny\n- overrides: in-time")) == _is("""
        shop.md:44:14: idle-override: `late` (line 38) never meets `in-time` (line 31), so overriding \
it settles nothing
            - overrides: in-time
                         ^^^^^^^
        help: drop `in-time` from the line, or correct the `when` of one
        """)


def test_overriding_all_is_idle_only_when_nobody_is_met() -> None:
    assert findings(IN_TIME, LATE, OPENED.replace("overrides: in-time", "overrides: all")) == []
    [idle] = findings(IN_TIME, LATE.replace("deny", "deny\n- overrides: all"))
    assert idle.message == "`late` (line 38) never meets any other, so overriding it settles nothing"


def test_a_broken_promise_shows_both_orders() -> None:
    again = clause(
        "very-late", "All again after 60 days.", "days more than 60", "refund", "- overrides: late"
    )
    promise = "## Promises\n\n- fewer days never pays less\n\n"
    assert told(IN_TIME, LATE, again, rest=promise) == _is("""
        shop.md:31:3: promise-broken: `fewer days never pays less` is broken: days 31 comes to `deny` \
by `late` (line 42), days 61 to `refund` by `very-late` (line 49)
            - fewer days never pays less
              ^^^^^^^^^^^^^^^^^^^^^^^^^^
        example: an ordinary order, but for
            | days |
            | ---- |
            | 31   |
            | 61   |
        help: correct one of the clauses
          or: write `fewer days never pays less; waived because …` with your reason
        """)


def test_a_waived_promise_is_shown_with_its_reason_and_does_not_count() -> None:
    promise = "## Promises\n\n- opened never pays less; waived because it is not new any more\n\n"
    [waived] = findings(IN_TIME, LATE, OPENED, rest=promise)
    assert not waived.counts
    assert str(waived) == _is("""
        shop.md:31:3: waived: `opened never pays less` is broken: opened yes comes to `half` by \
`opened` (line 49), opened no to `refund` by `in-time` (line 35); waived because it is not new any more
            - opened never pays less; waived because it is not new any more
              ^^^^^^^^^^^^^^^^^^^^^^
        example: an ordinary order, but for
            | opened |
            | ------ |
            | yes    |
            | no     |
        """)


def test_promises_of_every_form_are_kept_or_broken() -> None:
    def kept(promise: str, *clauses: str) -> bool:
        return not findings(*clauses, rest=f"## Promises\n\n- {promise}\n\n")

    cash = clause(
        "cash",
        "Half in cash within 30 days.",
        "tender is cash and not days more than 30",
        "half",
        "- overrides: in-time",
    )
    assert kept("opened never pays more", IN_TIME, LATE, OPENED)
    assert not kept("opened never pays less", IN_TIME, LATE, OPENED)
    assert kept("more days never pays more", IN_TIME, LATE)
    assert not kept("more days never pays less", IN_TIME, LATE)
    assert kept("tender card never pays less than cash", IN_TIME, LATE, cash)
    assert not kept("tender cash never pays less than card", IN_TIME, LATE, cash)
    assert not kept("tender card never pays more than cash", IN_TIME, LATE, cash)
    assert kept("pays at least 0", IN_TIME, LATE, OPENED)


def test_a_bound_on_money_is_broken_by_the_smallest_amount() -> None:
    facts = (
        "| opened | yes or no | the box was opened |\n| paid | money in EUR | m |\n| fee | money in EUR | m |"
    )
    head = HEAD.replace("| opened | yes or no | the box was opened |", facts).replace("100 %", "paid + fee")
    rules = "## Always true\n\n- paid at least 0\n- fee at least 0\n\n"
    promises = "## Promises\n\n- pays at least paid\n- pays at most paid\n\n"
    text = f"{head}{rules}{promises}## Clauses\n\n" + clause(
        "always", "All of it, opened or not.", "opened or not opened", "refund"
    )
    [broken] = check_policy(Policy.parse(text, name="shop.md"))
    assert broken.message == "`pays at most paid` is broken: `always` (line 43) comes to `refund` here"
    assert broken.example
    assert broken.example.as_json() == {"tender": "card", "days": 5, "opened": False, "paid": 0, "fee": 1}


def test_what_pays_a_percentage_of_the_return_cannot_be_held_against_a_sum() -> None:
    [finding] = findings(IN_TIME, LATE, rest="## Promises\n\n- pays at most 10\n\n")
    assert finding.severity == "not proved"
    assert finding.message == (
        "`pays at most 10` cannot be proved: `refund` pays a percentage of what only the return knows"
    )


def test_prose_that_says_another_number_is_found_from_both_sides() -> None:
    assert told(IN_TIME.replace("30 days", "45 days"), LATE) == _is("""
        shop.md:35:9: prose-drift: `in-time`: the condition speaks of 30, the prose does not
            - when: not days more than 30
                    ^^^^^^^^^^^^^^^^^^^^^
        help: say it in the clause's prose, or correct the condition

        shop.md:33:18: prose-drift: `in-time`: the prose speaks of 45, the condition does not
            All of it within 45 days.
                             ^^
        help: correct the one that is wrong
        """)


def test_an_example_that_does_not_come_true_is_shown_whole() -> None:
    wrong = "#### Examples\n\n| days | outcome |\n|---|---|\n| 31 | deny |\n| 30 | deny |\n\n"
    assert told(IN_TIME, LATE + wrong) == _is("""
        shop.md:50:8: example-failed: an example of `late` does not come true: the policy decides \
`refund` here, by `in-time`
            | 30 | deny |
                   ^^^^
        example: an ordinary order, but for
            | days |
            | ---- |
            | 30   |
        help: correct the row or the clauses
        """)


def test_what_is_not_proved_in_time_is_never_fine() -> None:
    dead, gap, *others = check_policy(pigeons(), seconds=0.05)
    assert {f.severity for f in (dead, gap, *others)} == {"not proved"}
    assert dead.message == "no answer in time whether `out` can ever apply"
    assert gap.message == "no answer in time whether every order is decided"
    assert all(f.counts for f in (dead, gap, *others))


def test_all_questions_together_take_no_longer_than_they_may() -> None:
    with ending():
        findings = check_policy(pigeons(), seconds=3600, in_all=0.2)
    assert {finding.severity for finding in findings} == {"not proved"}
