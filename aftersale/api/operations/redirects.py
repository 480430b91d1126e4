"""Refunds whose card is gone: the customer chooses where to, two people of finance pay it there."""

from collections.abc import Callable

from django.http import HttpResponse
from ninja import Router
from pydantic import BaseModel

from aftersale.accounts.models import Role
from aftersale.api.doors import READ, REFUNDS, ApiRequest, door, told
from aftersale.api.fields import Cursor, IdempotencyKey, Limit, Reference
from aftersale.api.idempotency import once
from aftersale.api.pages import page_of
from aftersale.api.shapes.redirects import (
    BankPayment,
    Looked,
    NewChoice,
    Redirect,
    RedirectQuestion,
    Redirects,
    told_redirect,
)
from aftersale.base.errors import NotYours
from aftersale.payments import redirecting
from aftersale.payments.models import Redirect as RedirectRow
from aftersale.payments.models import Refund
from aftersale.payments.redirect_queries import redirect_for, redirects_of

router = Router(tags=["refunds"])
_WHO = (Role.CUSTOMER, Role.FINANCE)
_FINANCE = (Role.FINANCE,)


def told_row(request: ApiRequest, reference: str, status: int = 200) -> HttpResponse:
    viewer = request.auth.user
    return told(told_redirect(redirect_for(viewer, reference), viewer), status)


@door(
    router,
    "GET",
    "/redirects",
    summary="List refunds to elsewhere",
    answers=Redirects,
    scope=READ,
    roles=_WHO,
)
def list_redirects(request: ApiRequest, limit: Limit = 20, cursor: Cursor = "") -> HttpResponse:
    """Refunds whose card is gone, newest first: one's own for a customer, all for finance."""
    viewer = request.auth.user
    rows, following = page_of(redirects_of(viewer), by="asked_at", cursor=cursor, limit=limit)
    return told(Redirects(items=[told_redirect(row, viewer) for row in rows], next_cursor=following))


@door(
    router,
    "GET",
    "/redirects/{reference}",
    summary="One refund to elsewhere",
    answers=Redirect,
    scope=READ,
    roles=_WHO,
)
def get_redirect(request: ApiRequest, reference: Reference) -> HttpResponse:
    """Where it goes, and how far it is. Finance reads the whole IBAN while it is to be sent."""
    return told_row(request, reference)


@door(
    router,
    "POST",
    "/refunds/{reference}/redirect",
    summary="Ask the customer where a refund shall go",
    answers=Redirect,
    status=201,
    scope=REFUNDS,
    roles=_FINANCE,
)
def ask_where_to(request: ApiRequest, reference: Reference) -> HttpResponse:
    """Only a `held` refund by card. It is asked by itself where the provider says that the card is gone."""
    refund = Refund.objects.filter(reference=reference).first()
    if refund is None:
        raise NotYours
    row = redirecting.ask_where_to(ports=request.ports, refund=refund, actor=request.auth.user)
    return told_row(request, row.reference, 201)


@door(
    router,
    "POST",
    "/redirects/{reference}/code",
    summary="Mail a code to prove the choice with",
    answers=Redirect,
    scope=REFUNDS,
    roles=(Role.CUSTOMER,),
)
def mail_redirect_code(request: ApiRequest, reference: Reference) -> HttpResponse:
    """For a customer without a password. Good once, for ten minutes."""
    row = redirect_for(request.auth.user, reference)
    redirecting.mail_redirect_code(ports=request.ports, redirect=row)
    return told_row(request, reference)


@door(
    router,
    "POST",
    "/redirects/{reference}/choice",
    summary="Choose where the refund shall go",
    answers=Redirect,
    scope=REFUNDS,
    roles=(Role.CUSTOMER,),
)
def choose_target(request: ApiRequest, reference: Reference, asked: NewChoice) -> HttpResponse:
    """With consent and a proof; again until finance has approved it. Each call uses up a try to prove."""
    choice = redirecting.Choice(asked.target, asked.holder, asked.iban)
    redirecting.choose_target(
        ports=request.ports,
        redirect=redirect_for(request.auth.user, reference),
        choice=choice,
        agreed=asked.agreed,
        proof=asked.proof,
    )
    return told_row(request, reference)


