"""What our staff does with threads and posts; each is an event. Raises NotForYou for everybody else."""

from datetime import timedelta

from django.db import transaction

from aftersale.accounts.models import User
from aftersale.base.errors import BadInput
from aftersale.base.ports import Ports
from aftersale.support.errors import TakenBack
from aftersale.support.models import TEAM, EventKind, Post, Report, Thread, ThreadState
from aftersale.support.notices import tell_the_followers
from aftersale.support.posting import STILL, clean_reason, follow, locked_by_staff, note_event, write
from aftersale.support.queries import is_taken_back

# Within this a solved thread is opened again by its opener's next post.
GRACE = timedelta(days=7)


@transaction.atomic
def assign_thread(*, ports: Ports, by: User, thread: Thread, to: User | None) -> Thread:
    """Put a thread into somebody's hands, or back into everybody's. Raises BadInput."""
    thread = locked_by_staff(thread, by)
    if to is not None and to.role not in TEAM:
        raise BadInput("assignee", to.email, "somebody of our staff")
    if thread.assignee_id != (to.pk if to else None):
        write(thread, assignee=to)
        note_event(thread, EventKind.ASSIGNED, ports.clock.now(), by, to=to.name if to else "")
        if to is not None:
            follow(thread, to)
    return thread


@transaction.atomic
def close_thread(*, ports: Ports, by: User, thread: Thread) -> Thread:
    """End a thread for good: whoever has more to say opens a new one."""
    thread = locked_by_staff(thread, by)
    end_thread(thread, ports, by)
    return thread


def close_old_threads(*, ports: Ports, at_most: int = 20) -> int:
    """Close what has been solved for a week; returns how many."""
    now = ports.clock.now()
    over = Thread.objects.filter(state=ThreadState.SOLVED, solved_at__lte=now - GRACE)
    return sum(_close_old(pk, ports) for pk in list(over.values_list("pk", flat=True)[:at_most]))


@transaction.atomic
def hide_post(*, ports: Ports, by: User, post: Post, reason: str) -> Post:
    """Take a post out of sight for all but our staff; that settles its reports. Raises BadInput."""
    thread = locked_by_staff(post.thread, by)
    reason = clean_reason(reason)
    now = ports.clock.now()
    if Post.objects.filter(pk=post.pk, hidden_at=None).update(hidden_at=now, is_held=False):
        note_event(thread, EventKind.HIDDEN, now, by, number=post.number, reason=reason)
    _settle(post, ports)
    post.refresh_from_db()
    return post


@transaction.atomic
def unhide_post(*, ports: Ports, by: User, post: Post) -> Post:
    """Show a post again. Raises TakenBack for one of a review that its writer took back."""
    thread = locked_by_staff(post.thread, by)
    post.refresh_from_db()
    if is_taken_back(post):
        raise TakenBack(f"post {post.number} of thread {thread.reference} was taken back by its writer")
    if Post.objects.filter(pk=post.pk, hidden_at__isnull=False).update(hidden_at=None):
        note_event(thread, EventKind.UNHIDDEN, ports.clock.now(), by, number=post.number)
    post.refresh_from_db()
    return post


@transaction.atomic
def release_post(*, ports: Ports, by: User, post: Post) -> Post:
    """Let a newcomer's post through: everybody sees it, and whoever follows hears of it."""
    thread = locked_by_staff(post.thread, by)
    if Post.objects.filter(pk=post.pk, is_held=True).update(is_held=False):
        post.refresh_from_db()
        note_event(thread, EventKind.RELEASED, ports.clock.now(), by, number=post.number)
        tell_the_followers(post, ports=ports)
    return post


@transaction.atomic
def dismiss_reports(*, ports: Ports, by: User, post: Post) -> Post:
    """Leave a reported post as it is."""
    thread = locked_by_staff(post.thread, by)
    if _settle(post, ports):
        note_event(thread, EventKind.DISMISSED, ports.clock.now(), by, number=post.number)
    return post


@transaction.atomic
def _close_old(pk: int, ports: Ports) -> bool:
    thread = Thread.objects.select_for_update().get(pk=pk)
    if thread.state != ThreadState.SOLVED:
        return False
    end_thread(thread, ports, None)
    return True


def end_thread(thread: Thread, ports: Ports, by: User | None) -> None:
    """Within the caller's transaction, which holds the thread's lock."""
    if thread.state != ThreadState.CLOSED:
        now = ports.clock.now()
        write(thread, state=ThreadState.CLOSED, closed_at=now, **STILL)
        note_event(thread, EventKind.CLOSED, now, by)


def _settle(post: Post, ports: Ports) -> int:
    return Report.objects.filter(post=post, settled_at=None).update(settled_at=ports.clock.now())
