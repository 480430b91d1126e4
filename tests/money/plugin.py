"""Lets a test's database be emptied although its money rows refuse to go. Named in the root conftest.py."""

from collections.abc import Iterator, Sequence

import pytest
from django.db.backends.base.operations import BaseDatabaseOperations

from aftersale.ledger import triggers
from aftersale.payments import guards


@pytest.fixture(autouse=True, scope="session")
def _flushes_empty_money_tables() -> Iterator[None]:
    flush = BaseDatabaseOperations.execute_sql_flush

    def flush_without_triggers(self: BaseDatabaseOperations, sql_list: Sequence[str]) -> None:
        with triggers.lifted(self.connection, guards.ALL):
            flush(self, sql_list)

    BaseDatabaseOperations.execute_sql_flush = flush_without_triggers  # type: ignore[method-assign,assignment]
    yield
    BaseDatabaseOperations.execute_sql_flush = flush  # type: ignore[method-assign]
