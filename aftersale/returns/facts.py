"""The facts of a return, as the policy asks for them, each with who says so."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aftersale.orders.models import EventSource, Line, Order, SupplierGroup, Tender
from aftersale.orders.queries import Delivery, delivered_at
from aftersale.returns.models import LineState, Party, Reason, Return, ReturnLine, ReturnUnit, Rma

MAINLAND = "CN"

# Units in lines of these states are no longer with the customer, or never were.
_GONE = (LineState.SENT, LineState.RECEIVED, LineState.INSPECTED, LineState.SETTLED)
_LIVE = (*_GONE, LineState.AUTHORISED, LineState.WAITING_SUPPLIER, LineState.WAITING_ALL, LineState.CLAIM)


@dataclass(frozen=True, slots=True)
class Asked:
    """Units of a line with one reason: what a decision is about, on the form or in a return."""

    line: Line
    units: int
    reason: str
    reason_source: str = Party.CUSTOMER


@dataclass(frozen=True, slots=True)
class Moment:
    """When the answer is asked for: at handing over once known, else now; and whether an RMA covers it."""

    at: datetime
    rma: bool
    at_source: str = Party.DESK
    received_at: datetime | None = None  # as the customer would say, where nobody else has


@dataclass(frozen=True, slots=True)
class Facts:
    """Every fact of the policy for one line and one tender, and fact -> who says so."""

    values: dict[str, Any]
    sources: dict[str, str]


def facts_of(
    asked: Asked, tender: Tender, *, together: Iterable[Asked], moment: Moment, case: Return | None = None
) -> Facts:
    """The facts of `asked` as paid by `tender`, when it goes back with `together` (itself included)."""
    order, group = asked.line.order, asked.line.group
    parcel = arrival(asked.line, moment)
    values = {
        "tender": tender.kind,
        "reason": asked.reason,
        "days": days_between(order, parcel[0], moment.at) if parcel else None,
        "marked_delivered": was_marked_delivered(order, moment.at),
        "supplier_terms": group.terms,
        "mainland_supplier": group.country == MAINLAND,
        "rma": moment.rma,
        **units_facts(group, together, case),
    }
    days_by = f"{parcel[1]}+{moment.at_source}" if parcel else EventSource.IMPORT
    by = {
        "reason": asked.reason_source,
        "days": days_by,
        "rma": Party.SUPPLIER,
        "marked_delivered": Party.DESK,
    }
    return Facts(values, {name: str(by.get(name, EventSource.IMPORT)) for name in values})


def arrival(line: Line, moment: Moment) -> Delivery | None:
    """When the line arrived, as known; else as the customer would say."""
    if known := delivered_at(line):
        return known
    return Delivery(moment.received_at, EventSource.CUSTOMER) if moment.received_at else None


def days_between(order: Order, start: datetime, end: datetime) -> int:
    """Whole days in the order's zone; the day of `start` is day 0."""
    return (order.day_of(end) - order.day_of(start)).days


def was_marked_delivered(order: Order, at: datetime) -> bool:
    """Whether the order was marked delivered before `at`, or in the same minute: that is not before."""
    marked = order.marked_delivered_at
    return marked is not None and _minute(marked) <= _minute(at)


def units_facts(group: SupplierGroup, together: Iterable[Asked], case: Return | None) -> dict[str, int]:
    """How many units of the group the customer has before handing over, and how many of them go back now."""
    together = list(together)
    bought = sum(line.units for line in group.lines.all())
    missing = sum(asked.units for asked in together if asked.reason == Reason.MISSING)
    returned = sum(asked.units for asked in together if asked.reason != Reason.MISSING)
    return {"units_with_customer": bought - _gone(group, case) - missing, "units_returned": returned}


def _gone(group: SupplierGroup, case: Return | None) -> int:
    """Units that other returns of this group have sent back, or whose loss they claim."""
    others = ReturnUnit.objects.filter(held=True, line__group=group)
    if case is not None:
        others = others.exclude(return_line__case=case)
    sent = others.filter(return_line__state__in=_GONE).exclude(return_line__reason=Reason.MISSING)
    claimed = others.filter(return_line__state__in=_LIVE, return_line__reason=Reason.MISSING)
    return sent.count() + claimed.count()


def asked_in(case: Return) -> list[Asked]:
    """What a stored return asks, line by line: the reason found where inspection found one."""
    return [asked_of(row) for row in live_lines(case)]


def asked_of(row: ReturnLine) -> Asked:
    if row.reason_found:
        return Asked(row.line, row.units_found or 0, row.reason_found, Party.SUPPLIER)
    return Asked(row.line, row.units, row.reason)


def numbers_of(row: ReturnLine) -> tuple[int, ...]:
    """The numbers of a return line's units; the lowest of them, where inspection found fewer."""
    numbers = tuple(row.unit_rows.order_by("number").values_list("number", flat=True))
    return numbers if row.units_found is None else numbers[: row.units_found]


def live_lines(case: Return) -> list[ReturnLine]:
    """The lines that take part; refused ones too until the parcel is sent: a yes may bring them back."""
    gone = [LineState.WITHDRAWN, LineState.EXPIRED]
    if case.handed_over_at is not None:
        gone.append(LineState.REFUSED)
    rows = case.lines.exclude(state__in=gone).select_related("line__order", "line__group").order_by("pk")
    return _still_to_be_had(case, list(rows))


def _still_to_be_had(case: Return, rows: list[ReturnLine]) -> list[ReturnLine]:
    """Refused lines had let go of their units: without those whose units are in another return by now."""
    if all(row.state != LineState.REFUSED for row in rows):
        return rows
    others = ReturnUnit.objects.filter(held=True).exclude(return_line__case=case)
    left = {row.line_id: row.line.units - others.filter(line=row.line_id).count() for row in rows}
    had = []
    for row in sorted(rows, key=lambda row: row.state == LineState.REFUSED):
        if row.state != LineState.REFUSED or row.units <= left[row.line_id]:
            left[row.line_id] -= row.units
            had.append(row)
    return [row for row in rows if row in had]


def moment_of(case: Return, *, now: datetime) -> Moment:
    """Handing over, once it is known; else now. The RMA must be valid at that moment."""
    at = case.handed_over_at or now
    source = case.handed_over_source or Party.DESK
    return Moment(at, rma=valid_rma(case, at) is not None, at_source=source)


def valid_rma(case: Return, at: datetime) -> Rma | None:
    """The case's number, when it was issued, unexpired, unrevoked and unused at `at`.

    Handing over on the very day it was issued counts: people say the day, not the minute.
    """
    day = case.order.day_of(at)
    rma = case.rmas.filter(revoked_at=None, expires_on__gte=day).first()
    if rma is None or case.order.day_of(rma.issued_at) > day:
        return None
    return rma if rma.used_at is None or rma.used_at >= at else None


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)
