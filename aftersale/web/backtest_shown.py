"""A back-test as its page shows it: counts and money by clause and outcome, month, supplier and tender."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from aftersale.accounts.models import Supplier
from aftersale.base.money import Money
from aftersale.returns.backtests import Cell, cells_of
from aftersale.returns.models import Backtest
from aftersale.returns.past import Ending
from aftersale.web.doors import language_now
from aftersale.web.plots import Plot, Stack, stacked, steps_to
from aftersale.web.policy_past import month_name
from aftersale.web.words import fact_value


@dataclass(frozen=True, slots=True)
class Line:
    """Decisions told together under one name, in one currency."""

    name: str
    cells: Sequence[Cell]

    @property
    def count(self) -> int:
        return sum(cell.count for cell in self.cells)

    @property
    def changed(self) -> int:
        return sum(cell.count for cell in self.cells if cell.now.outcome != cell.was.outcome)

    @property
    def pays(self) -> Money:
        return _sum(cell.pays for cell in self.cells)

    @property
    def paid(self) -> Money:
        return _sum(cell.paid for cell in self.cells)

    @property
    def difference(self) -> Money:
        return self.pays - self.paid

    @property
    def booked(self) -> Money:
        """What was really promised."""
        return _sum(cell.booked for cell in self.cells)

    @property
    def open_worth(self) -> Money:
        """What is not paid under the tried version, and would be if all of it ended in a full refund."""
        return _sum(cell.worth - cell.pays for cell in self.cells)


@dataclass(frozen=True, slots=True)
class EndLine(Line):
    """Decisions that come to one clause under the tried version, and to another under the other one."""

    now: Ending
    was: Ending


@dataclass(frozen=True, slots=True)
class InCurrency:
    """All that a back-test found in one currency; `plots` are by what they show."""

    currency: str
    whole: Line
    ends: Sequence[EndLine]
    months: Sequence[Line]
    suppliers: Sequence[Line]
    tenders: Sequence[Line]

    @property
    def month_plot(self) -> Plot:
        return _beside(self.months, self.currency)

    @property
    def supplier_plot(self) -> Plot:
        return _beside(self.suppliers[:8], self.currency)

    @property
    def tender_plot(self) -> Plot:
        return _beside(self.tenders, self.currency)


def found(one: Backtest) -> list[InCurrency]:
    """What is counted so far, currency by currency."""
    cells = cells_of(one)
    return [
        _in_currency(currency, [cell for cell in cells if cell.pays.currency == currency])
        for currency in sorted({cell.pays.currency for cell in cells})
    ]


def percent_done(one: Backtest) -> int:
    return 100 if one.finished_at else 100 * one.done // max(one.total, 1)


def _in_currency(currency: str, cells: Sequence[Cell]) -> InCurrency:
    names = dict(Supplier.objects.values_list("code", "name"))
    suppliers = _lines(cells, lambda cell: cell.supplier, lambda code: names.get(code, code))
    return InCurrency(
        currency,
        Line("", cells),
        _ends(cells),
        _lines(cells, lambda cell: cell.month, month_name),
        sorted(suppliers, key=lambda line: (-abs(line.difference.minor), -line.count)),
        _lines(cells, lambda cell: cell.tender, lambda kind: fact_value("tender", kind)),
    )


def _lines(cells: Sequence[Cell], by: Callable[[Cell], str], told: Callable[[str], str]) -> list[Line]:
    keys = sorted({by(cell) for cell in cells})
    return [Line(told(key), [cell for cell in cells if by(cell) == key]) for key in keys]


def _ends(cells: Sequence[Cell]) -> list[EndLine]:
    """What changes first, then the rest, the most decisions first."""
    pairs = dict.fromkeys((cell.now, cell.was) for cell in cells)
    lines = [EndLine("", [cell for cell in cells if (cell.now, cell.was) == pair], *pair) for pair in pairs]
    return sorted(lines, key=lambda line: (not line.changed, -line.count))


def _beside(lines: Sequence[Line], currency: str) -> Plot:
    """Two bars for each line: what the other version pays, and what the tried one does."""
    language, stacks = language_now(), []
    for line in lines:
        for series, amount in (("before", line.paid), ("after", line.pays)):
            says = {series: f"{line.name} · {amount.told(language)}"}
            stacks.append(Stack(line.name if series == "before" else "", {series: amount.minor}, says))
    highest = max((amount for stack in stacks for amount in stack.parts.values()), default=0)
    levels = [(level, Money(level, currency).told(language)) for level in steps_to(highest)]
    return stacked(stacks, levels)


def _sum(amounts: Iterable[Money]) -> Money:
    first, *others = amounts
    return sum(others, start=first)
