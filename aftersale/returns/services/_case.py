"""What every verb of a return shares: lock it, decide it again, say who acts next, write the timeline."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from aftersale.accounts.models import Role, User
from aftersale.base.errors import NotYours
from aftersale.orders.models import Order
from aftersale.returns.deciding import Answer, Units, answers_for, best_outcome, keep, state_for
from aftersale.returns.facts import asked_of, live_lines, moment_of, numbers_of
from aftersale.returns.models import (
    Decision,
    LineState,
    Party,
    Return,
    ReturnEvent,
    ReturnLine,
    ReturnUnit,
    Stage,
)
from aftersale.returns.prices import prices_of
from aftersale.returns.states import ASKING, ENDED, move

EXPIRE, ESCALATE = "expire", "escalate"
AGENT_DAYS = 3
CARRIER_DAYS = 21


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does it: a person in a role, or a machine's word."""

    party: str
    user: User | None = None


def lock(case: Return) -> Return:
    """Take the case for this transaction: its order is the lock, for every return of it."""
    Order.objects.select_for_update().get(pk=case.order_id)
    return Return.objects.select_related("order__customer", "group__supplier", "policy").get(pk=case.pk)


def redecide(case: Return, *, now: datetime, because: str, stage: Stage = Stage.PROMISE) -> list[Answer]:
    """Ask the policy again for every line that takes part, and keep the answers."""
    units = [Units(asked_of(row), numbers_of(row), row) for row in live_lines(case) if asked_of(row).units]
    answers = answers_for(
        case.policy, prices_of(case.order), units, moment=moment_of(case, now=now), case=case
    )
    keep(answers, stage=stage, because=because, now=now)
    return answers


def follow(case: Return, answers: Iterable[Answer]) -> None:
    """Move each line that is not sent yet to where its answers say; a refused one only to a yes."""
    answers = list(answers)
    for row in live_lines(case):
        state = state_for(best_outcome(answer for answer in answers if answer.units.row == row))
        if row.state in ASKING or (row.state == LineState.REFUSED and state == LineState.AUTHORISED):
            move(row, state)


def wait(case: Return, *, now: datetime) -> None:
    """Say who acts next, until when, and what happens then; close the case when nobody has to."""
    states = set(case.lines.values_list("state", flat=True))
    party, due, on_expiry = _next(case, states, now)
    case.waiting_on, case.due_at, case.on_expiry = party, due, on_expiry
    case.closed_at = (case.closed_at or now) if party == Party.NOBODY else None
    case.reminded_at = None
    case.save(update_fields=["waiting_on", "due_at", "on_expiry", "closed_at", "reminded_at"])


def note(
    case: Return, kind: str, *, now: datetime, by: Actor, at: datetime | None = None, **words: Any
) -> ReturnEvent:
    """Write a step of the timeline, at `at` when it happened earlier than it is told."""
    return ReturnEvent.objects.create(
        case=case, kind=kind, at=at or now, party=by.party, actor=by.user, words=words
    )


def free_units(rows: Iterable[ReturnLine]) -> None:
    """Let go of the units of lines that ended without a refund: they may be asked for again."""
    ReturnUnit.objects.filter(return_line__in=list(rows)).update(held=False)


def end_lines(rows: Iterable[ReturnLine], to: str) -> None:
    """End lines and let go of their units."""
    rows = list(rows)
    for row in rows:
        move(row, to)
    free_units(rows)


def may_act_for_customer(order: Order, by: User) -> None:
    """The customer whose order it is, or staff on the customer's behalf; NotYours for everybody else."""
    if order.customer_id != by.pk and by.role != Role.AGENT:
        raise NotYours


def actor_of(user: User) -> Actor:
    """The party that `user` acts for."""
    parties = {"customer": Party.CUSTOMER, "supplier": Party.SUPPLIER}
    return Actor(parties.get(user.role, Party.AGENT), user)


def _next(case: Return, states: set[str], now: datetime) -> tuple[str, datetime | None, str]:
    if LineState.INSPECTED in states:
        return Party.DESK, now + timedelta(days=AGENT_DAYS), ESCALATE
    if LineState.RECEIVED in states:
        return Party.SUPPLIER, now + timedelta(days=settings.INSPECTION_DAYS), ESCALATE
    if LineState.SENT in states:
        return Party.SUPPLIER, now + timedelta(days=CARRIER_DAYS), ESCALATE
    if LineState.WAITING_SUPPLIER in states:
        return Party.SUPPLIER, now + timedelta(days=case.group.supplier.answer_days), ESCALATE
    if LineState.AUTHORISED in states or LineState.WAITING_ALL in states:
        return Party.CUSTOMER, _hand_over_by(case, now), EXPIRE
    if LineState.CLAIM in states:
        return Party.AGENT, now + timedelta(days=AGENT_DAYS), ESCALATE
    assert states <= set(ENDED), f"nobody acts next on {sorted(states)}"
    return Party.NOBODY, None, ""


def _hand_over_by(case: Return, now: datetime) -> datetime:
    """The end of the last day on which every refund promised still holds, or of the days we give."""
    current = Decision.objects.filter(return_line__case=case, superseded_by=None, last_day__isnull=False)
    days = [day for day in current.values_list("last_day", flat=True) if day]
    days += list(case.rmas.filter(revoked_at=None).values_list("expires_on", flat=True))
    last = min(days, default=case.order.day_of(now) + timedelta(days=settings.HAND_OVER_DAYS))
    return end_of(last, case.order)


def end_of(day: date, order: Order) -> datetime:
    """Midnight at the end of `day` where the order was delivered."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=ZoneInfo(order.zone))
