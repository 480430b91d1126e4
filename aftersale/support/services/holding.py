"""Holding a whole thread back while it is in doubt: only its opener and our staff see it."""

from django.db import transaction

from aftersale.accounts.models import User
from aftersale.base.ports import Ports
from aftersale.base.texts import clean_text
from aftersale.support.errors import NotForYou
from aftersale.support.models import TEAM, EventKind, Thread, ThreadState
from aftersale.support.posting import locked, note_event, write


@transaction.atomic
def hold_thread(*, ports: Ports, by: User, thread: Thread, reason: str) -> Thread:
    """Take a thread out of sight and out of the queue, as for spam. Raises NotForYou, BadInput."""
    thread = _locked(thread, by)
    reason = clean_text(reason, field="reason", longest=500, accepted="1 to 500 characters")
    if thread.state != ThreadState.HELD:
        write(thread, state_before=thread.state, state=ThreadState.HELD)
        note_event(thread, EventKind.HELD, ports.clock.now(), by, reason=reason)
    return thread


@transaction.atomic
def release_thread(*, ports: Ports, by: User, thread: Thread) -> Thread:
    """Show it again as it stood; its clock went on meanwhile. Raises NotForYou."""
    thread = _locked(thread, by)
    if thread.state == ThreadState.HELD:
        thread.state, thread.state_before = thread.state_before, ""
        thread.save(update_fields=["state", "state_before"])
        note_event(thread, EventKind.LET_THROUGH, ports.clock.now(), by)
    return thread


def _locked(thread: Thread, by: User) -> Thread:
    if by.role not in TEAM:
        raise NotForYou("this is for our staff")
    return locked(thread)
