"""Threads: the forum and one's own; asked, answered, followed, solved; and drafts."""

from collections.abc import Callable
from functools import partial
from typing import Annotated

from django.http import HttpResponse
from ninja import Router
from ninja.params.functions import Query

from aftersale.accounts.models import Role, User
from aftersale.api.doors import READ, THREADS, ApiRequest, door, told
from aftersale.api.fields import PLAIN, Cursor, IdempotencyKey, Limit, Reference
from aftersale.api.idempotency import once
from aftersale.api.pages import page_of
from aftersale.api.shapes.threads import (
    ForumName,
    KindName,
    NewDraft,
    NewPost,
    NewThread,
    Notifying,
    Place,
    Post,
    Posts,
    Reading,
    Solution,
    Thread,
    ThreadDraft,
    Threads,
    told_draft,
    told_post,
    told_thread,
)
from aftersale.base.errors import BadInput, NotYours
from aftersale.orders.queries import order_for
from aftersale.payments.charge_queries import charge_for
from aftersale.payments.saved_cards import card_for
from aftersale.returns.queries import return_for
from aftersale.support import services
from aftersale.support.limits import check_search
from aftersale.support.macros import macro_called
from aftersale.support.models import TEAM, Reader
from aftersale.support.models import Post as PostRow
from aftersale.support.models import Thread as ThreadRow
from aftersale.support.names import choose_forum_name, forum_name_of
from aftersale.support.queries import (
    number_now,
    own_threads,
    post_for,
    posts_of,
    thread_for,
    visible_threads,
    with_unread,
)
from aftersale.support.search import threads_found

router = Router(tags=["threads"])
OWNER = (Role.CUSTOMER,)
WRITERS = (Role.CUSTOMER, Role.SUPPLIER, *TEAM)

Words = Annotated[
    str,
    Query("", max_length=200, pattern=PLAIN, description="words of posts, or a number of what it is about"),
]
OfKind = Annotated[KindName | None, Query(None, description="only threads of this kind")]
Mine = Annotated[bool, Query(default=False, description="only what one opened or follows")]


def told_fresh(request: ApiRequest, thread: ThreadRow, status: int = 200) -> HttpResponse:
    viewer = request.auth.user
    row = with_unread(visible_threads(viewer).filter(pk=thread.pk), viewer).get()
    return told(told_thread(row, viewer), status)


@door(router, "GET", "/threads", summary="List threads, or find some", answers=Threads, scope=READ)
def list_threads(
    request: ApiRequest,
    q: Words = "",
    kind: OfKind = None,
    mine: Mine = False,
    limit: Limit = 20,
    cursor: Cursor = "",
) -> HttpResponse:
    """Those with a post that the key's user may read, by their last post. Words look through those posts."""
    viewer = request.auth.user
    rows = own_threads(viewer) if mine else visible_threads(viewer)
    if q.strip():
        check_search(viewer, "", request.ports.clock.now())
        rows = rows.filter(pk__in=threads_found(viewer, q).order_by().values("pk"))
    if kind:
        rows = rows.filter(kind=kind)
    page, following = page_of(with_unread(rows, viewer), by="last_post_at", cursor=cursor, limit=limit)
    return told(Threads(items=[told_thread(row, viewer) for row in page], next_cursor=following))


@door(router, "GET", "/threads/{reference}", summary="One thread", answers=Thread, scope=READ)
def get_thread(request: ApiRequest, reference: Reference) -> HttpResponse:
    """The thread without its posts."""
    return told_fresh(request, thread_for(request.auth.user, reference))


@door(router, "GET", "/threads/{reference}/posts", summary="A thread's posts", answers=Posts, scope=READ)
def list_posts(
    request: ApiRequest, reference: Reference, limit: Limit = 20, cursor: Cursor = ""
) -> HttpResponse:
    """The posts that the key's user may read, newest first."""
    viewer = request.auth.user
    rows = posts_of(viewer, thread_for(viewer, reference))
    page, following = page_of(rows, by="posted_at", cursor=cursor, limit=limit)
    return told(Posts(items=[told_post(row, viewer) for row in page], next_cursor=following))


