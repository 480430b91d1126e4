"""Verbs about saved cards: set up on the provider's page, frozen, and what charges must ask first.

A card changes its state by one conditional UPDATE. A charge takes `chargeable_card` in the transaction that
records it, and a removal moves the same row: whichever commits first wins, and the other one sees it.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from aftersale.accounts.models import User
from aftersale.base.errors import NotYours, PortFailed
from aftersale.base.moving import change_state
from aftersale.base.ports import Ports, assert_outside_transaction
from aftersale.payments.cancelling import cancel_retries
from aftersale.payments.card_models import (
    CARD_TRANSITIONS,
    CHARGEABLE,
    ON_LIST,
    CardState,
    FreezeReason,
    SavedCard,
)
from aftersale.payments.charge_models import Charge
from aftersale.payments.declines import AddAgain
from aftersale.payments.errors import CardNotChargeable, CardNotSetUp, NotNow, PointlessCard
from aftersale.payments.fingerprints import REPORTED, fingerprint_hash
from aftersale.payments.providers import Declined
from aftersale.payments.providers.cards import CardProvider, Gone, KeptCard
from aftersale.payments.readding import cannot_help, may_add_card

# A provider that did not answer is asked to let go of a card again after this time.
_ASK_AGAIN = timedelta(minutes=5)
# A provider's page ends within a day; a card that nobody told us of may have been given on it.
_PAGE_ENDS = timedelta(hours=25)


def move_card(card: SavedCard, to: CardState, *, only: Q | None = None, **written: Any) -> bool:
    """Bring `card` from the state it was read in to `to`; False when it is no longer there."""
    return change_state(card, to, CARD_TRANSITIONS, only=only, **written)


def locked_card(pk: int) -> SavedCard:
    """The card as it is now, behind its lock; its customer with it."""
    return SavedCard.objects.select_for_update(of=("self",)).select_related("customer").get(pk=pk)


def chargeable_card(pk: int) -> SavedCard:
    """The card behind its lock, for the transaction that records a charge. Raises CardNotChargeable."""
    card = locked_card(pk)
    if card.state not in CHARGEABLE:
        raise CardNotChargeable(f"card {card.reference} is {card.get_state_display()}: it cannot be charged")
    return card


def cards_of(customer: User) -> QuerySet[SavedCard]:
    """The cards on this customer's list, oldest first."""
    return SavedCard.objects.filter(customer=customer, state__in=ON_LIST).order_by("pk")


def card_for(customer: User, reference: str) -> SavedCard:
    """The customer's own card of this name. Raises NotYours."""
    card = SavedCard.objects.filter(customer=customer, reference=reference).first()
    if card is None:
        raise NotYours(f"there is no card {reference}")
    return card


def start_set_up(
    *, ports: Ports, providers: Mapping[str, CardProvider], customer: User, provider: str, return_to: str
) -> tuple[SavedCard, str]:
    """Open the provider's page for a new card; `{card}` in `return_to` stands for its reference.

    Answers the row that waits for the card, and the address of the page. Raises CardNotSetUp.
    """
    assert_outside_transaction("a payment provider")
    reference, key = ports.ids.reference("K"), ports.ids.key()
    card = SavedCard.objects.create(
        reference=reference, key=key, customer=customer, provider=provider, created_at=ports.clock.now()
    )
    try:
        page = providers[provider].set_up_card(key=key, return_to=return_to.replace("{card}", reference))
    except PortFailed as error:
        raise CardNotSetUp("the payment provider does not answer; nothing was saved") from error
    SavedCard.objects.filter(pk=card.pk).update(setup=page.reference)
    card.setup = page.reference
    return card, page.address


