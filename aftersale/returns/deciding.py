"""Asks the policy for every line and tender, prices the answers, and keeps them as decisions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.conf import settings

from aftersale.base.money import Money, percent_of
from aftersale.orders.models import Order, Tender
from aftersale.orders.queries import Delivery
from aftersale.payments.services import Part
from aftersale.policy import Decision as Decided
from aftersale.policy import Policy
from aftersale.returns.facts import Asked, Facts, Moment, arrival, facts_of
from aftersale.returns.models import (
    Decision,
    LineState,
    PolicyVersion,
    Reason,
    Return,
    ReturnLine,
    ReturnUnit,
    Settlement,
    Stage,
)
from aftersale.returns.policies import newer_versions, policy_of
from aftersale.returns.prices import Prices, numbers_in_group, units_in

REFUND = "refund"
ASK_SUPPLIER = "ask_supplier"
RETURN_ALL = "return_all"
CLAIM = "claim"

SUPPLIER_AT_FAULT = (Reason.DEFECTIVE, Reason.WRONG, Reason.MISSING)
# What happens to a line, by the best outcome among its tenders.
_STATES = {
    REFUND: LineState.AUTHORISED,
    ASK_SUPPLIER: LineState.WAITING_SUPPLIER,
    RETURN_ALL: LineState.WAITING_ALL,
    CLAIM: LineState.CLAIM,
}


@dataclass(frozen=True, slots=True)
class Units:
    """What is asked, with the numbers of the very units it is about."""

    asked: Asked
    numbers: tuple[int, ...]
    row: ReturnLine | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The policy's answer for one line and one tender, with the money it means."""

    units: Units
    tender: Tender
    version: PolicyVersion
    facts: Facts
    decided: Decided
    last_day: date | None
    last_day_by: str
    parts: tuple[Part, ...] = ()

    @property
    def policy(self) -> Policy:
        return policy_of(self.version)

    @property
    def rank(self) -> int:
        """How kind the outcome is, among those of its policy."""
        return self.policy.outcomes[self.decided.outcome].rank

    @property
    def percent(self) -> int:
        """How much of what the tender paid comes back, in percent."""
        return self.decided.pays.percent or 0 if self.decided.pays else 0

    @property
    def amount(self) -> Money:
        return self.tender.order.money(sum(part.amount_minor for part in self.parts))


def answers_for(
    version: PolicyVersion,
    prices: Prices,
    together: Sequence[Units],
    *,
    moment: Moment,
    case: Return | None = None,
) -> list[Answer]:
    """The answer for each line and each tender that paid something, in the order of both.

    `version` is the one of the order's own day; a newer one in force decides where it is kinder.
    """
    asked = [units.asked for units in together]
    versions = [version, *newer_versions(version, prices.order.day_of(moment.at))]
    tenders = [tender for tender in prices.tenders if tender.captured_minor]
    found = []
    for units in together:
        for tender in tenders:
            facts = facts_of(units.asked, tender, together=asked, moment=moment, case=case)
            found.append(kindest(versions, units, tender, facts, moment, case))
    priced = zip(found, _money(prices, found, case), strict=True)
    return [replace(answer, parts=parts) for answer, parts in priced]


def best_outcome(answers: Iterable[Answer]) -> str:
    """The outcome that gives the customer most, by the policy's own ranks."""
    return max(answers, key=lambda answer: answer.rank).decided.outcome


def state_for(outcome: str) -> str:
    """What a line with this best outcome does next."""
    return _STATES.get(outcome, LineState.REFUSED)


def keep(
    answers: Iterable[Answer],
    *,
    stage: Stage,
    because: str,
    now: datetime,
) -> list[Decision]:
    """Store the answers as decisions of their return lines, each superseding the one before it."""
    kept = []
    for answer in answers:
        row = answer.units.row
        assert row is not None, "only a return's own units have decisions to keep"
        before = Decision.objects.filter(return_line=row, tender=answer.tender, superseded_by=None).first()
        decision = Decision(
            return_line=row,
            tender=answer.tender,
            stage=stage,
            policy=answer.version,
            facts=answer.facts.values,
            sources=answer.facts.sources,
            outcome=answer.decided.outcome,
            clause=answer.decided.clause,
            leaf=answer.decided.leaf,
            decisive=dict(answer.decided.decisive),
            units=answer.units.asked.units,
            amount_minor=answer.amount.minor,
            last_day=answer.last_day,
            last_day_by=answer.last_day_by,
            because=because,
            decided_at=now,
            supersedes=before,
        )
        decision.save(force_insert=True)
        kept.append(decision)
    return kept


