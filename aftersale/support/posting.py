"""Writing a post down: scrubbed, numbered, searchable, told; and what it does to whose turn it is.

The caller holds the thread's lock.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import F

from aftersale.accounts.models import Role, Supplier, User
from aftersale.base.card_numbers import scrub
from aftersale.base.moving import set_columns
from aftersale.base.ports import Ports
from aftersale.base.texts import clean_text
from aftersale.orders.models import Order, Parcel
from aftersale.returns.models import Party
from aftersale.support.clocks import answer_due, desk_calendar, resolve_due
from aftersale.support.eyes import refuse_others
from aftersale.support.models import (
    LONGEST_BODY,
    LONGEST_SUBJECT,
    TEAM,
    EventKind,
    Notify,
    Post,
    Reader,
    Thread,
    ThreadEvent,
    ThreadState,
    Visibility,
    WaitingOn,
)
from aftersale.support.names import forum_name_of
from aftersale.support.notices import tell_the_followers
from aftersale.support.search import index_post
from aftersale.support.turns import clocks_of

NO_WAIT: dict[str, Any] = {"waiting_on": "", "waits_until": None}
# No clock of an ended thread runs.
STILL: dict[str, Any] = NO_WAIT | {"due_at": None, "resolve_due_at": None}
_PARTIES = {Role.CUSTOMER: Party.CUSTOMER, Role.SUPPLIER: Party.SUPPLIER}


def clean_subject(text: str, order: Order | None = None, known: Collection[str] = ()) -> str:
    return clean_text(
        " ".join(text.split()),
        field="subject",
        longest=LONGEST_SUBJECT,
        accepted=f"1 to {LONGEST_SUBJECT} characters",
        known=numbers_of(order).union(known),
    )


def clean_body(text: str, order: Order | None = None, known: Collection[str] = ()) -> str:
    return clean_text(
        text,
        field="body",
        longest=LONGEST_BODY,
        accepted=f"1 to {LONGEST_BODY} characters",
        known=numbers_of(order).union(known),
    )


def clean_reason(text: str) -> str:
    """Why somebody asks for something, or did it. Raises BadInput."""
    return clean_text(text, field="reason", longest=500, accepted="1 to 500 characters")


def numbers_of(order: Order | None) -> set[str]:
    """The long numbers of an order that are no card's, whatever they look like."""
    if order is None:
        return set()
    tracking = Parcel.objects.filter(group__order=order).values_list("tracking_number", flat=True)
    return {text for text in (order.code, *tracking) if text.isdecimal()}


def numbers_ordered_by(person: User) -> set[str]:
    """The same of all that a customer ordered: what they write of it in any place is no card's."""
    codes = Order.objects.filter(customer=person).values_list("code", flat=True)
    tracking = Parcel.objects.filter(group__order__customer=person).values_list("tracking_number", flat=True)
    return {text for text in (*codes, *tracking) if text.isdecimal()}


def own_intent(by: User, intent: str) -> str:
    """Nobody's submit can be taken for another's."""
    return f"{by.pk}:{intent}"[:100]


def is_written(by: User, intent: str) -> bool:
    """Whether this submit has become a post already."""
    return Post.objects.filter(intent=own_intent(by, intent)).exists()


def start_thread(
    *, ports: Ports, opener: User, intent: str, opened_at: datetime | None = None, **wanted: Any
) -> Thread:
    """A thread that waits for our staff, and has no post yet; since `opened_at`, or since now."""
    now = opened_at or ports.clock.now()
    return Thread.objects.create(
        reference=ports.ids.reference("T"),
        opener=opener,
        intent=intent,
        opened_at=now,
        last_post_at=now,
        due_at=answer_due(now),
        resolve_due_at=resolve_due(now, []),
        **wanted,
    )


def write_post(
    *,
    ports: Ports,
    thread: Thread,
    author: User | None,
    body: str,
    visibility: str,
    intent: str,
    is_held: bool = False,
    said_at: datetime | None = None,
) -> Post:
    """The next post of the thread; whoever may see it and follows hears of it.

    What was `said_at` another time, by mail, is news to nobody.
    """
    Thread.objects.filter(pk=thread.pk).update(last_number=F("last_number") + 1)
    thread.refresh_from_db(fields=["last_number"])
    known = numbers_of(thread.order)
    if author is not None and scrub(body.strip(), known=known).found:
        known |= numbers_ordered_by(author)
    found = scrub(body.strip(), known=known).found
    post = Post.objects.create(
        thread=thread,
        number=thread.last_number,
        author=author,
        party=_PARTIES.get(Role(author.role), Party.AGENT) if author else Party.DESK,
        visibility=visibility,
        body=clean_body(body, known=known),
        cards_removed=[[hit.brand, hit.last_four] for hit in found],
        intent=intent,
        posted_at=said_at or ports.clock.now(),
        is_held=is_held,
    )
    index_post(post)
    if author is not None:
        _note_author(post, author, ports)
    if not is_held and said_at is None:
        tell_the_followers(post, ports=ports)
    return post


