"""Verbs about order facts: bring them in, and note what happened to a parcel."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from django.db import IntegrityError, transaction
from django.db.models import Max

from aftersale.base.money import Money
from aftersale.base.ports import Ports
from aftersale.orders.errors import EventRefused, SourceError
from aftersale.orders.importing.checking import mismatches, whole_orders
from aftersale.orders.importing.engine import read_source
from aftersale.orders.importing.profile import Profile, load_profile
from aftersale.orders.importing.readers import Setting
from aftersale.orders.importing.reading import Rows, read_rows
from aftersale.orders.importing.report import ImportReport
from aftersale.orders.importing.writing import (
    Say,
    TakeIn,
    add_happenings,
    known_people,
    sort_orders,
    write_new_orders,
    write_people,
)
from aftersale.orders.models import (
    EventSource,
    Order,
    Parcel,
    ParcelEvent,
    ParcelEventKind,
    Tender,
    TenderKind,
)
from aftersale.orders.queries import deliveries


def nothing_more(_orders: Sequence[Order]) -> None:
    """For an import that only wants the facts."""


def no_word(_done: int, _all: int) -> None:
    """For an import that nobody watches."""


def import_orders(
    *,
    ports: Ports,
    profile: str,
    source: Path,
    skip_rejected: bool = False,
    take_in: TakeIn = nothing_more,
    say: Say = no_word,
) -> ImportReport:
    """Bring orders in, all in one transaction; `profile` is a shipped one's name or a folder.

    A refused row keeps everything out, or with `skip_rejected` its own order. `take_in` is called with
    each lot of new orders within the transaction, `say` with how many are written, of how many.
    Raises ProfileError and SourceError, with nothing written.
    """
    how = load_profile(profile)
    rows = read_rows(read_source(how, source), Setting(zone=how.zone, now=ports.clock.now()))
    try:
        with transaction.atomic():
            return _write(rows, how, ports=ports, skip_rejected=skip_rejected, take_in=take_in, say=say)
    except IntegrityError as error:
        raise SourceError(f"{source}: another import wrote the same meanwhile; import it again") from error


def _write(
    rows: Rows, profile: Profile, *, ports: Ports, skip_rejected: bool, take_in: TakeIn, say: Say
) -> ImportReport:
    known = known_people(rows)
    orders = whole_orders(rows, known)
    found = sort_orders(rows, orders)
    report = ImportReport(
        rejections=rows.rejections,
        rejected_orders=len(rows.spoilt),
        left_out=rows.left_out,
        mismatches=mismatches(orders),
    )
    if rows.rejections and (rows.anyone_s or not skip_rejected):
        return report
    write_people(rows, known, ports=ports, report=report)
    write_new_orders(found.new, source=profile.name, take_in=take_in, say=say, report=report)
    add_happenings(found.known, report=report)
    report.imported = True
    return report


@transaction.atomic
def add_tender(
    *,
    ports: Ports,
    order: Order,
    kind: TenderKind,
    captured: Money,
    provider: str,
    reference: str,
    brand: str = "",
    last_four: str = "",
) -> Tender:
    """Note that the customer paid so much of the order after it had come in; the caller books it."""
    assert captured.currency == order.currency, f"order {order} is not paid in {captured.currency}"
    # The order's lock makes two payments take two numbers.
    Order.objects.select_for_update().get(pk=order.pk)
    last = order.tenders.aggregate(last=Max("number"))["last"] or 0
    return Tender.objects.create(
        order=order,
        number=last + 1,
        kind=kind,
        captured_minor=captured.minor,
        provider=provider,
        reference=reference,
        brand=brand,
        last_four=last_four,
        added_at=ports.clock.now(),
    )


@transaction.atomic
def record_parcel_event(
    *, ports: Ports, parcel: Parcel, kind: ParcelEventKind, at: datetime, source: EventSource
) -> ParcelEvent:
    """Note what happened to a parcel, as `source` says it did; told twice, it is noted once.

    A customer's statement of receipt adds nothing where the delivery is noted already: the first one stands.
    Raises EventRefused for a moment in the future, or a delivery before the purchase.
    """
    parcel = Parcel.objects.select_for_update().select_related("group__order").get(pk=parcel.pk)
    if at > ports.clock.now():
        raise EventRefused(f"{at:%Y-%m-%d %H:%M} is still to come: give when it happened.")
    if at < parcel.group.order.ordered_at and kind == ParcelEventKind.DELIVERED:
        raise EventRefused(f"Order {parcel.group.order.code} was placed later than that.")
    is_statement = kind == ParcelEventKind.DELIVERED and source == EventSource.CUSTOMER
    if is_statement and (earlier := deliveries().filter(parcel=parcel).first()):
        return earlier
    event, _ = ParcelEvent.objects.get_or_create(parcel=parcel, kind=kind, at=at, source=source)
    return event
