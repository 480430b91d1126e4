"""What each unit of an order is worth, by tender: fixed at purchase, so that any order of returns is exact.

Every unit has a number within its line, and one within its supplier's group. Its goods are a fixed share of
the line's price, its shipping a fixed share of the group's shipping; both whole minor units for each tender.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from aftersale.orders.models import Component, ComponentKind, Line, Order, SupplierGroup, Tender
from aftersale.payments.plan import worth
from aftersale.payments.services import Part
from aftersale.payments.shares import cells_of, layers_of


@dataclass(frozen=True)
class Prices:
    """One order's price, taken apart by component and tender."""

    order: Order
    tenders: tuple[Tender, ...]
    components: tuple[Component, ...]
    cells: dict[int, tuple[int, ...]]  # component's key -> minor units of each tender

    def goods(self, line: Line, tender: Tender, numbers: Iterable[int]) -> list[Part]:
        """The goods of these units of `line` that `tender` paid."""
        return self._parts(self._component(line), line.units, tender, numbers)

    def shipping(self, group: SupplierGroup, tender: Tender, numbers: Iterable[int]) -> list[Part]:
        """The shipping of these units of `group` (by their number in the group) that `tender` paid."""
        wanted = list(numbers)
        found: list[Part] = []
        for component in self.components:
            if component.kind == ComponentKind.SHIPPING and component.group_id == group.pk:
                found += self._parts(component, units_in(group), tender, wanted)
        return found

    def _component(self, line: Line) -> Component:
        return next(component for component in self.components if component.line_id == line.pk)

    def _parts(self, component: Component, units: int, tender: Tender, numbers: Iterable[int]) -> list[Part]:
        column = self.tenders.index(tender)
        # A unit's worth is shared among the tenders that came together: one paid later changes none of it.
        layer = next(each for each in layers_of(t.added_at for t in self.tenders) if column in each)
        cells, place = [self.cells[component.pk][each] for each in layer], layer.index(column)
        parts = []
        for first, last in _runs(numbers):
            amount = worth(cells, units=units, before=first - 1, now=last - first + 1)[place]
            if amount:
                parts.append(Part(component=component, units_from=first, units_to=last, amount_minor=amount))
        return parts


def prices_of(order: Order) -> Prices:
    """Take the order's price apart, exact in both sums."""
    tenders, components = tuple(order.tenders.all()), tuple(order.components.all())
    return Prices(order, tenders, components, cells_of(components, tenders))


def units_in(group: SupplierGroup) -> int:
    return sum(line.units for line in group.lines.all())


def numbers_in_group(line: Line, numbers: Iterable[int]) -> list[int]:
    """The units' numbers within their supplier's group: lines follow each other in the order's own order."""
    before = sum(other.units for other in line.group.lines.all() if other.number < line.number)
    return [before + number for number in numbers]


def _runs(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Neighbouring numbers as first and last: 1, 2, 3, 7 are (1, 3) and (7, 7)."""
    ordered = enumerate(sorted(numbers))
    runs = [[number for _, number in run] for _, run in groupby(ordered, key=lambda pair: pair[1] - pair[0])]
    return [(run[0], run[-1]) for run in runs]
