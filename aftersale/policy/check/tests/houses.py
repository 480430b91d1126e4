"""A small shop without a fault, to which a test adds exactly one."""

from aftersale.policy import Policy
from aftersale.policy.check import Finding, check_policy

HEAD = """# A small shop

In force from 2026-01-01. Counted in days.

## Facts

| Fact | Kind | Meaning |
|---|---|---|
| tender | card, cash | how it was paid |
| days | whole number 0 to 365, may be absent | days since delivery |
| opened | yes or no | the box was opened |

## Outcomes

| Outcome | Rank | Pays | Meaning | Next step |
|---|---|---|---|---|
| deny | 1 | nothing | no refund | keep it |
| half | 2 | 50 % | half of it | send it |
| refund | 3 | 100 % | all of it | send it |

## Ordinary order

| Fact | Value |
|---|---|
| tender | card |
| days | 5 |
| opened | no |

"""


def clause(name: str, prose: str, when: str, then: str, *lines: str) -> str:
    """The text of one clause."""
    return "\n".join(
        [f"### {name}: Title", "", prose, "", f"- when: {when}", f"- then: {then}", *lines, "", ""]
    )


IN_TIME = clause("in-time", "All of it within 30 days.", "not days more than 30", "refund")
LATE = clause("late", "Nothing after 30 days.", "days more than 30", "deny")
OPENED = clause(
    "opened",
    "Half of it within 30 days once opened.",
    "opened and not days more than 30",
    "half",
    "- overrides: in-time",
)


def shop(*clauses: str, rest: str = "") -> Policy:
    """The shop with these clauses, and sections before them."""
    return Policy.parse(f"{HEAD}{rest}## Clauses\n\n{''.join(clauses)}", name="shop.md")


def findings(*clauses: str, rest: str = "") -> list[Finding]:
    """What the checks say of it."""
    return check_policy(shop(*clauses, rest=rest))


def told(*clauses: str, rest: str = "") -> str:
    """The same, as a person reads it."""
    return "\n\n".join(map(str, findings(*clauses, rest=rest)))
