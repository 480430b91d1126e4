"""One event arrives several times at once, and several workers follow it: it is stored and done once."""

import pytest
from django.db import IntegrityError

from aftersale.payments.event_models import ProviderEvent
from aftersale.payments.hints import Slots, follow_due_hints, read_due_lists, take_hint
from aftersale.payments.models import ProviderRefund, TenderMoney
from aftersale.payments.providers.events import Hint, Topic
from aftersale.payments.providers.sandbox.services import refund_by_hand
from tests.money import shop
from tests.money.checks import books_are_whole
from tests.races.together import measured, met, together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
PEOPLE = 4
ROUNDS = 10


@pytest.fixture
def desk():
    return shop.desk()


def slots(desk):
    return Slots(desk.providers, {})


def take(desk, turn, about="re_1"):
    hint = Hint(f"evt_{turn}", Topic.REFUND, about)
    return take_hint(ports=desk.ports, provider="sandbox", hint=hint)


def test_an_event_that_arrives_four_times_at_once_is_stored_once(desk):
    for outcome in together(PEOPLE, ROUNDS, lambda turn, _person: take(desk, turn)):
        assert outcome.answers.count(True) == 1
    assert ProviderEvent.objects.count() == ROUNDS


def test_control_whoever_looks_first_and_then_stores_meets_another_at_the_door(desk):
    all_have_looked = met(PEOPLE)

    def naive(turn, _person):
        event = f"evt_{turn}"
        is_known = ProviderEvent.objects.filter(provider="sandbox", event=event).exists()
        all_have_looked()
        if is_known:
            return False
        now = desk.clock.now()
        known = {"topic": "refund", "about": "re_1", "received_at": now, "due_at": now}
        ProviderEvent.objects.create(provider="sandbox", event=event, **known)
        return True

    outcomes = together(PEOPLE, ROUNDS, naive, expected=(IntegrityError,))
    collided = sum(len(outcome.refusals) for outcome in outcomes)
    measured(f"looked, then stored: {collided} of {PEOPLE * ROUNDS} met another")
    assert collided


def test_four_workers_record_each_refund_of_the_provider_once(desk):
    for turn in range(ROUNDS):
        bought = shop.order(f"M-{turn}", ports=desk.ports)
        charge = bought.tenders.get().reference
        row = refund_by_hand(ports=desk.ports, reference=charge, amount=bought.money(5_00))
        for again in ("a", "b"):
            take(desk, f"{turn}{again}", row.reference)

    def work(turn, person):
        if person == 0 and turn == 0:
            return read_due_lists(ports=desk.ports, slots=slots(desk))
        return follow_due_hints(ports=desk.ports, slots=slots(desk), at_most=4)

    together(PEOPLE, ROUNDS, work)
    assert ProviderRefund.objects.count() == ROUNDS
    assert set(TenderMoney.objects.values_list("external_minor", flat=True)) == {5_00}
    assert not ProviderEvent.objects.filter(followed_at=None).exists()
    books_are_whole(desk)