@door(
    router,
    "POST",
    "/threads",
    summary="Open a thread",
    answers=Thread,
    status=201,
    scope=THREADS,
    roles=OWNER,
)
def open_thread(request: ApiRequest, asked: NewThread, idempotency_key: IdempotencyKey) -> HttpResponse:
    """About an order, a line of it, a return, a payment, a card, or in public about nothing of one's own."""
    ask = partial(
        services.open_thread,
        ports=request.ports,
        by=request.auth.user,
        kind=asked.kind,
        subject=asked.subject,
        body=asked.body,
        is_public=asked.is_public,
        about=_about(request, asked),
        files=asked.files,
    )
    return once(request, idempotency_key, asked, lambda intent: told_fresh(request, ask(intent=intent), 201))


@door(
    router,
    "POST",
    "/threads/{reference}/posts",
    summary="Write into a thread",
    answers=Post,
    status=201,
    scope=THREADS,
    roles=WRITERS,
)
def write_post(
    request: ApiRequest, reference: Reference, asked: NewPost, idempotency_key: IdempotencyKey
) -> HttpResponse:
    """Card numbers are taken out before anything is stored. The opener's post opens a solved thread again."""
    viewer = request.auth.user
    thread = thread_for(viewer, reference)
    write = partial(
        _verb_of(viewer, asked),
        ports=request.ports,
        by=viewer,
        thread=thread,
        body=asked.body,
        visibility=asked.visibility or "",
        seen=_seen(asked, thread, reference),
        files=asked.files,
    )
    return once(
        request,
        idempotency_key,
        asked,
        lambda intent: told(told_post(write(intent=intent), viewer), 201),
    )


@door(
    router,
    "POST",
    "/threads/{reference}/solution",
    summary="Mark a thread as solved",
    answers=Thread,
    scope=THREADS,
    roles=WRITERS,
)
def solve_thread(request: ApiRequest, reference: Reference, asked: Solution) -> HttpResponse:
    """By who opened it, or by the staff. A week later it is closed."""
    viewer = request.auth.user
    thread, number = thread_for(viewer, reference), asked.number
    if number is not None:
        number = post_for(viewer, reference, number).number
    services.solve_thread(ports=request.ports, by=viewer, thread=thread, number=number)
    return told_fresh(request, thread)


@door(
    router,
    "POST",
    "/threads/{reference}/notify",
    summary="Follow or mute a thread",
    answers=Place,
    scope=THREADS,
)
def notify_about(request: ApiRequest, reference: Reference, asked: Notifying) -> HttpResponse:
    """Whether mails tell of new posts."""
    viewer = request.auth.user
    thread = thread_for(viewer, reference)
    return _told_place(services.notify_about(by=viewer, thread=thread, notify=asked.notify))


@door(router, "POST", "/threads/{reference}/read", summary="Mark posts as read", answers=Place, scope=THREADS)
def mark_read(request: ApiRequest, reference: Reference, asked: Reading) -> HttpResponse:
    """Only ever further."""
    viewer = request.auth.user
    thread, number = thread_for(viewer, reference), asked.number
    if number is not None:
        number = number_now(thread, reference, number)
    return _told_place(services.mark_read(by=viewer, thread=thread, number=number))


@door(
    router,
    "GET",
    "/thread-draft",
    summary="The draft of a new thread",
    answers=ThreadDraft,
    scope=READ,
    roles=OWNER,
)
def get_thread_draft(request: ApiRequest) -> HttpResponse:
    """What was begun, here or on the page."""
    viewer = request.auth.user
    return told(told_draft(services.draft_of(viewer), viewer))


@door(
    router,
    "POST",
    "/thread-draft",
    summary="Keep the draft of a new thread",
    answers=ThreadDraft,
    scope=THREADS,
    roles=OWNER,
)
def keep_thread_draft(request: ApiRequest, asked: NewDraft) -> HttpResponse:
    """Instead of the one before; empty texts forget it. Its files stay."""
    viewer = request.auth.user
    row = services.save_draft(
        ports=request.ports,
        by=viewer,
        subject=asked.subject,
        body=asked.body,
        visibility=asked.visibility or "",
    )
    return told(told_draft(row, viewer))


