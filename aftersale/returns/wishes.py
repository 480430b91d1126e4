"""What somebody wishes to send back: read, checked, and matched with the very units it is about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from aftersale.base.errors import BadInput
from aftersale.orders.models import Line, Order, SupplierGroup
from aftersale.returns.deciding import Units
from aftersale.returns.errors import UnitsTaken
from aftersale.returns.facts import Asked
from aftersale.returns.models import Reason, Return, ReturnUnit


@dataclass(frozen=True, slots=True)
class Wish:
    """So many units of a line, and why they come back."""

    line: int
    units: int
    reason: str


def checked_wishes(
    order: Order, supplier: str, wishes: Sequence[Wish]
) -> tuple[SupplierGroup, list[tuple[Line, Wish]]]:
    """The supplier's group and the line of each wish; BadInput where a wish makes no sense."""
    group = _group(order, supplier)
    if not wishes:
        raise BadInput("lines", None, "at least one line with units to send back")
    lines = {line.number: line for line in group.lines.select_related("order", "group")}
    seen: set[tuple[int, str]] = set()
    for wish in wishes:
        _check(wish, lines, seen)
    return group, [(lines[wish.line], wish) for wish in wishes]


def units_for(checked: Sequence[tuple[Line, Wish]], *, ignoring: Return | None = None) -> list[Units]:
    """The lowest free units for each wish, as if the return `ignoring` were not there.

    UnitsTaken, naming the article, where fewer are left than are wished for.
    """
    taken: dict[int, list[int]] = {}
    found = []
    for line, wish in checked:
        mine = taken.setdefault(line.pk, [])
        numbers = [n for n in free_numbers(line, ignoring=ignoring) if n not in mine][: wish.units]
        if len(numbers) < wish.units:
            left = len(free_numbers(line, ignoring=ignoring))
            raise UnitsTaken(f"Of “{line.title}” {left} of {line.units} can still be sent back, not more.")
        mine += numbers
        found.append(Units(Asked(line, wish.units, wish.reason), tuple(numbers)))
    return found


def receipt_moment(order: Order, received_on: date, *, now: datetime) -> datetime:
    """The day on which the customer says it came; BadInput before the purchase or after today."""
    today = order.day_of(now)
    if not order.day_of(order.ordered_at) <= received_on <= today:
        raise BadInput("received_on", received_on, f"a day from the purchase to today, {today}")
    noon = datetime.combine(received_on, time(12), tzinfo=ZoneInfo(order.zone))
    return max(order.ordered_at, min(noon, now))


def free_numbers(line: Line, *, ignoring: Return | None = None) -> list[int]:
    """The numbers of the line's units that no live return holds, lowest first."""
    rows = ReturnUnit.objects.filter(line=line, held=True)
    if ignoring is not None:
        rows = rows.exclude(return_line__case=ignoring)
    held = set(rows.values_list("number", flat=True))
    return [number for number in range(1, line.units + 1) if number not in held]


def _group(order: Order, supplier: str) -> SupplierGroup:
    group = order.groups.filter(supplier__code=supplier).select_related("supplier").first()
    if group is None:
        codes = ", ".join(order.groups.values_list("supplier__code", flat=True))
        raise BadInput("supplier", supplier, f"a supplier of this order: {codes}")
    return group


def _check(wish: Wish, lines: dict[int, Line], seen: set[tuple[int, str]]) -> None:
    if wish.line not in lines:
        raise BadInput("line", wish.line, "a line of this supplier: " + ", ".join(map(str, sorted(lines))))
    if wish.reason not in Reason.values:
        raise BadInput("reason", wish.reason, "one of " + ", ".join(Reason.values))
    if wish.units < 1:
        raise BadInput("units", wish.units, f"a whole number from 1 to {lines[wish.line].units}")
    if (wish.line, wish.reason) in seen:
        raise BadInput("line", wish.line, "each line once for each reason")
    seen.add((wish.line, wish.reason))
