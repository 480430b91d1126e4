"""`aftersale verify` finds a planted fault in charges, and nothing where nothing is wrong."""

import pytest
from django.db import connection

from aftersale.payments.card_models import FreezeReason
from aftersale.payments.charge_models import Charge
from aftersale.payments.saved_cards import freeze_card
from tests.money.checks import breaches
from tests.money.test_verify import unguarded
from tests.money.till import till

pytestmark = pytest.mark.django_db


@pytest.fixture
def at():
    """Charges that were paid, declined, barred, and one in flight when its card was frozen."""
    at = till()
    for number, card in enumerate(["visa-good", "visa-declined", "visa-stolen"]):
        at.pay(at.order(f"M-{number}"), at.card(card))
    charge = at.pay(at.order("M-3"), at.card("visa-answer-lost"))
    freeze_card(ports=at.ports, card=charge.card, reason=FreezeReason.LOST)
    at.clock.move(hours=24)
    at.again(Charge.objects.get(order__code="M-2"))
    assert breaches(at.desk) == []
    return at


LONG_AGO = "'2020-01-01 00:00:00+00:00'"
FAULTS = [
    ("charges-booked", "UPDATE payments_charge SET amount_minor = 1 WHERE state = 'succeeded'"),
    ("charges-booked", "DELETE FROM ledger_entry WHERE intent_key LIKE 'capture:%'"),
    ("charges-booked", "UPDATE payments_charge SET provider_reference = 'x' WHERE state = 'succeeded'"),
    ("charges-tenders", "UPDATE payments_charge SET tender_id = NULL"),
    ("charges-owed", "UPDATE orders_order SET unpaid_minor = 1"),
    (
        "charges-frozen",
        f"UPDATE payments_savedcard SET frozen_at = {LONG_AGO} WHERE state = 'frozen'",
    ),
    ("charges-barred", "UPDATE payments_charge SET barred = (1 = 0)"),
    (
        "charges-unanswered",
        f"UPDATE payments_charge SET submitted_at = {LONG_AGO} WHERE state = 'unknown'",
    ),
]


@pytest.mark.parametrize(("invariant", "fault"), FAULTS)
def test_a_planted_fault_in_charges_is_found(at, invariant, fault):
    with unguarded(), connection.cursor() as cursor:
        cursor.execute(fault)
        assert cursor.rowcount >= 1
        found = breaches(at.desk)
    assert invariant in {breach.invariant for breach in found}, found


def test_a_sixteenth_attempt_within_thirty_days_is_found(at):
    declined = Charge.objects.filter(decline_code="generic_decline").get()
    for number in range(15):
        declined.pk, declined.reference, declined.key = None, f"H-{number}", f"k-{number}"
        declined.save(force_insert=True)
    assert {breach.invariant for breach in breaches(at.desk)} == {"charges-budgets"}
