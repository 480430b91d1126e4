"""What one may send back and get: by means of payment before anything is bought, and for an order today."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from typing import Any

from aftersale.orders.models import Line, Order, SupplierGroup, Tender
from aftersale.policy import Decision as Decided
from aftersale.policy import Policy
from aftersale.returns.deciding import Answer, Units, kindest
from aftersale.returns.facts import Asked, Facts, Moment, arrival, facts_of
from aftersale.returns.models import PolicyVersion, Reason
from aftersale.returns.policies import newer_versions, policy_of, version_for

LEAST_TERMS = "defective_or_wrong"  # what most suppliers take back, so what one can say without asking
# The day of delivery, with nothing in between: where every right is at its widest.
_JUST_DELIVERED = {"days": 0, "marked_delivered": False, "rma": False}


@dataclass(frozen=True, slots=True)
class Right:
    """What one means of payment gives for one reason, with the clause that says so.

    `days` after delivery is the last day on which it holds, None where no day ends it; `until_completion`
    says that marking the order delivered ends it, too. `change` is what would give more, in words.
    """

    reason: str
    outcome: str
    meaning: str
    pays: bool
    clause: str
    clause_title: str
    because: str
    days: int | None
    until_completion: bool
    change: str


@dataclass(frozen=True, slots=True)
class MeansRights:
    """What one means of payment gives. `never_pays` is proved: no order paid so is ever refunded."""

    tender: str
    never_pays: bool
    rights: tuple[Right, ...]

    @property
    def rows(self) -> list[tuple[tuple[str, ...], Right]]:
        """The reasons of one answer together, each with that answer."""
        rows: dict[object, list[Right]] = {}
        for one in self.rights:
            rows.setdefault((one.outcome, one.clause, one.days, one.until_completion), []).append(one)
        return [(tuple(one.reason for one in same), same[0]) for same in rows.values()]


def rights_before_paying(
    policy: Policy, *, supplier_terms: str, mainland: bool, language: str
) -> list[MeansRights]:
    """For each means of payment, what can come back, why, and until when; one unit bought of one supplier."""
    fixed = {"supplier_terms": supplier_terms, "mainland_supplier": mainland}
    found = []
    for tender in policy.facts["tender"].values:
        told = {**fixed, "tender": tender}
        possible = policy.partial(told).outcomes
        rights = [_right(policy, {**told, "reason": reason}, language) for reason in Reason.values]
        found.append(MeansRights(tender, not any(pays(policy, one) for one in possible), tuple(rights)))
    return found


def pays(policy: Policy, outcome: str) -> bool:
    """Whether an outcome gives money back."""
    found = policy.outcomes[outcome]
    return bool(found.pays_percent or found.pays)


def _right(policy: Policy, told: Mapping[str, Any], language: str) -> Right:
    units = 0 if told["reason"] == Reason.MISSING else 1
    facts = {**told, **_JUST_DELIVERED, "units_with_customer": units, "units_returned": units}
    decided = policy.decide(facts)
    after = policy.decide({**facts, "marked_delivered": True})
    changes = decided.would_change or ()
    return Right(
        reason=str(told["reason"]),
        outcome=decided.outcome,
        meaning=policy.outcome_meaning(decided.outcome, language),
        pays=pays(policy, decided.outcome),
        clause=decided.clause,
        clause_title=policy.clause_title(decided.clause, language),
        because=policy.because(decided.clause, language),
        days=(decided.holds_until or {}).get("days"),
        until_completion=_rank(policy, after) < _rank(policy, decided),
        change=policy.told_change(changes[0], language) if changes else "",
    )


def _rank(policy: Policy, decided: Decided) -> int:
    return policy.outcomes[decided.outcome].rank


@dataclass(frozen=True, slots=True)
class Today:
    """What one tender of an order gives today for some reasons that come to the same.

    `facts` are those of each reason. `policy` names the version, `decided_by`, whose words they are, and
    `version` is the start of its hash where it is not the newest.
    """

    tender: Tender
    reasons: tuple[str, ...]
    outcome: str
    clause: str
    clause_title: str
    last_day: date | None
    last_day_by: str
    version: str
    policy: str
    facts: tuple[Mapping[str, Any], ...]
    decided_by: Policy


@dataclass(frozen=True, slots=True)
class GroupToday:
    """The answers of today for lines of one supplier that arrived together."""

    group: SupplierGroup
    lines: tuple[Line, ...]
    answers: tuple[Today, ...]


def rights_today(order: Order, left: Mapping[int, int], *, now: datetime, language: str) -> list[GroupToday]:
    """For each supplier's part with units left, the best answer by tender and reason if all of it went back.

    Lines of one part that arrived on different days are told apart.
    """
    if order.cancelled_at is not None:
        return []
    version = version_for(order.day_of(order.ordered_at))
    versions = [version, *newer_versions(version, order.day_of(now))]
    moment = Moment(now, rma=False)
    tenders = [tender for tender in order.tenders.all() if tender.captured_minor]
    found = []
    for group in order.groups.all():
        lines = [line for line in order.lines.all() if line.group_id == group.pk and left.get(line.pk)]
        for part in _by_arrival(lines, moment):
            together = [Asked(line, left[line.pk], Reason.DEFECTIVE) for line in lines]
            asked = next(each for each in together if each.line == part[0])
            facts = facts_of(asked, tenders[0], together=together, moment=moment) if tenders else None
            answers = [
                answer
                for tender in tenders
                if facts is not None
                for answer in _answers(versions, tender, asked, facts, moment=moment, language=language)
            ]
            found.append(GroupToday(group, tuple(part), tuple(answers)))
    return found


def _by_arrival(lines: Sequence[Line], moment: Moment) -> Iterator[list[Line]]:
    def day(line: Line) -> str:
        arrived = arrival(line, moment)
        return line.order.day_of(arrived[0]).isoformat() if arrived else ""

    for _day, part in groupby(sorted(lines, key=day), key=day):
        yield list(part)


def _answers(
    versions: Sequence[PolicyVersion],
    tender: Tender,
    asked: Asked,
    facts: Facts,
    *,
    moment: Moment,
    language: str,
) -> Iterator[Today]:
    """One tender's answers, the reasons of one answer together."""
    groups: dict[object, list[Today]] = {}
    for reason in Reason.values:
        values = {**facts.values, "tender": tender.kind, "reason": reason}
        if reason == Reason.MISSING:  # one unit is missing, and all the others go back
            rest = max(values["units_with_customer"] - 1, 0)
            values |= {"units_with_customer": rest, "units_returned": rest}
        units = Units(replace(asked, reason=reason), ())
        answer = kindest(versions, units, tender, replace(facts, values=values), moment, None)
        told = _told(answer, reason, versions[-1], language)
        groups.setdefault((told.outcome, told.last_day, told.policy), []).append(told)
    for same in groups.values():
        reasons = tuple(told.reasons[0] for told in same)
        of_each = tuple(told.facts[0] for told in same)
        yield replace(same[0], reasons=reasons, facts=of_each)


def _told(answer: Answer, reason: str, newest: PolicyVersion, language: str) -> Today:
    decided = answer.decided
    return Today(
        tender=answer.tender,
        reasons=(reason,),
        outcome=decided.outcome,
        clause=decided.clause,
        clause_title=answer.policy.clause_title(decided.clause, language),
        last_day=answer.last_day,
        last_day_by=answer.last_day_by,
        version="" if answer.version == newest else answer.version.hash[:12],
        policy=answer.version.hash,
        facts=(answer.facts.values,),
        decided_by=answer.policy,
    )


def terms_of(policy: Policy) -> tuple[str, ...]:
    """What a supplier can be said to take back."""
    return policy.facts["supplier_terms"].values


def policy_on(day: date) -> Policy:
    """The policy in force on a day."""
    return policy_of(version_for(day))
