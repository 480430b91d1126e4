"""Holding a whole thread back while it is in doubt: only its opener and our staff see it."""

from django.db import transaction

from aftersale.accounts.models import User
from aftersale.base.ports import Ports
from aftersale.support.models import EventKind, Thread, ThreadState
from aftersale.support.posting import clean_reason, locked_by_staff, note_event, write


@transaction.atomic
def hold_thread(*, ports: Ports, by: User, thread: Thread, reason: str) -> Thread:
    """Take a thread out of sight and out of the queue, as for spam. Raises NotForYou, BadInput."""
    thread = locked_by_staff(thread, by)
    reason = clean_reason(reason)
    if thread.state != ThreadState.HELD:
        write(thread, state_before=thread.state, state=ThreadState.HELD)
        note_event(thread, EventKind.HELD, ports.clock.now(), by, reason=reason)
    return thread


@transaction.atomic
def release_thread(*, ports: Ports, by: User, thread: Thread) -> Thread:
    """Show it again as it stood; its clock went on meanwhile. Raises NotForYou."""
    thread = locked_by_staff(thread, by)
    if thread.state == ThreadState.HELD:
        thread.state, thread.state_before = thread.state_before, ""
        thread.save(update_fields=["state", "state_before"])
        note_event(thread, EventKind.LET_THROUGH, ports.clock.now(), by)
    return thread
