"""My Account: the customer's orders and returns."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from aftersale.accounts.models import Role
from aftersale.orders.queries import order_for, orders_of
from aftersale.payments.charge_queries import unpaid_orders
from aftersale.payments.queries import money_of_tender
from aftersale.payments.saved_cards import cards_of
from aftersale.returns.models import Party
from aftersale.returns.queries import returns_of, units_left, with_lines
from aftersale.returns.rights import rights_today
from aftersale.support.models import ThreadState
from aftersale.support.queries import own_threads, with_unread
from aftersale.web.cards_shown import CardShown
from aftersale.web.doors import DeskRequest, door, language_now, page_of, shown
from aftersale.web.home import start_of
from aftersale.web.orders_shown import OrderShown
from aftersale.web.threads_shown import ThreadShown


@door(*Role.values)
@require_safe
def account(request: DeskRequest) -> HttpResponse:
    """The customer's overview: what waits for the customer first, then the newest orders."""
    if request.user.role != Role.CUSTOMER:
        return redirect(start_of(request.user))
    open_returns = with_lines(returns_of(request.user).filter(closed_at=None)).order_by("due_at")
    now = request.ports.clock.now()
    mine = own_threads(request.user).exclude(state=ThreadState.CLOSED)
    context = {
        "unpaid": [OrderShown(order, {}) for order in unpaid_orders(request.user)],
        "yours": [case for case in open_returns if case.waiting_on == Party.CUSTOMER],
        "others": [case for case in open_returns if case.waiting_on != Party.CUSTOMER],
        "orders": [OrderShown(order, {}) for order in orders_of(request.user)[:5]],
        "cards": [CardShown(card) for card in cards_of(request.user)[:4]],
        "threads": [ThreadShown(row, request.user, now) for row in with_unread(mine, request.user)[:3]],
    }
    return shown(request, "customer/account.html", context)


@door(Role.CUSTOMER)
@require_safe
def orders(request: DeskRequest) -> HttpResponse:
    """All orders, newest first."""
    page = page_of(request, orders_of(request.user), 10)
    context = {"page": page, "orders": [OrderShown(order, {}) for order in page], "nav": "orders"}
    return shown(request, "customer/orders.html", context)


@door(Role.CUSTOMER)
@require_safe
def order(request: DeskRequest, code: str) -> HttpResponse:
    """One order: what was bought, where it is, how it was paid, and what can be sent back."""
    found = order_for(request.user, code)
    mine = list(with_lines(returns_of(request.user).filter(order=found)))
    left, now = units_left(found), request.ports.clock.now()
    today = rights_today(found, left, now=now, language=language_now())
    context = {
        "order": OrderShown(found, left, mine, today),
        "tenders": [(tender, money_of_tender(tender)) for tender in found.tenders.all()],
        "nav": "orders",
    }
    return shown(request, "customer/order.html", context, zone=found.zone)


@door(Role.CUSTOMER)
@require_safe
def returns(request: DeskRequest) -> HttpResponse:
    """All returns of the customer, newest first."""
    page = page_of(request, with_lines(returns_of(request.user)))
    return shown(request, "customer/returns.html", {"page": page, "nav": "returns"})
