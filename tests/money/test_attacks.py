"""Raw SQL tries to bend the books: the database itself refuses, and nothing has changed."""

import pytest
from django.db import IntegrityError, connection, transaction

from aftersale.ledger.models import Account, Entry
from aftersale.payments.models import ProviderRefund, Refund, RefundPart, TenderMoney
from aftersale.payments.providers.sandbox.services import refund_by_hand
from aftersale.payments.services import Reported, record_provider_refund
from tests.money import shop

pytestmark = pytest.mark.django_db
TABLES = [
    "ledger_account",
    "ledger_entry",
    "payments_tendermoney",
    "payments_refund",
    "payments_refundpart",
    "payments_providerrefund",
]
ROWS = (Account, Entry, TenderMoney, Refund, RefundPart, ProviderRefund)


@pytest.fixture(autouse=True)
def books():
    """A paid refund, a reserved one and one of others; afterwards everything is as it was."""
    desk = shop.desk()
    bought = shop.order(ports=desk.ports)
    shop.refund(bought, 40_00, ports=desk.ports, intent="paid")
    desk.settle()
    shop.refund(bought, 30_00, ports=desk.ports, intent="reserved")
    row = refund_by_hand(ports=desk.ports, reference="charge-M-1001-1", amount=bought.money(10_00))
    record_provider_refund(
        ports=desk.ports, tender=bought.tenders.get(), reported=Reported(row.reference, bought.money(10_00))
    )
    before = everything()
    yield
    assert everything() == before


def everything():
    return [list(model.objects.order_by("pk").values()) for model in ROWS]


def refused(statement):
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("table", TABLES)
def test_no_row_about_money_is_deleted(table):
    refused(f"DELETE FROM {table}")


@pytest.mark.only_on("postgresql")
@pytest.mark.parametrize("table", TABLES)
def test_no_table_about_money_is_emptied(table):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # or PostgreSQL refuses for a reason of its own
    refused(f"TRUNCATE {table} CASCADE")


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("table", TABLES)
def test_no_row_about_money_is_replaced(table):
    refused(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")


@pytest.mark.parametrize(
    "change",
    [
        "ledger_entry SET amount_minor = amount_minor + 1",
        "ledger_entry SET about = 'x'",
        "ledger_entry SET debit_id = credit_id, credit_id = debit_id",
        "payments_refundpart SET amount_minor = 1",
        "payments_refund SET key = 'another' WHERE state = 'succeeded'",
        "payments_refund SET amount_minor = 1",
        "payments_refund SET reference = 'F' WHERE state = 'succeeded'",
        "payments_tendermoney SET captured_minor = captured_minor + 1",
        "payments_providerrefund SET amount_minor = 1",
    ],
)
def test_what_was_written_stays_so(change):
    refused(f"UPDATE {change}")


@pytest.mark.parametrize(
    "change",
    [
        "ledger_account SET balance_minor = -1 WHERE kind = 'escrow'",
        "ledger_account SET currency = 'EU'",
        "ledger_account SET name = 'escrow:order:M-1001'",
        "payments_tendermoney SET reserved_minor = -1",
        "payments_tendermoney SET submitted_minor = -1",
        "payments_tendermoney SET succeeded_minor = -1",
        "payments_tendermoney SET external_minor = -1",
        "payments_tendermoney SET lost_minor = -1",
        "payments_tendermoney SET excess_minor = -1",
        "payments_tendermoney SET reserved_minor = reserved_minor + 2001",
        "payments_tendermoney SET submitted_minor = submitted_minor + 2001",
        "payments_tendermoney SET succeeded_minor = succeeded_minor + 2001",
        "payments_tendermoney SET external_minor = external_minor + 2001",
        "payments_tendermoney SET lost_minor = lost_minor + 2001",
        "payments_refund SET state = 'paid'",
        "payments_refund SET intent = NULL",
        "payments_refund SET intent = 'same'",
        "payments_refund SET replaces_id = id",
        "payments_providerrefund SET excess_minor = -1",
        "payments_providerrefund SET excess_minor = 1001, owner = 'finance', due_at = recorded_at",
        "payments_providerrefund SET excess_minor = 1",
        "sandbox_charge SET refunded_minor = captured_minor + 1",
    ],
)
def test_no_counter_or_state_is_bent(change):
    refused(f"UPDATE {change}")


ENTRY = "INSERT INTO ledger_entry (debit_id, credit_id, amount_minor, currency, about, intent_key, at)"


@pytest.mark.parametrize(
    "values",
    [
        "debit_id, credit_id, 0, 'EUR', 'x', 'new', at",
        "debit_id, credit_id, -5, 'EUR', 'x', 'new', at",
        "debit_id, debit_id, 5, 'EUR', 'x', 'new', at",
        "debit_id, credit_id, 5, 'USD', 'x', 'new', at",
        "debit_id, credit_id, 5, 'EU', 'x', 'new', at",
        "debit_id, credit_id, 5, 'EUR', 'x', intent_key, at",
    ],
)
def test_no_entry_is_added_that_moves_nothing_strangely_or_twice(values):
    refused(f"{ENTRY} SELECT {values} FROM ledger_entry WHERE intent_key LIKE 'capture:%'")


PART = "INSERT INTO payments_refundpart (refund_id, component_id, units_from, units_to, amount_minor)"


@pytest.mark.parametrize("values", ["1, 1, 0", "1, 1, -1", "0, 1, 5", "2, 1, 5"])
def test_no_part_is_added_without_units_or_money(values):
    refused(f"{PART} SELECT refund_id, component_id, {values} FROM payments_refundpart")


REFUND = (
    "INSERT INTO payments_refund (reference, tender_id, amount_minor, about, intent, key, state,"
    " provider_reference, attempts, last_error, decline_code, reason, created_at)"
)
REST = "'', 0, '', '', '', created_at FROM payments_refund WHERE state = 'succeeded'"


@pytest.mark.parametrize(
    "values",
    [
        "'F1', tender_id, 0, 'x', 'new', 'new', 'reserved'",
        "'F1', tender_id, -1, 'x', 'new', 'new', 'reserved'",
        "'F1', tender_id, 1, 'x', 'new', key, 'reserved'",
        "'F1', tender_id, 1, 'x', intent, 'new', 'reserved'",
        "reference, tender_id, 1, 'x', 'new', 'new', 'reserved'",
    ],
)
def test_no_refund_is_added_of_nothing_or_under_a_used_name(values):
    refused(f"{REFUND} SELECT {values}, {REST}")


def test_a_refund_s_state_may_change_for_that_is_what_it_is_for():
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE payments_refund SET state = 'held' WHERE state = 'reserved'")
        assert cursor.rowcount == 1
        transaction.set_rollback(True)
