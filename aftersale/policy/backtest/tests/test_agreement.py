"""Python's tree and chain, DuckDB by cells and by CASE, SQLite and Spark: one clause, one sum of money."""

import os
import shutil
import sqlite3
from collections import Counter
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest

from aftersale.policy import Policy
from aftersale.policy.backtest import Orders, run
from aftersale.policy.backtest.cells import Cells
from aftersale.policy.backtest.duckdb_engine import Reading
from aftersale.policy.backtest.question import Question
from aftersale.policy.backtest.tables import open_table
from aftersale.policy.nodes import Sum
from aftersale.policy.space import percent_of, value_of
from aftersale.policy.sql import DIALECTS, statement

from .worlds import Row, answer, policy_of, random_rows, write_csv, write_parquet

SIZES = {"marketplace": 100_000, "fifteen": 20_000, "odd": 20_000}


@cache
def rows_of(name: str) -> list[Row]:
    return random_rows(policy_of(name), SIZES[name])


@cache
def answers_of(name: str) -> list[object]:
    policy = policy_of(name)
    return [answer(policy, row) for row in rows_of(name)]


@pytest.fixture(scope="module")
def parquet(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("orders")
    return {name: write_parquet(policy_of(name), rows_of(name), folder / f"{name}.parquet") for name in SIZES}


def codes_in_duckdb(policy: Policy, path: Path, *, cells: bool) -> list[object]:
    """Each row's code as DuckDB has it; for a refused row the fact or the rule."""
    question = Question(policy, Orders(str(path)))
    with duckdb.connect() as connection:
        reading = Reading(question, open_table(connection, question.orders, path.parent))
        numbering = Cells([policy])
        sql = numbering.sql(reading.writers[0], reading.readers[0], reading.extra)
        picked = sql if cells else reading.code(0)
        numbers = connection.execute(f"SELECT {picked} FROM {reading.table.reads} ORDER BY number").fetchall()
        decide = numbering.decider(policy) if cells else int
        codes = {number: decide(number) for (number,) in set(numbers)}
    checks = reading.checks
    said = {n: c if c >= 0 else checks[-1 - c].fact or checks[-1 - c].rule for n, c in codes.items()}
    return [said[number] for (number,) in numbers]


@pytest.mark.parametrize("name", SIZES)
def test_duckdb_gives_each_row_the_clause_that_python_gives(name: str, parquet: dict[str, Path]) -> None:
    policy = policy_of(name)
    expected = answers_of(name)
    assert codes_in_duckdb(policy, parquet[name], cells=True) == expected
    assert codes_in_duckdb(policy, parquet[name], cells=False) == expected


def test_the_rows_reach_every_leaf_and_every_refusal() -> None:
    policy, reached, refused = policy_of("marketplace"), set(), set()
    for row, end in zip(rows_of("marketplace"), answers_of("marketplace"), strict=True):
        if isinstance(end, int):
            reached.add(policy.decide_leaf({name: row[name] for name in policy.facts}))
        else:
            refused.add(end)
    assert reached == set(range(len(policy.reasons)))
    assert refused == {*policy.facts, *(rule.text for rule in policy.document.rules)}


def test_the_odd_shop_has_gaps_and_conflicts_and_every_clause() -> None:
    ends = {end for end in answers_of("odd") if isinstance(end, int)}
    assert ends == set(range(len(policy_of("odd").clauses) + 2))


@pytest.mark.parametrize("name", SIZES)
def test_the_chain_gives_each_row_the_clause_that_the_tree_gives(name: str) -> None:
    policy = policy_of(name)
    chain = Policy(policy.document, policy.text, policy.name, {}, most_leaves=0)
    for row, end in zip(rows_of(name), answers_of(name), strict=True):
        assert answer(chain, row) == end


def in_python(policy: Policy, rows: list[Row], ends: list[object]) -> dict[str, tuple[int, dict[str, int]]]:
    """Orders and exact money by clause, counted one by one."""
    found: dict[str, tuple[int, dict[str, int]]] = {}
    order = policy.document.precedence.order
    for row, end in zip(rows, ends, strict=True):
        if not isinstance(end, int):
            continue
        clause = order[end] if end < len(order) else ""
        outcome = policy.outcomes.get(policy.clauses[clause].then) if clause else None
        minor, currency = 0, row["currency"]
        if outcome and outcome.pays:
            minor, currency = value_of(Sum(outcome.pays.terms, outcome.pays.plus), row), outcome.currency
        elif outcome and outcome.pays_percent:
            minor = percent_of(outcome.pays_percent, row["amount"], "half up")
        count, money = found.setdefault(clause, (0, {}))
        money[currency] = money.get(currency, 0) + minor
        found[clause] = count + 1, money
    return found


def by_clause(lines: Any) -> dict[str, tuple[int, dict[str, int]]]:
    found: dict[str, tuple[int, dict[str, int]]] = {}
    for line in lines:
        count, money = found.setdefault(line.clause, (0, {}))
        for currency, minor in line.pays.items():
            assert type(minor) is int
            money[currency] = money.get(currency, 0) + minor
        found[line.clause] = count + line.orders, money
    return found


@pytest.mark.parametrize("name", SIZES)
def test_money_is_exact_to_the_last_unit(name: str, parquet: dict[str, Path]) -> None:
    policy, rows, ends = policy_of(name), rows_of(name), answers_of(name)
    report = run(policy, str(parquet[name]), by=["month", "supplier"])
    assert by_clause(report.lines) == in_python(policy, rows, ends)
    assert report.refused == sum(not isinstance(end, int) for end in ends)
    for by, key in (("month", lambda row: row["at"].isoformat()[:7]), ("supplier", lambda r: r["supplier"])):
        counted = Counter(key(row) for row, end in zip(rows, ends, strict=True) if isinstance(end, int))
        assert {k: sum(line.orders for line in lines) for k, lines in report.tables[by].items()} == counted


def test_text_files_and_parquet_come_to_the_same(parquet: dict[str, Path], tmp_path: Path) -> None:
    for name in SIZES:
        policy, rows = policy_of(name), rows_of(name)[:5_000]
        told = run(policy, str(write_parquet(policy, rows, tmp_path / f"{name}.parquet")), by=["month"])
        text = run(policy, str(write_csv(rows, tmp_path / f"{name}.csv")), by=["month"])
        with duckdb.connect() as connection:
            lines = str(tmp_path / f"{name}.jsonl")
            connection.execute(f"COPY (FROM '{tmp_path}/{name}.parquet') TO '{lines}' (FORMAT json)")
        for other in (text, run(policy, lines, by=["month"])):
            assert (other.lines, other.tables, other.reasons) == (told.lines, told.tables, told.reasons)


def test_against_another_version_every_row_is_counted_once(tmp_path: Path) -> None:
    new = policy_of("marketplace")
    old = Policy.parse(new.text.replace("days more than 60", "days more than 30"), "old.md")
    rows, ends = rows_of("marketplace")[:20_000], answers_of("marketplace")[:20_000]
    report = run(new, str(write_parquet(new, rows, tmp_path / "o.parquet")), against=old, by=["tender"])
    before = [answer(old, row) for row in rows]
    pairs = Counter(pair for pair in zip(ends, before, strict=True) if isinstance(pair[0], int))
    order = new.document.precedence.order
    assert {(order.index(x.clause), order.index(x.was_clause)): x.orders for x in report.lines} == pairs
    assert by_clause(report.lines) == in_python(new, rows, ends)
    paid = [line._replace(clause=line.was_clause, pays=line.paid) for line in report.lines]
    assert by_clause(paid) == in_python(old, rows, before)


def test_versions_with_other_facts_are_compared_by_case(parquet: dict[str, Path]) -> None:
    new = policy_of("marketplace")
    old = Policy.parse(new.text.replace("whole number 0 to 36500", "whole number 0 to 400"), "old.md")
    report = run(new, str(parquet["marketplace"]), against=old)
    refused = sum(line.orders for line in report.lines if line.was_outcome == "refused")
    late = sum(
        (row["days"] or 0) > 400 and isinstance(end, int)
        for row, end in zip(rows_of("marketplace"), answers_of("marketplace"), strict=True)
    )
    assert refused == late > 0
    assert by_clause(report.lines) == by_clause(run(new, str(parquet["marketplace"])).lines)


@pytest.mark.parametrize("name", SIZES)
def test_the_printed_sql_runs_in_duckdb_and_sqlite_and_says_the_same(
    name: str, parquet: dict[str, Path]
) -> None:
    policy = policy_of(name)
    with duckdb.connect() as connection:
        connection.execute(f"CREATE VIEW orders AS FROM '{parquet[name]}'")
        told = connection.execute(statement(policy, DIALECTS["duckdb"])).fetchall()
        kept = [n for n in rows_of(name)[0] if n not in ("number", "supplier", "currency", "at")]
        columns = ", ".join(f'"{column}"' for column in kept)
        rows = connection.execute(f"SELECT {columns} FROM orders").fetchall()
    with sqlite3.connect(":memory:") as file:
        file.execute(f"CREATE TABLE orders ({columns})")
        plain = [[str(v) if hasattr(v, "isoformat") else v for v in row] for row in rows]
        file.executemany(f"INSERT INTO orders VALUES ({', '.join('?' * len(kept))})", plain)
        found = file.execute(statement(policy, DIALECTS["sqlite"])).fetchall()
    file.close()
    assert sorted(found, key=str) == sorted(told, key=str)
    counts = {row[1]: row[3] for row in told if row[0] is None}
    report = run(policy, str(parquet[name]))
    known = {line.clause or line.outcome: line.orders for line in report.lines}
    assert counts == known


@pytest.mark.slow
@pytest.mark.only_on("sqlite")  # no database is asked: once is enough
def test_spark_says_the_same_as_duckdb(parquet: dict[str, Path]) -> None:
    """Both documents in one session: Java takes its time to start."""
    assert os.environ.get("JAVA_HOME") or shutil.which("java"), "install Java 17, as openjdk-17-jre-headless"
    for name, edit in (("marketplace", ("than 60", "than 45")), ("odd", ("at most 30", "at most 20"))):
        policy = policy_of(name)
        old = Policy.parse(policy.text.replace(*edit), "old.md")
        by = ["month", "tender"] if name == "marketplace" else ["supplier", "sealed"]
        orders = str(parquet[name])
        spark = run(policy, orders, engine="spark", against=old, by=by).as_json()
        here = run(policy, orders, against=old, by=by).as_json()
        assert len(spark.pop("first_refused")) == len(here.pop("first_refused"))  # type: ignore[arg-type]
        assert spark == here


@pytest.mark.only_on("postgresql")
@pytest.mark.parametrize("name", SIZES)
def test_the_printed_sql_says_the_same_in_postgresql(name: str, parquet: dict[str, Path]) -> None:
    policy, kinds = policy_of(name), {"one of": "text", "yes or no": "boolean", "date": "date"}
    types = {fact.name: kinds.get(fact.kind, "bigint") for fact in policy.facts.values()}
    types.setdefault("amount", "bigint")
    columns = ", ".join(f'"{column}" {type}' for column, type in types.items())
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        connection.execute(f"CREATE TEMP TABLE orders ({columns})".encode())
        with connection.cursor().copy("COPY orders FROM STDIN") as copy:
            for row in rows_of(name):
                copy.write_row([row[column] for column in types])
        found = connection.execute(statement(policy, DIALECTS["postgresql"]).encode()).fetchall()
    with duckdb.connect() as here:
        here.execute(f"CREATE VIEW orders AS FROM '{parquet[name]}'")
        told = here.execute(statement(policy, DIALECTS["duckdb"])).fetchall()
    assert sorted(found, key=str) == sorted([(*row[:4], Decimal(row[4])) for row in told], key=str)
