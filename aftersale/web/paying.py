"""Paying what an order still owes: by a saved card, a new one or a transfer, and what that means later."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aftersale.accounts.models import Role
from aftersale.base.errors import Refused
from aftersale.orders.models import Order
from aftersale.orders.queries import order_for
from aftersale.payments.charge_models import Charge
from aftersale.payments.charge_queries import charge_for, charges_of, last_asked, live_charge, owes_for
from aftersale.payments.charge_states import ChargeState
from aftersale.payments.charging import finish_authentication, give_up_charge, pay_order, try_again
from aftersale.payments.errors import ChargeUnderWay, PointlessCard
from aftersale.payments.providers.cards import CardProvider
from aftersale.payments.providers.charges import ChargeProvider
from aftersale.payments.providers.registry import (
    system_card_providers,
    system_charge_providers,
    where_cards_are_saved,
)
from aftersale.payments.saved_cards import (
    card_for,
    cards_of,
    finish_set_up,
    start_set_up,
    start_set_up_after,
)
from aftersale.payments.transfers import takes_transfers, transfer_for
from aftersale.returns.paying import rights_of_paying
from aftersale.returns.rights import MeansRights
from aftersale.web.charges_shown import ChargeShown, WayShown
from aftersale.web.doors import DeskRequest, door, language_now, say, shown
from aftersale.web.leaving import leave_for

_PAGE = ["GET", "HEAD", "POST"]


@door(Role.CUSTOMER)
@require_http_methods(_PAGE)
def pay(request: DeskRequest, code: str) -> HttpResponse:
    """The ways to pay, with the rights of each; a press charges the chosen card."""
    order, now = order_for(request.user, code), request.ports.clock.now()
    if request.method == "POST":
        return _pay(request, order)
    owed, live = owes_for(order), live_charge(order)
    if not owed.minor or (live is not None and not live.is_scheduled):
        return _where_it_stands(order, live)
    last = last_asked(order)
    context = {
        "order": order,
        "owed": owed,
        "ways": [WayShown(card, order, now) for card in cards_of(request.user)],
        "chosen": request.GET.get("card", ""),
        "last": ChargeShown(last, now) if last else None,
        "scheduled": live,
        "can_add": bool(where_cards_are_saved()),
        "by_card": _rights(order, "card"),
        "by_transfer": _rights(order, "bank_transfer") if takes_transfers() else None,
        "nav": "orders",
    }
    return shown(request, "charges/pay.html", context, zone=order.zone)


def _pay(request: DeskRequest, order: Order) -> HttpResponse:
    def press() -> Charge:
        return pay_order(
            ports=request.ports,
            providers=_terminals(request),
            order=order,
            card=card_for(request.user, request.POST.get("card", "")[:64]),
            by=request.user,
            return_to=_back(),
        )

    return _pressed(request, press, reverse("pay", args=[order.code]))


@door(Role.CUSTOMER)
@require_safe
def transfer(request: DeskRequest, code: str) -> HttpResponse:
    """Where to send the money, how much, and the words by which it is recognised."""
    order = order_for(request.user, code)
    found, live = transfer_for(order), live_charge(order)
    if found is None:
        raise Http404
    context = {
        "order": order,
        "transfer": found,
        "live": live,
        "by_transfer": _rights(order, "bank_transfer"),
        "nav": "orders",
    }
    return shown(request, "charges/transfer.html", context, zone=order.zone)


@door(Role.CUSTOMER)
@require_POST
def new_card(request: DeskRequest, code: str) -> HttpResponse:
    """To the provider's page for a card that is not saved yet; after a failure, first which card it is."""
    order = order_for(request.user, code)
    last = last_asked(order)
    if last is not None and last.state == ChargeState.DECLINED:
        return redirect("charge_add_card", last.reference)
    provider = _where()
    _card, page = start_set_up(
        ports=request.ports,
        providers=_vaults(request),
        customer=request.user,
        provider=provider,
        return_to=_given(order),
    )
    return leave_for(request, page)


@door(Role.CUSTOMER)
@require_safe
def given(request: DeskRequest, code: str, card: str) -> HttpResponse:
    """Back from the provider's page, and back to paying."""
    order = order_for(request.user, code)
    try:
        saved = finish_set_up(
            ports=request.ports, providers=_vaults(request), card=card_for(request.user, card)
        )
    except Refused as error:
        say(request, error)
        return redirect("pay", order.code)
    messages.success(request, _("The card is saved. Now pay with it."))
    return redirect(f"{reverse('pay', args=[order.code])}?card={saved.reference}")


