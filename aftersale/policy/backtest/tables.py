"""Files of past orders as tables in DuckDB: what to read from, which columns, and what is unreadable."""

import csv
from pathlib import Path
from typing import NamedTuple

import duckdb

from .database import write_csv
from .errors import BacktestError
from .orders import Orders
from .question import Check, Refused

# Past so many unreadable lines of a CSV file they are counted no further.
MOST_REJECTS = 100_000
_JSON_SAMPLE = 1_000
_MOST_TOLD = 100
NOT_JSON = "it is not a JSON object"


class Table(NamedTuple):
    """`reads` stands after FROM, `types` are its columns; `checks` refuse rows whatever their facts."""

    reads: str
    types: dict[str, str]
    checks: tuple[Check, ...] = ()


def open_table(connection: duckdb.DuckDBPyConnection, orders: Orders, folder: Path) -> Table:
    """The table of some orders; a database's is copied into the folder first. Raises BacktestError."""
    kind = orders.kind
    if kind == "database":
        copy = folder / "orders.csv"
        write_csv(orders, copy)
        return _csv(copy)
    if kind == "csv":
        return _csv(Path(orders.where))
    if kind == "json":
        return _json(connection, orders.where)
    reads = f"read_parquet({_text(orders.where)})"
    try:
        described = connection.execute(f"DESCRIBE SELECT * FROM {reads}").fetchall()
    except duckdb.Error as error:
        raise unreadable(orders, error) from None
    return Table(reads, {name: type for name, type, *_ in described})


def unreadable(orders: Orders, error: duckdb.Error) -> BacktestError:
    """DuckDB's error about a file, in its first line."""
    return BacktestError(f"{orders.where}: cannot be read: {str(error).strip().splitlines()[0]}")


def rejected(connection: duckdb.DuckDBPyConnection) -> tuple[int, list[Refused]]:
    """How many lines of a CSV file were no rows, and the first of them."""
    has = "SELECT count(*) FROM duckdb_tables() WHERE table_name = 'reject_errors'"
    if connection.execute(has).fetchall() == [(0,)]:
        return 0, []
    lines = connection.execute(
        "SELECT line, min(error_message), min(csv_line) FROM reject_errors GROUP BY line"
        f" ORDER BY line LIMIT {_MOST_TOLD}"
    ).fetchall()
    total = connection.execute("SELECT count(DISTINCT line) FROM reject_errors").fetchall()[0][0]
    # The first line names the columns, and rows are counted from 1 after it.
    told = [Refused(line - 1, "", _first(message), (text or "")[:80]) for line, message, text in lines]
    return int(total), told


def _csv(path: Path) -> Table:
    names, delimiter = _header(path)
    columns = ", ".join(f"{_text(name)}: 'VARCHAR'" for name in names)
    options = (
        f"columns={{{columns}}}, delim={_text(delimiter)}, auto_detect=false, header=true, quote='\"',"
        f" escape='\"', nullstr='', store_rejects=true, rejects_limit={MOST_REJECTS}"
    )
    return Table(f"read_csv({_text(str(path))}, {options})", dict.fromkeys(names, "VARCHAR"))


def _header(path: Path) -> tuple[list[str], str]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            line = file.readline(100_000)
    except (UnicodeDecodeError, OSError) as error:
        raise BacktestError(f"{path}: its first line cannot be read: {error}") from None
    delimiter = max(",;\t|", key=line.count)
    try:
        names = [name.strip() for name in next(csv.reader([line], delimiter=delimiter, strict=True), [])]
    except csv.Error as error:
        raise BacktestError(f"{path}: its first line cannot be read: {error}") from None
    if not names or not all(names) or len({name.lower() for name in names}) < len(names):
        raise BacktestError(f"{path}: its first line must name the columns, each once")
    return names, delimiter


def _json(connection: duckdb.DuckDBPyConnection, where: str) -> Table:
    with Path(where).open("rb") as file:
        if file.read(100).lstrip()[:1] == b"[":
            raise BacktestError(f"{where}: this is one list", "write JSON Lines: one object a line")
    objects = f"read_ndjson_objects({_text(where)}, ignore_errors=true)"
    try:
        keys = connection.execute(
            "SELECT DISTINCT unnest(json_keys(json)) AS key FROM"
            f" (FROM {objects} LIMIT {_JSON_SAMPLE}) WHERE json_type(json) = 'OBJECT' ORDER BY key"
        ).fetchall()
    except duckdb.Error as error:
        raise BacktestError(f"{where}: cannot be read: {_first(str(error))}") from None
    names = [key for (key,) in keys]
    picked = ", ".join(f"json ->> {_pointer(name)} AS {_name(name)}" for name in names)
    reads = f'(SELECT {picked + ", " if picked else ""}json IS NULL AS "not json" FROM {objects})'
    check = Check(NOT_JSON, '"not json"')
    return Table(reads, dict.fromkeys(names, "VARCHAR"), (check,))


def _pointer(name: str) -> str:
    return _text("/" + name.replace("~", "~0").replace("/", "~1"))


def _text(words: str) -> str:
    return "'" + words.replace("'", "''") + "'"


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _first(message: str) -> str:
    return " ".join(message.strip().splitlines()[0].split()) if message.strip() else "it is no row"
