"""Orders: in full for the customer and the marketplace; for a supplier its part, without people and money."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from aftersale.accounts.models import User
from aftersale.api.fields import Moment, Money, Shape, told_money
from aftersale.api.shapes.people import Customer, SupplierName, told_customer, told_supplier
from aftersale.orders.models import (
    Line,
    ParcelEvent,
    SupplierGroup,
)
from aftersale.orders.models import (
    Order as OrderRow,
)
from aftersale.orders.models import (
    Parcel as ParcelRow,
)
from aftersale.orders.models import (
    Tender as TenderRow,
)
from aftersale.orders.queries import order_total
from aftersale.payments.queries import MoneyFacts

EventKind = Literal["dispatched", "in_transit", "out_for_delivery", "delivered", "lost"]
Source = Literal["carrier", "customer", "supplier", "agent", "import"]
TenderKind = Literal["card", "balance", "bank_transfer"]
TermsOfSupplier = Literal["any_reason", "defective_or_wrong"]


class OrderLine(Shape):
    """So many units of one article."""

    number: int
    supplier: str = Field(description="the supplier's code")
    sku: str
    title: str
    units: int
    units_left: int = Field(description="units that no return holds")
    paid: Money = Field(description="for all units: net and tax, less their discounts")


class PartLine(Shape):
    """So many units of one article, as its supplier sees them."""

    number: int
    sku: str
    title: str
    units: int


class Event(Shape):
    """What happened to a parcel, as `source` says."""

    kind: EventKind
    at: datetime
    source: Source


class Parcel(Shape):
    """What a supplier handed to a carrier in one box."""

    code: str
    supplier: str
    carrier: str
    tracking_number: str
    lines: list[int] = Field(description="numbers of the order's lines in it")
    events: list[Event]


class Tender(Shape):
    """A means that paid part of the order."""

    number: int
    kind: TenderKind
    brand: str
    last_four: str
    captured: Money
    refunded: Money
    reserved: Money = Field(description="set aside for refunds on their way")
    left: Money = Field(description="what could still be refunded")


class Group(Shape):
    """The part of one supplier, with its terms and country when the order was placed."""

    supplier: SupplierName
    country: str
    terms: TermsOfSupplier


class OrderSummary(Shape):
    """An order in a list."""

    code: str
    currency: str
    ordered_at: datetime
    cancelled_at: datetime | None
    marked_delivered_at: datetime | None
    total: Money
    captured: Money
    refunded: Money


_ORDER: JsonDict = {
    "code": "WM-1",
    "currency": "EUR",
    "ordered_at": "2026-05-17T09:00:00Z",
    "cancelled_at": None,
    "marked_delivered_at": None,
    "total": {"minor": 6000, "currency": "EUR"},
    "customer": {"code": "C-1", "name": "Ann", "email": "ann@example.com"},
    "groups": [
        {"supplier": {"code": "LI", "name": "Li Lamps"}, "country": "CN", "terms": "defective_or_wrong"}
    ],
    "lines": [
        {
            "number": 1,
            "supplier": "LI",
            "sku": "S1",
            "title": "Lamp",
            "units": 1,
            "units_left": 1,
            "paid": {"minor": 6000, "currency": "EUR"},
        }
    ],
    "parcels": [
        {
            "code": "P1",
            "supplier": "LI",
            "carrier": "DHL",
            "tracking_number": "TR1",
            "lines": [1],
            "events": [{"kind": "delivered", "at": "2026-05-22T09:00:00Z", "source": "carrier"}],
        }
    ],
    "tenders": [
        {
            "number": 1,
            "kind": "card",
            "brand": "Visa",
            "last_four": "4242",
            "captured": {"minor": 6000, "currency": "EUR"},
            "refunded": {"minor": 0, "currency": "EUR"},
            "reserved": {"minor": 0, "currency": "EUR"},
            "left": {"minor": 6000, "currency": "EUR"},
        }
    ],
}


class Order(Shape):
    """One purchase. `marked_delivered_at` is its completion, not the carrier's delivery."""

    model_config = ConfigDict(json_schema_extra={"examples": [_ORDER]})

    code: str
    currency: str
    ordered_at: datetime
    cancelled_at: datetime | None
    marked_delivered_at: datetime | None
    total: Money
    customer: Customer
    groups: list[Group]
    lines: list[OrderLine]
    parcels: list[Parcel]
    tenders: list[Tender]


