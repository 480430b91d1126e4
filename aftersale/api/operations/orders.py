"""Orders: what was bought, sent, delivered and paid; and the completion that ends the return rights."""

from django.http import HttpResponse
from ninja import Router

from aftersale.accounts.models import Role
from aftersale.api.doors import (
    BUYING,
    READ,
    RETURNS,
    ApiRequest,
    door,
    language_of,
    told,
)
from aftersale.api.fields import Cursor, Limit, OrderCode
from aftersale.api.pages import page_of
from aftersale.api.shapes.asking import Asked, Preview, told_answer
from aftersale.api.shapes.orders import (
    Event,
    NewParcelEvent,
    Order,
    Orders,
    SupplierOrder,
    told_event,
    told_order,
    told_part,
    told_summary,
)
from aftersale.api.shapes.rights import RightsToday, told_rights_today
from aftersale.base.errors import BadInput
from aftersale.orders.models import EventSource, Parcel, ParcelEventKind
from aftersale.orders.models import Order as OrderRow
from aftersale.orders.queries import order_for, orders_of
from aftersale.orders.services import record_parcel_event
from aftersale.payments.queries import money_of, money_of_tender
from aftersale.returns.queries import preview, units_left
from aftersale.returns.rights import rights_today
from aftersale.returns.services import complete_order as complete

router = Router(tags=["orders"])


@door(router, "GET", "/orders", summary="List orders", answers=Orders, scope=READ)
def list_orders(request: ApiRequest, limit: Limit = 20, cursor: Cursor = "") -> HttpResponse:
    """The orders that the key's user may see, newest first: one's own, a supplier's part, or all."""
    viewer = request.auth.user
    rows, following = page_of(orders_of(viewer), by="ordered_at", cursor=cursor, limit=limit)
    if viewer.role == Role.SUPPLIER:
        return told(Orders(items=[told_part(row, viewer) for row in rows], next_cursor=following))
    money = money_of(rows)
    return told(Orders(items=[told_summary(row, money[row.pk]) for row in rows], next_cursor=following))


@door(router, "GET", "/orders/{code}", summary="One order", answers=Order | SupplierOrder, scope=READ)
def get_order(request: ApiRequest, code: OrderCode) -> HttpResponse:
    """Lines, parcels with their events, and the tenders with what was captured, refunded and is left.

    A supplier sees its own lines and parcels, and nothing of the customer and the payment.
    """
    viewer = request.auth.user
    order = order_for(viewer, code)
    return told(told_part(order, viewer) if viewer.role == Role.SUPPLIER else _in_full(order))


@door(
    router,
    "GET",
    "/orders/{code}/rights",
    summary="What can be sent back today",
    answers=RightsToday,
    scope=READ,
    roles=BUYING,
)
def get_order_rights(request: ApiRequest, code: OrderCode) -> HttpResponse:
    """By supplier, the best answer for each tender and reason if all that is left went back today."""
    order = order_for(request.auth.user, code)
    now, language = request.ports.clock.now(), language_of(request)
    return told(told_rights_today(rights_today(order, units_left(order), now=now, language=language)))


@door(
    router,
    "POST",
    "/orders/{code}/return-preview",
    summary="What would be answered to a return",
    answers=Preview,
    scope=READ,
    roles=BUYING,
)
def preview_return(request: ApiRequest, code: OrderCode, asked: Asked) -> HttpResponse:
    """The policy's answer to each line by each tender, if it were sent back now. Nothing is written."""
    answers = preview(
        order=order_for(request.auth.user, code),
        supplier=asked.supplier,
        wishes=asked.wishes,
        now=request.ports.clock.now(),
        language=language_of(request),
    )
    return told(Preview(answers=[told_answer(answer) for answer in answers]))


@door(
    router,
    "POST",
    "/orders/{code}/parcel-events",
    summary="Tell what happened to a parcel",
    answers=Event,
    status=201,
    scope=RETURNS,
    roles=(Role.AGENT,),
)
def record_event(request: ApiRequest, code: OrderCode, asked: NewParcelEvent) -> HttpResponse:
    """A carrier's scan of a parcel on its way to the customer: the delivery starts the days for a return.

    Told twice, it is noted once.
    """
    event = record_parcel_event(
        ports=request.ports,
        parcel=_parcel(order_for(request.auth.user, code), asked.parcel),
        kind=ParcelEventKind(asked.kind),
        at=asked.at,
        source=EventSource(asked.source),
    )
    return told(told_event(event), 201)


@door(
    router,
    "POST",
    "/orders/{code}/completion",
    summary="Complete an order",
    answers=Order,
    scope=RETURNS,
    roles=(Role.CUSTOMER,),
)
def complete_order(request: ApiRequest, code: OrderCode) -> HttpResponse:
    """The customer says that all is well: the order is marked delivered, and the suppliers get their money.

    It ends what the policy grants before completion. Done twice, it stays as it was done first.
    """
    viewer = request.auth.user
    complete(ports=request.ports, by=viewer, order=order_for(viewer, code))
    return told(_in_full(order_for(viewer, code)))


def _in_full(order: OrderRow) -> Order:
    money = {tender.pk: money_of_tender(tender) for tender in order.tenders.all()}
    return told_order(order, left=units_left(order), money=money)


def _parcel(order: OrderRow, code: str) -> Parcel:
    parcels = [parcel for group in order.groups.all() for parcel in group.parcels.all()]
    for parcel in parcels:
        if parcel.code == code:
            return parcel
    known = ", ".join(parcel.code for parcel in parcels)
    raise BadInput("parcel", code, f"a parcel of this order: {known}")