def take_turn(post: Post) -> None:
    """Whose turn it is after `post`: our answer ends the waiting, a note changes nothing."""
    thread, author = post.thread, post.author
    is_ours = author is not None and author.role in TEAM
    written: dict[str, Any] = {}
    if post.visibility == Visibility.SUPPLIER:
        if not is_ours:
            if thread.waiting_on == WaitingOn.SUPPLIER:
                stop_waiting(thread, post.posted_at, author)
            written = {"due_at": thread.due_at or _due_after(thread, post.posted_at)}
    elif post.visibility != Visibility.STAFF:
        written = {"last_post_at": post.posted_at}
        if is_ours:
            first = thread.first_answered_at or post.posted_at
            written |= {"state": ThreadState.ANSWERED, "due_at": None, "first_answered_at": first}
            written |= {"solved_at": None, "solution": None}
            if is_waiting(thread, post.posted_at):
                assert thread.waits_until is not None, "the database says so"
                written["due_at"] = answer_due(thread.waits_until)  # our word is due again then
            else:
                written |= NO_WAIT
        elif author is not None and author.pk == thread.opener_id:
            written |= _open_again(post)
    write(thread, **written)
    if written:
        write(thread, resolve_due_at=clocks_of(thread).resolve_due)


def is_waiting(thread: Thread, at: datetime) -> bool:
    """Whether the thread stands still for a third party at this moment."""
    return thread.waits_until is not None and thread.waits_until > at


def stop_waiting(thread: Thread, at: datetime, by: User | None) -> None:
    """From now on the clock runs again, with what was left of it."""
    if is_waiting(thread, at):
        assert thread.waits_until is not None, "it waits"
        note_event(thread, EventKind.WAIT_ENDED, at, by)
        if thread.due_at is not None and thread.due_at > thread.waits_until:
            left = desk_calendar().worked(thread.waits_until, thread.due_at)
            write(thread, due_at=desk_calendar().due(at, left))
    write(thread, **NO_WAIT)


def _due_after(thread: Thread, at: datetime) -> datetime:
    """When what was written at this moment is to be answered; a wait for a third party does not count."""
    if is_waiting(thread, at):
        assert thread.waits_until is not None, "it waits"
        return answer_due(at, (at, thread.waits_until))
    return answer_due(at)


def note_event(
    thread: Thread, kind: EventKind, at: datetime, actor: User | None, **words: Any
) -> ThreadEvent:
    return ThreadEvent.objects.create(thread=thread, kind=kind, at=at, actor=actor, words=words)


def locked(thread: Thread) -> Thread:
    """The thread's row, locked; of one that was put into another, the other's.

    Locks are taken in the direction in which threads were merged, here as in merging itself: nobody waits
    in a circle. They let rows be written that only point at the thread.
    """
    rows = Thread.objects.select_for_update(no_key=True)
    row = rows.get(pk=thread.pk)
    while row.merged_into_id is not None:
        row = rows.get(pk=row.merged_into_id)
    return row


def locked_by_staff(thread: Thread, by: User) -> Thread:
    """The same, for what our staff alone may do. Raises NotForYou."""
    refuse_others(by)
    return locked(thread)


def write(thread: Thread, **written: Any) -> None:
    """Set these columns, in the row and in our hands; a held thread keeps its state for its release."""
    if thread.state == ThreadState.HELD and "state" in written:
        written["state_before"] = written.pop("state")
    set_columns(thread, **written)


def follow(thread: Thread, person: User) -> None:
    """From now on this person hears of the thread, unless they muted it."""
    row, _ = Reader.objects.get_or_create(thread=thread, person=person)
    if row.notify == Notify.READS:
        Reader.objects.filter(pk=row.pk).update(notify=Notify.FOLLOWS)


def let_in(thread: Thread, supplier: Supplier) -> None:
    """Show the supplier's people what is meant for them, from now on."""
    write(thread, supplier=supplier)
    for person in supplier.people.filter(is_active=True):
        follow(thread, person)


def _open_again(post: Post) -> dict[str, Any]:
    thread = post.thread
    if thread.state == ThreadState.SOLVED:
        note_event(thread, EventKind.REOPENED, post.posted_at, post.author)
    # The clock runs from the earliest post without an answer; another one does not wind it back.
    due = thread.due_at or _due_after(thread, post.posted_at)
    return {"state": ThreadState.OPEN, "due_at": due, "solved_at": None, "solution": None}


def _note_author(post: Post, author: User, ports: Ports) -> None:
    if post.visibility == Visibility.PUBLIC:
        forum_name_of(ports=ports, person=author)
    follow(post.thread, author)
    # Who writes has read: what stands above was before their eyes.
    Reader.objects.filter(thread=post.thread, person=author).update(last_read=post.number)
