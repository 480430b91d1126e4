"""The peer that only stores: one bare INSERT of the same bytes for each mail, each with its own commit."""

import sqlite3
from collections.abc import Sequence
from hashlib import sha256

import psycopg

from benchmarks.intake.clients import DESK, at_once

TABLE = (
    "CREATE TABLE bare (recipient varchar(320) NOT NULL, digest varchar(64) NOT NULL, text text NOT NULL,"
    " UNIQUE (recipient, digest))"
)


def make_table(url: str) -> None:
    if url.startswith("sqlite:"):
        with _sqlite(url) as data:
            data.execute(TABLE)
        data.close()
    else:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(TABLE)


def inserted_a_second(url: str, letters: Sequence[bytes], *, clients: int) -> float:
    return at_once(clients, letters, lambda mine: _insert(url, mine))


def _insert(url: str, letters: Sequence[bytes]) -> None:
    rows = [(DESK, sha256(letter).hexdigest(), letter.decode()) for letter in letters]
    if url.startswith("sqlite:"):
        data = _sqlite(url)
        for row in rows:
            data.execute("INSERT INTO bare VALUES (?, ?, ?)", row)
        data.close()
        return
    with psycopg.connect(url, autocommit=True) as connection:
        for row in rows:
            connection.execute("INSERT INTO bare VALUES (%s, %s, %s)", row)


def _sqlite(url: str) -> sqlite3.Connection:
    """As our own settings open it: every commit reaches the disk."""
    data = sqlite3.connect(url.removeprefix("sqlite:///"), timeout=60, isolation_level=None)
    data.execute("PRAGMA journal_mode=WAL")
    data.execute("PRAGMA synchronous=FULL")
    return data
