"""An order as pages show it: its state, each supplier's part, its parcels and its means of payment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from aftersale.base.money import Money
from aftersale.orders.models import ComponentKind, Line, Order, Parcel, ParcelEventKind, SupplierGroup, Tender
from aftersale.orders.queries import delivered_at, order_total, parcel_delivered_at
from aftersale.payments.charge_models import Charge
from aftersale.payments.charge_queries import live_charge, owes_for
from aftersale.returns.models import Return
from aftersale.returns.rights import GroupToday
from aftersale.web.words import means_of, source

_STAGES: dict[str, str] = {
    ParcelEventKind.DISPATCHED: "dispatched",
    ParcelEventKind.IN_TRANSIT: "in_transit",
    ParcelEventKind.OUT_FOR_DELIVERY: "in_transit",
    ParcelEventKind.DELIVERED: "delivered",
    ParcelEventKind.LOST: "in_transit",
}


@dataclass(frozen=True, slots=True)
class ParcelShown:
    """A parcel with how far it has come; events newest first."""

    parcel: Parcel

    @property
    def stage(self) -> str:
        events = list(self.parcel.events.all())
        if parcel_delivered_at(self.parcel) is not None:
            return "delivered"
        return _STAGES[events[-1].kind] if events else "packed"

    @property
    def is_lost(self) -> bool:
        kinds = {event.kind for event in self.parcel.events.all()}
        return ParcelEventKind.LOST in kinds and ParcelEventKind.DELIVERED not in kinds

    @property
    def events(self) -> list[dict[str, Any]]:
        events = reversed(self.parcel.events.all())
        return [{"at": e.at, "text": e.get_kind_display(), "place": source(e.source)} for e in events]

    @property
    def arrived_at(self) -> datetime | None:
        delivery = parcel_delivered_at(self.parcel)
        return delivery.at if delivery else None


@dataclass(frozen=True, slots=True)
class LineShown:
    line: Line
    left: int

    @property
    def price(self) -> Money:
        return self.line.order.money(self.line.component.paid_minor)

    @property
    def returned(self) -> int:
        return self.line.units - self.left


@dataclass(frozen=True, slots=True)
class GroupShown:
    """One supplier's part of an order."""

    group: SupplierGroup
    lines: Sequence[LineShown]
    parcels: Sequence[ParcelShown]
    returns: Sequence[Return] = ()
    today: Sequence[GroupToday] = ()

    @property
    def supplier(self) -> str:
        return self.group.supplier.name

    @property
    def can_return(self) -> bool:
        return any(line.left for line in self.lines)


@dataclass(frozen=True)
class OrderShown:
    order: Order
    left: Mapping[int, int]
    returns: Sequence[Return] = field(default=())
    today: Sequence[GroupToday] = field(default=())

    @property
    def state(self) -> str:
        """A state that the badge draws: the parcel that has come least far speaks for all."""
        if self.order.cancelled_at is not None:
            return "cancelled"
        if self.order.marked_delivered_at is not None:
            return "completed"
        stages = {parcel.stage for parcel in self.parcels}
        return next(stage for stage in (*_FURTHEST_LAST, "placed") if stage in stages or stage == "placed")

    @property
    def total(self) -> Money:
        return order_total(self.order)

    @property
    def costs(self) -> list[tuple[str, Money]]:
        """What the price is made of: the items, the shipping, the fees; those that cost something."""
        words = {
            ComponentKind.LINE: _("Items"),
            ComponentKind.SHIPPING: _("Shipping"),
            ComponentKind.FEE: _("Fees"),
        }
        parts = [(kind, [c for c in self.order.components.all() if c.kind == kind]) for kind in words]
        sums = [(words[kind], sum(c.paid_minor for c in found)) for kind, found in parts]
        return [(word, self.order.money(minor)) for word, minor in sums if minor]

    @property
    def groups(self) -> list[GroupShown]:
        return [
            GroupShown(
                group,
                [self._line(line) for line in self.order.lines.all() if line.group_id == group.pk],
                [ParcelShown(parcel) for parcel in group.parcels.all()],
                [case for case in self.returns if case.group_id == group.pk],
                [part for part in self.today if part.group.pk == group.pk],
            )
            for group in self.order.groups.all()
        ]

    def _line(self, line: Line) -> LineShown:
        return LineShown(line, self.left.get(line.pk, line.units))

    @property
    def parcels(self) -> list[ParcelShown]:
        return [ParcelShown(parcel) for group in self.order.groups.all() for parcel in group.parcels.all()]

    @cached_property
    def owed(self) -> Money | None:
        """What is still to be paid; None for the many orders that came in paid."""
        return (owes_for(self.order) or None) if self.order.unpaid_minor else None

    @cached_property
    def payment_under_way(self) -> Charge | None:
        """The payment that has no outcome yet, or waits for its time."""
        return live_charge(self.order) if self.owed else None

    @property
    def suppliers(self) -> str:
        return " · ".join(group.supplier.name for group in self.order.groups.all())

    @property
    def tenders(self) -> list[Tender]:
        return list(self.order.tenders.all())

    @property
    def paid_by(self) -> str:
        return " · ".join(means_of(tender) for tender in self.tenders)

    @property
    def lacks_delivery(self) -> bool:
        """Whether something was sent that nobody saw arrive."""
        return any(delivered_at(line) is None for line in self.order.lines.all())


_FURTHEST_LAST = ("packed", "dispatched", "in_transit", "delivered")
