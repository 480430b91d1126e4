"""Refunds: followed by customers and staff, looked after by finance."""

from typing import Annotated

from django.db.models import QuerySet
from django.http import HttpResponse
from ninja import Router
from ninja.params.functions import Query

from aftersale.accounts.models import Role, User
from aftersale.api.doors import PAYING, READ, REFUNDS, ApiRequest, door, told
from aftersale.api.fields import Cursor, IdempotencyKey, Limit, Reference
from aftersale.api.idempotency import once
from aftersale.api.pages import page_of
from aftersale.api.shapes.refunds import FinanceRefund, Refund, Refunds, RefundState, Release, told_refund
from aftersale.base.errors import NotYours
from aftersale.payments import services
from aftersale.payments.models import Refund as RefundRow
from aftersale.payments.queries import refunds_for_finance

router = Router(tags=["refunds"])

State = Annotated[RefundState | None, Query(None, description="only refunds in this state")]


@door(router, "GET", "/refunds", summary="List refunds", answers=Refunds, scope=READ, roles=PAYING)
def list_refunds(
    request: ApiRequest, limit: Limit = 20, cursor: Cursor = "", state: State = None
) -> HttpResponse:
    """Refunds, newest first: one's own for a customer, all for agents and finance."""
    viewer = request.auth.user
    rows, following = page_of(_refunds_of(viewer, state or ""), by="created_at", cursor=cursor, limit=limit)
    return told(Refunds(items=[told_refund(row, viewer) for row in rows], next_cursor=following))


@door(
    router,
    "GET",
    "/refunds/{reference}",
    summary="One refund",
    answers=FinanceRefund | Refund,
    scope=READ,
    roles=PAYING,
)
def get_refund(request: ApiRequest, reference: Reference) -> HttpResponse:
    """Where the money is. Agents and finance see what the provider said, too."""
    viewer = request.auth.user
    return told(told_refund(_refund_for(viewer, reference), viewer))


@door(
    router,
    "POST",
    "/refunds/{reference}/retry",
    summary="Try a held refund again",
    answers=FinanceRefund,
    scope=REFUNDS,
    roles=(Role.FINANCE,),
    is_money=True,
)
def retry_refund(request: ApiRequest, reference: Reference, idempotency_key: IdempotencyKey) -> HttpResponse:
    """Only a refund that is `held`. The worker asks the provider, by the key of the refund's own row."""
    viewer = request.auth.user
    refund = _refund_for(viewer, reference)

    def verb(_intent: str) -> HttpResponse:
        services.retry_refund(ports=request.ports, refund=refund, actor=viewer)
        return told(told_refund(_refund_for(viewer, reference), viewer))

    return once(request, idempotency_key, None, verb)


@door(
    router,
    "POST",
    "/refunds/{reference}/release",
    summary="Give a refund up",
    answers=FinanceRefund,
    scope=REFUNDS,
    roles=(Role.FINANCE,),
    is_money=True,
)
def release_refund(
    request: ApiRequest, reference: Reference, asked: Release, idempotency_key: IdempotencyKey
) -> HttpResponse:
    """Only a refund that was not asked of the provider. Its money can be refunded otherwise."""
    viewer = request.auth.user
    refund = _refund_for(viewer, reference)

    def verb(_intent: str) -> HttpResponse:
        services.release_refund(ports=request.ports, refund=refund, reason=asked.reason, actor=viewer)
        return told(told_refund(_refund_for(viewer, reference), viewer))

    return once(request, idempotency_key, asked, verb)


def _refunds_of(viewer: User, state: str = "") -> QuerySet[RefundRow]:
    rows = refunds_for_finance(state).select_related("replaces")
    return rows.filter(tender__order__customer=viewer) if viewer.role == Role.CUSTOMER else rows


def _refund_for(viewer: User, reference: str) -> RefundRow:
    refund = _refunds_of(viewer).filter(reference=reference).first()
    if refund is None:
        raise NotYours
    return refund
