"""Reads a column as a fact, whatever type it has: its value in DuckDB's SQL, and what is no such value."""

import re
from datetime import date
from typing import NamedTuple

from aftersale.policy.facts import Fact
from aftersale.policy.sql import MOST_MONEY, bounds_of

from .errors import BacktestError

_SMALL = {"TINYINT", "SMALLINT", "INTEGER", "UTINYINT", "USMALLINT", "UINTEGER"}
_LARGE = {"BIGINT", "UBIGINT", "HUGEINT", "UHUGEINT"}
_INEXACT = {"DOUBLE", "FLOAT"}
_YES, _NO = ("true", "yes", "1"), ("false", "no", "0")
_FIRST, _LAST = f"DATE '{date.min.isoformat()}'", f"DATE '{date.max.isoformat()}'"
_DECIMAL = re.compile(r"DECIMAL\(\d+,(\d+)\)")

AMOUNT = Fact("amount", "money", "what the return may give back", lo=0, hi=MOST_MONEY)


class Reader(NamedTuple):
    """`value` is NULL for absent and for what does not fit; `misfit` is true for the latter, "" for never."""

    value: str
    misfit: str = ""


def reader(fact: Fact, column: str, kind: str) -> Reader:
    """Reads a column of some DuckDB type as a fact. Raises BacktestError where no value could be meant."""
    plain = kind.partition("(")[0]
    if kind == "VARCHAR":
        return _text(fact, column)
    if fact.kind == "one of" and plain == "ENUM":
        return Reader(f"CAST({column} AS VARCHAR)")
    if fact.kind == "yes or no" and plain == "BOOLEAN":
        return Reader(column)
    if fact.kind == "yes or no" and plain in _SMALL | _LARGE:
        return Reader(f"CASE {column} WHEN 1 THEN true WHEN 0 THEN false END", f"{column} NOT IN (0, 1)")
    if fact.kind == "date" and plain in {"DATE", "TIMESTAMP"}:
        day = column if plain == "DATE" else f"TRY_CAST({column} AS DATE)"
        return _bounded(day, _FIRST, _LAST)
    if fact.kind in ("whole number", "money"):
        return _number(fact, column, kind, plain)
    raise _no_such(fact, column, kind)


def literal(fact: Fact, text: str) -> Reader:
    """The same value for every row. Raises BacktestError."""
    given: object = text
    if text == "absent":
        given = None
    elif re.fullmatch(r"-?[0-9]{1,15}", text) and fact.kind in ("whole number", "money"):
        given = int(text)
    value = fact.fitting(given)
    if value is None and not (given is None and fact.may_be_absent):
        raise BacktestError(
            f"`{fact.name}` cannot be {text} in every row", f"`{fact.name}` is {fact.accepts}"
        )
    if value is None:
        nothing = {"one of": "VARCHAR", "yes or no": "BOOLEAN", "date": "DATE"}.get(fact.kind, "BIGINT")
        return Reader(f"CAST(NULL AS {nothing})")
    if isinstance(value, str | date):
        return Reader(f"{'' if isinstance(value, str) else 'DATE '}'{value}'")
    return Reader(str(value).lower() if isinstance(value, bool) else str(value))


def _number(fact: Fact, column: str, kind: str, plain: str) -> Reader:
    if plain in _SMALL:
        return Reader(column)
    lo, hi = bounds_of(fact) if fact is not AMOUNT else (fact.lo, fact.hi)
    decimal = _DECIMAL.fullmatch(kind)
    if plain in _LARGE or (decimal and decimal[1] == "0"):
        return _bounded(column, str(lo), str(hi), "BIGINT")
    if fact.kind == "money" and (decimal or plain in _INEXACT):
        # 12.00 would pass for 12 cents.
        raise BacktestError(
            f"`{fact.name}` is read from {column}, which is {kind}; money is a whole number of minor units",
            "write the orders with a whole number of cents in it",
        )
    if decimal or plain in _INEXACT:
        whole = f"{column} = floor({column}) AND {column} BETWEEN {lo} AND {hi}"
        return Reader(
            f"CASE WHEN {whole} THEN CAST({column} AS BIGINT) END",
            f"({column} IS NOT NULL AND NOT ({whole}))",
        )
    raise _no_such(fact, column, kind)


def _text(fact: Fact, column: str) -> Reader:
    """What a text says: a file of text has nothing else."""
    if fact.kind == "one of":
        return Reader(column)
    if fact.kind == "yes or no":
        yes, no = (", ".join(f"'{word}'" for word in words) for words in (_YES, _NO))
        value = (
            f"CASE WHEN lower({column}) IN ({yes}) THEN true WHEN lower({column}) IN ({no}) THEN false END"
        )
        return Reader(value, f"lower({column}) NOT IN ({yes}, {no})")
    pattern, type = (r"\d{4}-\d\d-\d\d", "DATE") if fact.kind == "date" else ("-?[0-9]{1,15}", "BIGINT")
    value = f"CASE WHEN regexp_full_match({column}, '{pattern}') THEN TRY_CAST({column} AS {type}) END"
    return Reader(value, f"({column} IS NOT NULL AND {value} IS NULL)")


def _bounded(column: str, lo: str, hi: str, cast: str = "") -> Reader:
    """A value within bounds, so that no sum of it can outgrow its type."""
    value = f"CAST({column} AS {cast})" if cast else column
    return Reader(
        f"CASE WHEN {column} BETWEEN {lo} AND {hi} THEN {value} END", f"({column} NOT BETWEEN {lo} AND {hi})"
    )


def _no_such(fact: Fact, column: str, kind: str) -> BacktestError:
    return BacktestError(
        f"`{fact.name}` is {fact.accepts}, but its column {column} is {kind}",
        f"map another column, as in `--column {fact.name}=its_column`, or write the right type",
    )