def kindest(
    versions: Sequence[PolicyVersion],
    units: Units,
    tender: Tender,
    facts: Facts,
    moment: Moment,
    case: Return | None,
) -> Answer:
    """The order's own version decides, unless a newer one that asks for the same facts gives more."""
    answers, arrived = [], arrival(units.asked.line, moment)
    for version in versions:
        policy = policy_of(version)
        if version is not versions[0] and policy.facts.keys() != facts.values.keys():
            continue
        decided = policy.decide(facts.values)
        last_day, by = _last_day(policy, arrived, decided, facts, tender.order, case)
        answers.append(Answer(units, tender, version, facts, decided, last_day, by))
    return max(answers, key=lambda answer: (answer.percent, answer.rank))


def _money(prices: Prices, answers: list[Answer], case: Return | None) -> Iterable[tuple[Part, ...]]:
    """The money of each answer: goods, and shipping where it is owed, times what the outcome pays."""
    paying = [bool(answer.percent) for answer in answers]
    rest = _shipping_left_when_all_is_back(answers, paying, case)
    for answer, pays in zip(answers, paying, strict=True):
        if not pays:
            yield ()
            continue
        line, numbers = answer.units.asked.line, answer.units.numbers
        shipped = set(rest.pop(answer.tender.pk, ()))
        if answer.units.asked.reason in SUPPLIER_AT_FAULT:
            shipped |= set(numbers_in_group(line, numbers))
        parts = prices.goods(line, answer.tender, numbers)
        parts += prices.shipping(line.group, answer.tender, shipped)
        yield tuple(_percent_of(parts, answer.percent))


def _percent_of(parts: Iterable[Part], percent: int) -> Iterable[Part]:
    """Each part's share of the percentage, rounded so that together they are the percentage of the whole."""
    whole = given = 0
    for part in parts:
        whole += part.amount_minor
        amount = percent_of(whole, percent) - given
        given += amount
        if amount:
            yield replace(part, amount_minor=amount)


def _shipping_left_when_all_is_back(
    answers: list[Answer], paying: list[bool], case: Return | None
) -> dict[int, set[int]]:
    """Tender's key -> the units of the group whose shipping is still owed once the whole group has come back.

    Empty while something stays with the customer. The first paying answer of each tender takes it all.
    """
    if not answers:
        return {}
    group = answers[0].units.asked.line.group
    coming = {n for a, pays in zip(answers, paying, strict=True) if pays for n in _in_group(a.units)}
    back = settled_units(group.pk, case)
    if len(coming | set(back)) < units_in(group):
        return {}
    paid_before = {number for number, at_fault in back.items() if at_fault}
    at_fault_now = {
        n for a in answers if a.units.asked.reason in SUPPLIER_AT_FAULT for n in _in_group(a.units)
    }
    left = set(range(1, units_in(group) + 1)) - paid_before - at_fault_now
    return {answer.tender.pk: set(left) for answer, pays in zip(answers, paying, strict=True) if pays}


def settled_units(group: int, case: Return | None) -> dict[int, bool]:
    """Units of the group (by number in it) refunded in earlier returns -> was the supplier at fault?"""
    rows = ReturnUnit.objects.filter(
        held=True, line__group=group, return_line__settlement=Settlement.REFUNDED
    ).select_related("line__group", "return_line")
    if case is not None:
        rows = rows.exclude(return_line__case=case)
    return {
        numbers_in_group(row.line, [row.number])[0]: row.return_line.reason_found in SUPPLIER_AT_FAULT
        for row in rows
    }


def _in_group(units: Units) -> list[int]:
    return numbers_in_group(units.asked.line, units.numbers)


def _last_day(
    policy: Policy,
    parcel: Delivery | None,
    decided: Decided,
    facts: Facts,
    order: Order,
    case: Return | None,
) -> tuple[date | None, str]:
    """The last day on which the answer holds, and what ends it: the policy, the completion, or the RMA."""
    if decided.pays is None:
        return None, ""
    ends = []
    # There is no number yet where it is only asked what one would give.
    number = case.rmas.filter(revoked_at=None).first() if case is not None and facts.values["rma"] else None
    if number is not None and _would_end(policy, decided, facts, rma=False):
        ends.append((number.expires_on, "rma"))
    if parcel is not None:
        delivered_on = order.day_of(parcel[0])
        if decided.holds_until and "days" in decided.holds_until:
            ends.append((delivered_on + timedelta(days=decided.holds_until["days"]), "policy"))
        # The timer stands still while a return is open, so it can end only what is not asked for yet.
        is_running = case is None and order.marked_delivered_at is None
        if is_running and _would_end(policy, decided, facts, marked_delivered=True):
            ends.append((completes_on(order, delivered_on), "completion"))
    return min(ends) if ends else (None, "")


def completes_on(order: Order, delivered_on: date) -> date:
    """The last day before the timer marks the order delivered."""
    return delivered_on + timedelta(days=settings.COMPLETION_DAYS)


def _would_end(policy: Policy, decided: Decided, facts: Facts, **changed: bool) -> bool:
    """Whether the answer would be less kind with these facts changed."""
    after = policy.decide({**facts.values, **changed})
    return policy.outcomes[after.outcome].rank < policy.outcomes[decided.outcome].rank
