"""A card that is gone is forgotten, once no limit counts its attempts any more; the books stay."""

import pytest

from aftersale.payments.card_models import CardState, FreezeReason, SavedCard
from aftersale.payments.charge_models import Charge, Fingerprint
from aftersale.payments.forgetting import BARRED_KEPT, forget_cards
from aftersale.payments.saved_cards import freeze_card, move_card
from tests.money.checks import books_are_whole
from tests.money.till import till

pytestmark = pytest.mark.django_db


@pytest.fixture
def at():
    return till()


def gone(at, card):
    """Removed, and its own row blanked, as the room of removals does."""
    card = freeze_card(ports=at.ports, card=card, reason=FreezeReason.REMOVAL)
    move_card(card, CardState.REMOVAL_PENDING)
    move_card(card, CardState.DETACHED, detached_at=at.clock.now())
    move_card(card, CardState.TOMBSTONE, token=None, fingerprint_hash="", last_four="")


def hashes():
    return set(Charge.objects.values_list("fingerprint_hash", flat=True))


def test_the_charges_of_a_card_that_is_gone_keep_no_fingerprint_once_they_count_in_no_limit(at):
    good, poor, kept = at.card(), at.card("visa-funds"), at.card("mastercard-good")
    for number, card in enumerate([good, poor, kept]):
        at.pay(at.order(f"M-{number}"), card)
    gone(at, good)
    gone(at, poor)
    at.clock.move(days=30)
    assert forget_cards(ports=at.ports) == 0, "its attempts still count"
    at.clock.move(days=1)
    assert forget_cards(ports=at.ports) == 4
    assert hashes() == {"", kept.fingerprint_hash}
    told = list(Charge.objects.order_by("pk").values_list("brand", "last_four"))
    assert told == [("visa", "4242"), ("visa", ""), ("mastercard", "4444")]
    assert [row.hash for row in Fingerprint.objects.all()] == [kept.fingerprint_hash]
    assert forget_cards(ports=at.ports) == 0
    books_are_whole(at.desk)


def test_a_barred_card_is_known_for_a_year_and_by_its_hash_alone(at):
    card = at.card("visa-stolen")
    at.pay(at.order(), card)
    known_by = card.fingerprint_hash
    gone(at, SavedCard.objects.get())
    at.clock.move(days=40)
    forget_cards(ports=at.ports)
    assert hashes() == {""}
    assert Fingerprint.objects.get().hash == known_by
    at.clock.move(days=BARRED_KEPT.days - 40)
    assert forget_cards(ports=at.ports) == 1
    assert not Fingerprint.objects.exists()


def test_a_card_that_is_still_saved_is_not_forgotten(at):
    at.pay(at.order(), at.card("visa-funds"))
    at.clock.move(days=400)
    assert forget_cards(ports=at.ports) == 0
    assert "" not in hashes()