class SupplierOrder(Shape):
    """A supplier's part of an order: what was sent, and nothing of who paid how."""

    code: str
    ordered_at: datetime
    cancelled_at: datetime | None
    marked_delivered_at: datetime | None
    country: str
    terms: TermsOfSupplier
    lines: list[PartLine]
    parcels: list[Parcel]


class Orders(Shape):
    """A page of orders, newest first. `next_cursor` is null on the last page."""

    items: list[OrderSummary] | list[SupplierOrder]
    next_cursor: str | None


class NewParcelEvent(Shape):
    """Something that happened to a parcel of the order."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"parcel": "P1", "kind": "delivered", "at": "2026-05-22T09:00:00Z", "source": "carrier"}
            ]
        }
    )

    parcel: str = Field(min_length=1, max_length=64, pattern=r"^[^\x00]*$", description="the parcel's code")
    kind: EventKind
    at: Moment = Field(description="when it happened; not in the future")
    source: Literal["carrier", "supplier", "agent"] = Field("carrier", description="who says so")


def told_order(order: OrderRow, *, left: Mapping[int, int], money: Mapping[int, MoneyFacts]) -> Order:
    """An order in full; `left` has the units left of each line, `money` the money of each tender, by key."""
    return Order(
        code=order.code,
        currency=order.currency,
        ordered_at=order.ordered_at,
        cancelled_at=order.cancelled_at,
        marked_delivered_at=order.marked_delivered_at,
        total=told_money(order_total(order)),
        customer=told_customer(order.customer),
        groups=[
            Group.model_validate(
                {"supplier": told_supplier(g.supplier), "country": g.country, "terms": g.terms}
            )
            for g in order.groups.all()
        ],
        lines=[_told_line(order, line, left[line.pk]) for line in order.lines.all()],
        parcels=_told_parcels(order.groups.all()),
        tenders=[told_tender(tender, money[tender.pk]) for tender in order.tenders.all()],
    )


def told_summary(order: OrderRow, money: MoneyFacts) -> OrderSummary:
    return OrderSummary(
        code=order.code,
        currency=order.currency,
        ordered_at=order.ordered_at,
        cancelled_at=order.cancelled_at,
        marked_delivered_at=order.marked_delivered_at,
        total=told_money(order_total(order)),
        captured=told_money(money.captured),
        refunded=told_money(money.refunded),
    )


def told_part(order: OrderRow, viewer: User) -> SupplierOrder:
    """The part of `viewer`'s supplier."""
    (group,) = (g for g in order.groups.all() if g.supplier_id == viewer.supplier_id)
    return SupplierOrder.model_validate(
        {
            "code": order.code,
            "ordered_at": order.ordered_at,
            "cancelled_at": order.cancelled_at,
            "marked_delivered_at": order.marked_delivered_at,
            "country": group.country,
            "terms": group.terms,
            "lines": [
                PartLine(number=line.number, sku=line.sku, title=line.title, units=line.units)
                for line in order.lines.all()
                if line.group_id == group.pk
            ],
            "parcels": _told_parcels([group]),
        }
    )


def told_tender(tender: TenderRow, money: MoneyFacts) -> Tender:
    return Tender.model_validate(
        {
            "number": tender.number,
            "kind": tender.kind,
            "brand": tender.brand,
            "last_four": tender.last_four,
            "captured": told_money(money.captured),
            "refunded": told_money(money.refunded),
            "reserved": told_money(money.reserved),
            "left": told_money(money.left),
        }
    )


def told_event(event: ParcelEvent) -> Event:
    return Event.model_validate({"kind": event.kind, "at": event.at, "source": event.source})


def _told_line(order: OrderRow, line: Line, left: int) -> OrderLine:
    paid = sum(c.paid_minor for c in order.components.all() if c.line_id == line.pk)
    return OrderLine(
        number=line.number,
        supplier=line.group.supplier.code,
        sku=line.sku,
        title=line.title,
        units=line.units,
        units_left=left,
        paid=told_money(order.money(paid)),
    )


def _told_parcels(groups: Iterable[SupplierGroup]) -> list[Parcel]:
    return [_told_parcel(group, parcel) for group in groups for parcel in group.parcels.all()]


def _told_parcel(group: SupplierGroup, parcel: ParcelRow) -> Parcel:
    return Parcel(
        code=parcel.code,
        supplier=group.supplier.code,
        carrier=parcel.carrier,
        tracking_number=parcel.tracking_number,
        lines=[line.number for line in parcel.lines.all()],
        events=[told_event(event) for event in parcel.events.all()],
    )
