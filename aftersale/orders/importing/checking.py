"""Typed rows become whole orders; an order of which anything is wrong is refused as a whole."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from aftersale.base.errors import BadInput
from aftersale.base.money import Money
from aftersale.orders.importing.facts import GroupFacts, OrderFacts
from aftersale.orders.importing.reading import Rows
from aftersale.orders.importing.report import Mismatch
from aftersale.orders.importing.tables import (
    ComponentRow,
    EventRow,
    LineRow,
    OrderRow,
    ParcelRow,
    Row,
    TenderRow,
)
from aftersale.orders.models import ComponentKind, ParcelEventKind, Terms


@dataclass(frozen=True, slots=True)
class Known:
    """Who is in the database: suppliers with their countries, customers' codes, the holders of e-mails."""

    suppliers: Mapping[str, str] = field(default_factory=dict)
    customers: frozenset[str] = frozenset()
    emails: Mapping[str, str | None] = field(default_factory=dict)


def whole_orders(rows: Rows, known: Known) -> list[OrderFacts]:
    """The orders of which every row is good; the refusals of the others are added to `rows`."""
    _check_emails(rows, known)
    checked = [_OrderCheck(rows, known, order).facts() for order in rows.orders.values()]
    return [facts for facts in checked if facts is not None and facts.code not in rows.spoilt]


def mismatches(orders: Iterable[OrderFacts]) -> list[Mismatch]:
    """The orders whose payments, with what is still unpaid, are not the sum of their components."""
    paid = ((facts, facts.price - facts.unpaid) for facts in orders)
    return [Mismatch(facts.code, expected, facts.paid) for facts, expected in paid if expected != facts.paid]


def _check_emails(rows: Rows, known: Known) -> None:
    """An e-mail is one person's: a new customer that claims another's is refused."""
    holders = dict(known.emails)
    for code, customer in list(rows.customers.items()):
        if code in known.customers:
            continue
        if customer.email and holders.setdefault(customer.email, code) != code:
            error = BadInput("email", customer.email, "an e-mail that no other account uses")
            rows.reject("customers", customer.origin, "", error)
            del rows.customers[code]


