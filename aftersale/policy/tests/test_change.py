"""What would change an answer: the smallest changes in somebody's power, and the proof when there is none."""

from itertools import combinations, product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aftersale.policy import FactsError, Policy, UndecidedError
from aftersale.policy.change import Change
from aftersale.policy.powers import Power

from .houses import ORDER, all_orders, clause, marketplace, small
from .test_agreement import CONDITIONS

SENT = "send the other"
ISSUED = "the supplier issues an RMA number for this return and you get a full refund"

SENTENCES = f"""
reason=missing days=5 mainland_supplier=yes units_returned=1 units_with_customer=3 | {SENT} 2 units back as well and an RMA number can be asked for | {ISSUED}
reason=wrong days=61 mainland_supplier=yes units_returned=1 | {SENT} 1 unit back as well and an RMA number can be asked for | {ISSUED}
reason=wrong days=61 mainland_supplier=yes | {ISSUED}
reason=wrong days=61 | {ISSUED}
supplier_terms=defective_or_wrong | {ISSUED}
supplier_terms=defective_or_wrong marked_delivered=yes
supplier_terms=defective_or_wrong marked_delivered=yes mainland_supplier=yes | {ISSUED}
days=61
tender=balance
tender=balance reason=missing mainland_supplier=yes
tender=bank_transfer reason=unwanted mainland_supplier=yes
tender=bank_transfer reason=missing mainland_supplier=yes | {ISSUED}
tender=bank_transfer reason=missing mainland_supplier=yes days=61
"""  # noqa: E501


def _order(changes: str) -> dict[str, object]:
    words: dict[str, object] = {"yes": True, "no": False}
    pairs = (pair.split("=") for pair in changes.split())
    return {**ORDER, **{k: int(v) if v.isdigit() else words.get(v, v) for k, v in pairs}}


@pytest.mark.parametrize("row", SENTENCES.strip().splitlines())
def test_what_would_change_an_answer_is_said_in_the_documents_words(row: str) -> None:
    changes, *sentences = (part.strip() for part in row.split("|"))
    policy = marketplace()
    would_change = policy.decide(_order(changes)).would_change
    assert would_change is not None
    assert [policy.told_change(change) for change in would_change] == sentences


def test_it_is_said_in_each_language() -> None:
    policy = marketplace()
    order = _order(
        "reason=missing days=5 mainland_supplier=yes units_returned=1 units_with_customer=3 rma=no"
    )
    would_change = policy.decide(order).would_change
    assert would_change
    assert [policy.told_change(change, "zh-Hans") for change in would_change] == [
        "把其余 2 件也一起寄回，可以申请 RMA 编号",
        "供应商为本次退货签发 RMA 编号，您将得到全额退款",
    ]
    assert policy.told_change(would_change[0], "fr") == policy.told_change(would_change[0])
    assert policy.told_value(True, "zh-hans") == "是"
    assert policy.told_value(True) == "yes"


def test_a_document_without_words_for_a_change_is_told_by_its_meanings() -> None:
    text = powerful(clause("gets", "opened is no", "refund") + clause("not", "opened", "deny"))
    german = """# Laden
Translation of policy.md

## Facts

| Fact | Meaning |
|---|---|
| tender | womit bezahlt |
| days | Tage |
| opened | geöffnet |
| tries | Versuche |

## Outcomes

| Outcome | Meaning | Next step |
|---|---|---|
| deny | nichts | - |
| half | die Hälfte | - |
| refund | alles | - |

## Clauses

### gets: So

Ja.

### not: So

Nein.
"""
    policy = Policy.parse(text, translations={"de": german})
    changes = policy.decide(OPENED).would_change
    assert changes == (Change({"opened": False}, "refund", {"opened": True}),)
    assert policy.told_change(changes[0]) == "the box was opened: no instead of yes: all of it"
    assert policy.told_change(changes[0], "de") == "geöffnet: yes → no: alles"


def test_an_answer_in_json_says_it_too() -> None:
    order = _order("reason=missing mainland_supplier=yes units_returned=1")
    assert marketplace().decide(order).as_json()["would_change"] == [
        {"facts": {"units_returned": 2}, "outcome": "ask_supplier"},
        {"facts": {"rma": True}, "outcome": "refund"},
    ]


def test_a_document_that_does_not_say_whose_power_it_is_does_not_claim_that_nothing_helps() -> None:
    policy = Policy.parse(small(clause("never", "opened or not opened", "deny")))
    decision = policy.decide({"tender": "card", "days": 1, "opened": True})
    assert decision.would_change is None
    assert decision.as_json()["would_change"] is None


# --- an oracle that knows nothing of trees: it tries every order there is