@door(
    router,
    "POST",
    "/redirects/{reference}/approval",
    summary="Approve it as the first person",
    answers=Redirect,
    scope=REFUNDS,
    roles=_FINANCE,
)
def approve_redirect(request: ApiRequest, reference: Reference, asked: Looked) -> HttpResponse:
    """Somebody else then releases it. Refused where the customer chose anew since it was read."""
    actor = request.auth.user
    row = redirecting.as_seen(redirect_for(actor, reference), asked.chosen_at)
    redirecting.approve_redirect(ports=request.ports, redirect=row, actor=actor)
    return told_row(request, reference)


@door(
    router,
    "POST",
    "/redirects/{reference}/question",
    summary="Ask the customer again",
    answers=Redirect,
    scope=REFUNDS,
    roles=_FINANCE,
)
def ask_again(request: ApiRequest, reference: Reference, asked: RedirectQuestion) -> HttpResponse:
    """It is not paid to there; the choice is forgotten, and the customer reads why."""
    actor = request.auth.user
    row = redirect_for(actor, reference)
    redirecting.ask_again(ports=request.ports, redirect=row, reason=asked.why, actor=actor)
    return told_row(request, reference)


@door(
    router,
    "POST",
    "/redirects/{reference}/release",
    summary="Release it as the second person",
    answers=Redirect,
    scope=REFUNDS,
    roles=_FINANCE,
    is_money=True,
)
def release_redirect(
    request: ApiRequest, reference: Reference, asked: Looked, idempotency_key: IdempotencyKey
) -> HttpResponse:
    """To the balance it is paid now. To a bank account: send it from your bank now, and only once."""

    def verb(row: RedirectRow) -> None:
        seen = redirecting.as_seen(row, asked.chosen_at)
        redirecting.release_redirect(ports=request.ports, redirect=seen, actor=request.auth.user)

    return _paying(request, reference, idempotency_key, asked, verb)


@door(
    router,
    "POST",
    "/redirects/{reference}/payment",
    summary="Write down that the bank has sent it",
    answers=Redirect,
    scope=REFUNDS,
    roles=_FINANCE,
    is_money=True,
)
def record_bank_payment(
    request: ApiRequest, reference: Reference, asked: BankPayment, idempotency_key: IdempotencyKey
) -> HttpResponse:
    """From now on the refund counts as paid."""

    def verb(row: RedirectRow) -> None:
        redirecting.record_bank_payment(
            ports=request.ports,
            redirect=row,
            bank_reference=asked.bank_reference,
            actor=request.auth.user,
        )

    return _paying(request, reference, idempotency_key, asked, verb)


@door(
    router,
    "POST",
    "/redirects/{reference}/return",
    summary="Write down that the bank has sent it back",
    answers=Redirect,
    scope=REFUNDS,
    roles=_FINANCE,
    is_money=True,
)
def record_sent_back(
    request: ApiRequest, reference: Reference, idempotency_key: IdempotencyKey
) -> HttpResponse:
    """The money waits again, and the customer is asked again, by a redirect of its own."""

    def verb(row: RedirectRow) -> None:
        redirecting.record_sent_back(ports=request.ports, redirect=row, actor=request.auth.user)

    return _paying(request, reference, idempotency_key, None, verb)


def _paying(
    request: ApiRequest,
    reference: str,
    key: str,
    asked: BaseModel | None,
    verb: Callable[[RedirectRow], None],
) -> HttpResponse:
    row = redirect_for(request.auth.user, reference)

    def once_only(_intent: str) -> HttpResponse:
        verb(row)
        return told_row(request, reference)

    return once(request, key, asked, once_only)