@door(
    router,
    "GET",
    "/threads/{reference}/draft",
    summary="The draft of an answer",
    answers=ThreadDraft,
    scope=READ,
    roles=WRITERS,
)
def get_answer_draft(request: ApiRequest, reference: Reference) -> HttpResponse:
    """What was begun, here or on the page."""
    viewer = request.auth.user
    thread = thread_for(viewer, reference)
    return told(told_draft(services.draft_of(viewer, thread), viewer, thread))


@door(
    router,
    "POST",
    "/threads/{reference}/draft",
    summary="Keep the draft of an answer",
    answers=ThreadDraft,
    scope=THREADS,
    roles=WRITERS,
)
def keep_answer_draft(request: ApiRequest, reference: Reference, asked: NewDraft) -> HttpResponse:
    """Instead of the one before; empty texts forget it. Its files stay."""
    viewer = request.auth.user
    thread = thread_for(viewer, reference)
    row = services.save_draft(
        ports=request.ports,
        by=viewer,
        thread=thread,
        subject=asked.subject,
        body=asked.body,
        visibility=asked.visibility or "",
    )
    return told(told_draft(row, viewer, thread))


@door(
    router,
    "GET",
    "/forum-name",
    summary="One's name on the forum",
    answers=ForumName,
    scope=READ,
    roles=OWNER,
)
def get_forum_name(request: ApiRequest) -> HttpResponse:
    """The only name that others see there."""
    return told(ForumName(name=forum_name_of(ports=request.ports, person=request.auth.user).name))


@door(
    router,
    "POST",
    "/forum-name",
    summary="Choose one's name on the forum",
    answers=ForumName,
    scope=THREADS,
    roles=OWNER,
)
def choose_name(request: ApiRequest, asked: ForumName) -> HttpResponse:
    """For what was written before, too."""
    row = choose_forum_name(ports=request.ports, person=request.auth.user, name=asked.name)
    return told(ForumName(name=row.name))


def _about(request: ApiRequest, asked: NewThread) -> services.About:
    viewer = request.auth.user
    order = _own("order", asked.order, partial(order_for, viewer))
    lines = {line.number: line for line in order.lines.all()} if order else {}
    if asked.line is not None and asked.line not in lines:
        raise BadInput("line", asked.line, "the number of a line of `order`")
    return services.About(
        order=order,
        line=lines[asked.line] if asked.line is not None else None,
        case=_own("return", asked.case, partial(return_for, viewer)),
        charge=_own("charge", asked.charge, partial(charge_for, viewer)),
        card=_own("card", asked.card, partial(card_for, viewer)),
    )


def _verb_of(viewer: User, asked: NewPost) -> Callable[..., PostRow]:
    """The verb of an answer, or of one that was written with a macro."""
    if asked.macro is None:
        return services.reply
    try:
        macro = macro_called(asked.macro) if viewer.role in TEAM else None
    except NotYours:
        macro = None
    if macro is None:
        raise BadInput("macro", asked.macro, "the reference of a macro, by the staff")
    return partial(services.reply_with_macro, macro=macro, actions=asked.actions)


def _seen(asked: NewPost, thread: ThreadRow, reference: str) -> int | None:
    """In the numbers of a thread that was put into another, nothing of the other was read."""
    return asked.seen if asked.seen is None or thread.reference == reference else 0


def _own[Thing](field: str, named: str | None, find: Callable[[str], Thing]) -> Thing | None:
    """The thing of the viewer's that a body names; one of another's answers like none."""
    if named is None:
        return None
    try:
        return find(named)
    except NotYours:
        raise BadInput(field, named, "the name of something of one's own") from None


def _told_place(row: Reader) -> HttpResponse:
    return told(Place(last_read=row.last_read, notify=row.notify))