LAST = 66
OPENED = {"tender": "card", "days": 1, "opened": True, "tries": 2}
TENDERS = ["customer", "customer, becomes card", "nobody"]
DAYS = ["customer", "supplier, only down", "customer, only up", "nobody", "supplier, becomes 31"]
TRIES = ["customer, only up", "supplier", "nobody", "supplier, only down"]
RULES = [
    "opened implies days is known",
    "tries less than 5 or tender is cash",
    "days + tries at most 40",
    "tries more than 2 implies days at least tries",
    "50% of days rounded up at least tries - 3",
    "tender is cash implies not opened",
]


def powerful(
    clauses: str, powers: tuple[str, ...] = ("nobody", "nobody", "supplier", "nobody"), rules: str = ""
) -> str:
    """A small shop whose facts are in the powers given: tender, days, opened, tries."""
    text = small(clauses, "| tries | whole number 0 to 9 | how often |\n", rules)
    text = text.replace("0 to 365", f"0 to {LAST}")
    head, _, rest = text.partition("## Outcomes")
    head = head.replace("| Meaning |", "| Meaning | In whose power |").replace(
        "|---|---|---|", "|---|---|---|---|"
    )
    for name, power in zip(OPENED, powers, strict=True):
        head = "\n".join(f"{r} {power} |" if r.startswith(f"| {name} |") else r for r in head.split("\n"))
    return head + "## Outcomes" + rest


CELLS: dict[str, list[Any]] = {
    "tender": ["card", "cash"],
    "days": [None, *range(LAST + 1)],
    "opened": [False, True],
    "tries": list(range(10)),
}


@st.composite
def powerful_policies(draw: st.DrawFn) -> Policy:
    tests = CONDITIONS.filter(
        lambda text: (
            not {"sent", "arrived", "box", "sealed"} & set(text.replace("(", " ").replace(")", " ").split())
        )
    )
    count = draw(st.integers(1, 4))
    clauses = []
    for place in range(count):
        weaker = ", ".join(f"c{other}" for other in range(place + 1, count))
        lines = [f"- overrides: {weaker}"] if weaker else []
        then = draw(st.sampled_from(["deny", "half", "refund"]))
        # Most have an answer to everything: the last clause then matches always.
        all_else = place == count - 1 and draw(st.integers(0, 4))
        clauses.append(clause(f"c{place}", "opened or not opened" if all_else else draw(tests), then, *lines))
    powers = draw(
        st.tuples(
            st.sampled_from(TENDERS),
            st.sampled_from(DAYS),
            st.sampled_from(["supplier", "customer, becomes no"]),
            st.sampled_from(TRIES),
        )
    )
    rules = draw(st.lists(st.sampled_from(RULES), unique=True, max_size=2))
    always = "## Always true\n\n" + "\n".join(f"- {rule}" for rule in rules) + "\n" if rules else ""
    return Policy.parse(powerful("".join(clauses), powers, always))


def _in_power(power: Power | None, before: Any, after: Any) -> bool:
    if power is None or after is None:
        return False
    if power.way == "becomes":
        return bool(after == power.becomes)
    if power.way == "any":
        return True
    return before is not None and ((after > before) if power.way == "up" else (after < before))


def _effort(policy: Policy, before: dict[str, Any], change: dict[str, Any]) -> int:
    steps = 0
    for name, after in change.items():
        is_number = isinstance(after, int) and not isinstance(after, bool) and before[name] is not None
        steps += abs(after - before[name]) if is_number else 1
    return steps


def _answers(policy: Policy, order: dict[str, Any]) -> int | None:
    """The rank of the answer; None for an order that is impossible or not decided."""
    try:
        return policy.outcomes[policy.decide(order).outcome].rank
    except (FactsError, UndecidedError):
        return None


def _by_trying(policy: Policy, order: dict[str, Any]) -> dict[frozenset[str], dict[int, int]]:
    """For each smallest set of facts that helps: the least effort for each rank it leads to, best only."""
    powers = policy.document.powers
    now = _answers(policy, order)
    assert now is not None
    found: dict[frozenset[str], dict[int, int]] = {}
    for size in range(1, len(order) + 1):
        for names in map(frozenset, combinations(order, size)):
            if any(other < names for other in found):
                continue
            reached: dict[int, int] = {}
            cells = [
                [v for v in CELLS[n] if v != order[n] and _in_power(powers[n], order[n], v)] for n in names
            ]
            for values in product(*cells):
                change = dict(zip(names, values, strict=True))
                rank = _answers(policy, {**order, **change})
                if rank is not None and rank > now:
                    effort = _effort(policy, order, change)
                    reached[rank] = min(effort, reached.get(rank, effort))
            best = {r: e for r, e in reached.items() if not any(o > r and f <= e for o, f in reached.items())}
            if best:
                found[names] = best
    return found


@settings(max_examples=120, deadline=None)
@given(powerful_policies(), st.fixed_dictionaries({n: st.sampled_from(v) for n, v in CELLS.items()}))
def test_it_is_what_trying_everything_finds(policy: Policy, order: dict[str, Any]) -> None:
    if _answers(policy, order) is None:
        return
    told = policy.decide(order).would_change
    assert told is not None, policy.text
    found: dict[frozenset[str], dict[int, int]] = {}
    for change in told:
        assert _answers(policy, {**order, **change.facts}) == policy.outcomes[change.outcome].rank
        effort = _effort(policy, order, change.facts)
        found.setdefault(frozenset(change.facts), {})[policy.outcomes[change.outcome].rank] = effort
    assert found == _by_trying(policy, order), policy.text


