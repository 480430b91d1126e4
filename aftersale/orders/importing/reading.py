"""Rows of text become typed rows; what cannot be read is refused, with the reason and the order it spoils."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast

from aftersale.base.errors import BadInput
from aftersale.orders.importing import readers
from aftersale.orders.importing.engine import Source, TextRow
from aftersale.orders.importing.readers import Setting
from aftersale.orders.importing.report import Remark
from aftersale.orders.importing.tables import (
    LEFT_OUT,
    REMARKS,
    CustomerRow,
    OrderRow,
    RemarkRow,
    Row,
    SupplierRow,
    readers_of,
    required_of,
    row_type,
)

PARTS = ("lines", "components", "tenders", "parcels", "events")


@dataclass(slots=True)
class Rows:
    """Typed rows: people and orders by code, the parts of an order by the order's code."""

    suppliers: dict[str, SupplierRow] = field(default_factory=dict)
    customers: dict[str, CustomerRow] = field(default_factory=dict)
    orders: dict[str, OrderRow] = field(default_factory=dict)
    parts: dict[str, dict[str, list[Row]]] = field(default_factory=dict)
    rejections: list[Remark] = field(default_factory=list)
    left_out: list[Remark] = field(default_factory=list)
    spoilt: set[str] = field(default_factory=set)
    # A refused row that names no order could be missing from any of them.
    anyone_s: bool = False

    def reject(self, table: str, origin: str, order: str, error: BadInput | str, field: str = "") -> None:
        if isinstance(error, BadInput):
            field = error.field
        self.rejections.append(Remark(table, origin, order, field, str(error)))
        if order:
            self.spoilt.add(order)


def read_rows(source: Source, setting: Setting) -> Rows:
    """Every row that can be read, and a remark for every one that cannot."""
    rows = Rows(rejections=list(source.unreadable), anyone_s=bool(source.unreadable))
    for remark in cast("list[RemarkRow]", _typed(rows, REMARKS, source.rows[REMARKS], setting)):
        _note(rows, remark)
    rows.suppliers = _by_code(rows, "suppliers", _typed(rows, "suppliers", source.rows["suppliers"], setting))
    rows.customers = _by_code(rows, "customers", _typed(rows, "customers", source.rows["customers"], setting))
    currencies = _currencies(source.rows["orders"], setting)
    orders = _typed(rows, "orders", source.rows["orders"], setting, currencies)
    rows.orders = _by_code(rows, "orders", orders)
    for table in PARTS:
        by_order: dict[str, list[Row]] = defaultdict(list)
        for row in _typed(rows, table, source.rows[table], setting, currencies):
            by_order[cast("Any", row).order].append(row)
        rows.parts[table] = by_order
    return rows


def _currencies(orders: list[TextRow], setting: Setting) -> dict[str, str]:
    """The currency of every order, refused ones too: what else is wrong with them is said at once."""
    currencies = {}
    for text in orders:
        try:
            currency = str(readers.currency(text.get("currency") or "", "currency", setting))
        except BadInput:
            continue
        currencies[(text.get("code") or "").strip()] = currency
    return currencies


def _note(rows: Rows, remark: RemarkRow) -> None:
    if remark.verdict == LEFT_OUT:
        rows.left_out.append(Remark("", remark.origin, remark.order, remark.field, remark.reason))
        return
    rows.reject("", remark.origin, remark.order, remark.reason, remark.field)
    rows.anyone_s = rows.anyone_s or not remark.order


def _typed(
    rows: Rows,
    table: str,
    given: list[TextRow],
    setting: Setting,
    currencies: Mapping[str, str] | None = None,
) -> list[Row]:
    """The readable rows of `table`; an order and its parts are read in that one's currency."""
    kind, typed = row_type(table), []
    for text in given:
        code = (text.get("code" if table == "orders" else "order") or "").strip()
        row_setting = setting
        if currencies is not None:
            if code not in currencies and table != "orders":
                _reject_stray(rows, table, text, code)
                continue
            row_setting = replace(setting, currency=currencies.get(code, ""))
        values = _values(rows, table, text, code, row_setting)
        if values is not None:
            typed.append(kind(**values))
    return typed


def _values(rows: Rows, table: str, text: TextRow, code: str, setting: Setting) -> dict[str, Any] | None:
    """The columns of one row, or None where any of them was refused; all of the refused are named."""
    values: dict[str, Any] = {}
    good = True
    for name, read in readers_of(table).items():
        given = text.get(name) or ""
        if not given and name not in required_of(table):
            continue
        if read is readers.amount and not setting.currency:
            continue  # the order's currency was refused: that is said already
        try:
            values[name] = read(given, name, setting)
        except BadInput as error:
            rows.reject(table, text.get("origin") or "", code, error)
            good = False
    return values if good else None


def _reject_stray(rows: Rows, table: str, text: TextRow, code: str) -> None:
    rows.anyone_s = rows.anyone_s or not code
    # Where the order itself was refused, that was said already.
    if code not in rows.spoilt:
        error = BadInput("order", code, "the code of an order in orders.sql")
        rows.reject(table, text.get("origin") or "", code, error)


def _by_code[Coded: (SupplierRow, CustomerRow, OrderRow)](
    rows: Rows, table: str, typed: list[Row]
) -> dict[str, Coded]:
    """Rows by their code; saying the same twice is fine, saying two things is not."""
    found: dict[str, Coded] = {}
    twice = set()
    for row in cast("list[Coded]", typed):
        known = found.setdefault(row.code, row)
        if replace(known, origin="") != replace(row, origin=""):
            order = row.code if table == "orders" else ""
            reason = f"`{row.code}` stands twice, and not the same: see {known.origin or 'the other row'}"
            rows.reject(table, row.origin, order, reason, "code")
            twice.add(row.code)
    return {code: row for code, row in found.items() if code not in twice}
