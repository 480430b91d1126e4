"""Reads for pages and the API: returns, their answers in words, and what the policy would answer now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet

from aftersale.accounts.models import Role, User
from aftersale.base.errors import NotYours
from aftersale.base.money import Money
from aftersale.orders.models import Line, Order, Tender
from aftersale.payments.models import Refund
from aftersale.policy import Policy
from aftersale.returns.deciding import Answer, answers_for
from aftersale.returns.facts import Moment
from aftersale.returns.models import Decision, LineState, Party, Return, ReturnEvent, ReturnLine, ReturnUnit
from aftersale.returns.policies import policy_of, version_for
from aftersale.returns.prices import prices_of
from aftersale.returns.wishes import Wish, checked_wishes, receipt_moment, units_for


def returns_of(user: User) -> QuerySet[Return]:
    """The returns this person may see: one's own, one's supplier's, or all for the marketplace's people."""
    rows = Return.objects.select_related("order__customer", "group__supplier", "policy")
    if user.role == Role.CUSTOMER:
        return rows.filter(order__customer=user)
    if user.role == Role.SUPPLIER:
        return rows.filter(group__supplier=user.supplier_id)
    return rows


def open_returns_paid_by(customer: User, tender: dict[str, Any]) -> QuerySet[Return]:
    """The customer's open returns of orders that a tender such as `tender` paid for."""
    like = {f"order__tenders__{name}": value for name, value in tender.items()}
    return returns_of(customer).filter(closed_at=None, **like).distinct()


def return_for(user: User, reference: str) -> Return:
    """The return `reference` when this person may see it; NotYours when not, or when there is none."""
    case = returns_of(user).filter(reference=reference).first()
    if case is None:
        raise NotYours
    return case


def waiting_for(user: User) -> QuerySet[Return]:
    """What waits for this person's role, the most urgent first."""
    party = {Role.SUPPLIER: Party.SUPPLIER, Role.CUSTOMER: Party.CUSTOMER}.get(Role(user.role), Party.AGENT)
    return with_lines(returns_of(user).filter(closed_at=None, waiting_on=party).order_by("due_at", "pk"))


def with_lines(rows: QuerySet[Return]) -> QuerySet[Return]:
    """The same returns with what a list shows of each, in a fixed number of queries."""
    return rows.prefetch_related(Prefetch("lines", ReturnLine.objects.select_related("line")))


def state_of(case: Return) -> str:
    """The return's own state, computed from its lines: the one furthest from its end."""
    states = {row.state for row in case.lines.all()}
    return next(state for state in _FURTHEST_FROM_THE_END if state in states)


_FURTHEST_FROM_THE_END = (
    LineState.WAITING_SUPPLIER,
    LineState.CLAIM,
    LineState.WAITING_ALL,
    LineState.AUTHORISED,
    LineState.SENT,
    LineState.RECEIVED,
    LineState.INSPECTED,
    LineState.SETTLED,
    LineState.REFUSED,
    LineState.EXPIRED,
    LineState.WITHDRAWN,
)


@dataclass(frozen=True, slots=True)
class Told:
    """One answer in words, for one line and one tender: what a page, a mail or the API shows."""

    line: Line
    tender: Tender
    units: int
    outcome: str
    meaning: str
    clause: str
    clause_title: str
    because: str
    amount: Money
    last_day: date | None
    last_day_by: str
    decisive: dict[str, Any]
    stage: str


def preview(
    *,
    order: Order,
    supplier: str,
    wishes: Sequence[Wish],
    now: datetime,
    language: str,
    received_on: date | None = None,
) -> list[Told]:
    """What `answers_now` gives, in words of `language`."""
    answers = answers_now(order=order, supplier=supplier, wishes=wishes, now=now, received_on=received_on)
    return [told_answer(answer, language) for answer in answers]


def answers_now(
    *,
    order: Order,
    supplier: str,
    wishes: Sequence[Wish],
    now: datetime,
    received_on: date | None = None,
) -> list[Answer]:
    """What the policy would answer if this were sent back now. Raises what request_return raises."""
    group, checked = checked_wishes(order, supplier, wishes)
    version = version_for(order.day_of(order.ordered_at))
    received_at = receipt_moment(order, received_on, now=now) if received_on else None
    return answers_for(
        version,
        prices_of(group.order),
        units_for(checked),
        moment=Moment(now, rma=False, received_at=received_at),
    )


def told_decisions(case: Return, language: str, *, history: bool = False) -> list[Told]:
    """The decisions of a return in words: the current ones, or all that were ever made, oldest first."""
    rows = Decision.objects.filter(return_line__case=case).select_related(
        "return_line__line", "tender__order", "policy"
    )
    if not history:
        rows = rows.filter(superseded_by=None).order_by("return_line", "tender__number")
    return [told_decision(row, language) for row in rows]


def told_decision(row: Decision, language: str) -> Told:
    """A stored decision in words of `language`; the text comes from the very policy that decided."""
    return Told(
        line=row.return_line.line,
        tender=row.tender,
        units=row.units,
        outcome=row.outcome,
        clause=row.clause,
        amount=row.tender.order.money(row.amount_minor),
        last_day=row.last_day,
        last_day_by=row.last_day_by,
        decisive=row.decisive,
        stage=row.stage,
        **_words(policy_of(row.policy), row.outcome, row.clause, language),
    )


def units_left(order: Order) -> dict[int, int]:
    """Line's key -> how many of its units no live return holds."""
    held = dict(
        ReturnUnit.objects.filter(held=True, line__order=order)
        .values_list("line")
        .annotate(held=Count("pk"))
        .values_list("line", "held")
    )
    return {line.pk: line.units - held.get(line.pk, 0) for line in order.lines.all()}


def timeline(case: Return) -> QuerySet[ReturnEvent]:
    """Every step, oldest first."""
    return case.events.select_related("actor")


def refunds_of(case: Return) -> list[Refund]:
    """The refunds of a return, oldest first, failed ones too."""
    return list(Refund.objects.filter(about=case.about).select_related("tender__order"))


def open_returns_of(order: Order) -> QuerySet[Return]:
    return with_lines(order.returns.filter(closed_at=None))


def found(rows: QuerySet[Return], words: str) -> QuerySet[Return]:
    """Those of `rows` whose reference, order or supplier's number is `words`."""
    text = words.strip()
    numbers = Q(reference__iexact=text) | Q(order__code__iexact=text) | Q(rmas__as_written__iexact=text)
    return rows.filter(numbers).distinct()


def told_answer(answer: Answer, language: str) -> Told:
    """An answer that is not stored, in words of `language`."""
    decided = answer.decided
    return Told(
        line=answer.units.asked.line,
        tender=answer.tender,
        units=answer.units.asked.units,
        outcome=decided.outcome,
        clause=decided.clause,
        amount=answer.amount,
        last_day=answer.last_day,
        last_day_by=answer.last_day_by,
        decisive=dict(decided.decisive),
        stage="",
        **_words(answer.policy, decided.outcome, decided.clause, language),
    )


def _words(policy: Policy, outcome: str, clause: str, language: str) -> dict[str, str]:
    return {
        "meaning": policy.outcome_meaning(outcome, language),
        "clause_title": policy.clause_title(clause, language),
        "because": policy.because(clause, language),
    }
