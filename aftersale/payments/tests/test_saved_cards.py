"""Ann saves a card on the provider's page; a frozen or removed card is never charged."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from aftersale.accounts.models import User
from aftersale.base.errors import NotYours
from aftersale.base.ports import FixedClock, Ports, RandomIds
from aftersale.payments.card_models import CARD_TRANSITIONS, ON_LIST, CardState, FreezeReason, SavedCard
from aftersale.payments.errors import CardNotChargeable, CardNotSetUp, NotNow
from aftersale.payments.providers import Unavailable
from aftersale.payments.providers.registry import system_card_providers
from aftersale.payments.providers.sandbox.vault import give_card
from aftersale.payments.saved_cards import (
    card_for,
    cards_of,
    chargeable_card,
    end_old_set_ups,
    finish_set_up,
    freeze_card,
    move_card,
    start_set_up,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def ports():
    return Ports(clock=FixedClock(datetime(2026, 3, 1, tzinfo=UTC)), ids=RandomIds())


@pytest.fixture
def ann():
    return User.objects.create_user("ann@example.com", name="Ann")


def saved(ports, customer, trial_card="visa-good", email="") -> SavedCard:
    vaults = system_card_providers(clock=ports.clock, ids=ports.ids)
    card, _page = start_set_up(
        ports=ports,
        providers=vaults,
        customer=customer,
        provider="sandbox",
        return_to="/account/cards/{card}/",
    )
    give_card(clock=ports.clock, ids=ports.ids, set_up=card.setup, trial_card=trial_card, email=email)
    return finish_set_up(ports=ports, providers=vaults, card=card)


def test_ann_s_card_is_known_by_brand_and_last_four_and_the_e_mail_tied_to_it(ports, ann):
    card = saved(ports, ann, email="Ann@Home.example")
    assert (card.state, card.brand, card.last_four) == ("active", "visa", "4242")
    assert card.email == "ann@home.example"
    assert list(cards_of(ann)) == [card]


def test_a_card_without_an_e_mail_of_its_own_is_tied_to_the_account_s(ports, ann):
    assert saved(ports, ann).email == "ann@example.com"


def test_the_fingerprint_is_kept_as_a_keyed_hash_that_recognises_the_card(ports, ann, settings):
    one, two, other = saved(ports, ann), saved(ports, ann), saved(ports, ann, "mastercard-good")
    assert one.fingerprint_hash == two.fingerprint_hash != other.fingerprint_hash
    assert "visa-good" not in one.fingerprint_hash
    settings.PRIVATE_HASH_KEY = "another"
    assert saved(ports, ann).fingerprint_hash != one.fingerprint_hash


def test_a_refused_card_leaves_nothing_on_ann_s_list(ports, ann):
    with pytest.raises(CardNotSetUp):
        saved(ports, ann, "visa-refused")
    assert not cards_of(ann).exists()


def test_a_page_left_without_a_card_can_be_finished_later(ports, ann):
    vaults = system_card_providers(clock=ports.clock, ids=ports.ids)
    card, _page = start_set_up(ports=ports, providers=vaults, customer=ann, provider="sandbox", return_to="/")
    with pytest.raises(CardNotSetUp):
        finish_set_up(ports=ports, providers=vaults, card=card)
    assert SavedCard.objects.get().state == CardState.SETUP_PENDING
    give_card(clock=ports.clock, ids=ports.ids, set_up=card.setup, trial_card="visa-good")
    assert finish_set_up(ports=ports, providers=vaults, card=card).state == CardState.ACTIVE


class Silent:
    """A provider that does not answer."""

    name = "sandbox"

    def __getattr__(self, name):
        def unavailable(*_given, **_named):
            raise Unavailable("it is down")

        return unavailable


def page_for(ports, ann) -> SavedCard:
    vaults = system_card_providers(clock=ports.clock, ids=ports.ids)
    return start_set_up(ports=ports, providers=vaults, customer=ann, provider="sandbox", return_to="/")[0]


def test_a_card_given_on_a_page_that_ann_never_came_back_from_is_not_left_at_the_provider(ports, ann):
    vaults = system_card_providers(clock=ports.clock, ids=ports.ids)
    given, left = page_for(ports, ann), page_for(ports, ann)
    give_card(clock=ports.clock, ids=ports.ids, set_up=given.setup, trial_card="visa-good")
    ports.clock.move(hours=24)
    assert end_old_set_ups(ports=ports, providers=vaults) == 0
    ports.clock.move(hours=2)
    silent = end_old_set_ups(ports=ports, providers={"sandbox": Silent()})
    states = SavedCard.objects.values_list("state", flat=True)
    assert silent == 2 and set(states) == {CardState.SETUP_PENDING}
    assert end_old_set_ups(ports=ports, providers=vaults) == 0  # not asked again at once
    ports.clock.move(minutes=6)
    assert end_old_set_ups(ports=ports, providers=vaults) == 2
    given.refresh_from_db()
    left.refresh_from_db()
    assert (given.state, given.last_four, left.state) == ("active", "4242", "tombstone")
    assert given.let_go_at is None
    assert end_old_set_ups(ports=ports, providers=vaults) == 0


def test_a_page_whose_address_nobody_got_ends_without_a_question(ports, ann):
    SavedCard.objects.filter(pk=page_for(ports, ann).pk).update(setup="")
    ports.clock.move(hours=26)
    assert end_old_set_ups(ports=ports, providers={"sandbox": Silent()}) == 1
    assert SavedCard.objects.get().state == CardState.TOMBSTONE


def test_bob_s_card_is_not_there_for_ann(ports, ann):
    bob = User.objects.create_user("bob@example.com", name="Bob")
    card = saved(ports, bob)
    with pytest.raises(NotYours):
        card_for(ann, card.reference)


def test_only_an_active_card_may_be_charged(ports, ann):
    card = saved(ports, ann)
    assert chargeable_card(card.pk) == card
    freeze_card(ports=ports, card=card, reason=FreezeReason.LOST)
    with pytest.raises(CardNotChargeable):
        chargeable_card(card.pk)


def test_a_stolen_card_stays_stolen_and_a_freeze_keeps_its_first_moment(ports, ann):
    card = freeze_card(ports=ports, card=saved(ports, ann), reason=FreezeReason.STOLEN)
    first = card.frozen_at
    ports.clock.move(hours=1)
    card = freeze_card(ports=ports, card=card, reason=FreezeReason.LOST)
    assert (card.freeze_reason, card.frozen_at) == ("stolen", first)


def test_a_removed_card_cannot_be_frozen_and_nothing_brings_it_back(ports, ann):
    card = saved(ports, ann)
    move_card(card, CardState.REMOVAL_PENDING, freeze_reason="removal", frozen_at=ports.clock.now())
    move_card(card, CardState.DETACHED, detached_at=ports.clock.now())
    with pytest.raises(NotNow):
        freeze_card(ports=ports, card=card, reason=FreezeReason.LOST)
    for state in set(CardState) - {CardState.TOMBSTONE}:
        with pytest.raises(AssertionError):
            move_card(card, state)
    assert SavedCard.objects.get().state == CardState.DETACHED


def test_no_way_leads_from_a_removed_card_to_one_that_can_be_charged():
    reached, todo = set(), [CardState.DETACHED.value]
    while todo:
        reached.add(state := todo.pop())
        todo += [to for to in CARD_TRANSITIONS[state] if to not in reached]
    assert not reached & set(ON_LIST)


def test_of_two_moves_from_one_state_the_second_changes_nothing(ports, ann):
    card = saved(ports, ann)
    one, two = SavedCard.objects.get(pk=card.pk), SavedCard.objects.get(pk=card.pk)
    now = ports.clock.now()
    assert move_card(one, CardState.REMOVAL_PENDING, freeze_reason="removal", frozen_at=now)
    assert not move_card(two, CardState.FROZEN, freeze_reason="lost", frozen_at=now)
    assert SavedCard.objects.get().freeze_reason == "removal"


def test_a_token_is_one_card_s_and_a_state_unknown_to_the_table_is_no_state(ports, ann):
    one, two = saved(ports, ann), saved(ports, ann)
    for written in ({"token": one.token}, {"state": "charged"}, {"state": "frozen", "freeze_reason": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            SavedCard.objects.filter(pk=two.pk).update(**written)
    assert set(CARD_TRANSITIONS) == set(CardState.values)
