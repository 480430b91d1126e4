"""Back-tests in DuckDB, on this machine: each kind of order is decided once, its rows are counted and summed.

Where a policy tells more kinds apart than can be numbered, or the versions have different facts, its clauses
run as one CASE instead. Both read each column once and keep to MEMORY.
"""

import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from aftersale.policy.policy import Policy
from aftersale.policy.sql import DIALECTS, Writer

from .cells import MOST_CELLS, Cells
from .errors import BacktestError
from .question import UNKNOWN, Answer, Check, Group, Measure, Question, Refused, measure_sql, measures_of
from .readers import AMOUNT, Reader, literal, reader
from .tables import Table, open_table, rejected, unreadable

MEMORY = "600MB"
MOST_SHOWN = 20
_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "memory_limit": MEMORY,
}
_DUCKDB = DIALECTS["duckdb"]


def run_in_duckdb(question: Question) -> Answer:
    """The counts of a back-test. Raises BacktestError."""
    question.refuse_unknown()
    with tempfile.TemporaryDirectory(prefix="aftersale-backtest-") as folder, connected(folder) as connection:
        table = open_table(connection, question.orders, Path(folder))
        try:
            return Reading(question, table).answer(connection)
        except duckdb.Error as error:
            raise unreadable(question.orders, error) from None


