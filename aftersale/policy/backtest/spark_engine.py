"""Back-tests in Spark: the clauses as one CASE, on a cluster or, without one, on all cores of this machine.

Only this module knows PySpark. Orders are Parquet there, with a column of its own type for each fact.
"""

import os
import shutil
from collections.abc import Sequence
from typing import Any

from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from aftersale.policy.facts import Fact
from aftersale.policy.policy import Policy
from aftersale.policy.sql import DIALECTS, Writer, bounds_of

from .errors import BacktestError
from .question import UNKNOWN, Answer, Check, Group, Question, Refused, measure_sql, measures_of
from .readers import AMOUNT, Reader

_SPARK = DIALECTS["spark"]
_VIEW = "aftersale_orders"
_WHOLE = {"tinyint", "smallint", "int", "bigint"}
_FITTING = {"one of": {"string"}, "yes or no": {"boolean"}, "date": {"date"}}
_MOST_SHOWN = 20


def run_in_spark(question: Question) -> Answer:
    """The counts of a back-test. Raises BacktestError."""
    question.refuse_unknown()
    where = question.orders.where
    if not where.rstrip("/").endswith(".parquet"):
        raise BacktestError(f"{where}: Spark reads Parquet here", "write the orders as Parquet")
    session = _session(show_progress=question.progress is not None)
    try:
        frame = session.read.parquet(where)
        frame.createOrReplaceTempView(_VIEW)
        reading = _Reading(question, dict(frame.dtypes))
        rows = session.sql(reading.grouping()).collect()
        groups = [reading.group(row) for row in rows]
        refused = []
        if any(group.now < 0 for group in groups):
            refused = [reading.refused(row) for row in session.sql(reading.refusing()).collect()]
    except PySparkException as error:
        raise BacktestError(f"{where}: Spark cannot read it: {str(error).strip().splitlines()[0]}") from None
    return Answer(sorted(groups), reading.checks, reading.measures, 0, refused)


def _session(*, show_progress: bool) -> SparkSession:
    """The session of the cluster this runs in, or one of this machine's own."""
    if not os.environ.get("JAVA_HOME") and not shutil.which("java"):
        raise BacktestError(
            "Spark needs Java, and there is none", "install Java 17, as openjdk-17-jre-headless"
        )
    found = SparkSession.getActiveSession()
    if found is not None:
        return found
    builder = SparkSession.builder.appName("aftersale").config("spark.ui.enabled", "false")
    builder = builder.config("spark.sql.shuffle.partitions", "4").config("spark.sql.session.timeZone", "UTC")
    builder = builder.config("spark.ui.showConsoleProgress", str(show_progress).lower())
    if not os.environ.get("MASTER") and not os.environ.get("SPARK_MASTER"):
        builder = builder.master("local[*]").config("spark.driver.host", "127.0.0.1")
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session


