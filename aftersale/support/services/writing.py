"""Opening a thread, answering in it, and saying that it is solved."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from aftersale.accounts.models import Role, Supplier, User
from aftersale.base.errors import BadInput, NotYours
from aftersale.base.ports import Ports
from aftersale.orders.models import Line, Order
from aftersale.payments.card_models import SavedCard
from aftersale.payments.charge_models import Charge
from aftersale.returns.models import Return
from aftersale.support.attachments import NEW, send_drafted
from aftersale.support.collisions import refuse_overtaken
from aftersale.support.errors import NotForYou, ThreadClosed
from aftersale.support.eyes import eyes_for, usual_eyes
from aftersale.support.limits import check_post, check_thread, is_to_be_held
from aftersale.support.models import TEAM, EventKind, Kind, Post, Thread, ThreadState, Visibility
from aftersale.support.posting import (
    STILL,
    clean_body,
    clean_subject,
    let_in,
    locked,
    note_event,
    own_intent,
    start_thread,
    take_turn,
    write,
    write_post,
)
from aftersale.support.queries import visible_posts
from aftersale.support.services.reading import forget_draft
from aftersale.support.speaking import keep_and_speak


@dataclass(frozen=True, slots=True)
class About:
    """What a private thread touches, as the door found it for its opener."""

    order: Order | None = None
    line: Line | None = None
    case: Return | None = None
    charge: Charge | None = None
    card: SavedCard | None = None

    @property
    def on_order(self) -> Order | None:
        """The order that it belongs to."""
        of = (thing.order for thing in (self.case, self.charge) if thing is not None)
        return self.order or next(of, None)

    @property
    def columns(self) -> dict[str, Any]:
        """The same as a thread keeps it."""
        return {name: getattr(self, name) for name in ("order", "line", "case", "charge", "card")}


@transaction.atomic
def open_thread(
    *,
    ports: Ports,
    by: User,
    kind: str,
    subject: str,
    body: str,
    intent: str,
    is_public: bool = False,
    about: About | None = None,
    files: Sequence[str] = (),
    keeps_draft: bool = False,
) -> Thread:
    """Open a thread with its first post; the same `intent` answers the same thread.

    With it go those `files` that wait with the draft, by their references, and the draft, unless this is
    something else than what was begun. Public only when it touches nothing of the opener's.
    Raises BadInput, TooMuch, NotForYou, NotYours.
    """
    about, now = about or About(), ports.clock.now()
    if known := Thread.objects.filter(intent=own_intent(by, intent)).first():
        return known
    _check(by, kind, about, is_public=is_public)
    order = _order_of(about, by)
    check_thread(by, now)
    check_post(by, clean_body(body, order), now)
    thread = start_thread(
        ports=ports,
        opener=by,
        intent=own_intent(by, intent),
        kind=kind,
        is_public=is_public,
        subject=clean_subject(subject, order),
        **about.columns | {"order": order},
    )
    _write_first(ports, thread, body, files)
    if not keeps_draft:
        forget_draft(by=by)
    return thread


@transaction.atomic
def reply(
    *,
    ports: Ports,
    by: User,
    thread: Thread,
    body: str,
    intent: str,
    visibility: str = "",
    files: Sequence[str] = (),
    seen: int | None = None,
    keeps_draft: bool = False,
) -> Post:
    """Write into a thread that this person may see; the same `intent` answers the same post.

    With it go those `files` that wait with the draft, by their references, and the draft, unless this is
    something else than what was begun. Our staff chooses who reads it. Whoever says what number they had
    `seen` writes over nothing that came since. Raises BadInput, TooMuch, ThreadClosed, NotForYou, Overtaken.
    """
    thread, now = locked(thread), ports.clock.now()
    if known := Post.objects.filter(intent=own_intent(by, intent)).first():
        return known
    visibility = _visibility(thread, by, visibility)
    if visibility != Visibility.STAFF:
        _refuse_too_late(thread, by, seen)
    check_post(by, clean_body(body, thread.order), now)
    if visibility == Visibility.SUPPLIER and by.role in TEAM:
        let_in(thread, _supplier_of(thread))
    post = write_post(
        ports=ports,
        thread=thread,
        author=by,
        body=body,
        visibility=visibility,
        intent=own_intent(by, intent),
        is_held=visibility == Visibility.PUBLIC and is_to_be_held(by),
    )
    take_turn(post)
    _end_draft(post, by, files, keeps=keeps_draft)
    return post


@transaction.atomic
def solve_thread(*, ports: Ports, by: User, thread: Thread, number: int | None = None) -> Thread:
    """Say that the matter is solved, and by which post; its opener's next post opens it again.

    Said again without a post, it changes nothing. Raises NotForYou, ThreadClosed, and NotYours for a post
    that the opener does not see.
    """
    thread, now = locked(thread), ports.clock.now()
    if by.role not in TEAM and by.pk != thread.opener_id:
        raise NotForYou("a thread is solved by who opened it, or by our staff")
    if thread.state == ThreadState.CLOSED:
        raise ThreadClosed(f"thread {thread.reference} is closed")
    solution = None
    if number is not None:
        solution = visible_posts(thread.opener).filter(thread=thread, number=number, is_held=False).first()
        if solution is None:
            raise NotYours(f"there is no post {number} in thread {thread.reference}")
    if thread.state != ThreadState.SOLVED or (solution and solution.pk != thread.solution_id):
        # Named later, the post that solved it is of the same solution.
        solved_at = thread.solved_at or now
        write(thread, state=ThreadState.SOLVED, solved_at=solved_at, solution=solution, **STILL)
        note_event(thread, EventKind.SOLVED, now, by, number=number)
    return thread


def _check(by: User, kind: str, about: About, *, is_public: bool) -> None:
    if by.role != Role.CUSTOMER:
        raise NotForYou("a thread is opened by a customer")
    accepted = [each for each in Kind.values if each != Kind.CLAIM]
    if kind not in accepted:
        raise BadInput("kind", kind, f"one of {', '.join(accepted)}")
    if is_public and about != About():
        raise BadInput("is_public", "yes", "no, for a thread about an order, a return, a payment or a card")


def _order_of(about: About, by: User) -> Order | None:
    """The one order that all of it belongs to. Raises NotYours, and BadInput where it is of several."""
    things = (about.line, about.case, about.charge)
    orders = [about.order, *(thing.order if thing else None for thing in things)]
    found = {order.pk: order for order in orders if order is not None}
    owners = {order.customer_id for order in found.values()}
    if about.card is not None:
        owners.add(about.card.customer_id)
    if owners - {by.pk}:
        raise NotYours("this is another's")
    if len(found) > 1:
        raise BadInput("about", "several orders", "things of one order")
    return next(iter(found.values()), None)


def _visibility(thread: Thread, by: User, wanted: str) -> str:
    """For whose eyes this person's post is. Raises NotForYou, and BadInput for what cannot be here."""
    accepted = eyes_for(thread, by)
    if not accepted:
        raise NotForYou("on the forum write customers and our staff")
    if wanted and wanted not in accepted:
        raise BadInput("visibility", wanted, f"one of {', '.join(accepted)}")
    return wanted or accepted[0]


