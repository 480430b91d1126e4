"""Triggers that keep money rows as they were written, whoever asks, on SQLite and on PostgreSQL.

A later migration that changes one of these tables must install them again: SQLite rebuilds the table without.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper


@dataclass(frozen=True, slots=True)
class Guard:
    """What may not happen to the rows of `table`."""

    table: str
    refused: tuple[str, ...]  # UPDATE, DELETE
    fixed: tuple[str, ...] = ()  # columns that keep their first value


ENTRIES = Guard("ledger_entry", ("UPDATE", "DELETE"))
ACCOUNTS = Guard("ledger_account", ("DELETE",))
LEDGER = (ENTRIES, ACCOUNTS)

_FUNCTION = """
CREATE OR REPLACE FUNCTION aftersale_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE holds_rows boolean := true;
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I)', TG_TABLE_NAME) INTO holds_rows;
    END IF;
    IF holds_rows THEN
        RAISE EXCEPTION '% refuses %', TG_TABLE_NAME, TG_OP USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$
"""
_CURRENCY_FUNCTION = """
CREATE OR REPLACE FUNCTION aftersale_same_currency() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM ledger_account
               WHERE id IN (NEW.debit_id, NEW.credit_id) AND currency <> NEW.currency) THEN
        RAISE EXCEPTION 'ledger_entry refuses another currency'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
"""


def install(connection: BaseDatabaseWrapper, guards: tuple[Guard, ...]) -> None:
    """Put the triggers of `guards` in place; those that are there are put there anew."""
    remove(connection, guards)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_FUNCTION)
            cursor.execute(_CURRENCY_FUNCTION)
        for guard in guards:
            for statement in _statements(connection, guard):
                cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper, guards: tuple[Guard, ...]) -> None:
    """Take the triggers of `guards` away, where they are."""
    of_table = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        for guard in guards:
            for name in expected(connection, guard):
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}" + (f" ON {guard.table}" if of_table else ""))


@contextmanager
def lifted(connection: BaseDatabaseWrapper, guards: tuple[Guard, ...]) -> Iterator[None]:
    """Do without for a while: for emptying a test's database, and for tests that plant a fault."""
    remove(connection, guards)
    try:
        yield
    finally:
        install(connection, guards)


def expected(connection: BaseDatabaseWrapper, guard: Guard) -> list[str]:
    """The names of the triggers that `guard` stands for on this database."""
    refused = [*guard.refused, *(["TRUNCATE"] if connection.vendor == "postgresql" else [])]
    names = [f"{guard.table}_refuses_{what.lower()}" for what in refused]
    if guard.fixed:
        names.append(f"{guard.table}_keeps_its_facts")
    return [*names, *(["ledger_entry_refuses_currency"] if guard == ENTRIES else [])]


def missing(connection: BaseDatabaseWrapper, guard: Guard) -> list[str]:
    """The triggers of `guard` that are not in place, or are switched off."""
    if connection.vendor == "postgresql":
        found = (
            "SELECT tgname FROM pg_trigger WHERE tgrelid = to_regclass(%s) AND tgenabled <> 'D'"
            " AND NOT tgisinternal"
        )
    else:
        found = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s"
    with connection.cursor() as cursor:
        cursor.execute(found, [guard.table])
        there = {name for (name,) in cursor.fetchall()}
    return [name for name in expected(connection, guard) if name not in there]


def _statements(connection: BaseDatabaseWrapper, guard: Guard) -> list[str]:
    table = guard.table
    changed = " OR ".join(f"OLD.{column} <> NEW.{column}" for column in guard.fixed)
    each = [(f"refuses_{what.lower()}", f"BEFORE {what} ON {table}", "") for what in guard.refused]
    if changed:
        each.append(("keeps_its_facts", f"BEFORE UPDATE ON {table}", changed))
    if connection.vendor == "postgresql":
        whole = f"CREATE TRIGGER {table}_refuses_truncate BEFORE TRUNCATE ON {table}"
        statements = [
            *(_postgresql(table, *one) for one in each),
            f"{whole} EXECUTE FUNCTION aftersale_refuse()",
        ]
        return [*statements, *([_CURRENCY_ON_POSTGRESQL] if guard == ENTRIES else [])]
    return [*(_sqlite(table, *one) for one in each), *([_CURRENCY_ON_SQLITE] if guard == ENTRIES else [])]


def _postgresql(table: str, name: str, event: str, when: str) -> str:
    condition = f" WHEN ({when})" if when else ""
    refusal = f"FOR EACH ROW{condition} EXECUTE FUNCTION aftersale_refuse()"
    return f"CREATE TRIGGER {table}_{name} {event} {refusal}"


def _sqlite(table: str, name: str, event: str, when: str) -> str:
    condition = f" WHEN {when}" if when else ""
    refusal = f"BEGIN SELECT RAISE(ABORT, '{table} {name.replace('_', ' ')}'); END"
    return f"CREATE TRIGGER {table}_{name} {event}{condition} {refusal}"


_CURRENCY_ON_POSTGRESQL = (
    "CREATE TRIGGER ledger_entry_refuses_currency BEFORE INSERT ON ledger_entry"
    " FOR EACH ROW EXECUTE FUNCTION aftersale_same_currency()"
)
_CURRENCY_ON_SQLITE = (
    "CREATE TRIGGER ledger_entry_refuses_currency BEFORE INSERT ON ledger_entry"
    " WHEN EXISTS (SELECT 1 FROM ledger_account"
    " WHERE id IN (NEW.debit_id, NEW.credit_id) AND currency <> NEW.currency)"
    " BEGIN SELECT RAISE(ABORT, 'ledger_entry refuses another currency'); END"
)