def start_set_up_after(
    *,
    ports: Ports,
    providers: Mapping[str, CardProvider],
    charge: Charge,
    named: SavedCard | None,
    provider: str,
    return_to: str,
) -> tuple[SavedCard, str]:
    """The same, reached from a failed charge: `named` is the card that its customer wants to add, None for
    one that is not on the list.

    Raises PointlessCard, with nothing asked of the provider, where it is the card that failed and adding it
    again cannot help; and CardNotSetUp.
    """
    customer = charge.order.customer
    if may_add_card(customer, charge, named) == AddAgain.NO:
        raise PointlessCard("this card's payment failed: adding it again cannot help; choose another one")
    return start_set_up(
        ports=ports, providers=providers, customer=customer, provider=provider, return_to=return_to
    )


def finish_set_up(*, ports: Ports, providers: Mapping[str, CardProvider], card: SavedCard) -> SavedCard:
    """Read at the provider what became of the page; a card that was given there is `active` from now on.

    Raises CardNotSetUp when none was given; asking again changes nothing. A card that cannot be kept is let
    go at the provider and never charged: PointlessCard where it is the one whose payment failed.
    """
    assert_outside_transaction("a payment provider")
    if card.state in (CardState.DETACHED, CardState.TOMBSTONE):
        raise _why_not_kept(card)
    if card.state != CardState.SETUP_PENDING:
        return card
    try:
        found = providers[card.provider].find_set_up(card.setup)
    except PortFailed as error:
        raise CardNotSetUp("the payment provider does not answer; look again in a minute") from error
    if isinstance(found, Declined):
        move_card(card, CardState.TOMBSTONE)
        raise _why_not_kept(card)
    if not isinstance(found, KeptCard):
        raise CardNotSetUp("no card was given on the provider's page; nothing was saved")
    card = _keep(card, found, ports=ports)
    if card.state == CardState.DETACHED:
        let_go(card, providers, ports=ports)
        raise _why_not_kept(card)
    return card


def end_old_set_ups(*, ports: Ports, providers: Mapping[str, CardProvider], at_most: int = 20) -> int:
    """Look at the provider what became of pages that are over; returns for how many.

    A card that was given there is kept, or let go, as if its customer had come back; else the set-up ends. A
    provider that does not answer is asked again later: until then it may hold a card.
    """
    assert_outside_transaction("a payment provider")
    now = ports.clock.now()
    due = SavedCard.objects.filter(state=CardState.SETUP_PENDING, created_at__lte=now - _PAGE_ENDS)
    cards = list(due.filter(Q(let_go_at=None) | Q(let_go_at__lte=now)).order_by("pk")[:at_most])
    for card in cards:
        SavedCard.objects.filter(pk=card.pk, state=CardState.SETUP_PENDING).update(let_go_at=now + _ASK_AGAIN)
        _end_set_up(card, providers, ports=ports)
    return len(cards)


def _end_set_up(card: SavedCard, providers: Mapping[str, CardProvider], *, ports: Ports) -> None:
    if card.setup:
        provider = providers.get(card.provider)
        if provider is None:
            return
        try:
            found = provider.find_set_up(card.setup)
        except PortFailed:
            return
        if isinstance(found, KeptCard):
            with suppress(CardNotSetUp):
                finish_set_up(ports=ports, providers=providers, card=card)
            return
    # Without a name its page was never shown to anybody.
    move_card(card, CardState.TOMBSTONE, let_go_at=None)


def let_go_of_refused_cards(*, ports: Ports, providers: Mapping[str, CardProvider], at_most: int = 20) -> int:
    """Ask the providers to let go of cards that are not kept; returns for how many they were asked."""
    due = SavedCard.objects.filter(state=CardState.DETACHED, let_go_at__lte=ports.clock.now())
    cards = list(due.order_by("let_go_at", "pk")[:at_most])
    for card in cards:
        let_go(card, providers, ports=ports)
    return len(cards)


def let_go(card: SavedCard, providers: Mapping[str, CardProvider], *, ports: Ports) -> None:
    """Ask the provider to let the card go, and look; where it does not answer, it is asked again later."""
    assert_outside_transaction("a payment provider")
    SavedCard.objects.filter(pk=card.pk).update(let_go_at=ports.clock.now() + _ASK_AGAIN)
    provider = providers.get(card.provider)
    if provider is None or not card.token:
        return
    try:
        provider.detach_card(card.token)
        found = provider.find_card(card.token)
    except PortFailed:
        return
    if isinstance(found, Gone):
        SavedCard.objects.filter(pk=card.pk).update(detached_at=ports.clock.now(), let_go_at=None)


