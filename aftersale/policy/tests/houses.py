"""The shipped policy, its orders, and small documents to try one thing each."""

from functools import cache
from itertools import product
from pathlib import Path

from aftersale.policy import Policy

MARKETPLACE = Path(__file__).parents[3] / "policies" / "marketplace.md"

ORDER: dict[str, object] = {
    "tender": "card",
    "reason": "unwanted",
    "days": 10,
    "marked_delivered": False,
    "supplier_terms": "any_reason",
    "mainland_supplier": False,
    "rma": False,
    "units_with_customer": 2,
    "units_returned": 2,
}


@cache
def marketplace() -> Policy:
    return Policy.load(MARKETPLACE)


@cache
def all_orders() -> list[dict[str, object]]:
    """Every combination of what the rules can tell apart, that the world allows."""
    units = [(0, 0), (1, 0), (1, 1), (2, 0), (2, 1), (2, 2), (3, 2)]
    cells: list[list[object]] = [
        ["card", "balance", "bank_transfer"],
        ["unwanted", "defective", "wrong", "missing"],
        [None, 0, 59, 60, 61, 400],
        [False, True],
        ["defective_or_wrong", "any_reason"],
        [False, True],
        [False, True],
    ]
    orders = [dict(zip(ORDER, [*cell, *pair], strict=True)) for cell in product(*cells) for pair in units]
    return [order for order in orders if order["reason"] == "missing" or order["units_returned"] != 0]


def small(clauses: str, facts: str = "", rest: str = "") -> str:
    """A small document: a shop with three facts, to which more can be added."""
    return f"""# A small shop

In force from 2026-01-01. Counted in days.

## Facts

| Fact | Kind | Meaning |
|---|---|---|
| tender | card, cash | how it was paid |
| days | whole number 0 to 365, may be absent | days since delivery |
| opened | yes or no | the box was opened |
{facts}
## Outcomes

| Outcome | Rank | Pays | Meaning | Next step |
|---|---|---|---|---|
| deny | 1 | nothing | no refund | keep it |
| half | 2 | 50 % | half of it | send it |
| refund | 3 | 100 % | all of it | send it |

{rest}
## Clauses

{clauses}"""


def example(row: str) -> str:
    """The text of an examples table of one row, such as `card | 1 | no | refund`."""
    return f"#### Examples\n\n| tender | days | opened | outcome |\n|---|---|---|---|\n| {row} |\n"


def clause(name: str, when: str, then: str, *lines: str) -> str:
    """The text of one clause."""
    return "\n".join(
        [f"### {name}: Title", "", "A reason.", "", f"- when: {when}", f"- then: {then}", *lines, "", ""]
    )


def deciding(when: str, facts: str = "", rest: str = "") -> Policy:
    """A policy that refunds when a condition holds, and denies when it does not."""
    both = clause("holds", when, "refund", "- overrides: otherwise")
    return Policy.parse(small(both + clause("otherwise", "opened or not opened", "deny"), facts, rest))
