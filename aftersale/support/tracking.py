"""A parcel beside how long parcels take: what is late, and by how much, as measured here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Min, OuterRef, QuerySet, Subquery

from aftersale.accounts.models import Supplier
from aftersale.orders.models import Order, Parcel, ParcelEvent, ParcelEventKind
from aftersale.orders.queries import deliveries, parcel_delivered_at

# Nine of ten of the newest parcels of the last half year; from so few nothing is said.
_SHARE, _FEWEST, _NEWEST, _WITHIN = 0.9, 20, 200, timedelta(days=183)


@dataclass(frozen=True, slots=True)
class Way:
    """How far one parcel is. `late_days` is what it takes longer than nine of ten; 0 where it does not.

    `usual_days` is None where too few have arrived to say.
    """

    parcel: Parcel
    sent_at: datetime | None
    arrived_at: datetime | None
    days: int
    silent_days: int
    usual_days: int | None
    is_lost: bool

    @property
    def late_days(self) -> int:
        if self.usual_days is None or self.sent_at is None:
            return 0
        return max(0, self.days - self.usual_days)

    @property
    def outcome(self) -> str:
        """arrived, lost, late or under_way."""
        if self.arrived_at is not None:
            return "arrived"
        if self.is_lost:
            return "lost"
        return "late" if self.late_days else "under_way"


def ways_of(order: Order, *, now: datetime) -> list[Way]:
    """Each parcel of an order, at this moment."""
    parcels = Parcel.objects.filter(group__order=order).select_related("group__supplier")
    usual: dict[int, int | None] = {}
    found = []
    for parcel in parcels.prefetch_related("events"):
        supplier = parcel.group.supplier
        if supplier.pk not in usual:
            usual[supplier.pk] = usual_days(supplier, now)
        found.append(_way(parcel, usual[supplier.pk], now))
    return found


def usual_days(supplier: Supplier, now: datetime) -> int | None:
    """Within how many days nine of ten of this supplier's parcels arrive; of anybody's where it has few."""
    arrived = deliveries().filter(at__gt=now - _WITHIN, at__lte=now).order_by("-at")
    return _nine_of_ten(arrived.filter(parcel__group__supplier=supplier)) or _nine_of_ten(arrived)


def _nine_of_ten(arrived: QuerySet[ParcelEvent]) -> int | None:
    sent = (
        ParcelEvent.objects.filter(parcel=OuterRef("parcel"), kind=ParcelEventKind.DISPATCHED)
        .order_by()
        .values("parcel")
    )
    first = Subquery(sent.annotate(first=Min("at")).values("first"))
    rows = arrived.annotate(sent=first).filter(sent__isnull=False)
    took = sorted(_whole_days(sent, at) for sent, at in rows.values_list("sent", "at")[:_NEWEST])
    return took[int(_SHARE * (len(took) - 1))] if len(took) >= _FEWEST else None


def _way(parcel: Parcel, usual: int | None, now: datetime) -> Way:
    events: Sequence[ParcelEvent] = list(parcel.events.all())
    delivery = parcel_delivered_at(parcel)
    sent = next((event.at for event in events if event.kind == ParcelEventKind.DISPATCHED), None)
    sent = sent or (events[0].at if events else None)
    arrived = delivery.at if delivery else None
    return Way(
        parcel=parcel,
        sent_at=sent,
        arrived_at=arrived,
        days=_whole_days(sent, arrived or now) if sent else 0,
        silent_days=_whole_days(events[-1].at, now) if events and not arrived else 0,
        usual_days=usual,
        is_lost=not arrived and any(event.kind == ParcelEventKind.LOST for event in events),
    )


def _whole_days(start: datetime, end: datetime) -> int:
    return max(0, (end - start).days)
