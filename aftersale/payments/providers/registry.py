"""The providers that are set up, by the name that a tender's row carries."""

from importlib import import_module
from typing import TYPE_CHECKING

from django.conf import settings

from aftersale.base.ports import Clock, Ids
from aftersale.payments.providers import Provider
from aftersale.payments.providers.cards import CardProvider
from aftersale.payments.providers.charges import ChargeProvider
from aftersale.payments.providers.events import EventReader
from aftersale.payments.providers.sandbox.events import HEADER as SANDBOX_HEADER
from aftersale.payments.providers.sandbox.events import sandbox_secret
from aftersale.payments.providers.sandbox.provider import Sandbox
from aftersale.payments.providers.sandbox.services import NAME as SANDBOX
from aftersale.payments.providers.sandbox.terminal import Terminal
from aftersale.payments.providers.sandbox.vault import Vault
from aftersale.payments.providers.stripe import HEADER as STRIPE_HEADER
from aftersale.payments.providers.stripe import NAME as STRIPE

if TYPE_CHECKING:
    from aftersale.payments.providers.stripe.slot import Slot


def system_providers(*, clock: Clock, ids: Ids) -> dict[str, Provider]:
    """One of each provider; a new slot is a folder beside sandbox/ and a line here."""
    sandbox: Provider = Sandbox(clock=clock, ids=ids)
    return {each.name: each for each in (sandbox, *(slot.refunds for slot in _stripe(ids)))}


def system_card_providers(*, clock: Clock, ids: Ids) -> dict[str, CardProvider]:
    """The same, for saved cards."""
    vault: CardProvider = Vault(clock=clock, ids=ids)
    return {each.name: each for each in (vault, *(slot.cards for slot in _stripe(ids)))}


def system_charge_providers(*, clock: Clock, ids: Ids) -> dict[str, ChargeProvider]:
    """The same, for charges of saved cards."""
    terminal: ChargeProvider = Terminal(clock=clock, ids=ids)
    return {each.name: each for each in (terminal, *(slot.charges for slot in _stripe(ids)))}


def where_cards_are_saved() -> str:
    """The provider that a new card goes to; empty where there is none: the sandbox's page is for a demo."""
    if settings.STRIPE_SECRET_KEY:
        return STRIPE
    return "" if settings.PRODUCTION else SANDBOX


def system_event_readers(*, clock: Clock) -> dict[str, EventReader]:
    """Who may send us events, and how they are signed."""
    readers = []
    if settings.STRIPE_SECRET_KEY and settings.STRIPE_WEBHOOK_SECRETS:
        readers.append(EventReader(STRIPE, STRIPE_HEADER, tuple(settings.STRIPE_WEBHOOK_SECRETS), clock))
    if not settings.PRODUCTION:
        readers.append(EventReader(SANDBOX, SANDBOX_HEADER, (sandbox_secret(),), clock))
    return {reader.name: reader for reader in readers}


def _stripe(ids: Ids) -> "list[Slot]":
    """The slot of Stripe, where it is set up: nobody else waits for its library, a third of a second."""
    if not settings.STRIPE_SECRET_KEY:
        return []
    stripe = import_module("aftersale.payments.providers.stripe.slot")
    return [
        stripe.stripe_slot(
            settings.STRIPE_SECRET_KEY,
            ids=ids,
            site=settings.SITE_ADDRESS,
            http=stripe.system_http(),
            api_base=settings.STRIPE_API_BASE,
        )
    ]
