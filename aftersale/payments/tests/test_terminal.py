"""The sandbox's terminal keeps the contract of all providers, and does with each trial card what it says."""

from datetime import UTC, datetime

import pytest
from django.db import transaction
from django.db.models import Sum

from aftersale.base.ports import FixedClock, RandomIds
from aftersale.payments.declines import Family, family_of
from aftersale.payments.providers import Absent, Declined, Pending, Succeeded, Unavailable
from aftersale.payments.providers.registry import system_card_providers, system_charge_providers
from aftersale.payments.providers.sandbox.models import CardBehaviour, CardCharge, Charge
from aftersale.payments.providers.sandbox.terminal import answer_the_bank
from aftersale.payments.providers.sandbox.trial_cards import TRIAL_CARDS, Course
from aftersale.payments.providers.sandbox.vault import behave_with_card, keep_card
from aftersale.payments.tests.charge_contract import ChargeContract, ChargeSubject, charge, find

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock():
    return FixedClock(datetime(2026, 3, 1, tzinfo=UTC))


def kept(clock, trial_card):
    return keep_card(clock=clock, ids=RandomIds(), trial_card=trial_card).token


@pytest.fixture
def subject(clock):
    vault = system_card_providers(clock=clock, ids=RandomIds())["sandbox"]

    def taken(token):
        paid = CardCharge.objects.filter(card__token=token, status="succeeded").values("reference")
        return Charge.objects.filter(reference__in=paid).aggregate(total=Sum("captured_minor"))["total"] or 0

    return ChargeSubject(
        provider=system_charge_providers(clock=clock, ids=RandomIds())["sandbox"],
        good=kept(clock, "visa-good"),
        poor=kept(clock, "visa-funds"),
        strict=kept(clock, "visa-confirm"),
        confirm=lambda reference, yes: answer_the_bank(reference, confirmed=yes),
        let_go=vault.detach_card,
        taken=taken,
    )


class TestContract(ChargeContract):
    pass


def test_every_provider_that_is_set_up_has_a_contract_test(clock):
    assert set(system_charge_providers(clock=clock, ids=RandomIds())) == {"sandbox"}, "add its TestContract"


def test_there_is_a_trial_card_for_every_family_of_the_decline_table():
    declines = [
        card.decline for card in TRIAL_CARDS.values() if card.decline and card.course == Course.DECLINES
    ]
    families = {family_of("sandbox", decline) for decline in declines}
    assert families == set(Family) - {Family.AUTHENTICATE, Family.UNKNOWN}
    strict = TRIAL_CARDS["visa-confirm"].decline
    assert strict and family_of("sandbox", strict) == Family.AUTHENTICATE


@pytest.mark.parametrize("card", [card for card in TRIAL_CARDS.values() if card.decline and not card.times])
def test_a_trial_card_is_declined_as_it_says(clock, subject, card):
    token = kept(clock, card.name)
    outcome = charge(subject, token, customer_present=False)
    clock.move(hours=1)
    assert find(subject) == card.decline
    assert outcome == (Pending(outcome.reference) if card.course == Course.DECLINES_LATER else card.decline)
    assert subject.taken(token) == 0


def test_what_is_pending_is_paid_an_hour_later(clock, subject):
    token = kept(clock, "visa-slow")
    assert isinstance(charge(subject, token), Pending)
    clock.move(minutes=59)
    assert isinstance(find(subject), Pending)
    clock.move(minutes=1)
    assert isinstance(find(subject), Succeeded)
    assert subject.taken(token) == 40_00


def test_a_lost_answer_has_paid_once_and_a_lost_request_has_not(clock, subject):
    lost = kept(clock, "visa-answer-lost")
    with pytest.raises(Unavailable):
        charge(subject, lost)
    assert isinstance(find(subject), Succeeded)
    assert subject.taken(lost) == 40_00
    never = kept(clock, "visa-request-lost")
    with pytest.raises(Unavailable):
        charge(subject, never, key="k-two", reference="H-two")
    assert find(subject, "H-two", "k-two") == Absent()
    assert isinstance(charge(subject, never, key="k-two", reference="H-two"), Succeeded)


def test_trouble_that_is_over_after_one_charge_is_over(clock, subject):
    token = kept(clock, "visa-trouble-once")
    assert isinstance(charge(subject, token), Declined)
    assert isinstance(charge(subject, token, key="k-two", reference="H-two"), Succeeded)


def test_in_an_outage_nothing_is_charged_or_found(subject):
    behave_with_card(subject.good, CardBehaviour.OUTAGE)
    with pytest.raises(Unavailable):
        charge(subject, subject.good)
    assert subject.taken(subject.good) == 0


def test_a_terminal_is_not_asked_inside_a_transaction(subject):
    with transaction.atomic(), pytest.raises(AssertionError):
        charge(subject, subject.good)
