"""A version of the policy beside another over the site's own past: asked for, worked in slices, kept.

Every return line and tender counts once, as it was last decided when the back-test was asked for.
"""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from django.db.models import Exists, Max, OuterRef, QuerySet

from aftersale.accounts.models import Role, User
from aftersale.base.money import Money
from aftersale.base.ports import Ports
from aftersale.policy import Policy
from aftersale.returns.models import Backtest, Decision, PolicyVersion
from aftersale.returns.past import Ending, each_worth, ending_under, paid_by, read_whole
from aftersale.returns.policies import policy_of

SLICE = 200


@dataclass(frozen=True, slots=True)
class Cell:
    """Decisions of one month, supplier, tender and currency that come to the same under both versions.

    `pays` and `paid` are what the tried version and the other one pay; `worth` is what a full refund would
    be, `booked` what was really promised in the decisions as they stand.
    """

    month: str
    supplier: str
    tender: str
    now: Ending
    was: Ending
    count: int
    pays: Money
    paid: Money
    worth: Money
    booked: Money


def ask_backtest(*, ports: Ports, by: User, text: str, name: str, against: PolicyVersion) -> Backtest:
    """Ask for a text to be tried on all decisions made so far. Raises DocumentError.

    It is a draft unless a version says the same.
    """
    assert by.role == Role.POLICY_OWNER, "only a policy owner tries a policy"
    policy = Policy.parse(text, name)
    last = Decision.objects.aggregate(last=Max("pk"))["last"] or 0
    return Backtest.objects.create(
        reference=ports.ids.reference("B"),
        by=by,
        asked_at=ports.clock.now(),
        text=text,
        name=name,
        hash=policy.hash,
        is_draft=not PolicyVersion.objects.filter(hash=policy.hash).exists(),
        against=against,
        last=last,
        total=_standing(last).count(),
    )


def work_backtests(*, ports: Ports, slice_of: int = SLICE) -> int:
    """Work on the oldest back-test that is not finished; returns how many decisions were counted.

    Nothing is locked meanwhile: of two workers that count the same slice, one keeps it.
    """
    one = Backtest.objects.filter(finished_at=None).select_related("against").order_by("pk").first()
    return _work(one, ports, slice_of) if one else 0


def backtests_of(by: User) -> QuerySet[Backtest]:
    """What the policy owners have tried, the newest first: it is of the house, as the versions are."""
    assert by.role == Role.POLICY_OWNER, "only a policy owner reads back-tests"
    return Backtest.objects.select_related("against", "by")


def cells_of(one: Backtest) -> list[Cell]:
    """What is counted so far."""
    found = []
    for key, figures in one.cells.items():
        month, supplier, tender, currency, *ends = json.loads(key)
        count, *minor = figures
        sums = [Money(each, currency) for each in minor]
        found.append(Cell(month, supplier, tender, Ending(*ends[:2]), Ending(*ends[2:]), count, *sums))
    return found


def _standing(last: int) -> QuerySet[Decision]:
    """The decisions that stood when the newest was `last`."""
    later = Decision.objects.filter(supersedes=OuterRef("pk"), pk__lte=last)
    return Decision.objects.filter(~Exists(later), pk__lte=last).order_by("pk")


def _work(one: Backtest, ports: Ports, slice_of: int) -> int:
    rows = list(read_whole(_standing(one.last).filter(pk__gt=one.reached)[:slice_of]))
    found: dict[str, Any] = {}
    if rows:
        cells = _added(one.cells, rows, Policy.parse(one.text, one.name), policy_of(one.against))
        found = {"cells": cells, "done": one.done + len(rows), "reached": rows[-1].pk}
    if len(rows) < slice_of:
        found["finished_at"] = ports.clock.now()
    still = Backtest.objects.filter(pk=one.pk, reached=one.reached, finished_at=None)
    return len(rows) if still.update(**found) else 0


def _added(
    cells: dict[str, list[int]], rows: Iterable[Decision], policy: Policy, against: Policy
) -> dict[str, list[int]]:
    found = {key: Counter(dict(enumerate(figures))) for key, figures in cells.items()}
    for decision, worth in each_worth(rows):
        now, was = ending_under(policy, decision.facts), ending_under(against, decision.facts)
        supplier = decision.return_line.line.group.supplier.code
        month = f"{decision.decided_at.astimezone(UTC):%Y-%m}"
        key = json.dumps([month, supplier, decision.tender.kind, worth.currency, *now, *was])
        pays = paid_by(policy, now.outcome, worth.minor)
        paid = paid_by(against, was.outcome, worth.minor)
        figures = (1, pays, paid, worth.minor, decision.amount_minor)
        found.setdefault(key, Counter()).update(dict(enumerate(figures)))
    return {key: [figures[place] for place in range(5)] for key, figures in found.items()}