def test_over_every_order_of_the_shipped_policy_too() -> None:
    policy = marketplace()
    movable = {"marked_delivered", "rma", "units_returned"}
    for order in all_orders():
        units: Any = order["units_with_customer"]
        now = _rank(order)
        kinder = []
        for size in (1, 2, 3):
            for names in combinations(sorted(movable), size):
                values = [
                    [True] if n != "units_returned" else range(int(str(order[n])) + 1, units + 1)
                    for n in names
                ]
                ways = [dict(zip(names, v, strict=True)) for v in product(*values)]
                ways = [w for w in ways if all(order[n] != w[n] for n in names)]
                better = [(w, r) for w in ways if (r := _rank({**order, **w})) > now]
                if better and not any(set(other) < set(names) for other, _ in kinder):
                    kinder.append(better[0])
        told = policy.decide(order).would_change
        assert told is not None, policy.text
        assert sorted(map(str, ((c.facts, policy.outcomes[c.outcome].rank) for c in told))) == sorted(
            map(str, kinder)
        )


def test_too_many_leaves_for_one_tree_are_no_hindrance_where_little_can_move() -> None:
    policy = marketplace()
    chain = Policy(policy.document, policy.text, policy.name, {}, most_leaves=20)
    for order in all_orders()[::17]:
        assert chain.decide(order).would_change == policy.decide(order).would_change
    none = Policy(policy.document, policy.text, policy.name, {}, most_leaves=0)
    assert none.decide({**ORDER, "supplier_terms": "defective_or_wrong"}).would_change is None


_RANKS: dict[tuple[object, ...], int] = {}


def _rank(order: dict[str, object]) -> int:
    key = tuple(order.values())
    if key not in _RANKS:
        policy = marketplace()
        _RANKS[key] = policy.outcomes[policy.decide(order).outcome].rank
    return _RANKS[key]


SUMS = """# A shop

In force from 2026-01-01.

## Facts

| Fact | Kind | Meaning | In whose power |
|---|---|---|---|
| paid | money in EUR | price | nobody |
| kept | money in EUR | what is kept | supplier, only down: the supplier keeps {by} cents less |
| sent | date, may be absent | when | customer |
| fee | whole number 0 to 9 | fees | supplier, only down |

## Outcomes

| Outcome | Rank | Pays | Meaning | Next step |
|---|---|---|---|---|
| deny | 1 | nothing | no refund | - |
| part | 2 | 85% of paid rounded down - kept | a part | - |

## Always true

- kept at least 0
- kept at most paid

## Clauses

### part: Part

You get a part.

- when: sent before 2026-03-01
- then: part

### deny: No

No.

- when: not sent before 2026-03-01
- then: deny
"""


def test_a_fact_that_only_a_rule_speaks_of_changes_along() -> None:
    text = powerful(
        clause("gets", "opened", "refund") + clause("not", "not opened", "deny"),
        ("nobody", "customer", "customer", "nobody"),
        "## Always true\n\n- opened implies days at least 3\n",
    )
    closed = {**OPENED, "opened": False}
    changes = Policy.parse(text).decide(closed).would_change
    assert changes == (Change({"days": 3, "opened": True}, "refund", {"days": 1, "opened": False}),)


def test_money_and_dates_move_by_the_least_that_gives_more() -> None:
    policy = Policy.parse(SUMS)
    order = {"paid": 1_999, "kept": 300, "sent": "2026-02-01", "fee": 3}
    told = policy.decide(order).as_json()["would_change"]
    assert told == [{"facts": {"kept": 299}, "outcome": "part"}]
    changes = policy.decide({**order, "sent": "2026-03-05"}).as_json()["would_change"]
    assert changes == [{"facts": {"sent": "2026-02-28"}, "outcome": "part"}]
    assert policy.decide({**order, "sent": None, "kept": 0}).as_json()["would_change"] != []
    assert policy.decide({**order, "kept": 0}).would_change == ()
    kept = Change({"kept": 299}, "part", {"kept": 300})
    assert policy.told_change(kept) == "the supplier keeps 1 cents less: a part"


def test_a_part_that_would_pay_less_than_nothing_is_no_help() -> None:
    policy = Policy.parse(SUMS.replace("| nobody |\n| kept", "| customer |\n| kept"))
    order = {"paid": 100, "kept": 100, "sent": "2026-03-05", "fee": 0}
    told = policy.decide(order).as_json()["would_change"]
    assert told == [
        {"facts": {"paid": 118, "sent": "2026-02-28"}, "outcome": "part"},
        {"facts": {"kept": 85, "sent": "2026-02-28"}, "outcome": "part"},
    ]
