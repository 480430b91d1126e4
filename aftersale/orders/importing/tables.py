"""The tables that a profile's queries give, column by column. A column with a default may be left out."""

from dataclasses import MISSING, dataclass, fields
from datetime import datetime
from functools import cache
from typing import Annotated, get_type_hints

from aftersale.orders.importing import readers
from aftersale.orders.importing.readers import Reader
from aftersale.orders.models import ComponentKind, EventSource, ParcelEventKind, TenderKind, Terms

_code = readers.words(64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """`origin` says where the row stands in its file, so that its reader finds it again."""

    origin: Annotated[str, readers.lines_of_text] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierRow(Row):
    code: Annotated[str, _code]
    name: Annotated[str, readers.words(200)]
    country: Annotated[str, readers.country]
    terms: Annotated[str, readers.one_of(Terms.values)] = Terms.DEFECTIVE_OR_WRONG.value
    answer_days: Annotated[int, readers.whole(1, 90)] = 3
    return_address: Annotated[str, readers.lines_of_text] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerRow(Row):
    code: Annotated[str, _code]
    name: Annotated[str, readers.words(200)]
    email: Annotated[str | None, readers.email] = None
    language: Annotated[str, readers.language] = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRow(Row):
    code: Annotated[str, _code]
    customer: Annotated[str, _code]
    currency: Annotated[str, readers.currency]
    zone: Annotated[str, readers.zone]
    ordered_at: Annotated[datetime, readers.moment]
    cancelled_at: Annotated[datetime | None, readers.moment] = None
    marked_delivered_at: Annotated[datetime | None, readers.moment] = None
    unpaid: Annotated[int, readers.amount] = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRow(Row):
    """The supplier's country and terms at order time; where they are left out, those of its own row."""

    order: Annotated[str, _code]
    number: Annotated[int, readers.whole(1, 100_000)]
    supplier: Annotated[str, _code]
    supplier_country: Annotated[str | None, readers.country] = None
    supplier_terms: Annotated[str | None, readers.one_of(Terms.values)] = None
    sku: Annotated[str, readers.words(100)]
    title: Annotated[str, readers.words(300)]
    units: Annotated[int, readers.whole(1, 10_000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentRow(Row):
    """A part of the price: goods name their `line`, shipping its `supplier`, a fee neither."""

    order: Annotated[str, _code]
    kind: Annotated[str, readers.one_of(ComponentKind.values)]
    line: Annotated[int | None, readers.whole(1, 100_000)] = None
    supplier: Annotated[str | None, _code] = None
    net: Annotated[int, readers.amount]
    tax: Annotated[int, readers.amount] = 0
    discount: Annotated[int, readers.amount] = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TenderRow(Row):
    order: Annotated[str, _code]
    number: Annotated[int, readers.whole(1, 1000)]
    kind: Annotated[str, readers.one_of(TenderKind.values)]
    captured: Annotated[int, readers.amount]
    provider: Annotated[str, readers.words(32)] = "sandbox"
    reference: Annotated[str, readers.no_card_number(128)]
    brand: Annotated[str, readers.no_card_number(32)] = ""
    last_four: Annotated[str, readers.last_four] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelRow(Row):
    """What one supplier sent in one box; without `lines` it holds all of that supplier's."""

    order: Annotated[str, _code]
    supplier: Annotated[str, _code]
    code: Annotated[str, _code]
    carrier: Annotated[str, readers.words(100)] = ""
    tracking_number: Annotated[str, readers.words(100)] = ""
    lines: Annotated[tuple[int, ...], readers.whole_list] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow(Row):
    order: Annotated[str, _code]
    parcel: Annotated[str, _code]
    kind: Annotated[str, readers.one_of(ParcelEventKind.values)]
    at: Annotated[datetime, readers.moment]
    source: Annotated[str, readers.one_of(EventSource.values)] = EventSource.IMPORT.value


REJECTED, LEFT_OUT = "rejected", "left_out"


@dataclass(frozen=True, slots=True, kw_only=True)
class RemarkRow(Row):
    """A row of the source that the profile itself refuses, or leaves out and says so."""

    verdict: Annotated[str, readers.one_of([REJECTED, LEFT_OUT])]
    order: Annotated[str, _code] = ""
    field: Annotated[str, readers.words(64)] = ""
    reason: Annotated[str, readers.words(500)]


TABLES: dict[str, type[Row]] = {
    "suppliers": SupplierRow,
    "customers": CustomerRow,
    "orders": OrderRow,
    "lines": LineRow,
    "components": ComponentRow,
    "tenders": TenderRow,
    "parcels": ParcelRow,
    "events": EventRow,
}
REMARKS = "remarks"


def row_type(table: str) -> type[Row]:
    return RemarkRow if table == REMARKS else TABLES[table]


@cache
def readers_of(table: str) -> dict[str, Reader]:
    """The columns of a table, and how each is read."""
    hints = get_type_hints(row_type(table), include_extras=True)
    return {name: hint.__metadata__[0] for name, hint in hints.items()}


@cache
def required_of(table: str) -> set[str]:
    """The columns that a query cannot leave out."""
    return {column.name for column in fields(row_type(table)) if column.default is MISSING}