@transaction.atomic
def _keep(card: SavedCard, found: KeptCard, *, ports: Ports) -> SavedCard:
    card = locked_card(card.pk)
    known_by = fingerprint_hash(card.provider, found.fingerprint)
    if card.state == CardState.SETUP_PENDING:
        is_kept = not cannot_help(card, known_by)
        move_card(
            card,
            CardState.ACTIVE if is_kept else CardState.DETACHED,
            let_go_at=None if is_kept else ports.clock.now(),
            token=found.token,
            brand=found.brand,
            last_four=found.last_four,
            expiry_month=found.expiry_month,
            expiry_year=found.expiry_year,
            email=(found.email or card.customer.email).strip().lower(),
            fingerprint_hash=known_by,
        )
        if is_kept:
            _take_the_place_of_older(card, ports=ports)
    return card


def _take_the_place_of_older(card: SavedCard, *, ports: Ports) -> None:
    """The same physical card with a newer expiry date: the older ones are let go, and charged no more."""
    now, newer = ports.clock.now(), (card.expiry_year or 0, card.expiry_month or 0)
    for older in SavedCard.objects.select_for_update().filter(
        customer=card.customer_id,
        provider=card.provider,
        fingerprint_hash=card.fingerprint_hash,
        state=CardState.ACTIVE,
    ):
        if card.fingerprint_hash and (older.expiry_year or 0, older.expiry_month or 0) < newer:
            cancel_retries(older, at=now)
            move_card(older, CardState.REMOVAL_PENDING, freeze_reason=FreezeReason.REMOVAL, frozen_at=now)
            move_card(older, CardState.DETACHED, let_go_at=now)


def _why_not_kept(card: SavedCard) -> CardNotSetUp:
    """One answer for a card that its bank refuses, now or for ever; nobody is told which."""
    if card.fingerprint_hash and cannot_help(card, card.fingerprint_hash):
        return PointlessCard("this card's payment failed: adding it again cannot help; nothing was saved")
    return CardNotSetUp("the payment provider did not take the card; nothing was saved")


@transaction.atomic
def freeze_card(*, ports: Ports, card: SavedCard, reason: FreezeReason) -> SavedCard:
    """Stop every charge of the card from now on, and its scheduled retries. Stolen stays stolen.

    Freezing it twice keeps the first moment. What was asked of the provider before goes on to its end. A card
    that is lost or stolen is frozen however often its customer saved it.
    """
    alike = _locked_alike(card) if reason in REPORTED else [locked_card(card.pk)]
    card = next(each for each in alike if each.pk == card.pk)
    if card.state not in ON_LIST:
        raise NotNow(f"card {card.reference} is {card.get_state_display()}: it cannot be charged anyway")
    if card.state == CardState.REMOVAL_PENDING:
        return card
    for each in alike:
        if each.pk == card.pk or each.state == CardState.ACTIVE:
            _freeze(each, reason, ports.clock.now())
    return card


def _locked_alike(card: SavedCard) -> list[SavedCard]:
    """The card and the same customer's other tokens of that physical card, locked in one order for all."""
    same = Q(pk=card.pk)
    if card.fingerprint_hash:
        same |= Q(customer=card.customer_id, fingerprint_hash=card.fingerprint_hash, state__in=ON_LIST)
    rows = SavedCard.objects.select_for_update(of=("self",)).select_related("customer")
    return list(rows.filter(same).order_by("pk"))


def _freeze(card: SavedCard, reason: FreezeReason, now: datetime) -> None:
    if card.freeze_reason == FreezeReason.STOLEN:
        reason = FreezeReason.STOLEN
    move_card(card, CardState.FROZEN, freeze_reason=reason, frozen_at=card.frozen_at or now)
    cancel_retries(card, at=now)
