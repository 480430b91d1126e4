"""Saved cards: added on the provider's page, frozen by one call, unfrozen by proof."""

from django.conf import settings
from django.http import HttpResponse
from ninja import Router

from aftersale.accounts.codes import LIFE
from aftersale.accounts.models import Role
from aftersale.api.doors import CARDS, READ, ApiRequest, door, told
from aftersale.api.fields import Reference
from aftersale.api.shapes.cards import (
    Card,
    CardPage,
    Cards,
    CodeMailed,
    CodeWanted,
    Freeze,
    NewCard,
    OneCard,
    Unfreezing,
    told_card,
    told_one_card,
)
from aftersale.cards import services
from aftersale.payments.card_models import FreezeReason
from aftersale.payments.errors import CardNotSetUp
from aftersale.payments.providers.registry import system_card_providers, where_cards_are_saved
from aftersale.payments.saved_cards import card_for, cards_of, finish_set_up, freeze_card, start_set_up

router = Router(tags=["cards"])
OWNER = (Role.CUSTOMER,)


def _where() -> str:
    provider = where_cards_are_saved()
    if not provider:
        raise CardNotSetUp("no payment provider takes cards here")
    return provider


def told_fresh(request: ApiRequest, reference: str) -> HttpResponse:
    return told(told_one_card(card_for(request.auth.user, reference)))


@door(router, "GET", "/cards", summary="List one's saved cards", answers=Cards, scope=READ, roles=OWNER)
def list_cards(request: ApiRequest) -> HttpResponse:
    """The cards on the customer's list, oldest first; removed ones are not on it."""
    return told(Cards(items=[told_card(card) for card in cards_of(request.auth.user)]))


@door(router, "GET", "/cards/{reference}", summary="One saved card", answers=OneCard, scope=READ, roles=OWNER)
def get_card(request: ApiRequest, reference: Reference) -> HttpResponse:
    """The card, what freezing or removing it touches, and by what it is proven."""
    return told_fresh(request, reference)


@door(
    router,
    "POST",
    "/cards",
    summary="Begin to save a card",
    answers=CardPage,
    status=201,
    scope=CARDS,
    roles=OWNER,
)
def add_card(request: ApiRequest, asked: NewCard) -> HttpResponse:
    """Opens the provider's own page, where the card is typed. A page that is never used is forgotten."""
    card, page = start_set_up(
        ports=request.ports,
        providers=system_card_providers(clock=request.ports.clock, ids=request.ports.ids),
        customer=request.auth.user,
        provider=_where(),
        return_to=asked.return_to,
    )
    address = settings.SITE_ADDRESS + page if page.startswith("/") else page
    return told(CardPage(card=told_card(card), page=address), 201)


@door(
    router,
    "POST",
    "/cards/{reference}/given",
    summary="Finish saving a card",
    answers=Card,
    scope=CARDS,
    roles=OWNER,
)
def finish_card(request: ApiRequest, reference: Reference) -> HttpResponse:
    """Reads at the provider what became of its page; a card that was given there is `active` from then on."""
    vaults = system_card_providers(clock=request.ports.clock, ids=request.ports.ids)
    card = card_for(request.auth.user, reference)
    return told(told_card(finish_set_up(ports=request.ports, providers=vaults, card=card)))


@door(
    router,
    "POST",
    "/cards/{reference}/freeze",
    summary="Freeze a lost or stolen card",
    answers=OneCard,
    scope=CARDS,
    roles=OWNER,
)
def freeze_saved_card(request: ApiRequest, reference: Reference, asked: Freeze) -> HttpResponse:
    """At once and without a proof: nothing is charged to it any more. It does not block it at the bank."""
    card = card_for(request.auth.user, reference)
    freeze_card(ports=request.ports, card=card, reason=FreezeReason(asked.reason))
    return told_fresh(request, reference)


@door(
    router,
    "POST",
    "/cards/{reference}/code",
    summary="Mail a code to the card's e-mail",
    answers=CodeMailed,
    scope=CARDS,
    roles=OWNER,
)
def mail_card_code(request: ApiRequest, reference: Reference, asked: CodeWanted) -> HttpResponse:
    """Six digits to the e-mail tied to the card, good once. One a minute and five a day are mailed."""
    card = card_for(request.auth.user, reference)
    code = services.mail_code(ports=request.ports, card=card, purpose=asked.purpose)
    return told(CodeMailed(good_until=code.sent_at + LIFE))


@door(
    router,
    "POST",
    "/cards/{reference}/unfreeze",
    summary="Unfreeze a card",
    answers=OneCard,
    scope=CARDS,
    roles=OWNER,
)
def unfreeze_saved_card(request: ApiRequest, reference: Reference, asked: Unfreezing) -> HttpResponse:
    """By a proof stronger than any that froze it, never a stolen one. Every wrong one is answered alike."""
    services.unfreeze_card(
        ports=request.ports,
        card=card_for(request.auth.user, reference),
        email=asked.email,
        kind=asked.kind,
        given=asked.given,
    )
    return told_fresh(request, reference)
