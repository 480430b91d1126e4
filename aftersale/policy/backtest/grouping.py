"""The grouping of past orders for a cube: by which facts, what is added up, and which fact stands apart."""

from collections.abc import Sequence
from math import gcd, lcm
from typing import Any, cast

import duckdb

from aftersale.policy.facts import Fact
from aftersale.policy.nodes import Percent, names_in
from aftersale.policy.policy import Policy

from .duckdb_engine import Reading
from .errors import BacktestError
from .tables import rejected

# Past so many kinds of orders a scan is the better answer.
MOST_GROUPS = 1_000_000


def grouped(
    connection: duckdb.DuckDBPyConnection, reading: Reading, policy: Policy
) -> tuple[list[Sequence[Any]], int]:
    """All orders that are of their facts' kinds, grouped, and how many are not."""
    names_of, divisor = keyed(policy), modulus(policy)
    values = reading.writers[0].column
    kinds = " OR ".join(f"({check.when})" for check in reading.checks if check.when and not check.rule)
    amount = reading.amount or "0"
    columns = [f"{values[name]} AS f{place}" for place, name in enumerate(names_of)]
    columns += [f"{reading.currency()} AS currency", f"{amount} % {divisor} AS rest"]
    priced = [reading.amount] if reading.amount else []
    priced += [values[name] for name in policy.facts if name not in names_of]
    sums = ["count(*)", *(f"CAST(sum({value}) AS HUGEINT)" for value in priced)]
    names = [column.rpartition(" AS ")[2] for column in columns]
    connection.execute(
        f"CREATE TEMP TABLE kinds AS SELECT {', '.join([*columns, *sums])} FROM {reading.table.reads}"
        f" WHERE NOT coalesce({kinds or 'false'}, false) GROUP BY {', '.join(names)}"
    )
    count = connection.execute("SELECT count(*) FROM kinds").fetchall()[0][0]
    if count > MOST_GROUPS:
        raise BacktestError(
            f"{count:,} kinds of orders are too many to hold", "test the edit over the orders"
        )
    rows = connection.execute("FROM kinds").fetchall()
    total = connection.execute(f"SELECT count(*) FROM {reading.table.reads}").fetchall()[0][0]
    refused = int(total) - sum(row[len(columns)] for row in rows) + rejected(connection)[0]
    return cast("list[Sequence[Any]]", rows), refused


def keyed(policy: Policy) -> list[str]:
    """The facts to group by: all but money that is only added up."""
    tested: set[str] = set()
    for condition in [r.holds for r in policy.document.rules] + [c.when for c in policy.clauses.values()]:
        tested |= names_in(condition)
    for outcome in policy.outcomes.values():
        for _, term in outcome.pays.terms if outcome.pays else ():
            tested.update(term.of.facts if isinstance(term, Percent) else ())
    return [n for n, f in policy.facts.items() if f.kind != "money" or n in tested or f.may_be_absent]


def modulus(policy: Policy) -> int:
    """What amounts must be divided by, so that the share of the quotient is whole."""
    shares = [outcome.pays_percent for outcome in policy.outcomes.values() if outcome.pays_percent]
    return lcm(1, *(100 // gcd(100, percent) for percent in shares))


def counted(policy: Policy, keyed: Sequence[str], rows: Sequence[Sequence[Any]]) -> str | None:
    """The fact to keep apart: the one that counts up, or the whole number or date with the most values."""
    if policy.document.counted:
        return policy.document.counted

    def spread(fact: Fact) -> int:
        place = keyed.index(fact.name)
        return len({row[place] for row in rows})

    able = [f for f in policy.facts.values() if f.name in keyed and f.kind in ("whole number", "date")]
    return max(able, key=spread).name if able else None
