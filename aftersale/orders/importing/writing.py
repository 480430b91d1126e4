"""Orders into the database: each once, and to a known one only what happened since."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from itertools import batched
from typing import Any, cast

from django.db.models import prefetch_related_objects

from aftersale.accounts.models import Supplier, User
from aftersale.accounts.services import NewCustomer, add_customers
from aftersale.base.ports import Ports
from aftersale.orders.importing.checking import Known
from aftersale.orders.importing.comparing import changed_tables
from aftersale.orders.importing.facts import OrderFacts
from aftersale.orders.importing.reading import Rows
from aftersale.orders.importing.report import ImportReport
from aftersale.orders.importing.tables import LineRow
from aftersale.orders.models import (
    Component,
    Line,
    Order,
    Parcel,
    ParcelEvent,
    SupplierGroup,
    Tender,
)

type Say = Callable[[int, int], None]
type TakeIn = Callable[[Sequence[Order]], None]

# Rows asked for or written at once: under every database's limit on parameters.
CHUNK = 500


def known_people(rows: Rows) -> Known:
    """Whom of the suppliers, customers and e-mails in `rows` the database has."""
    lines = [cast("LineRow", row) for parts in rows.parts["lines"].values() for row in parts]
    suppliers = {line.supplier for line in lines}
    customers = {order.customer for order in rows.orders.values()} | rows.customers.keys()
    emails = {row.email for row in rows.customers.values() if row.email}
    return Known(
        suppliers={
            code: country
            for some in batched(sorted(suppliers | rows.suppliers.keys()), CHUNK, strict=False)
            for code, country in Supplier.objects.filter(code__in=some).values_list("code", "country")
        },
        customers=frozenset(
            str(code)
            for some in batched(sorted(customers), CHUNK, strict=False)
            for code in User.objects.filter(customer_code__in=some).values_list("customer_code", flat=True)
        ),
        emails={
            email: code
            for some in batched(sorted(emails), CHUNK, strict=False)
            for email, code in User.objects.filter(email__in=some).values_list("email", "customer_code")
        },
    )


@dataclass(slots=True)
class Sorted:
    """The orders of an import: those nobody knows yet, and known ones with the facts they had."""

    new: list[OrderFacts] = field(default_factory=list)
    known: list[tuple[Order, OrderFacts]] = field(default_factory=list)


def sort_orders(rows: Rows, orders: Sequence[OrderFacts]) -> Sorted:
    """Tell new orders from known ones; a known one with other facts is refused in `rows`."""
    found = Sorted()
    for some in batched(orders, CHUNK, strict=False):
        known = {order.code: order for order in Order.objects.filter(code__in=[facts.code for facts in some])}
        for facts in some:
            order = known.get(facts.code)
            if order is None:
                found.new.append(facts)
            elif order.fingerprint == facts.fingerprint:
                found.known.append((order, facts))
            else:
                changed = ", ".join(changed_tables(order, facts))
                reason = f"order {facts.code} was imported before with other facts: {changed}"
                rows.reject("orders", facts.order.origin, facts.code, reason)
    return found


def write_people(rows: Rows, known: Known, *, ports: Ports, report: ImportReport) -> None:
    """Add the suppliers and customers nobody knows yet; those who are known stay as they are."""
    suppliers = [row for code, row in rows.suppliers.items() if code not in known.suppliers]
    Supplier.objects.bulk_create(
        [
            Supplier(
                code=row.code,
                name=row.name,
                country=row.country,
                answer_days=row.answer_days,
                return_address=row.return_address,
            )
            for row in suppliers
        ],
        batch_size=CHUNK,
    )
    customers = [row for code, row in rows.customers.items() if code not in known.customers]
    new = [NewCustomer(row.code, row.name, row.email, row.language) for row in customers]
    add_customers(ports=ports, customers=new)
    report.new_suppliers, report.new_customers = len(suppliers), len(customers)


def write_new_orders(
    new: Sequence[OrderFacts], *, source: str, take_in: TakeIn, say: Say, report: ImportReport
) -> None:
    """Write new orders with all that belongs to them, some hundred at a time, and hand each lot on."""
    for some in batched(new, CHUNK, strict=False):
        orders = _write_orders(some, source=source)
        groups = _write_groups(some, orders)
        lines = _write_lines(some, orders, groups)
        _write_prices(some, orders, groups, lines)
        parcels = [(orders[facts.code], facts) for facts in some]
        _add_parcels(
            parcels, {(order, supplier): pk for (order, supplier), pk in groups.items()}, lines, report
        )
        prefetch_related_objects(list(orders.values()), "tenders")
        take_in(list(orders.values()))
        report.new += len(orders)
        say(report.new, len(new))


def add_happenings(known: Sequence[tuple[Order, OrderFacts]], *, report: ImportReport) -> None:
    """To known orders add the parcels and events that are new; nothing else of them changes."""
    for some in batched(known, CHUNK, strict=False):
        pks = [order.pk for order, _ in some]
        groups = {
            (order, supplier): pk
            for pk, order, supplier in SupplierGroup.objects.filter(order__in=pks).values_list(
                "pk", "order_id", "supplier__code"
            )
        }
        lines = {
            (order, number): pk
            for pk, order, number in Line.objects.filter(order__in=pks).values_list(
                "pk", "order_id", "number"
            )
        }
        _add_parcels(list(some), groups, lines, report)
        report.unchanged += len(some)


def _write_orders(some: Iterable[OrderFacts], *, source: str) -> dict[str, Order]:
    codes = {facts.order.customer for facts in some}
    customers = {user.customer_code: user for user in User.objects.filter(customer_code__in=codes)}
    orders = Order.objects.bulk_create(
        Order(
            code=facts.code,
            customer=customers[facts.order.customer],
            currency=facts.order.currency,
            zone=facts.order.zone,
            ordered_at=facts.order.ordered_at,
            unpaid_minor=facts.order.unpaid,
            cancelled_at=facts.order.cancelled_at,
            marked_delivered_at=facts.order.marked_delivered_at,
            source=source,
            fingerprint=facts.fingerprint,
        )
        for facts in some
    )
    return {order.code: order for order in orders}


type Pks = dict[tuple[int, Any], int]


def _write_groups(some: Iterable[OrderFacts], orders: dict[str, Order]) -> Pks:
    codes = {group.supplier for facts in some for group in facts.groups}
    suppliers = dict(Supplier.objects.filter(code__in=codes).values_list("code", "pk"))
    keyed = [(orders[facts.code].pk, group) for facts in some for group in facts.groups]
    groups = SupplierGroup.objects.bulk_create(
        SupplierGroup(
            order_id=order, supplier_id=suppliers[group.supplier], country=group.country, terms=group.terms
        )
        for order, group in keyed
    )
    return {(order, facts.supplier): group.pk for (order, facts), group in zip(keyed, groups, strict=True)}


def _write_lines(some: Iterable[OrderFacts], orders: dict[str, Order], groups: Pks) -> Pks:
    keyed = [(orders[facts.code].pk, line) for facts in some for line in facts.lines]
    lines = Line.objects.bulk_create(
        Line(
            order_id=order,
            group_id=groups[order, line.supplier],
            number=line.number,
            sku=line.sku,
            title=line.title,
            units=line.units,
        )
        for order, line in keyed
    )
    return {(line.order_id, line.number): line.pk for line in lines}


def _write_prices(some: Iterable[OrderFacts], orders: dict[str, Order], groups: Pks, lines: Pks) -> None:
    components, tenders = [], []
    for facts in some:
        order = orders[facts.code].pk
        senders = {line.number: line.supplier for line in facts.lines}
        for row in facts.components:
            supplier = row.supplier if row.line is None else senders[row.line]
            component = Component(
                order_id=order,
                kind=row.kind,
                line_id=None if row.line is None else lines[order, row.line],
                group_id=None if row.kind == "fee" else groups[order, supplier],
                net_minor=row.net,
                tax_minor=row.tax,
                discount_minor=row.discount,
            )
            components.append(component)
        tenders += [
            Tender(
                order_id=order,
                number=row.number,
                kind=row.kind,
                captured_minor=row.captured,
                provider=row.provider,
                reference=row.reference,
                brand=row.brand,
                last_four=row.last_four,
            )
            for row in facts.tenders
        ]
    Component.objects.bulk_create(components)
    Tender.objects.bulk_create(tenders)


def _add_parcels(
    some: Sequence[tuple[Order, OrderFacts]], groups: Pks, lines: Pks, report: ImportReport
) -> None:
    """Add the parcels and events that the database does not have yet."""
    pks = [order.pk for order, _ in some]
    parcels: Pks = {
        (order, code): pk
        for pk, order, code in Parcel.objects.filter(group__order__in=pks).values_list(
            "pk", "group__order_id", "code"
        )
    }
    new = [
        (order.pk, facts, row)
        for order, facts in some
        for row in facts.parcels
        if (order.pk, row.code) not in parcels
    ]
    created = Parcel.objects.bulk_create(
        Parcel(
            group_id=groups[order, row.supplier],
            code=row.code,
            carrier=row.carrier,
            tracking_number=row.tracking_number,
        )
        for order, _, row in new
    )
    contents = []
    for (order, facts, row), parcel in zip(new, created, strict=True):
        parcels[order, row.code] = parcel.pk
        sent = row.lines or [line.number for line in facts.lines if line.supplier == row.supplier]
        contents += [
            Parcel.lines.through(parcel_id=parcel.pk, line_id=lines[order, number]) for number in sent
        ]
    Parcel.lines.through.objects.bulk_create(contents)
    report.new_parcels += len(created)
    _add_events(some, parcels, report)


def _add_events(some: Sequence[tuple[Order, OrderFacts]], parcels: Pks, report: ImportReport) -> None:
    told = set(
        ParcelEvent.objects.filter(parcel__in=set(parcels.values())).values_list(
            "parcel_id", "kind", "at", "source"
        )
    )
    given = [
        (parcels[order.pk, row.parcel], row.kind, row.at.astimezone(UTC), row.source)
        for order, facts in some
        for row in facts.events
    ]
    new = [event for event in given if event not in told]
    ParcelEvent.objects.bulk_create(
        ParcelEvent(parcel_id=parcel, kind=kind, at=at, source=source) for parcel, kind, at, source in new
    )
    report.new_events += len(new)
