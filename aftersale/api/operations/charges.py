"""What orders owe, the ways to pay, charges, and adding a card after a failed one."""

from collections.abc import Callable
from typing import Annotated

from django.conf import settings
from django.http import HttpResponse
from django.utils import translation
from ninja import Router
from ninja.params.functions import Query

from aftersale.accounts.models import Role
from aftersale.api.doors import CARDS, PAYING, READ, ApiRequest, door, language_of, told
from aftersale.api.fields import REFERENCE, Cursor, IdempotencyKey, Limit, OrderCode, Reference
from aftersale.api.idempotency import once_prepared
from aftersale.api.pages import page_of
from aftersale.api.shapes.cards import CardPage, told_card
from aftersale.api.shapes.charges import (
    AllOwed,
    CardNamed,
    Charge,
    Charges,
    ChargeStateName,
    Payment,
    Retry,
    StaffCharge,
    Verdict,
    WaysToPay,
    told_charge,
    told_charge_summary,
    told_owed,
    told_ways,
)
from aftersale.orders.queries import order_for
from aftersale.payments import charging
from aftersale.payments.card_models import SavedCard
from aftersale.payments.charge_models import Charge as ChargeRow
from aftersale.payments.charge_queries import charge_for, charges_for, unpaid_orders
from aftersale.payments.declines.words import verdict_for
from aftersale.payments.errors import CardNotSetUp
from aftersale.payments.providers.charges import ChargeProvider
from aftersale.payments.providers.registry import (
    system_card_providers,
    system_charge_providers,
    where_cards_are_saved,
)
from aftersale.payments.readding import may_add_card
from aftersale.payments.saved_cards import card_for, cards_of, start_set_up_after
from aftersale.payments.transfers import transfer_for
from aftersale.returns.paying import rights_of_paying

router = Router(tags=["charges"])
OWNER = (Role.CUSTOMER,)

State = Annotated[ChargeStateName | None, Query(None, description="only charges in this state")]
Named = Annotated[
    str,
    Query("", pattern=f"^$|{REFERENCE}", description="a card of one's list; left out for another one"),
]


def _told(request: ApiRequest, charge: ChargeRow, status: int = 200) -> HttpResponse:
    viewer = request.auth.user
    with translation.override(language_of(request)):
        fresh = charge_for(viewer, charge.reference)
        return told(told_charge(fresh, viewer, request.ports.clock.now()), status)


def _terminals(request: ApiRequest) -> dict[str, ChargeProvider]:
    return system_charge_providers(clock=request.ports.clock, ids=request.ports.ids)


@door(router, "GET", "/owed", summary="What one still owes", answers=AllOwed, scope=READ, roles=OWNER)
def list_owed(request: ApiRequest) -> HttpResponse:
    """The customer's orders that came in unpaid, or part paid, and still owe something."""
    return told(AllOwed(items=[told_owed(order) for order in unpaid_orders(request.auth.user)]))


@door(
    router,
    "GET",
    "/orders/{code}/ways-to-pay",
    summary="How an order can be paid",
    answers=WaysToPay,
    scope=READ,
    roles=OWNER,
)
def get_ways_to_pay(request: ApiRequest, code: OrderCode) -> HttpResponse:
    """Saved cards, a new one, a transfer; with what can come back later by each. Show it before paying."""
    viewer = request.auth.user
    order = order_for(viewer, code)
    transfer = transfer_for(order)
    means = ("card", "bank_transfer") if transfer else ("card",)
    ways = told_ways(
        order,
        list(cards_of(viewer)),
        can_add=bool(where_cards_are_saved()),
        transfer=transfer,
        parts=rights_of_paying(order, means=means, language=language_of(request)),
        now=request.ports.clock.now(),
    )
    return told(ways)


@door(
    router,
    "POST",
    "/orders/{code}/charges",
    summary="Pay an order by a saved card",
    answers=Charge,
    status=201,
    scope=CARDS,
    roles=OWNER,
    is_money=True,
)
def pay_order(
    request: ApiRequest, code: OrderCode, asked: Payment, idempotency_key: IdempotencyKey
) -> HttpResponse:
    """Charges all that the order owes. `requires_action`: lead the customer to `confirm_at`; `unknown`: wait.

    Refused with `charge_under_way` while another payment has no outcome, and with `not_again`, `try_later` or
    `too_often` where this card cannot help now.
    """
    viewer = request.auth.user
    order, card = order_for(viewer, code), card_for(viewer, asked.card)

    def pay() -> ChargeRow:
        return charging.pay_order(
            ports=request.ports,
            providers=_terminals(request),
            order=order,
            card=card,
            by=viewer,
            return_to=asked.return_to,
        )

    return once_prepared(request, idempotency_key, asked, lambda: _answering(request, pay(), 201))


