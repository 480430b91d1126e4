"""Returns: asked for, followed, withdrawn, sent."""

from functools import partial
from typing import Annotated, Literal

from django.http import HttpResponse
from ninja import Router
from ninja.params.functions import Query

from aftersale.accounts.models import Role, User
from aftersale.api.doors import BUYING, READ, RETURNS, ApiRequest, door, language_of, told
from aftersale.api.fields import PLAIN, Cursor, IdempotencyKey, Limit, OrderCode, Reference
from aftersale.api.idempotency import once
from aftersale.api.pages import page_of
from aftersale.api.shapes.asking import HandOver, NewReturn
from aftersale.api.shapes.returns import Return, Returns, SupplierReturn, told_return, told_return_summary
from aftersale.base.errors import BadInput
from aftersale.orders.models import EventSource
from aftersale.orders.queries import order_for
from aftersale.returns import services
from aftersale.returns.models import Return as ReturnRow
from aftersale.returns.queries import found, return_for, returns_of, with_lines

router = Router(tags=["returns"])

Words = Annotated[
    str,
    Query(
        "", max_length=64, pattern=PLAIN, description="a return's reference, an order's code or an RMA number"
    ),
]
WaitingOn = Annotated[
    Literal["customer", "supplier", "agent", "desk"] | None,
    Query(None, description="only what this party acts on next"),
]


def told_case(request: ApiRequest, case: ReturnRow, status: int = 200) -> HttpResponse:
    """The return as it is now, as far as the key's user may see it."""
    viewer = request.auth.user
    fresh = return_for(viewer, case.reference)
    return told(told_return(fresh, viewer, language_of(request)), status)


@door(router, "GET", "/returns", summary="List returns", answers=Returns, scope=READ)
def list_returns(
    request: ApiRequest, limit: Limit = 20, cursor: Cursor = "", q: Words = "", waiting_on: WaitingOn = None
) -> HttpResponse:
    """The returns that the key's user may see, newest first."""
    rows = with_lines(returns_of(request.auth.user))
    if q:
        rows = found(rows, q)
    if waiting_on:
        rows = rows.filter(closed_at=None, waiting_on=waiting_on)
    cases, following = page_of(rows, by="requested_at", cursor=cursor, limit=limit)
    return told(Returns(items=[told_return_summary(case) for case in cases], next_cursor=following))


@door(
    router, "GET", "/returns/{reference}", summary="One return", answers=Return | SupplierReturn, scope=READ
)
def get_return(request: ApiRequest, reference: Reference) -> HttpResponse:
    """Its lines, what was decided on which facts by which clause, who acts next until when, and the refunds.

    A supplier sees the goods, the reasons and the timeline, and nothing of the customer and the payment.
    """
    return told_case(request, return_for(request.auth.user, reference))


@door(
    router,
    "POST",
    "/orders/{code}/returns",
    summary="Ask for a return",
    answers=Return,
    status=201,
    scope=RETURNS,
    roles=BUYING,
    is_money=True,
)
def request_return(
    request: ApiRequest, code: OrderCode, asked: NewReturn, idempotency_key: IdempotencyKey
) -> HttpResponse:
    """Open a return of one supplier's part of the order. The policy answers at once."""
    viewer = request.auth.user
    ask = partial(
        services.request_return,
        ports=request.ports,
        by=viewer,
        order=order_for(viewer, code),
        supplier=asked.supplier,
        wishes=asked.wishes,
        note_text=asked.note,
        received_on=asked.received_on,
        replaces=asked.replaces,
    )
    return once(request, idempotency_key, asked, lambda intent: told_case(request, ask(intent=intent), 201))


@door(
    router,
    "POST",
    "/returns/{reference}/withdrawal",
    summary="Withdraw a return",
    answers=Return,
    scope=RETURNS,
    roles=BUYING,
)
def withdraw_return(request: ApiRequest, reference: Reference) -> HttpResponse:
    """The customer keeps the goods after all. Not once they are on their way."""
    case = return_for(request.auth.user, reference)
    return told_case(request, services.withdraw_return(ports=request.ports, by=request.auth.user, case=case))


@door(
    router,
    "POST",
    "/returns/{reference}/hand-over",
    summary="Tell that the parcel was handed to the carrier",
    answers=Return,
    scope=RETURNS,
    roles=BUYING,
)
def hand_over(request: ApiRequest, reference: Reference, asked: HandOver) -> HttpResponse:
    """The policy decides again on that day. Told twice, it stays as it was told first."""
    viewer = request.auth.user
    source = _source(viewer, asked)
    case = services.hand_over(
        ports=request.ports,
        by=None if source == EventSource.CARRIER else viewer,
        case=return_for(viewer, reference),
        at=asked.handed_over_at,
        source=source,
        carrier=asked.carrier,
        tracking_number=asked.tracking_number,
    )
    return told_case(request, case)


def _source(viewer: User, asked: HandOver) -> str:
    """Who says so: a customer speaks for nobody else."""
    if viewer.role == Role.CUSTOMER:
        if asked.source not in (None, EventSource.CUSTOMER):
            raise BadInput("source", asked.source, "customer, or nothing, for a customer's key")
        return EventSource.CUSTOMER
    return asked.source or EventSource.AGENT
