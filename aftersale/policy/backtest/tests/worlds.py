"""Random orders for any policy, seeded, near every boundary, some absent and some that the world forbids."""

import csv
import random
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from aftersale.policy import Fact, FactsError, Policy
from aftersale.policy.sql import conflict_code, gap_code

type Row = dict[str, Any]

MARKETPLACE = Path(__file__).parents[4] / "policies" / "marketplace.md"
FIFTEEN = Path(__file__).parents[4] / "benchmarks" / "policy" / "fifteen.md"

# A house with everything that the language can say, a gap and a conflict among it.
ODD = """# An odd shop

In force from 2026-01-01.

## Facts

| Fact | Kind | Meaning |
|---|---|---|
| order | small, large, round, may be absent | its box; the name is a word of SQL |
| sealed | yes or no, may be absent | whether it was sealed |
| days | whole number -5 to 99, may be absent | days since delivery |
| tries | whole number 0 to 9, may be absent | how often |
| sent | date, may be absent | when it was sent |
| arrived | date | when it arrived |
| paid | money in EUR | what it cost |
| back | money in EUR | what came back before |

## Outcomes

| Outcome | Rank | Pays | Meaning | Next step |
|---|---|---|---|---|
| deny | 1 | nothing | no refund | nothing |
| part | 2 | 33 % | a third | send it |
| rest | 3 | paid - back - 5% of paid rounded half up | what is left | send it |
| minus | 4 | 85% of back rounded up + 7 | odd | send it |
| all | 5 | 100 % | all | send it |

## Always true

- back at most paid
- sent is known implies not (sent before arrived)

## Clauses

### window: Within

Reason.

- when: sent within 14 days of arrived and not (sealed is no)
- then: all
- overrides: slow, costly

### slow: Slow

Reason.

- when: not (days at most 30) and order is not one of (round)
- then: part

### costly: Costly

Reason.

- when: 10% of paid rounded up more than back or days - tries = 3
- then: rest

### rounded: Rounded

Reason.

- when: order is round and sent after 2026-02-01 and 50% of days rounded half up at least 8
- then: minus
- overrides: costly

### never: Sealed

Reason.

- when: sealed is known and not sealed and order is absent and (days is absent or days = 60)
- then: deny
- overrides: slow, costly
"""


@cache
def policy_of(name: str) -> Policy:
    if name == "odd":
        return Policy.parse(ODD, "odd.md")
    return Policy.load({"marketplace": MARKETPLACE, "fifteen": FIFTEEN}[name])


def random_rows(policy: Policy, count: int, seed: int = 7) -> list[Row]:
    chance = random.Random(seed)
    rows = []
    for number in range(count):
        row: Row = {fact.name: _value(fact, chance) for fact in policy.facts.values()}
        if chance.random() < 0.01:
            spoilt = chance.choice(list(policy.facts.values()))
            row[spoilt.name] = _spoilt(spoilt)
        day = date(2025, 1, 1) + timedelta(days=chance.randrange(500))
        extras = {
            "amount": chance.randrange(100_000),
            "currency": chance.choice(["EUR", "JPY"]),
            "at": day,
            "supplier": f"S{chance.randrange(7)}",
        }
        rows.append({**{k: v for k, v in extras.items() if k not in policy.facts}, **row, "number": number})
    return rows


def _value(fact: Fact, chance: random.Random) -> object:
    if fact.may_be_absent and chance.random() < 0.15:
        return None
    if fact.kind == "one of":
        return chance.choice(fact.values)
    if fact.kind == "yes or no":
        return chance.random() < 0.5
    if fact.kind == "date":
        return date(2026, 1, 15) + timedelta(days=chance.randrange(40))
    if fact.kind == "money":
        return chance.choice([0, 1, 7, 999, 1000, 1001, 50_000, chance.randrange(100_000), -3])
    lo, hi = fact.lo or 0, fact.hi or 0
    near = [lo, 0, 1, 2, 3, 4, 8, 14, 15, 16, 17, 29, 30, 31, 59, 60, 61, hi]
    return chance.choice([value for value in near if lo <= value <= hi and (value < 1000 or value == hi)])


def _spoilt(fact: Fact) -> object:
    """A value that its column can hold, but not the fact."""
    if fact.kind == "one of":
        return "crad"
    return None if not fact.may_be_absent else (fact.hi + 1 if fact.hi is not None else None)


def write_parquet(policy: Policy, rows: Sequence[Row], path: Path) -> Path:
    text = path.with_suffix(".csv")
    write_csv(rows, text)
    kinds = {"one of": "VARCHAR", "yes or no": "BOOLEAN", "date": "DATE"}
    types = dict.fromkeys(rows[0], "VARCHAR") | {"amount": "BIGINT", "at": "DATE", "number": "BIGINT"}
    types |= {fact.name: kinds.get(fact.kind, "BIGINT") for fact in policy.facts.values()}
    columns = ", ".join(f"'{name}': '{types[name]}'" for name in rows[0])
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (FROM read_csv('{text}', header=true, nullstr='', columns={{{columns}}})) TO '{path}'"
        )
    return path


def write_csv(rows: Sequence[Row], path: Path) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(rows[0])
        for row in rows:
            writer.writerow(["" if value is None else value for value in row.values()])
    return path


def answer(policy: Policy, row: Row) -> object:
    """What Python says of a row: the code of the end, or the fact or the rule at fault."""
    try:
        facts = policy.read({name: row[name] for name in policy.facts})
    except FactsError as error:
        return error.fact or error.rule
    reason = policy.reasons[policy.decide_leaf(facts)]
    if reason.rival:
        return conflict_code(policy.document)
    if not reason.clause:
        return gap_code(policy.document)
    return policy.document.precedence.order.index(reason.clause)
