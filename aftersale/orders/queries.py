"""Reads of order facts, for pages, the API and the rooms above; each person sees only what is theirs."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from aftersale.accounts.models import Role, User
from aftersale.base.errors import NotYours
from aftersale.base.money import Money
from aftersale.orders.models import (
    Component,
    ComponentKind,
    EventSource,
    Line,
    Order,
    Parcel,
    ParcelEvent,
    ParcelEventKind,
    SupplierGroup,
)

# Whose word on a delivery counts before the customer's own. A supplier's word starts nobody's window.
_FIRST_HAND = (EventSource.CARRIER, EventSource.IMPORT, EventSource.AGENT)
_SEES_ALL = (Role.AGENT, Role.FINANCE)


class Delivery(NamedTuple):
    """When something was delivered, in UTC, and who says so (a value of EventSource)."""

    at: datetime
    source: str


def orders_of(user: User) -> QuerySet[Order]:
    """The orders this person may see, newest first: a page reads all of an order without further queries."""
    rows = Order.objects.select_related("customer").prefetch_related(
        Prefetch("groups", SupplierGroup.objects.select_related("supplier")),
        Prefetch("lines", Line.objects.select_related("group__supplier", "component")),
        Prefetch("lines__parcels", Parcel.objects.prefetch_related("events")),
        Prefetch("components", Component.objects.select_related("line", "group__supplier")),
        "tenders",
        Prefetch("groups__parcels", Parcel.objects.prefetch_related("events", "lines")),
    )
    if user.role == Role.CUSTOMER:
        return rows.filter(customer=user)
    if user.role == Role.SUPPLIER:
        theirs = SupplierGroup.objects.filter(order=OuterRef("pk"), supplier=user.supplier_id)
        return rows.filter(Exists(theirs))
    return rows if user.role in _SEES_ALL else rows.none()


def order_for(user: User, code: str) -> Order:
    """The order `code` when this person may see it. Raises NotYours when not, or when there is none."""
    order = orders_of(user).filter(code=code).first()
    if order is None:
        raise NotYours(f"there is no order {code}")
    return order


def delivered_at(line: Line) -> Delivery | None:
    """When the last of the line's units arrived; None while a parcel that carries it is under way."""
    return _last(line.parcels.all())


def group_delivered_at(group: SupplierGroup) -> Delivery | None:
    """When the last parcel of a supplier's part arrived; None while one is under way."""
    return _last(group.parcels.all())


def parcel_delivered_at(parcel: Parcel) -> Delivery | None:
    """When a parcel arrived: as the carrier or the records say, else as the customer says."""
    told = [event for event in parcel.events.all() if event.kind == ParcelEventKind.DELIVERED]
    for sources in (_FIRST_HAND, (EventSource.CUSTOMER,)):
        if known := [event for event in told if event.source in sources]:
            last = max(known, key=lambda event: (event.at, event.pk))
            return Delivery(last.at, last.source)
    return None


def deliveries() -> QuerySet[ParcelEvent]:
    """What was told of deliveries, but by suppliers: they gain by one, so their word starts nobody's days."""
    return ParcelEvent.objects.filter(kind=ParcelEventKind.DELIVERED).exclude(source=EventSource.SUPPLIER)


def dispatched_at(line: Line) -> datetime | None:
    """When the first of the line's units left the supplier; None where none of them has."""
    events = [event for parcel in line.parcels.all() for event in parcel.events.all()]
    return min((event.at for event in events), default=None)


def owed_by(order: Order) -> Money:
    """What is still to be paid: what the order came in unpaid with, less what was paid here since."""
    if order.cancelled_at is not None:
        return order.money(0)
    since = sum(tender.captured_minor for tender in order.tenders.all() if tender.added_at is not None)
    return order.money(max(0, order.unpaid_minor - since))


def has_left(order: Order) -> bool:
    """Whether any part of the order is on its way or further: then it cannot be cancelled as a whole."""
    return ParcelEvent.objects.filter(parcel__group__order=order).exists()


def order_total(order: Order) -> Money:
    """What the order cost the customer: all components, less their discounts."""
    return order.money(sum(component.paid_minor for component in order.components.all()))


def goods_total(order: Order) -> Money:
    """The part of the price that is goods: no shipping, no fees."""
    goods = [c.paid_minor for c in order.components.all() if c.kind == ComponentKind.LINE]
    return order.money(sum(goods))


def paid_total(order: Order) -> Money:
    """What the tenders paid together; it may differ from the total where the records do."""
    return order.money(sum(tender.captured_minor for tender in order.tenders.all()))


def _last(parcels: Iterable[Parcel]) -> Delivery | None:
    deliveries = [parcel_delivered_at(parcel) for parcel in parcels]
    arrived = [delivery for delivery in deliveries if delivery is not None]
    return max(arrived) if arrived and len(arrived) == len(deliveries) else None
