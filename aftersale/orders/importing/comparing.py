"""What a known order was imported with, read back from the database, to say what differs."""

from aftersale.orders.importing.facts import GroupFacts, OrderFacts
from aftersale.orders.importing.tables import ComponentRow, LineRow, OrderRow, TenderRow
from aftersale.orders.models import Order


def changed_tables(order: Order, facts: OrderFacts) -> list[str]:
    """The tables in which `facts` differ from what the order was imported with."""
    before, now = _facts_of(order).parts(), facts.parts()
    return [table for table, rows in now.items() if before[table] != rows]


def _facts_of(order: Order) -> OrderFacts:
    return OrderFacts(
        order=OrderRow(
            code=order.code,
            customer=order.customer.customer_code or "",
            currency=order.currency,
            zone=order.zone,
            ordered_at=order.ordered_at,
            unpaid=order.unpaid_minor,
        ),
        groups=tuple(
            GroupFacts(group.supplier.code, group.country, group.terms)
            for group in order.groups.select_related("supplier")
        ),
        lines=tuple(_lines(order)),
        components=tuple(_components(order)),
        tenders=tuple(_tenders(order)),
    )


def _lines(order: Order) -> list[LineRow]:
    return [
        LineRow(
            order=order.code,
            number=line.number,
            supplier=line.group.supplier.code,
            sku=line.sku,
            title=line.title,
            units=line.units,
        )
        for line in order.lines.select_related("group__supplier")
    ]


def _components(order: Order) -> list[ComponentRow]:
    return [
        ComponentRow(
            order=order.code,
            kind=component.kind,
            line=component.line.number if component.line else None,
            supplier=component.group.supplier.code if component.group and not component.line else None,
            net=component.net_minor,
            tax=component.tax_minor,
            discount=component.discount_minor,
        )
        for component in order.components.select_related("line", "group__supplier")
    ]


def _tenders(order: Order) -> list[TenderRow]:
    return [
        TenderRow(
            order=order.code,
            number=tender.number,
            kind=tender.kind,
            captured=tender.captured_minor,
            provider=tender.provider,
            reference=tender.reference,
            brand=tender.brand,
            last_four=tender.last_four,
        )
        for tender in order.tenders.filter(added_at=None)
    ]
