"""The sandbox keeps the contract of all providers, and misbehaves as it is told to."""

from datetime import UTC, datetime

import pytest
from django.db import transaction

from aftersale.base.money import Money
from aftersale.base.ports import FixedClock, Ports, RandomIds
from aftersale.payments.providers import Absent, Declined, Pending, Succeeded, Unavailable
from aftersale.payments.providers.registry import system_providers
from aftersale.payments.providers.sandbox.models import Behaviour
from aftersale.payments.providers.sandbox.services import behave, know_charge, refund_by_hand
from aftersale.payments.tests.contract import RefundContract, Subject, paid

pytestmark = pytest.mark.django_db
FORTY = Money(40_00, "EUR")


@pytest.fixture
def clock():
    return FixedClock(datetime(2026, 3, 1, tzinfo=UTC))


@pytest.fixture
def subject(clock):
    know_charge(reference="charge", captured=Money(100_00, "EUR"))
    return Subject(system_providers(clock=clock, ids=RandomIds())["sandbox"], "charge")


class TestContract(RefundContract):
    pass


def ask(subject, key="k-one"):
    return subject.provider.refund("charge", FORTY, key=key)


def find(subject, key="k-one"):
    return subject.provider.find_refund("charge", key=key)


def test_every_provider_that_is_set_up_has_a_contract_test(clock):
    assert set(system_providers(clock=clock, ids=RandomIds())) == {"sandbox"}, "add its TestContract"


def test_a_lost_request_pays_nothing_and_a_lost_answer_has_paid(subject):
    behave("charge", Behaviour.TIMES_OUT_BEFORE)
    with pytest.raises(Unavailable):
        ask(subject)
    assert (find(subject), paid(subject)) == (Absent(), 0)
    behave("charge", Behaviour.TIMES_OUT_AFTER)
    with pytest.raises(Unavailable):
        ask(subject)
    assert isinstance(find(subject), Succeeded)
    assert paid(subject) == 40_00


def test_a_fault_lasts_as_many_calls_as_it_was_told(subject):
    behave("charge", Behaviour.TIMES_OUT_BEFORE, calls=1)
    with pytest.raises(Unavailable):
        ask(subject)
    assert isinstance(ask(subject), Succeeded)


def test_a_refusal_is_for_good(subject):
    behave("charge", Behaviour.DECLINES, calls=1)
    assert ask(subject) == ask(subject) == find(subject) == Declined("refused_by_bank")
    assert paid(subject) == 0


def test_what_is_pending_succeeds_an_hour_later(subject, clock):
    behave("charge", Behaviour.PENDING)
    assert isinstance(ask(subject), Pending)
    clock.move(minutes=59)
    assert isinstance(find(subject), Pending)
    clock.move(minutes=1)
    assert isinstance(find(subject), Succeeded)


def test_what_succeeded_may_come_back_a_day_later(subject, clock):
    behave("charge", Behaviour.FAILS_LATE, calls=1)
    assert isinstance(ask(subject), Succeeded)
    clock.move(days=1)
    assert find(subject) == Declined("account_closed")
    assert paid(subject) == 0
    assert isinstance(subject.provider.refund("charge", Money(100_00, "EUR"), key="k-two"), Succeeded)


def test_an_outage_answers_nothing(subject):
    behave("charge", Behaviour.OUTAGE)
    with pytest.raises(Unavailable):
        ask(subject)
    with pytest.raises(Unavailable):
        find(subject)


def test_what_was_refunded_by_hand_is_in_its_list_without_a_key(subject, clock):
    refund_by_hand(ports=Ports(clock, RandomIds()), reference="charge", amount=FORTY)
    assert [(each.key, each.amount) for each in subject.provider.refunds()] == [("", FORTY)]


def test_it_is_never_called_inside_a_transaction(subject):
    with transaction.atomic(), pytest.raises(AssertionError, match="inside a transaction"):
        ask(subject)
