"""A text of the policy tried on the desk's own past."""

from datetime import datetime

from pydantic import ConfigDict, Field

from aftersale.api.fields import HASH, PLAIN, Money, Shape, told_money
from aftersale.api.shapes.publishing import ClauseAndOutcome
from aftersale.returns.backtests import Cell, cells_of
from aftersale.returns.models import Backtest as Row
from aftersale.returns.publishing import LONGEST


class NewBacktest(Shape):
    """What to try, and beside which version; left out: the one in force."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"text": "# Refunds and returns\n\n…", "against": "058cd4933c0a"}]}
    )

    text: str = Field(max_length=LONGEST, pattern=PLAIN, description="the document, in Markdown")
    against: str = Field("", pattern=f"^$|{HASH}", description="the hash of a version, or the start of it")


class BacktestSummary(Shape):
    """How far it is: `done` of `total` decisions of the past."""

    reference: str
    asked_at: datetime
    finished_at: datetime | None = Field(description="null while the worker is at it")
    policy: str = Field(description="the hash of the text")
    is_draft: bool = Field(description="no version said the same when it was asked for")
    against: str = Field(description="the hash of the version beside it")
    total: int
    done: int


class Backtests(Shape):
    """Back-tests, newest first."""

    items: list[BacktestSummary]
    next_cursor: str | None


class Counted(Shape):
    """Decisions alike: of one month, supplier, means and currency, and with the same two answers."""

    month: str
    supplier: str
    tender: str
    now: ClauseAndOutcome = Field(description="by the text; empty where it has no answer")
    was: ClauseAndOutcome = Field(description="by the version beside it")
    count: int
    pays: Money
    paid: Money = Field(description="what the version beside it pays")
    worth: Money = Field(description="what full refunds would be")
    booked: Money = Field(description="what the decisions as they stand promised")


class Backtest(BacktestSummary):
    """What is counted so far."""

    counted: list[Counted]


def told_backtest_summary(row: Row) -> BacktestSummary:
    return BacktestSummary.model_validate(_fields(row))


def told_backtest(row: Row) -> Backtest:
    return Backtest.model_validate({**_fields(row), "counted": [_counted(cell) for cell in cells_of(row)]})


def _fields(row: Row) -> dict[str, object]:
    names = ("reference", "asked_at", "finished_at", "is_draft", "total", "done")
    return {**{name: getattr(row, name) for name in names}, "policy": row.hash, "against": row.against.hash}


def _counted(cell: Cell) -> Counted:
    return Counted(
        month=cell.month,
        supplier=cell.supplier,
        tender=cell.tender,
        now=ClauseAndOutcome(clause=cell.now.clause, outcome=cell.now.outcome),
        was=ClauseAndOutcome(clause=cell.was.clause, outcome=cell.was.outcome),
        count=cell.count,
        pays=told_money(cell.pays),
        paid=told_money(cell.paid),
        worth=told_money(cell.worth),
        booked=told_money(cell.booked),
    )
