"""The past by month: how many decisions came to what, and what was refunded of returns."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC

from django.db.models import Count, Sum
from django.db.models.functions import TruncMonth

from aftersale.base.money import Money
from aftersale.payments.models import Refund
from aftersale.payments.states import State
from aftersale.returns.past import latest

MOST = 24


@dataclass(slots=True)
class Month:
    """One calendar month in UTC, such as 2026-04."""

    name: str
    outcomes: Counter[str] = field(default_factory=Counter)
    refunded: dict[str, Money] = field(default_factory=dict)  # currency -> what was paid back


def months() -> list[Month]:
    """The newest months in which something was decided or refunded, oldest first."""
    found: dict[str, Month] = {}
    decided = latest().order_by().annotate(month=TruncMonth("decided_at", tzinfo=UTC))
    for row in decided.values("month", "outcome").annotate(count=Count("pk")):
        name = f"{row['month']:%Y-%m}"
        found.setdefault(name, Month(name)).outcomes[row["outcome"]] += row["count"]
    paid = Refund.objects.filter(state=State.SUCCEEDED, about__startswith="return:").order_by()
    by_month = paid.annotate(month=TruncMonth("settled_at", tzinfo=UTC))
    sums = by_month.values_list("month", "tender__order__currency").annotate(sum=Sum("amount_minor"))
    for month, currency, minor in sums:
        name = f"{month:%Y-%m}"
        found.setdefault(name, Month(name)).refunded[currency] = Money(minor, currency)
    return [found[name] for name in sorted(found)][-MOST:]
