"""Verbs about saved cards: set up on the provider's page, frozen, and what charges must ask first.

A card changes its state by one conditional UPDATE. A charge takes `chargeable_card` in the transaction that
records it, and a removal moves the same row: whichever commits first wins, and the other one sees it.
"""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from aftersale.accounts.models import User
from aftersale.base.errors import NotYours, PortFailed
from aftersale.base.ports import Ports, assert_outside_transaction
from aftersale.base.private import keyed_hash
from aftersale.payments.card_models import (
    CARD_TRANSITIONS,
    CHARGEABLE,
    ON_LIST,
    CardState,
    FreezeReason,
    SavedCard,
)
from aftersale.payments.errors import CardNotChargeable, CardNotSetUp, NotNow
from aftersale.payments.providers import Declined
from aftersale.payments.providers.cards import CardProvider, KeptCard


def move_card(card: SavedCard, to: CardState, *, only: Q | None = None, **written: Any) -> bool:
    """Bring `card` from the state it was read in to `to`; False when it is no longer there."""
    assert to in CARD_TRANSITIONS[card.state], f"{card} cannot go from {card.state} to {to}"
    rows = SavedCard.objects.filter(only or Q(), pk=card.pk, state=card.state)
    if not rows.update(state=to, **written):
        return False
    for name, value in {"state": to, **written}.items():
        setattr(card, name, value)
    return True


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


def finish_set_up(*, ports: Ports, providers: Mapping[str, CardProvider], card: SavedCard) -> SavedCard:
    """Read at the provider what became of the page; a card that was given there is `active` from now on.

    Raises CardNotSetUp when none was given; asking again changes nothing.
    """
    assert_outside_transaction("a payment provider")
    if card.state != CardState.SETUP_PENDING:
        return card
    try:
        found = providers[card.provider].find_set_up(card.setup)
    except PortFailed as error:
        raise CardNotSetUp("the payment provider does not answer; look again in a minute") from error
    if isinstance(found, Declined):
        move_card(card, CardState.TOMBSTONE)
        raise CardNotSetUp("the payment provider did not take the card; nothing was saved")
    if not isinstance(found, KeptCard):
        raise CardNotSetUp("no card was given on the provider's page; nothing was saved")
    return _keep(card, found)


@transaction.atomic
def _keep(card: SavedCard, found: KeptCard) -> SavedCard:
    card = locked_card(card.pk)
    if card.state == CardState.SETUP_PENDING:
        move_card(
            card,
            CardState.ACTIVE,
            token=found.token,
            brand=found.brand,
            last_four=found.last_four,
            expiry_month=found.expiry_month,
            expiry_year=found.expiry_year,
            email=(found.email or card.customer.email).strip().lower(),
            fingerprint_hash=fingerprint_hash(card.provider, found.fingerprint),
        )
    return card


@transaction.atomic
def freeze_card(*, ports: Ports, card: SavedCard, reason: FreezeReason) -> SavedCard:
    """Stop every charge of the card from now on. Freezing it twice keeps the first moment; stolen stays."""
    card = locked_card(card.pk)
    if card.state not in ON_LIST:
        raise NotNow(f"card {card.reference} is {card.get_state_display()}: it cannot be charged anyway")
    if card.state == CardState.REMOVAL_PENDING:
        return card
    if card.freeze_reason == FreezeReason.STOLEN:
        reason = FreezeReason.STOLEN
    move_card(card, CardState.FROZEN, freeze_reason=reason, frozen_at=card.frozen_at or ports.clock.now())
    return card


def fingerprint_hash(provider: str, fingerprint: str) -> str:
    """The same physical card gives the same hash, which tells nobody without our key what card it is."""
    return keyed_hash("card-fingerprint", f"{provider}:{fingerprint}") if fingerprint else ""
