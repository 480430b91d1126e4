"""The sandbox's vault keeps the contract of all providers, and misbehaves as it is told to."""

from datetime import UTC, datetime

import pytest
from django.db import transaction

from aftersale.base.ports import FixedClock, RandomIds
from aftersale.payments.providers import Unavailable
from aftersale.payments.providers.cards import Detached, Gone, KeptCard
from aftersale.payments.providers.registry import system_card_providers
from aftersale.payments.providers.sandbox.models import CardBehaviour, VaultCard
from aftersale.payments.providers.sandbox.vault import behave_with_card, give_card
from aftersale.payments.tests.card_contract import CardContract, CardSubject, given, page

pytestmark = pytest.mark.django_db


@pytest.fixture
def subject():
    clock, ids = FixedClock(datetime(2026, 3, 1, tzinfo=UTC)), RandomIds()

    def give(set_up, good):
        give_card(clock=clock, ids=ids, set_up=set_up, trial_card="visa-good" if good else "visa-refused")

    return CardSubject(system_card_providers(clock=clock, ids=ids)["sandbox"], give)


class TestContract(CardContract):
    pass


def test_every_provider_that_is_set_up_has_a_contract_test():
    known = system_card_providers(clock=FixedClock(datetime(2026, 3, 1, tzinfo=UTC)), ids=RandomIds())
    assert set(known) == {"sandbox"}, "add its TestContract"


def test_a_page_takes_one_card(subject):
    opened = page(subject)
    subject.give(opened.reference, True)
    subject.give(opened.reference, True)
    assert VaultCard.objects.count() == 1


def test_a_lost_request_keeps_the_card_and_a_lost_answer_has_let_it_go(subject):
    card = given(subject)
    behave_with_card(card.token, CardBehaviour.TIMES_OUT_BEFORE)
    with pytest.raises(Unavailable):
        subject.provider.detach_card(card.token)
    assert isinstance(subject.provider.find_card(card.token), KeptCard)
    behave_with_card(card.token, CardBehaviour.TIMES_OUT_AFTER)
    with pytest.raises(Unavailable):
        subject.provider.detach_card(card.token)
    assert subject.provider.find_card(card.token) == Gone()


def test_in_an_outage_nothing_answers_until_it_is_over(subject):
    card = given(subject)
    behave_with_card(card.token, CardBehaviour.OUTAGE, calls=2)
    with pytest.raises(Unavailable):
        subject.provider.find_card(card.token)
    with pytest.raises(Unavailable):
        subject.provider.detach_card(card.token)
    assert subject.provider.detach_card(card.token) == Detached()


def test_a_vault_that_lies_still_has_the_card_when_it_is_asked(subject):
    card = given(subject)
    behave_with_card(card.token, CardBehaviour.STAYS)
    assert subject.provider.detach_card(card.token) == Detached()
    assert isinstance(subject.provider.find_card(card.token), KeptCard)


def test_the_vault_is_not_asked_inside_a_transaction(subject):
    card = given(subject)
    with transaction.atomic(), pytest.raises(AssertionError):
        subject.provider.detach_card(card.token)
