"""A small shop without a fault, to which a test adds exactly one."""

from itertools import combinations

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


def pigeons() -> Policy:
    """Ten pigeons in nine holes, each in one of its own: that it cannot be is very long to prove."""
    holes, birds = "abcdefghi", [f"p{number}" for number in range(10)]
    facts = "".join(f"| {bird} | {', '.join(holes)} | its hole |\n" for bird in birds)
    rules = "".join(
        "- " + " and ".join(f"not ({one} is {hole} and {other} is {hole})" for hole in holes) + "\n"
        for one, other in combinations(birds, 2)
    )
    outcomes = "| Outcome | Rank | Pays | Meaning | Next step |\n|---|---|---|---|---|\n"
    outcomes += "| stay | 1 | nothing | m | n |\n| fly | 2 | nothing | m | n |\n"
    text = (
        "# Pigeons\n\nIn force from 2026-01-01.\n\n## Facts\n\n| Fact | Kind | Meaning |\n|---|---|---|\n"
        f"{facts}\n## Outcomes\n\n{outcomes}\n## Always true\n\n{rules}\n## Clauses\n\n"
    )
    return Policy.parse(text + clause("out", "Out of a.", "p0 is a", "fly"), name="pigeons.md")
