"""What a return form has to ask: only what can still change the answer, proved by partial decisions."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from aftersale.orders.models import Line, Order, Tender
from aftersale.orders.queries import delivered_at
from aftersale.policy import FactsError, Policy
from aftersale.returns.facts import Asked, Moment, facts_of
from aftersale.returns.models import Reason
from aftersale.returns.policies import newer_versions, policy_of, version_for

NOTHING = (0, 0)


def receipt_matters(order: Order, lines: Sequence[Line], asked: Sequence[Asked], *, now: datetime) -> bool:
    """Whether the day of receipt, where no carrier has told it, can change the answer.

    `lines` are those of one supplier that may go back, `asked` what of them is chosen so far: a line without
    units, or a reason that is none, is open still.
    """
    unseen = [line for line in lines if delivered_at(line) is None]
    if not unseen:
        return False
    version = version_for(order.day_of(order.ordered_at))
    policies = [policy_of(one) for one in (version, *newer_versions(version, order.day_of(now)))]
    policies = [one for one in policies if one.facts.keys() == policies[0].facts.keys()]
    moment = Moment(now, rma=False)
    return any(
        _can_change(policies, told, "days")
        for tender in order.tenders.all()
        if tender.captured_minor
        for told in _told(unseen, asked, tender, moment)
    )


def _told(
    unseen: Sequence[Line], asked: Sequence[Asked], tender: Tender, moment: Moment
) -> Iterator[dict[str, Any]]:
    """The facts that are known of each line, all but the days."""
    going = [one for one in asked if one.units]
    is_whole = bool(going) and all(one.reason in Reason.values for one in going)
    for one in [one for one in going if one.line in unseen] if going else [Asked(unseen[0], 0, "")]:
        told = facts_of(one, tender, together=going, moment=moment).values
        open_facts = {"days"} if is_whole else {"days", "units_with_customer", "units_returned"}
        if one.reason not in Reason.values:
            open_facts.add("reason")
        yield {name: value for name, value in told.items() if name not in open_facts}


def _can_change(policies: Sequence[Policy], told: dict[str, Any], fact: str) -> bool:
    """Whether the kindest answer can differ by a fact: not where a version gives as much without it."""
    told = {name: value for name, value in told.items() if name in policies[0].facts}
    differing = [policy for policy in policies if _differs(policy, told, fact)]
    sure = [min(_kindness(policy, told)) for policy in policies if policy not in differing]
    hoped = [max(_kindness(policy, told)) for policy in differing]
    return bool(hoped) and (not sure or max(sure) < max(hoped))


def _kindness(policy: Policy, told: dict[str, Any]) -> list[tuple[int, int]]:
    """What each outcome that is possible gives, as decisions compare them."""
    try:
        outcomes = [policy.outcomes[name] for name in policy.partial(told).outcomes]
    except FactsError:
        return [NOTHING]
    return [(one.pays_percent or 0, one.rank) for one in outcomes] or [NOTHING]


def _differs(policy: Policy, told: dict[str, Any], fact: str) -> bool:
    """Whether a policy's outcome can differ by a fact.

    A policy too large for a tree says only what to ask next: until the rest is told, the fact may matter.
    """
    try:
        questions = policy.questions(told)
    except FactsError:
        return False
    return fact in questions or (policy.engine.tree is None and bool(questions))
