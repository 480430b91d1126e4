"""The agents' pages: what waits, for whom and until when; every decision with its facts and their sources."""

from typing import Any

from django.http import HttpResponse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from aftersale.accounts.models import Role
from aftersale.base.errors import BadInput, Refused
from aftersale.orders.queries import order_for, orders_of
from aftersale.payments.charge_queries import charges_of
from aftersale.payments.queries import money_of_tender
from aftersale.returns.models import Party, Reason, Return
from aftersale.returns.queries import refunds_of, return_for, returns_of, units_left, with_lines
from aftersale.web.answers import summary_of
from aftersale.web.case_shown import CaseShown
from aftersale.web.charges_shown import ChargeShown
from aftersale.web.decision_shown import DecisionShown
from aftersale.web.doors import DeskRequest, door, language_now, page_of, shown
from aftersale.web.handling import act_on
from aftersale.web.orders_shown import OrderShown
from aftersale.web.reads import (
    closed_returns,
    decided,
    history,
    open_returns,
    orders_found,
    returns_found,
    silent_orders,
)
from aftersale.web.refusals import told_refusal

PARTIES = ("", Party.AGENT, Party.SUPPLIER, Party.CUSTOMER)


@door(Role.AGENT)
@require_safe
def queue(request: DeskRequest) -> HttpResponse:
    """Every open return by its due date; beside it the orders that nobody saw arrive."""
    party = request.GET.get("for", Party.AGENT)
    party = party if party in PARTIES else Party.AGENT
    page, now = page_of(request, open_returns(request.user, party)), request.ports.clock.now()
    silent = silent_orders(now)
    context = {
        "page": page,
        "cases": [CaseShown(case, now) for case in page],
        "party": party,
        "counts": _counts(request, now),
        "silent": silent[:5],
        "silent_count": silent.count(),
        "nav": "desk",
    }
    return shown(request, "desk/queue.html", context)


@door(Role.AGENT)
@require_safe
def returns(request: DeskRequest) -> HttpResponse:
    """Look up returns by their number, order or RMA number; without a word, the closed ones."""
    words, now = request.GET.get("q", "").strip(), request.ports.clock.now()
    rows = returns_found(request.user, words) if words else closed_returns(request.user)
    page = page_of(request, rows)
    cases = [CaseShown(case, now) for case in page]
    orders = list(orders_found(words)[:5]) if words else []
    context = {"page": page, "cases": cases, "orders": orders, "words": words, "nav": "returns"}
    context["more"] = urlencode({"q": words}) if words else ""
    return shown(request, "desk/returns.html", context)


@door(Role.AGENT)
@require_safe
def orders(request: DeskRequest) -> HttpResponse:
    """Orders: those found, those that nobody saw arrive, or all."""
    words, silent = request.GET.get("q", "").strip(), request.GET.get("show") == "silent"
    rows = orders_of(request.user)
    if silent:
        rows = rows.filter(pk__in=silent_orders(request.ports.clock.now()).values("pk"))
    elif words:
        rows = rows.filter(pk__in=orders_found(words).values("pk"))
    page = page_of(request, rows)
    shown_orders = [OrderShown(order, {}) for order in page]
    context = {"page": page, "orders": shown_orders, "words": words, "silent": silent, "nav": "orders"}
    return shown(request, "desk/orders.html", context)


@door(Role.AGENT)
@require_safe
def order(request: DeskRequest, code: str) -> HttpResponse:
    """One order with everything that is known of it."""
    one = order_for(request.user, code)
    cases = list(with_lines(returns_of(request.user).filter(order=one)))
    context = {
        "order": OrderShown(one, units_left(one), cases),
        "tenders": [(tender, money_of_tender(tender)) for tender in one.tenders.all()],
        "charges": [ChargeShown(each, request.ports.clock.now()) for each in charges_of(one)],
        "nav": "orders",
    }
    return shown(request, "desk/order.html", context, zone=one.zone)


@door(Role.AGENT)
@require_safe
def return_page(request: DeskRequest, reference: str) -> HttpResponse:
    """One return with every decision ever made on it, the facts, and who says so."""
    return _page(request, return_for(request.user, reference))


@door(Role.AGENT)
@require_POST
def act(request: DeskRequest, reference: str, step: str) -> HttpResponse:
    """What the supplier can do, done by our staff."""
    return act_on(request, reference, step, page=_page, back="desk_return")


def _page(
    request: DeskRequest, case: Return, step: str = "", error: BadInput | Refused | None = None
) -> HttpResponse:
    now, language = request.ports.clock.now(), language_now()
    context = {
        "shown": CaseShown(case, now),
        "summary": summary_of(decided(case, now=now, language=language), case.group.supplier.name),
        "history": [DecisionShown(decision, language) for decision in history(case)],
        "refunds": refunds_of(case),
        "reasons": Reason.values,
        "typed": request.POST,
        "step": step,
        "wrong": told_refusal(error) if error else "",
        "nav": "returns",
    }
    status = 422 if error else 200
    return shown(request, "desk/return.html", context, zone=case.order.zone, status=status)


def _counts(request: DeskRequest, now: Any) -> dict[str, int]:
    """How many open returns wait for whom, and how many of them are late."""
    rows = open_returns(request.user)
    waiting = list(rows.values_list("waiting_on", "due_at"))
    counts = {party: sum(1 for who, _due in waiting if who == party) for party in PARTIES if party}
    late = sum(1 for _who, due in waiting if due is not None and due <= now)
    return {**counts, "all": len(waiting), "late": late}
