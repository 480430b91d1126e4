"""A refund whose card is gone: the customer says where to, and two people of finance pay it there."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect as go
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aftersale.accounts.models import Role
from aftersale.accounts.proving import NotProven, TooManyProofs, Way, way_of
from aftersale.base.errors import BadInput, NotYours, Refused
from aftersale.payments.models import Redirect, Refund
from aftersale.payments.redirect_models import RedirectState, Target
from aftersale.payments.redirect_queries import redirect_for, redirects_of
from aftersale.payments.redirecting import (
    Choice,
    approve_redirect,
    as_seen,
    ask_again,
    ask_where_to,
    choose_target,
    iban_for,
    mail_redirect_code,
    record_bank_payment,
    record_sent_back,
    release_redirect,
)
from aftersale.payments.states import State
from aftersale.web.doors import DeskRequest, door, page_of, say, shown
from aftersale.web.refusals import told_refusal


@door(Role.CUSTOMER)
@require_http_methods(["GET", "HEAD", "POST"])
def where_to(request: DeskRequest, reference: str) -> HttpResponse:
    """Where the refund shall go; afterwards, how far it is."""
    row = redirect_for(request.user, reference)
    context = _asked(request, row)
    if request.method != "POST":
        return shown(request, "redirects/where_to.html", context)
    if request.POST.get("do") == "code":
        return _mail_code(request, row)
    given = {name: request.POST.get(name, "")[:200] for name in ("target", "holder", "iban", "proof")}
    agreed = bool(request.POST.get("agreed"))
    try:
        choice = Choice(given["target"], given["holder"], given["iban"])
        choose_target(ports=request.ports, redirect=row, choice=choice, agreed=agreed, proof=given["proof"])
    except (BadInput, NotProven) as error:
        context |= {"wrong": told_refusal(error), "field": getattr(error, "field", "proof")}
        context |= {"given": {**given, "proof": ""}, "agreed": agreed}
        return shown(request, "redirects/where_to.html", context, status=422)
    except Refused as error:
        say(request, error)
    else:
        messages.success(request, _("Noted. Two people of our finance team look at it, and then pay it."))
    return go("refund_where_to", row.reference)


@door(Role.FINANCE)
@require_safe
def queue(request: DeskRequest) -> HttpResponse:
    """Every refund that does not go where it came from."""
    context = {"page": page_of(request, redirects_of(request.user), 25), "nav": "refunds"}
    return shown(request, "redirects/queue.html", context)


@door(Role.FINANCE)
@require_safe
def one(request: DeskRequest, reference: str) -> HttpResponse:
    """One of them, with what this person can do."""
    row = redirect_for(request.user, reference)
    context = {
        "row": row,
        "iban": iban_for(row, request.user),
        "is_open": row.refund.state == State.HELD,
        "approved_it": row.approved_by_id == request.user.pk,
        "nav": "refunds",
    }
    return shown(request, "redirects/one.html", context)


@door(Role.FINANCE)
@require_POST
def act(request: DeskRequest, reference: str, step: str) -> HttpResponse:
    """One step of one person of finance."""
    row = redirect_for(request.user, reference)
    verb = _STEPS.get(step)
    if verb is None:
        raise Http404
    try:
        verb(request, row)
    except (BadInput, Refused) as error:
        say(request, error)
    else:
        messages.success(request, _("Noted. The books follow."))
    return go("finance_redirect", row.reference)


@door(Role.FINANCE)
@require_POST
def ask(request: DeskRequest, reference: str) -> HttpResponse:
    """Ask the customer of a held refund where it shall go."""
    refund = Refund.objects.filter(reference=reference).first()
    if refund is None:
        raise NotYours
    try:
        row = ask_where_to(ports=request.ports, refund=refund, actor=request.user)
    except Refused as error:
        say(request, error)
        return go("finance_refunds")
    return go("finance_redirect", row.reference)


def _approve(request: DeskRequest, row: Redirect) -> None:
    approve_redirect(ports=request.ports, redirect=_seen(request, row), actor=request.user)


def _release(request: DeskRequest, row: Redirect) -> None:
    release_redirect(ports=request.ports, redirect=_seen(request, row), actor=request.user)


def _seen(request: DeskRequest, row: Redirect) -> Redirect:
    """The page was of one choice of the customer's; a newer one has to be looked at first."""
    try:
        return as_seen(row, datetime.fromisoformat(request.POST.get("chosen_at", "")))
    except (ValueError, TypeError):
        wanted = "the moment of the choice that you looked at, as its page has it"
        raise BadInput("chosen_at", request.POST.get("chosen_at", "")[:40], wanted) from None


def _again(request: DeskRequest, row: Redirect) -> None:
    reason = request.POST.get("reason", "")
    ask_again(ports=request.ports, redirect=row, reason=reason, actor=request.user)


def _sent(request: DeskRequest, row: Redirect) -> None:
    name = request.POST.get("bank_reference", "")
    record_bank_payment(ports=request.ports, redirect=row, bank_reference=name, actor=request.user)


def _back(request: DeskRequest, row: Redirect) -> None:
    record_sent_back(ports=request.ports, redirect=row, actor=request.user)


_STEPS: dict[str, Callable[[DeskRequest, Redirect], None]] = {
    "approve": _approve,
    "release": _release,
    "ask-again": _again,
    "sent": _sent,
    "sent-back": _back,
}


def _asked(request: DeskRequest, row: Redirect) -> dict[str, Any]:
    can_choose = row.state in (RedirectState.ASKED, RedirectState.CHOSEN) and row.refund.state == State.HELD
    return {
        "row": row,
        "can_choose": can_choose,
        "by_password": way_of(request.user) is Way.PASSWORD,
        "given": {"target": row.target or Target.BANK, "holder": row.holder or request.user.name},
        "nav": "orders",
    }


def _mail_code(request: DeskRequest, row: Redirect) -> HttpResponse:
    try:
        mail_redirect_code(ports=request.ports, redirect=row)
    except TooManyProofs as error:
        say(request, error)
    else:
        messages.success(request, _("A code is on its way to your e-mail."))
    return go("refund_where_to", row.reference)