class _OrderCheck:
    """Looks at the rows of one order together."""

    def __init__(self, rows: Rows, known: Known, order: OrderRow) -> None:
        self._rows, self._known, self._order = rows, known, order
        self._lines = cast("list[LineRow]", self._part("lines"))
        self._components = cast("list[ComponentRow]", self._part("components"))
        self._tenders = cast("list[TenderRow]", self._part("tenders"))
        self._parcels = cast("list[ParcelRow]", self._part("parcels"))
        self._events = cast("list[EventRow]", self._part("events"))
        self._groups: dict[str, GroupFacts] = {}

    def facts(self) -> OrderFacts | None:
        """The order's facts; None where its rows do not fit together."""
        if self._order.code in self._rows.spoilt:
            return None
        self._check_order()
        self._check_lines()
        self._check_components()
        self._check_once("tenders", [(row, row.number) for row in self._tenders], "number")
        self._check_unpaid()
        self._check_parcels()
        self._check_events()
        return OrderFacts(
            order=self._order,
            groups=tuple(self._groups.values()),
            lines=tuple(sorted(self._lines, key=lambda row: row.number)),
            components=tuple(self._components),
            tenders=tuple(sorted(self._tenders, key=lambda row: row.number)),
            parcels=tuple(self._parcels),
            events=tuple(self._events),
        )

    def _part(self, table: str) -> list[Row]:
        return self._rows.parts[table].get(self._order.code, [])

    def _reject(self, table: str, row: Row, error: BadInput | str, field: str = "") -> None:
        self._rows.reject(table, row.origin, self._order.code, error, field)

    def _check_order(self) -> None:
        order = self._order
        if order.customer not in self._rows.customers and order.customer not in self._known.customers:
            accepted = "the code of an accepted customer of customers.sql, or of one imported before"
            self._reject("orders", order, BadInput("customer", order.customer, accepted))
        for name in ("cancelled_at", "marked_delivered_at"):
            at = getattr(order, name)
            if at is not None and at < order.ordered_at:
                self._reject("orders", order, BadInput(name, at, "a moment after `ordered_at`"))

    def _check_lines(self) -> None:
        if not self._lines:
            self._reject("orders", self._order, "the order has no lines")
        self._check_once("lines", [(row, row.number) for row in self._lines], "number")
        for row in self._lines:
            supplier = self._rows.suppliers.get(row.supplier)
            country = supplier.country if supplier else self._known.suppliers.get(row.supplier)
            if country is None:
                accepted = "the code of an accepted supplier of suppliers.sql, or of one imported before"
                self._reject("lines", row, BadInput("supplier", row.supplier, accepted))
                continue
            terms = supplier.terms if supplier else Terms.DEFECTIVE_OR_WRONG.value
            group = GroupFacts(row.supplier, row.supplier_country or country, row.supplier_terms or terms)
            if self._groups.setdefault(row.supplier, group) != group:
                reason = f"the lines of supplier `{row.supplier}` disagree about its country or terms"
                self._reject("lines", row, reason, "supplier_terms")

    def _check_components(self) -> None:
        numbers = {row.number for row in self._lines}
        priced: Counter[int | None] = Counter()
        for row in self._components:
            is_goods = row.kind == ComponentKind.LINE
            if is_goods and row.line not in numbers:
                self._reject(
                    "components", row, BadInput("line", row.line, "the number of a line of the order")
                )
            elif row.kind == ComponentKind.SHIPPING and row.supplier not in self._groups:
                accepted = "a supplier who sends a part of the order"
                self._reject("components", row, BadInput("supplier", row.supplier, accepted))
            elif row.line is not None and not is_goods:
                self._reject("components", row, BadInput("line", row.line, "nothing, but for goods"))
            if row.discount > row.net + row.tax:
                reason = "`discount` is more than `net` and `tax` together"
                self._reject("components", row, reason, "discount")
            priced.update([row.line] if is_goods else [])
        for line in self._lines:
            if priced[line.number] != 1:
                reason = f"line {line.number} has {priced[line.number]} components of kind `line`, not one"
                self._reject("lines", line, reason, "number")

    def _check_unpaid(self) -> None:
        price = sum(row.net + row.tax - row.discount for row in self._components)
        left = max(0, price - sum(row.captured for row in self._tenders))
        if self._order.unpaid > left:
            most = Money(left, self._order.currency)
            given = Money(self._order.unpaid, self._order.currency)
            accepted = f"at most what the payments leave of the price: {most}"
            self._reject("orders", self._order, BadInput("unpaid", str(given), accepted))

    def _check_parcels(self) -> None:
        self._check_once("parcels", [(row, row.code) for row in self._parcels], "code")
        for row in self._parcels:
            sent = {line.number for line in self._lines if line.supplier == row.supplier}
            if not sent:
                accepted = "a supplier who sends a part of the order"
                self._reject("parcels", row, BadInput("supplier", row.supplier, accepted))
            elif not sent.issuperset(row.lines):
                accepted = f"lines that `{row.supplier}` sends: {', '.join(map(str, sorted(sent)))}"
                self._reject("parcels", row, BadInput("lines", ", ".join(map(str, row.lines)), accepted))

    def _check_events(self) -> None:
        codes = {row.code for row in self._parcels}
        told = [(row, (row.parcel, row.kind, row.at, row.source)) for row in self._events]
        self._check_once("events", told, "at")
        for row in self._events:
            if row.parcel not in codes:
                accepted = "the code of a parcel of the order"
                self._reject("events", row, BadInput("parcel", row.parcel, accepted))
            # The carrier's clock may run before ours at the dispatch; no delivery is that quick.
            if row.kind == ParcelEventKind.DELIVERED and row.at < self._order.ordered_at:
                self._reject("events", row, BadInput("at", row.at, "a moment after `ordered_at`"))

    def _check_once(self, table: str, keyed: Sequence[tuple[Any, object]], field: str) -> None:
        seen = set()
        for row, key in keyed:
            if key in seen:
                self._reject(table, row, f"`{getattr(row, field)}` stands twice in the order", field)
            seen.add(key)
