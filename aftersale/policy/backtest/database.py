"""Orders in a database, SQLite or PostgreSQL, copied row by row into a CSV file for the engine to read."""

import csv
import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg

from .errors import BacktestError
from .orders import Orders

# The site's own decisions, each return line and tender as it was last decided. What was not paid has no
# amount in the books: it is estimated from the line's price and the tender's share of the order.
SITE = """
SELECT d.facts AS facts,
  CASE WHEN d.amount_minor > 0 THEN d.amount_minor ELSE
    (c.net_minor + c.tax_minor - c.discount_minor) * d.units / l.units * t.captured_minor
    / (SELECT CAST(CASE WHEN SUM(captured_minor) > 0 THEN SUM(captured_minor) ELSE 1 END AS BIGINT)
       FROM orders_tender WHERE order_id = o.id)
  END AS amount,
  o.currency AS currency, o.code AS "order", s.name AS supplier, d.decided_at AS at
FROM returns_decision d
JOIN orders_tender t ON t.id = d.tender_id
JOIN orders_order o ON o.id = t.order_id
JOIN returns_returnline r ON r.id = d.return_line_id
JOIN orders_line l ON l.id = r.line_id
JOIN orders_component c ON c.line_id = l.id
JOIN orders_suppliergroup g ON g.id = l.group_id
JOIN accounts_supplier s ON s.id = g.supplier_id
WHERE NOT EXISTS (SELECT 1 FROM returns_decision later WHERE later.supersedes_id = d.id)
ORDER BY d.id
"""


def write_csv(orders: Orders, path: Path) -> None:
    """Copies a table, or the site's own decisions, into a CSV file. Raises BacktestError."""
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            for row in _spread(_rows(orders)):
                writer.writerow(row)
    except (sqlite3.Error, psycopg.Error) as error:
        reason = str(error).strip().splitlines()[0]
        help = "name a table or a view that has the facts, as in `--table orders`"
        raise BacktestError(f"{_shown(orders.where)}: cannot be read: {reason}", help) from None


def _rows(orders: Orders) -> Iterator[tuple[Sequence[str], Iterable[Sequence[Any]]]]:
    """The names of the columns with the rows, which are read one by one."""
    if orders.kind == "database" and orders.where.startswith("postgres"):
        with psycopg.connect(orders.where) as server, server.cursor("orders") as cursor:
            server.read_only = True
            cursor.execute(_query(orders).encode())
            assert cursor.description is not None
            yield [column.name for column in cursor.description], cursor
    else:
        address = f"{Path(orders.where).resolve().as_uri()}?mode=ro"
        with closing(sqlite3.connect(address, uri=True)) as file:
            found = file.execute(_query(orders))
            yield [column[0] for column in found.description], found


def _query(orders: Orders) -> str:
    if not orders.table:
        return SITE
    quoted = '"' + orders.table.replace('"', '""') + '"'
    return f"SELECT * FROM {quoted}"


def _spread(tables: Iterable[tuple[Sequence[str], Iterable[Sequence[Any]]]]) -> Iterator[list[str]]:
    """The names and the rows as texts; an object of `facts` becomes a column for each fact."""
    for names, rows in tables:
        place = names.index("facts") if "facts" in names else -1
        facts: list[str] = []
        for number, row in enumerate(rows):
            told = _facts(row[place]) if place >= 0 else {}
            if number == 0:
                facts = list(told)
                yield [name for name in names if name != "facts"] + facts
            plain = [_word(value) for at, value in enumerate(row) if at != place]
            yield plain + [_word(told.get(name)) for name in facts]


def _facts(value: object) -> dict[str, object]:
    told = json.loads(value) if isinstance(value, str) else value
    return told if isinstance(told, dict) else {}


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _shown(where: str) -> str:
    """A database as it may be printed: without the password."""
    return where.partition("@")[2] or where if "@" in where else where
