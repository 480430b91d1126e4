"""The worker's part of a refund: record, act, record. Here alone a provider is asked to pay.

A claim gives the row to one worker for a while; the provider is called outside any transaction, always with
the row's own key; a second transaction writes the answer. No answer means unknown: the reconciler asks what
happened before anything is asked for again.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from aftersale.base.errors import PortFailed
from aftersale.base.ports import Clock, Ids, Ports, assert_outside_transaction
from aftersale.base.waiting import back_off, some_of
from aftersale.payments.escrow import post_refund, reverse_refund
from aftersale.payments.models import Refund
from aftersale.payments.moves import locked, move, take_over
from aftersale.payments.providers import (
    Absent,
    Declined,
    Pending,
    Provider,
    RefundOutcome,
    Succeeded,
    Unknown,
)
from aftersale.payments.redirecting import ask_where_to_if_lost
from aftersale.payments.states import IN_FLIGHT, State

# A worker has this long to bring an answer; a provider's client gives up well before.
LEASE = timedelta(seconds=60)
_FIRST_WAIT = timedelta(seconds=30)
_LONGEST_WAIT = timedelta(days=1)
# Banks send refunds back days later: paid ones are looked at again this long after they settled.
_LOOK_AGAIN = (timedelta(days=1), timedelta(days=7), timedelta(days=30), timedelta(days=90))


def settle_due_refunds(
    *,
    clock: Clock,
    ids: Ids,
    providers: Mapping[str, Provider],
    at_most: int = 20,
    stop: Callable[[], bool] = lambda: False,
) -> int:
    """Ask the providers for the refunds that are due, until `stop` says so; returns how many."""
    due = Refund.objects.filter(state=State.RESERVED, due_at__lte=clock.now()).order_by("due_at", "pk")
    done = 0
    for pk in list(due.values_list("pk", flat=True)[:at_most]):
        if stop():
            break
        refund = _claim(pk, State.SUBMITTED, clock=clock, providers=providers)
        if refund is not None:
            _submit(refund, providers[refund.tender.provider], clock=clock, ids=ids)
            done += 1
    return done


def reconcile_due_refunds(
    *,
    clock: Clock,
    ids: Ids,
    providers: Mapping[str, Provider],
    at_most: int = 20,
    stop: Callable[[], bool] = lambda: False,
) -> int:
    """Ask the providers what became of refunds without a final answer, and again of those paid days ago."""
    due = Refund.objects.filter(state__in=(*IN_FLIGHT, State.SUCCEEDED), due_at__lte=clock.now())
    done = 0
    for pk, state in list(due.order_by("due_at", "pk").values_list("pk", "state")[:at_most]):
        if stop():
            break
        refund = _claim(
            pk,
            State.SUCCEEDED if state == State.SUCCEEDED else State.UNKNOWN,
            clock=clock,
            providers=providers,
        )
        if refund is not None:
            _reconcile(refund, providers[refund.tender.provider], clock=clock, ids=ids)
            done += 1
    return done


def expect_news(*, clock: Clock, key: str) -> bool:
    """A provider hints at news of the refund with this key: ask it soon. A hint proves nothing."""
    news = Refund.objects.filter(key=key, state__in=(*IN_FLIGHT, State.SUCCEEDED))
    # A row in a worker's hands is left alone: an answer is on its way.
    waiting = news.filter(Q(due_at=None) | Q(due_at__gt=clock.now() + LEASE))
    return bool(waiting.update(due_at=clock.now()))


@transaction.atomic
def _claim(pk: int, to: State, *, clock: Clock, providers: Mapping[str, Provider]) -> Refund | None:
    """Take the row for a while; None when another worker was first, or nobody can be asked."""
    refund, now = locked(pk), clock.now()
    if refund.due_at is None or refund.due_at > now or not _leads_to(refund, to):
        return None
    if refund.tender.provider not in providers:
        _leave_to_a_person(refund, now)
        return None
    submitted = {"submitted_at": now} if to == State.SUBMITTED else {}
    won = move(
        refund, to, only=Q(due_at__lte=now), due_at=now + LEASE, attempts=refund.attempts + 1, **submitted
    )
    return refund if won else None


def _leads_to(refund: Refund, to: State) -> bool:
    if to == State.SUBMITTED:
        return refund.state == State.RESERVED
    return refund.state == to or (to == State.UNKNOWN and refund.state in IN_FLIGHT)


def _leave_to_a_person(refund: Refund, now: datetime) -> None:
    error = f"no provider named `{refund.tender.provider}` is set up"
    if refund.state == State.RESERVED:
        move(refund, State.HELD, due_at=None, last_error=error)
    else:
        move(refund, State(refund.state), due_at=now + _LONGEST_WAIT, last_error=error)


def _submit(refund: Refund, provider: Provider, *, clock: Clock, ids: Ids) -> None:
    assert_outside_transaction("a payment provider")
    outcome: RefundOutcome
    try:
        outcome = provider.refund(refund.tender.reference, refund.amount, key=refund.key)
    except PortFailed as error:
        outcome = Unknown(str(error))
    _write(refund, outcome, clock=clock, ids=ids)


def _reconcile(refund: Refund, provider: Provider, *, clock: Clock, ids: Ids) -> None:
    assert_outside_transaction("a payment provider")
    found: RefundOutcome | Absent
    try:
        found = provider.find_refund(refund.tender.reference, key=refund.key)
    except PortFailed as error:
        found = Unknown(str(error))
    if not isinstance(found, Absent):
        _write(refund, found, clock=clock, ids=ids)
    elif _may_be_asked_again(refund, clock.now()) and _submitted_again(refund, clock=clock):
        _submit(refund, provider, clock=clock, ids=ids)
    else:
        _write(refund, Unknown("the provider does not know it yet"), clock=clock, ids=ids)


def _may_be_asked_again(refund: Refund, now: datetime) -> bool:
    """Absence counts after a grace time only, as a slow request may arrive; never for what was known."""
    grace = timedelta(minutes=settings.REFUND_GRACE_MINUTES)
    once_known = refund.provider_reference or refund.state == State.SUCCEEDED
    return not once_known and refund.submitted_at is not None and now - refund.submitted_at >= grace


@transaction.atomic
def _submitted_again(claimed: Refund, *, clock: Clock) -> bool:
    """The same row once more, with the same key, while our claim still holds."""
    refund, now = locked(claimed.pk), clock.now()
    if refund.state != State.UNKNOWN or refund.attempts != claimed.attempts:
        return False
    return move(refund, State.SUBMITTED, due_at=now + LEASE, submitted_at=now)


@transaction.atomic
def _write(claimed: Refund, outcome: RefundOutcome, *, clock: Clock, ids: Ids) -> None:
    """Write what the provider answered. Whoever comes second, or too late, changes nothing."""
    refund, now = locked(claimed.pk), clock.now()
    is_ours = refund.attempts == claimed.attempts
    heir: Refund | None = None
    if refund.state in IN_FLIGHT and isinstance(outcome, Succeeded):
        _write_success(refund, outcome, now)
    elif refund.state in IN_FLIGHT and is_ours:
        heir = _write_rest(refund, outcome, now, ids)
    elif refund.state == State.SUCCEEDED and is_ours and isinstance(outcome, Declined):
        heir = _write_late_failure(refund, outcome, now, ids)
    elif refund.state == State.SUCCEEDED and is_ours:
        assert refund.settled_at is not None, f"{refund} succeeded at no time"
        Refund.objects.filter(pk=refund.pk).update(due_at=_next_look(refund.settled_at, now))
    if heir is not None:
        ask_where_to_if_lost(heir, ports=Ports(clock=clock, ids=ids))


def _write_success(refund: Refund, outcome: Succeeded, now: datetime) -> None:
    move(
        refund,
        State.SUCCEEDED,
        provider_reference=outcome.reference,
        settled_at=now,
        due_at=_next_look(now, now),
        last_error="",
    )
    post_refund(refund, at=now)


def _write_rest(refund: Refund, outcome: RefundOutcome, now: datetime, ids: Ids) -> Refund | None:
    """Write what is no success; answers the row that goes on with a refund that failed."""
    soon = now + _wait(refund, ids)
    match outcome:
        case Declined(code):
            move(refund, State.FAILED, decline_code=code, settled_at=now, due_at=None)
            return take_over(refund, ids=ids, at=now)
        case Pending(reference):
            move(refund, State.SUBMITTED, provider_reference=reference, due_at=soon, last_error="")
        case Unknown(why):
            move(refund, State.UNKNOWN, due_at=soon, last_error=why)
    return None


def _write_late_failure(refund: Refund, outcome: Declined, now: datetime, ids: Ids) -> Refund:
    move(refund, State.REVERSED, decline_code=outcome.code, due_at=None)
    reverse_refund(refund, at=now)
    return take_over(refund, ids=ids, at=now)


def _wait(refund: Refund, ids: Ids) -> timedelta:
    longest = back_off(refund.attempts, first=_FIRST_WAIT, longest=_LONGEST_WAIT)
    return some_of(longest, ids, at_least=0.5)


def _next_look(settled_at: datetime, now: datetime) -> datetime | None:
    return next((settled_at + wait for wait in _LOOK_AGAIN if settled_at + wait > now), None)