class _Reading:
    """A question with the columns of its orders, in Spark's SQL."""

    def __init__(self, question: Question, types: dict[str, str]) -> None:
        self.question, self.types = question, types
        facts = {name: fact for each in question.policies for name, fact in each.facts.items()}
        if question.orders.same:
            raise BacktestError("Spark reads every fact from a column", "drop `--same`")
        self.columns = question.orders.found(facts, list(types))
        self.readers = [{n: self._reader(f) for n, f in each.facts.items()} for each in question.policies]
        self.writers = [
            Writer(each, _SPARK, {n: r.value for n, r in readers.items()})
            for each, readers in zip(question.policies, self.readers, strict=True)
        ]
        self.amount = self._reader(AMOUNT).value if "amount" in self.columns else ""
        self.measures = measures_of(question.policies, amount=bool(self.amount))
        self.checks = self._checks(0)

    def grouping(self) -> str:
        """The statement that reads all rows once."""
        by = [f"k{place}" for place in range(len(self.question.by))]
        columns = [f"{self._code(place)} AS {name}" for place, name in enumerate(self._versions())]
        columns += [f"{self._key(name)} AS {key}" for name, key in zip(self.question.by, by, strict=True)] + [
            f"{self._currency()} AS currency"
        ]
        for place, measure in enumerate(self.measures):
            owner = next(
                w for w, p in zip(self.writers, self.question.policies, strict=True) if _has(p, measure)
            )
            columns.append(f"{measure_sql(owner, measure, self.amount)} AS m{place}")
        base = [*self._versions(), "currency"]
        sets = ", ".join(f"({', '.join([*base, *([key] if key else [])])})" for key in ["", *by])
        picked = [*base, *by, *(f"grouping({key}) AS g{key}" for key in by), "count(*) AS rows"]
        picked += [
            f"sum(CAST(m{place} AS {_SPARK.exact})) AS m{place}" for place in range(len(self.measures))
        ]
        grouped = f"GROUPING SETS ({sets})" if by else ", ".join(base)
        inner = f"SELECT {', '.join(columns)} FROM {_VIEW}"
        return f"SELECT {', '.join(picked)} FROM ({inner}) GROUP BY {grouped}"

    def refusing(self) -> str:
        """The statement that shows the first refused rows, as Spark comes upon them."""
        facts = ", ".join(_SPARK.quoted(self.columns[name]) for name in self.question.policy.facts)
        order = f"CAST({_SPARK.quoted(self.columns['order'])} AS STRING)" if "order" in self.columns else "''"
        inner = f"SELECT *, {self._code(0)} AS aftersale_code FROM {_VIEW}"
        return (
            f"SELECT {order} AS name, aftersale_code AS code, to_json(struct({facts})) AS said"
            f" FROM ({inner}) WHERE aftersale_code < 0 LIMIT {_MOST_SHOWN}"
        )

    def group(self, row: Any) -> Group:
        """A row of the grouping."""
        by, key = "", ""
        for place, name in enumerate(self.question.by):
            if row[f"gk{place}"] == 0:
                by, key = name, row[f"k{place}"]
        was = row["was"] if self.question.against else 0
        sums = [row[f"m{place}"] for place in range(len(self.measures))]
        exact = tuple(None if total is None else int(total) for total in sums)
        return Group(by, key, row["now"], was, row["currency"], row["rows"], exact)

    def refused(self, row: Any) -> Refused:
        """A refused row; Spark does not number its rows."""
        return Refused(0, row["name"] or "", self.checks[-1 - row["code"]].because, row["said"])

    def _versions(self) -> Sequence[str]:
        return ("now", "was")[: len(self.writers)]

    def _checks(self, place: int) -> list[Check]:
        checks = []
        for refusal in self.writers[place].refusals():
            misfit = self.readers[place][refusal.fact].misfit if refusal.fact else ""
            when = " OR ".join(filter(None, [misfit, refusal.when]))
            checks.append(Check(refusal.because, when, refusal.fact, refusal.rule))
        if self.amount:
            checks.append(
                Check(
                    "`amount` is a whole number of minor units, 0 or more", f"{self.amount} IS NULL", "amount"
                )
            )
        return checks

    def _code(self, place: int) -> str:
        checks = enumerate(self._checks(place))
        whens = [f"WHEN {check.when} THEN {-1 - at}" for at, check in checks if check.when]
        return " ".join(["CASE", *whens, *self.writers[place].decision(str), "END"])

    def _reader(self, fact: Fact) -> Reader:
        column = self.columns[fact.name]
        kind, quoted = self.types[column], _SPARK.quoted(column)
        if kind not in _FITTING.get(fact.kind, _WHOLE):
            raise BacktestError(
                f"`{fact.name}` is {fact.accepts}, but its column {column} is {kind}",
                "Spark reads a fact from a column of its own type; DuckDB reads others too",
            )
        if kind != "bigint":
            return Reader(quoted)
        lo, hi = (fact.lo, fact.hi) if fact is AMOUNT else bounds_of(fact)
        within = f"{quoted} BETWEEN {lo} AND {hi}"
        return Reader(f"(CASE WHEN {within} THEN {quoted} END)", f"{quoted} NOT BETWEEN {lo} AND {hi}")

    def _key(self, name: str) -> str:
        if name in self.question.policy.facts:
            return f"coalesce(CAST({self.writers[0].column[name]} AS STRING), 'absent')"
        extra = "at" if name == "month" else name
        if extra not in self.columns:
            raise BacktestError(
                f"no column says `{extra}`", f"name its column: `--column {extra}=its_column`"
            )
        column = _SPARK.quoted(self.columns[extra])
        told = f"date_format({column}, 'yyyy-MM')" if name == "month" else f"CAST({column} AS STRING)"
        return f"coalesce({told}, '{UNKNOWN}')"

    def _currency(self) -> str:
        if "currency" not in self.columns:
            return "''"
        return f"coalesce(CAST({_SPARK.quoted(self.columns['currency'])} AS STRING), '')"


def _has(policy: Policy, measure: object) -> bool:
    """Whether a version can say a measure: a share of the amount can be said by any."""
    return isinstance(measure, int) or any(o.pays == measure for o in policy.outcomes.values())
