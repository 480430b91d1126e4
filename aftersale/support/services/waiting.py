"""What stops the clocks, and what happens when one runs out."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from aftersale.accounts.models import User
from aftersale.base.errors import BadInput
from aftersale.base.ports import Ports
from aftersale.support.clocks import answer_due, desk_calendar
from aftersale.support.errors import CannotWait
from aftersale.support.models import (
    Breach,
    ClockName,
    EventKind,
    Thread,
    ThreadState,
    WaitingOn,
)
from aftersale.support.posting import locked_by_staff, note_event, stop_waiting, write
from aftersale.support.turns import clocks_of

_LONGEST = timedelta(days=90)
_RUNNING = (ThreadState.OPEN, ThreadState.ANSWERED)


@transaction.atomic
def wait_for(*, ports: Ports, by: User, thread: Thread, whom: str, until: datetime) -> Thread:
    """Let the clocks stand until a third party has done its part, or until that moment at the latest.

    Then the thread is due again. Another wait takes the place of the one before.
    Raises NotForYou, BadInput, and CannotWait for a thread that has ended.
    """
    thread, now = locked_by_staff(thread, by), ports.clock.now()
    if whom not in WaitingOn.values:
        raise BadInput("whom", whom, f"one of {', '.join(WaitingOn.values)}")
    if not now < until <= now + _LONGEST:
        raise BadInput("until", until.isoformat(), f"a moment within the next {_LONGEST.days} days")
    if thread.state not in _RUNNING:
        raise CannotWait(f"thread {thread.reference} is {thread.state}")
    if (thread.waiting_on, thread.waits_until) == (whom, until):
        return thread
    stop_waiting(thread, now, by)
    if thread.due_at is None:
        due = answer_due(until)
    elif thread.due_at <= now:
        due = thread.due_at  # late it stays
    else:
        due = desk_calendar().due(until, desk_calendar().worked(now, thread.due_at))
    write(thread, waiting_on=whom, waits_until=until, due_at=due)
    note_event(thread, EventKind.WAITED, now, by, whom=whom, until=until.isoformat())
    write(thread, resolve_due_at=clocks_of(thread).resolve_due)
    return thread


@transaction.atomic
def end_wait(*, ports: Ports, by: User, thread: Thread) -> Thread:
    """Let the clocks run on; where nobody is waited for, nothing changes. Raises NotForYou."""
    thread = locked_by_staff(thread, by)
    if thread.waiting_on:
        stop_waiting(thread, ports.clock.now(), by)
        write(thread, resolve_due_at=clocks_of(thread).resolve_due)
    return thread


def note_breaches(*, ports: Ports, at_most: int = 20) -> int:
    """Write down which clocks ran out, each once, in the desk's hours; returns how many were new.

    An open thread from before there was a clock of the solution gets it first, as its posts tell it.
    """
    now, found = ports.clock.now(), _find_lost_clocks(at_most)
    if not desk_calendar().is_open(now):
        return found
    return found + sum(_note(thread, clock, now) for thread, clock in _over(now, at_most))


def _find_lost_clocks(at_most: int) -> int:
    waits = Q(state=ThreadState.OPEN) | Q(state_before=ThreadState.OPEN)
    lost = Thread.objects.filter(waits, resolve_due_at=None).order_by("pk")
    return sum(_find_lost_clock(pk) for pk in list(lost.values_list("pk", flat=True)[:at_most]))


@transaction.atomic
def _find_lost_clock(pk: int) -> bool:
    thread = Thread.objects.select_for_update(no_key=True).get(pk=pk)
    if thread.resolve_due_at is None and ThreadState.OPEN in (thread.state, thread.state_before):
        write(thread, resolve_due_at=clocks_of(thread).resolve_due)
    return thread.resolve_due_at is not None


def _over(now: datetime, at_most: int) -> list[tuple[Thread, ClockName]]:
    running = Thread.objects.filter(state__in=_RUNNING).order_by("pk")
    noted = Breach.objects.filter(thread=OuterRef("pk"))
    answers = running.filter(
        ~Exists(noted.filter(~Q(clock=ClockName.RESOLVE), due_at=OuterRef("due_at"))), due_at__lte=now
    )
    ends = running.filter(
        ~Exists(noted.filter(clock=ClockName.RESOLVE, due_at=OuterRef("resolve_due_at"))),
        resolve_due_at__lte=now,
    )
    late = [
        (thread, ClockName.NEXT if thread.first_answered_at else ClockName.FIRST)
        for thread in answers[:at_most]
    ]
    return late + [(thread, ClockName.RESOLVE) for thread in ends[: at_most - len(late)]]


@transaction.atomic
def _note(thread: Thread, clock: ClockName, now: datetime) -> bool:
    due = thread.resolve_due_at if clock == ClockName.RESOLVE else thread.due_at
    assert due is not None, "what ran out was due"
    return Breach.objects.get_or_create(thread=thread, clock=clock, due_at=due, defaults={"noted_at": now})[1]