@door(router, "GET", "/charges", summary="List charges", answers=Charges, scope=READ, roles=PAYING)
def list_charges(
    request: ApiRequest, limit: Limit = 20, cursor: Cursor = "", state: State = None
) -> HttpResponse:
    """Charges, newest first: one's own for a customer, all of them and why for agents and finance."""
    viewer = request.auth.user
    rows = charges_for(viewer)
    if state:
        rows = rows.filter(state=state)
    found, following = page_of(rows, by="created_at", cursor=cursor, limit=limit)
    items = [told_charge_summary(row, viewer) for row in found]
    return told(Charges(items=items, next_cursor=following))


@door(
    router,
    "GET",
    "/charges/{reference}",
    summary="One charge",
    answers=StaffCharge | Charge,
    scope=READ,
    roles=PAYING,
)
def get_charge(request: ApiRequest, reference: Reference) -> HttpResponse:
    """How it stands, what a failure means, what is tried again by itself and when. The team sees why, too."""
    return _told(request, charge_for(request.auth.user, reference))


@door(
    router,
    "POST",
    "/charges/{reference}/retry",
    summary="Try the same card again",
    answers=Charge,
    status=201,
    scope=CARDS,
    roles=OWNER,
    is_money=True,
)
def retry_charge(
    request: ApiRequest, reference: Reference, asked: Retry, idempotency_key: IdempotencyKey
) -> HttpResponse:
    """A new charge of the card of one that failed; refused as `pay_order` is."""
    viewer = request.auth.user
    failed = charge_for(viewer, reference)

    def again() -> ChargeRow:
        return charging.try_again(
            ports=request.ports,
            providers=_terminals(request),
            charge=failed,
            by=viewer,
            return_to=asked.return_to,
        )

    return once_prepared(request, idempotency_key, asked, lambda: _answering(request, again(), 201))


@door(
    router,
    "POST",
    "/charges/{reference}/outcome",
    summary="Read what became of a charge",
    answers=Charge,
    scope=CARDS,
    roles=OWNER,
)
def read_charge_outcome(request: ApiRequest, reference: Reference) -> HttpResponse:
    """Asks the provider, when the customer is back from the bank's page. Asking again changes nothing."""
    charge = charge_for(request.auth.user, reference)
    found = charging.finish_authentication(ports=request.ports, providers=_terminals(request), charge=charge)
    return _told(request, found)


@door(
    router,
    "POST",
    "/charges/{reference}/give-up",
    summary="Give a charge up",
    answers=Charge,
    scope=CARDS,
    roles=OWNER,
)
def give_charge_up(request: ApiRequest, reference: Reference) -> HttpResponse:
    """One that waits: for its time, or to be confirmed with the bank. What the provider says counts."""
    viewer = request.auth.user
    found = charging.give_up_charge(
        ports=request.ports,
        providers=_terminals(request),
        charge=charge_for(viewer, reference),
        by=viewer,
    )
    return _told(request, found)


@door(
    router,
    "GET",
    "/charges/{reference}/adding-a-card",
    summary="Would adding this card help?",
    answers=Verdict,
    scope=READ,
    roles=OWNER,
)
def get_adding_verdict(request: ApiRequest, reference: Reference, card: Named = "") -> HttpResponse:
    """Yes, no, or update, for a card of the list after this failure. Nobody outside is asked."""
    viewer = request.auth.user
    charge, named = charge_for(viewer, reference), _named(request, card)
    with translation.override(language_of(request)):
        add_again = may_add_card(viewer, charge, named)
        said = verdict_for(add_again)
        return told(Verdict(add_again=add_again.value, verdict=str(said.title), because=str(said.text)))


@door(
    router,
    "POST",
    "/charges/{reference}/cards",
    summary="Add a card after a failure",
    answers=CardPage,
    status=201,
    scope=CARDS,
    roles=OWNER,
)
def add_card_after_failure(request: ApiRequest, reference: Reference, asked: CardNamed) -> HttpResponse:
    """Opens the provider's page. Where that card cannot help: `pointless_card`, and nobody is asked."""
    viewer = request.auth.user
    provider = where_cards_are_saved()
    if not provider:
        raise CardNotSetUp("no payment provider takes cards here")
    card, page = start_set_up_after(
        ports=request.ports,
        providers=system_card_providers(clock=request.ports.clock, ids=request.ports.ids),
        charge=charge_for(viewer, reference),
        named=_named(request, asked.card or ""),
        provider=provider,
        return_to=asked.return_to,
    )
    address = settings.SITE_ADDRESS + page if page.startswith("/") else page
    return told(CardPage(card=told_card(card), page=address), 201)


def _named(request: ApiRequest, reference: str) -> SavedCard | None:
    return card_for(request.auth.user, reference) if reference else None


def _answering(request: ApiRequest, charge: ChargeRow, status: int) -> Callable[[str], HttpResponse]:
    return lambda _intent: _told(request, charge, status)