@door(Role.CUSTOMER)
@require_safe
def charge(request: DeskRequest, reference: str) -> HttpResponse:
    """How a payment stands: paid, failed and why, to be confirmed, or being checked."""
    found = charge_for(request.user, reference)
    context = {"shown": ChargeShown(found, request.ports.clock.now()), "charge": found, "nav": "orders"}
    context["owed"] = owes_for(found.order)
    context["is_last"] = found.pk == getattr(last_asked(found.order), "pk", None)
    template = "charges/state.html" if request.headers.get("HX-Request") else "charges/charge.html"
    return shown(request, template, context, zone=found.order.zone)


@door(Role.CUSTOMER)
@require_safe
def back(request: DeskRequest, reference: str) -> HttpResponse:
    """Back from the bank's page: read at the provider what became of it."""
    found = charge_for(request.user, reference)
    finish_authentication(ports=request.ports, providers=_terminals(request), charge=found)
    return redirect("charge", found.reference)


@door(Role.CUSTOMER)
@require_POST
def confirm(request: DeskRequest, reference: str) -> HttpResponse:
    """To the bank's page, where the payment is confirmed."""
    found = charge_for(request.user, reference)
    if found.state != ChargeState.REQUIRES_ACTION or not found.action_address:
        return redirect("charge", found.reference)
    return leave_for(request, found.action_address)


@door(Role.CUSTOMER)
@require_POST
def again(request: DeskRequest, reference: str) -> HttpResponse:
    """The same card once more."""
    found = charge_for(request.user, reference)

    def press() -> Charge:
        return try_again(
            ports=request.ports,
            providers=_terminals(request),
            charge=found,
            by=request.user,
            return_to=_back(),
        )

    return _pressed(request, press, reverse("charge", args=[found.reference]))


@door(Role.CUSTOMER)
@require_POST
def give_up(request: DeskRequest, reference: str) -> HttpResponse:
    """No more of a payment that waits: for its time, or to be confirmed."""
    found = charge_for(request.user, reference)
    try:
        give_up_charge(ports=request.ports, providers=_terminals(request), charge=found, by=request.user)
    except Refused as error:
        say(request, error)
    return redirect("charge", found.reference)


@door(Role.CUSTOMER)
@require_http_methods(_PAGE)
def add_card(request: DeskRequest, reference: str) -> HttpResponse:
    """Which card is it? The one that failed is refused here, at no cost, where adding it cannot help."""
    found = charge_for(request.user, reference)
    view = ChargeShown(found, request.ports.clock.now())
    context = {"shown": view, "charge": found, "nav": "orders", "named": request.POST.get("which", "")}
    if request.method != "POST" or context["named"] not in ("same", "other"):
        return shown(request, "charges/add_card.html", context)
    try:
        _card, page = start_set_up_after(
            ports=request.ports,
            providers=_vaults(request),
            charge=found,
            named=found.card if context["named"] == "same" else None,
            provider=_where(),
            return_to=_given(found.order),
        )
    except PointlessCard:
        return shown(request, "charges/add_card.html", {**context, "refused": True}, status=409)
    return leave_for(request, page)


def _pressed(request: DeskRequest, press: Callable[[], Charge], refused_at: str) -> HttpResponse:
    """Charge, and go on to where the charge stands; back to `refused_at`, told why, where it was refused."""
    try:
        charge = press()
    except ChargeUnderWay as error:
        return redirect("charge", error.charge)
    except Refused as error:
        say(request, error)
        return redirect(refused_at)
    return _onward(request, charge)


def _rights(order: Order, means: str) -> list[tuple[tuple[str, ...], MeansRights]]:
    """What can come back of what is paid by one means: for each supplier's terms."""
    parts = rights_of_paying(order, means=(means,), language=language_now())
    return [(part.suppliers, one) for part in parts for one in part.means]


def _where_it_stands(order: Order, live: Charge | None) -> HttpResponse:
    """Nothing can be paid now: to the payment that is on its way, or to the order."""
    last = live or charges_of(order).last()
    return redirect("charge", last.reference) if last else redirect("order", order.code)


def _onward(request: DeskRequest, charge: Charge) -> HttpResponse:
    if charge.state == ChargeState.REQUIRES_ACTION and charge.action_address:
        return leave_for(request, charge.action_address)
    return redirect("charge", charge.reference)


def _where() -> str:
    provider = where_cards_are_saved()
    if not provider:
        raise Http404
    return provider


def _back() -> str:
    return reverse("charge_back", args=["{charge}"]).replace("%7Bcharge%7D", "{charge}")


def _given(order: Order) -> str:
    return reverse("pay_card_given", args=[order.code, "{card}"]).replace("%7Bcard%7D", "{card}")


def _vaults(request: DeskRequest) -> dict[str, CardProvider]:
    return system_card_providers(clock=request.ports.clock, ids=request.ports.ids)


def _terminals(request: DeskRequest) -> dict[str, ChargeProvider]:
    return system_charge_providers(clock=request.ports.clock, ids=request.ports.ids)