def _write_first(ports: Ports, thread: Thread, body: str, files: Sequence[str]) -> None:
    """The question with its files; Aftersale answers at once where it is about something of the opener's."""
    post = write_post(
        ports=ports,
        thread=thread,
        author=thread.opener,
        body=body,
        visibility=usual_eyes(thread),
        intent=thread.intent,
        is_held=thread.is_public and is_to_be_held(thread.opener),
    )
    send_drafted(post=post, references=files, place=NEW)
    if not thread.is_public:
        keep_and_speak(ports=ports, thread=thread)


def _end_draft(post: Post, by: User, files: Sequence[str], *, keeps: bool) -> None:
    """Its files are the post's now, and it is sent itself, unless something else was."""
    send_drafted(post=post, references=files, place=post.thread.reference)
    if not keeps:
        forget_draft(by=by, thread=post.thread)


def _refuse_too_late(thread: Thread, by: User, seen: int | None) -> None:
    """Raises Overtaken, ThreadClosed."""
    if seen is not None:
        refuse_overtaken(thread, by, seen)
    if thread.state == ThreadState.CLOSED:
        raise ThreadClosed(f"thread {thread.reference} is closed; open a new one")


def _supplier_of(thread: Thread) -> Supplier:
    """Whom a post for the supplier is for. Raises BadInput where that is not one."""
    if thread.supplier is not None:
        return thread.supplier
    if thread.case is not None:
        return thread.case.group.supplier
    if thread.line is not None:
        return thread.line.group.supplier
    groups = list(thread.order.groups.select_related("supplier")) if thread.order else []
    if len(groups) != 1:
        raise BadInput("visibility", Visibility.SUPPLIER, "a thread about what one supplier sends")
    return groups[0].supplier
