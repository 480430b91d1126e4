"""A worker is killed in the middle of a charge of Ann's card: the next one charges once and loses nothing."""

import signal
from datetime import timedelta

import pytest
from django.db.models import F

from aftersale.config.ports import system_clock, system_ports
from aftersale.orders.models import Tender
from aftersale.payments import charging
from aftersale.payments.card_models import FreezeReason
from aftersale.payments.charge_models import Charge
from aftersale.payments.providers.sandbox.models import CardCharge
from aftersale.payments.providers.sandbox.models import Charge as Captured
from aftersale.payments.saved_cards import freeze_card
from tests.crash.processes import started, verify_is_clean, wait_until, work_off
from tests.money.till import till

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
POINTS = ["before the call", "after the effect", "before the commit"]


def killed(tmp_path, number, point, at, card):
    """A charge that a killed web process had recorded, and whose worker is killed at `point`."""
    order = at.order(f"M-{number}")
    charging._record(order.pk, card, order.customer, "/back/", ports=system_ports())
    Charge.objects.filter(order=order).update(due_at=F("created_at"))
    reached = tmp_path / f"{number}"
    with started("-m", "tests.crash.stopping_charger", point, str(reached)) as worker:
        wait_until(reached.exists, worker)
        worker.send_signal(signal.SIGKILL)
    return Charge.objects.get(order=order)


def test_a_worker_killed_at_any_point_of_a_charge_charges_once_and_loses_nothing(tmp_path):
    at = till(system_clock().now())
    card = at.card()
    charges = [killed(tmp_path, number, point, at, card) for number, point in enumerate(POINTS)]
    assert {charge.state for charge in charges} == {"submitted"}
    assert CardCharge.objects.count() == 2, "the first one never left"
    work_off(timedelta(minutes=2))
    work_off(timedelta(minutes=20))
    assert set(Charge.objects.values_list("state", flat=True)) == {"succeeded"}
    assert set(CardCharge.objects.values_list("key", flat=True)) == {charge.key for charge in charges}
    assert Captured.objects.count() == Tender.objects.count() == len(POINTS)
    verify_is_clean()


def test_a_card_frozen_after_its_worker_was_killed_is_not_charged_for_what_never_left(tmp_path):
    at = till(system_clock().now())
    cards = [at.card(), at.card()]
    lost = killed(tmp_path, 0, "before the call", at, cards[0])
    left = killed(tmp_path, 1, "after the effect", at, cards[1])
    for card in cards:
        freeze_card(ports=system_ports(), card=card, reason=FreezeReason.STOLEN)
    work_off(timedelta(minutes=2))
    work_off(timedelta(minutes=20))
    states = dict(Charge.objects.values_list("reference", "state"))
    assert states == {lost.reference: "released", left.reference: "succeeded"}
    assert Captured.objects.count() == Tender.objects.count() == 1
    verify_is_clean()
