"""Take the next: the thread that is due first, and at least every tenth time the mail that waits longest."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from aftersale.accounts.models import User
from aftersale.base.ports import Ports
from aftersale.support.eyes import refuse_others
from aftersale.support.mail.conversations import waiting_conversations
from aftersale.support.models import EventKind, MailConversation, Pick, Thread
from aftersale.support.posting import note_event
from aftersale.support.queries import queue

# Of so many picks of the whole desk, one at least is the slow lane's while anything waits there.
EVERY = 10
# A conversation that was given and not answered is given again after this.
TAKEN = timedelta(days=1)


@transaction.atomic
def pick_next(*, ports: Ports, by: User) -> Thread | MailConversation | None:
    """Put the next matter into this person's hands; None when nothing waits. Raises NotForYou.

    No two are given the same one.
    """
    refuse_others(by)
    _queue_up()
    lanes = [_take_thread, _take_conversation]
    if _is_the_slow_lanes_turn():
        lanes.reverse()
    for take in lanes:
        if taken := take(by, ports):
            lane = {"thread" if isinstance(taken, Thread) else "conversation": taken}
            Pick.objects.create(at=ports.clock.now(), person=by, **lane)
            return taken
    return None


def unpicked_conversations(viewer: User, now: datetime) -> QuerySet[MailConversation]:
    """Those that wait and are in nobody's hands."""
    return waiting_conversations(viewer).filter(Q(taken_until=None) | Q(taken_until__lte=now))


def _queue_up() -> None:
    """Picks follow one another: each knows those before it. The first one's row is the door's handle."""
    Pick.objects.select_for_update().order_by("pk").first()


def _is_the_slow_lanes_turn() -> bool:
    latest = list(Pick.objects.order_by("-pk").values_list("conversation", flat=True)[: EVERY - 1])
    return len(latest) == EVERY - 1 and not any(latest)


def _take_thread(by: User, ports: Ports) -> Thread | None:
    for thread in queue(ports.clock.now()).filter(assignee=None)[:EVERY]:
        if Thread.objects.filter(pk=thread.pk, assignee=None, due_at__isnull=False).update(assignee=by):
            thread.assignee = by
            note_event(thread, EventKind.ASSIGNED, ports.clock.now(), by, to=by.name)
            return thread
    return None


def _take_conversation(by: User, ports: Ports) -> MailConversation | None:
    now = ports.clock.now()
    for conversation in unpicked_conversations(by, now)[:EVERY]:
        free = unpicked_conversations(by, now).filter(pk=conversation.pk)
        if free.order_by().update(assignee=by, taken_until=now + TAKEN):
            conversation.assignee, conversation.taken_until = by, now + TAKEN
            return conversation
    return None
