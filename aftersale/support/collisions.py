"""So that two of our staff do not answer over each other: who is here, and what was written meanwhile."""

from dataclasses import dataclass
from datetime import timedelta

from aftersale.accounts.models import User
from aftersale.base.ports import Ports
from aftersale.support.errors import Overtaken
from aftersale.support.eyes import refuse_others
from aftersale.support.models import Draft, Presence, Thread
from aftersale.support.queries import visible_posts

# A page asks each quarter of a minute; whoever has not asked for longer has left.
_HERE = timedelta(seconds=45)


@dataclass(frozen=True, slots=True)
class Here:
    """Somebody of our staff who has the thread before them, and whether they are typing."""

    person: User
    is_writing: bool


def refuse_overtaken(thread: Thread, by: User, seen: int) -> None:
    """Raises Overtaken where somebody else has written what the writer had not read. Holds the lock."""
    fresh = visible_posts(by).filter(thread=thread, number__gt=seen).exclude(author=by).count()
    if fresh:
        raise Overtaken(f"{fresh} posts were written after number {seen}; read them, and send it again")


def look_at_thread(*, ports: Ports, by: User, thread: Thread) -> list[Here]:
    """Note that this person looks at the thread, and tell who else does; it ends by itself.

    Raises NotForYou.
    """
    refuse_others(by)
    now = ports.clock.now()
    Presence.objects.filter(person=by, seen_at__lte=now - _HERE).exclude(thread=thread).delete()
    Presence.objects.update_or_create(thread=thread, person=by, defaults={"seen_at": now})
    others = Presence.objects.filter(thread=thread, seen_at__gt=now - _HERE).exclude(person=by)
    typed = Draft.objects.filter(place=thread.reference, saved_at__gt=now - _HERE)
    writing = set(typed.values_list("person", flat=True))
    rows = others.select_related("person").order_by("person__name", "person")
    return [Here(row.person, row.person_id in writing) for row in rows]