@contextmanager
def connected(folder: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB of its own, which spills into a folder and loads nothing from elsewhere."""
    with duckdb.connect(config={**_CONFIG, "temp_directory": folder}) as connection:
        connection.execute("SET enable_progress_bar = true")
        connection.execute("SET enable_progress_bar_print = false")
        yield connection


class Reading:
    """A question with the columns of its orders: every piece of the SQL that answers it."""

    def __init__(self, question: Question, table: Table) -> None:
        self.question, self.table = question, table
        policy, orders = question.policy, question.orders
        facts = {name: fact for each in question.policies for name, fact in each.facts.items()}
        self.columns = orders.found(facts, list(table.types))
        self.readers = [self._readers(each) for each in question.policies]
        values = [{n: f"({r.value})" for n, r in readers.items()} for readers in self.readers]
        self.writers = [
            Writer(each, _DUCKDB, given) for each, given in zip(question.policies, values, strict=True)
        ]
        self.extra = list(table.checks)
        self.amount = self._amount()
        self.measures: tuple[Measure, ...] = measures_of(question.policies, amount=bool(self.amount))
        self.checks = self._checks(0)
        self.cells = self._cells()
        for name, extra in (("month", "at"), ("supplier", "supplier")):
            if name in question.by and name not in policy.facts:
                self._needs(extra)

    def answer(self, connection: duckdb.DuckDBPyConnection) -> Answer:
        """Runs it, and once more for the rows it refused, if any."""
        deciders: list[Callable[[int], int]] = [lambda code: code for _ in self.question.policies]
        if self.cells:
            deciders = [self.cells.decider(policy) for policy in self.question.policies]
        keys = 1 if self.cells else len(self.question.policies)
        numbers = [f"n{place}" for place in range(keys)]
        with _watched(connection, self.question.progress):
            connection.execute(f"CREATE TEMP TABLE grouped AS {self._grouping(numbers)}")
        pairs = connection.execute(f"SELECT DISTINCT {', '.join(numbers)} FROM grouped").fetchall()
        codes = [
            (*pair, *(decide(pair[place % keys]) for place, decide in enumerate(deciders))) for pair in pairs
        ]
        groups = self._groups(connection, numbers, codes)
        unreadable, told = rejected(connection)
        refused = sum(g.rows for g in groups if g.now < 0 and not g.by)
        shown = self._refused(connection, told) if refused else []
        first = sorted([*told, *shown])[:MOST_SHOWN]
        return Answer(groups, self.checks, self.measures, unreadable, first)

    def _readers(self, policy: Policy) -> dict[str, Reader]:
        same = self.question.orders.same
        readers = {}
        for name, fact in policy.facts.items():
            if name in same:
                readers[name] = literal(fact, same[name])
            else:
                column = self.columns[name]
                readers[name] = reader(fact, _DUCKDB.quoted(column), self.table.types[column])
        return readers

    def _amount(self) -> str:
        """The amount of a row, "" where no column tells it; an order without one is refused."""
        if "amount" not in self.columns:
            return ""
        column = self.columns["amount"]
        found = reader(AMOUNT, _DUCKDB.quoted(column), self.table.types[column])
        # What does not fit has no value either: it need not be looked at twice.
        when = f"({found.value}) IS NULL OR ({found.value}) < 0"
        self.extra.append(Check("`amount` is a whole number of minor units, 0 or more", when, "amount"))
        return f"({found.value})"

    def _checks(self, place: int) -> list[Check]:
        """Every reason to refuse a row by one version, in the order of their codes."""
        readers, checks = self.readers[place], []
        for refusal in self.writers[place].refusals():
            misfit = readers[refusal.fact].misfit if refusal.fact else ""
            when = " OR ".join(filter(None, [misfit, refusal.when]))
            checks.append(Check(refusal.because, when, refusal.fact, refusal.rule))
        return checks + self.extra

    def _cells(self) -> Cells | None:
        kinds = [{n: f._replace(meaning="") for n, f in p.facts.items()} for p in self.question.policies]
        if any(kind != kinds[0] for kind in kinds):
            return None
        cells = Cells(self.question.policies)
        return cells if cells.count(len(self.extra)) <= MOST_CELLS else None

    def _needs(self, extra: str) -> None:
        if extra not in self.columns:
            help = f"name its column, as in `--column {extra}=its_column`"
            raise BacktestError(f"{self.question.orders.where}: no column says `{extra}`", help)

    def _numbers(self) -> list[str]:
        """The number of a row: one for all versions, or each version's code."""
        if self.cells:
            return [self.cells.sql(self.writers[0], self.readers[0], self.extra)]
        return [self.code(place) for place in range(len(self.writers))]

    def code(self, place: int) -> str:
        """The code of a row by one version, as one CASE of its checks and its clauses."""
        checks = enumerate(self._checks(place))
        whens = [f"WHEN {check.when} THEN {-1 - at}" for at, check in checks if check.when]
        return " ".join(["CASE", *whens, *self.writers[place].decision(str), "END"])

    def _grouping(self, numbers: Sequence[str]) -> str:
        """The statement that reads all rows once."""
        by = {f"k{place}": self._key(name) for place, name in enumerate(self.question.by)}
        columns = [f"{sql} AS {name}" for sql, name in zip(self._numbers(), numbers, strict=True)]
        columns += [f"{sql} AS {name}" for name, sql in by.items()]
        columns.append(f"{self.currency()} AS currency")
        sums = [measure_sql(self.writers[self._owner(m)], m, self.amount) for m in self.measures]
        columns += [f"{sql} AS m{place}" for place, sql in enumerate(sums)]
        base = [*numbers, "currency"]
        sets = ", ".join(f"({', '.join([*base, *([k] if k else [])])})" for k in ["", *by])
        picked = [*base, *by, *(f"grouping({name}) AS g{name}" for name in by), "count(*) AS rows"]
        picked += [f"sum(m{place}) AS m{place}" for place in range(len(sums))]
        grouped = f"GROUPING SETS ({sets})" if by else ", ".join(base)
        return (
            f"SELECT {', '.join(picked)} FROM (SELECT {', '.join(columns)} FROM {self.table.reads})"
            f" GROUP BY {grouped}"
        )

    def _owner(self, measure: Measure) -> int:
        """Which version a sum of facts belongs to; both can say a share of the amount."""
        if isinstance(measure, int):
            return 0
        outcomes = self.question.policy.outcomes.values()
        return 0 if any(outcome.pays == measure for outcome in outcomes) else 1

    def _key(self, name: str) -> str:
        if name in self.question.policy.facts:
            return f"coalesce(CAST({self.writers[0].column[name]} AS VARCHAR), 'absent')"
        column = self.columns["at" if name == "month" else name]
        quoted, kind = _DUCKDB.quoted(column), self.table.types[column]
        if name != "month":
            return f"coalesce(CAST({quoted} AS VARCHAR), '{UNKNOWN}')"
        if kind == "VARCHAR":
            # A moment as text starts with its day, as ISO 8601 has it.
            quoted = f"TRY_CAST(left({quoted}, 10) AS DATE)"
        elif kind == "TIMESTAMP WITH TIME ZONE":
            quoted = f"make_timestamp(epoch_us({quoted}))"
        elif kind.partition("(")[0] not in ("DATE", "TIMESTAMP"):
            raise BacktestError(f"`at` is a date, but its column {column} is {kind}")
        return f"coalesce(date_trunc('month', {quoted}), DATE '0001-01-01')"

    def currency(self) -> str:
        """The currency of a row, "" where none is told."""
        if "currency" not in self.columns:
            return "''"
        return f"coalesce(CAST({_DUCKDB.quoted(self.columns['currency'])} AS VARCHAR), '')"

    def _groups(
        self, connection: duckdb.DuckDBPyConnection, numbers: Sequence[str], codes: Sequence[Sequence[int]]
    ) -> list[Group]:
        """The counts by the codes that the numbers stand for."""
        width = len(numbers) + len(self.question.policies)
        lists = [[row[place] for row in codes] for place in range(width)]
        names = [*numbers, *("now", "was")[: len(self.question.policies)]]
        columns = ", ".join(f"unnest(?::BIGINT[]) AS {name}" for name in names)
        connection.execute(f"CREATE TEMP TABLE codes AS SELECT {columns}", lists)
        was = "was" if self.question.against else "0"
        by, key = "''", "''"
        for place, name in enumerate(self.question.by):
            by = f"CASE WHEN gk{place} = 0 THEN '{name}' ELSE {by} END"
            told = f"left(CAST(k{place} AS VARCHAR), 7)" if name == "month" else f"CAST(k{place} AS VARCHAR)"
            key = f"CASE WHEN gk{place} = 0 THEN {told} ELSE {key} END"
        sums = "".join(f", CAST(sum(m{place}) AS HUGEINT)" for place in range(len(self.measures)))
        rows = connection.execute(
            f"SELECT {by}, {key}, now, {was}, currency, CAST(sum(rows) AS BIGINT){sums}"
            f" FROM grouped JOIN codes USING ({', '.join(numbers)}) GROUP BY ALL ORDER BY ALL"
        ).fetchall()
        return [_group(row) for row in rows]

    def _refused(self, connection: duckdb.DuckDBPyConnection, told: Sequence[Refused]) -> list[Refused]:
        """The first rows that the policy refuses, counted from 1, unreadable ones among them."""
        facts = [_DUCKDB.quoted(self.columns[n]) for n in self.question.policy.facts if n in self.columns]
        shown = ", ".join(f"{column} := {column}" for column in facts)
        order = _DUCKDB.quoted(self.columns["order"]) if "order" in self.columns else "''"
        rows = connection.execute(
            f"SELECT row, CAST({order} AS VARCHAR), code, CAST(struct_pack({shown}) AS VARCHAR) FROM"
            f" (SELECT *, row_number() OVER () AS row, {self.code(0)} AS code FROM {self.table.reads})"
            f" WHERE code < 0 ORDER BY row LIMIT {MOST_SHOWN}"
        ).fetchall()
        skipped = sorted(refused.row for refused in told)
        found = []
        for row, name, code, said in rows:
            number = row
            for before in skipped:
                number += before <= number
            found.append(Refused(number, name or "", self.checks[-1 - code].because, said))
        return found


def _group(row: Sequence[Any]) -> Group:
    by, key, now, was, currency, count, *sums = row
    known = UNKNOWN if by == "month" and key == "0001-01" else key
    return Group(by, known, int(now), int(was), currency, int(count), tuple(sums))


@contextmanager
def _watched(
    connection: duckdb.DuckDBPyConnection, progress: Callable[[float], None] | None
) -> Iterator[None]:
    """Tells how far the statement is, twice a second, while it runs."""
    done = threading.Event()

    def watch() -> None:
        while progress is not None and not done.wait(0.5):
            progress(min(1.0, max(0.0, connection.query_progress() / 100)))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()
