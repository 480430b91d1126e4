"""Who sees what: pages, operations, search and mails read through `visible_posts` and `visible_threads`."""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Exists, F, Max, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from aftersale.accounts.models import Role, User
from aftersale.base.errors import NotYours
from aftersale.support.models import (
    TEAM,
    Move,
    MovedPost,
    MoveKind,
    Post,
    PublishedReview,
    Reader,
    Report,
    Thread,
    ThreadState,
    Visibility,
)

type Viewer = User | AnonymousUser

# What a list tells of each thread.
_WITH = (
    "opener__forum_name", "assignee", "order", "line", "case", "charge", "card", "solution", "supplier",
    "bought_here",
)  # fmt: skip


def is_team(viewer: Viewer) -> bool:
    return isinstance(viewer, User) and viewer.role in TEAM


def our_people() -> QuerySet[User]:
    """Who may be given a thread."""
    return User.objects.filter(role__in=TEAM, is_active=True).order_by("name", "pk")


def visible_posts(viewer: Viewer) -> QuerySet[Post]:
    """The posts that this person may see, of all threads: the one place where that is said."""
    rows = Post.objects.select_related("author__forum_name", "author__supplier", "thread")
    if is_team(viewer):
        return rows
    public = Q(thread__is_public=True, visibility=Visibility.PUBLIC)
    is_held = Q(thread__state=ThreadState.HELD)
    if not isinstance(viewer, User):
        return rows.filter(public, ~is_held, is_held=False, hidden_at=None)
    theirs = Q(thread__opener=viewer, visibility=Visibility.PARTICIPANTS)
    if viewer.role == Role.SUPPLIER:
        theirs = Q(thread__supplier=viewer.supplier_id, visibility=Visibility.SUPPLIER)
    rows = rows.filter(public | theirs, ~is_held | Q(thread__opener=viewer))
    return rows.filter(Q(is_held=False) | Q(author=viewer), hidden_at=None)


def with_what_lists_tell(rows: QuerySet[Thread]) -> QuerySet[Thread]:
    """Threads with what a list tells of each; one that was put into another is in none."""
    return rows.filter(merged_into=None).select_related(*_WITH)


def visible_threads(viewer: Viewer) -> QuerySet[Thread]:
    """The threads in which this person sees a post; one that was put into another has none."""
    rows = with_what_lists_tell(Thread.objects.all())
    if is_team(viewer):
        return rows
    return rows.filter(Exists(visible_posts(viewer).filter(thread=OuterRef("pk")).order_by()))


def thread_for(viewer: Viewer, reference: str) -> Thread:
    """The thread of this name, or the one it was put into, if this person may see it. Raises NotYours."""
    rows = visible_threads(viewer)
    found = rows.filter(reference=reference).first() or rows.filter(pk__in=_led_to(reference)).first()
    if found is None:
        raise NotYours(f"there is no thread {reference}")
    return found


def post_for(viewer: Viewer, reference: str, number: int) -> Post:
    """One post of a thread, if this person may see it, wherever it is now. Raises NotYours."""
    rows = visible_posts(viewer)
    moved = MovedPost.objects.filter(
        move__source__reference=reference, move__undone_at=None, from_number=number
    )
    there = rows.filter(thread__reference=reference, number=number)
    found = there.first() or rows.filter(pk__in=moved.values("post")).first()
    if found is None:
        raise NotYours(f"there is no post {number} in thread {reference}")
    return found


def posts_of(viewer: Viewer, thread: Thread) -> QuerySet[Post]:
    """What this person sees of a thread, in its order; `moved` tells where a post was written."""
    moved = MovedPost.objects.filter(move__undone_at=None).select_related("move__source__case")
    return (
        visible_posts(viewer)
        .filter(thread=thread)
        .order_by("number")
        .prefetch_related("attachments", Prefetch("moves", moved.order_by("pk"), to_attr="moved"))
    )


def posts_written_in(thread: Thread) -> QuerySet[Post]:
    """What stands there, and what stood there and was moved on."""
    moved = MovedPost.objects.filter(move__source=thread, move__undone_at=None)
    return Post.objects.filter(Q(thread=thread) | Q(pk__in=moved.values("post")))


def is_taken_back(post: Post) -> bool:
    """Whether it belongs to a published review that its writer took back."""
    moves = Move.objects.filter(posts__post=post, undone_at=None)
    within = Q(copy=post.thread_id) | Q(copy__in=moves.values("source"))
    return PublishedReview.objects.filter(within, withdrawn_at__isnull=False).exists()


def number_now(thread: Thread, reference: str, number: int) -> int:
    """How far in `thread` somebody is who was at `number` of the thread that was called by this reference."""
    if thread.reference == reference:
        return number
    moved = MovedPost.objects.filter(move__source__reference=reference, move__undone_at=None)
    there = moved.filter(post__thread=thread, from_number__lte=number)
    return there.aggregate(last=Max("post__number"))["last"] or 0


def moves_of(thread: Thread) -> QuerySet[Move]:
    """What was moved into this thread and out of it, the newest first."""
    rows = Move.objects.filter(Q(source=thread) | Q(target=thread)).order_by("-pk")
    return rows.select_related("source", "target", "by")


def moves_after(move: Move) -> QuerySet[Move]:
    """Later moves of either thread that stand: these are taken back first."""
    both = (move.source_id, move.target_id)
    return Move.objects.filter(Q(source__in=both) | Q(target__in=both), undone_at=None, pk__gt=move.pk)


def written_in_split(move: Move) -> QuerySet[Post]:
    """What was written in a thread of its own since it was split off: then it is not taken back."""
    return Post.objects.filter(thread=move.target_id).exclude(moves__move=move)


def move_to_undo(thread: Thread) -> Move | None:
    """The last move of this thread, while it can be taken back."""
    move = moves_of(thread).filter(undone_at=None).first()
    if move is None or moves_after(move).exists():
        return None
    return None if move.kind == MoveKind.SPLIT and written_in_split(move).exists() else move


def move_called(reference: str) -> Move:
    """The move of this name; for our staff. Raises NotYours."""
    found = Move.objects.select_related("source", "target").filter(reference=reference).first()
    if found is None:
        raise NotYours(f"there is no move {reference}")
    return found


def threads_to_join(thread: Thread) -> QuerySet[Thread]:
    """Those that this one may be put into, as far as a list can say; the newest first."""
    rows = Thread.objects.filter(opener=thread.opener_id, is_public=thread.is_public).exclude(pk=thread.pk)
    rows = rows.exclude(state__in=(ThreadState.CLOSED, ThreadState.HELD, ThreadState.MERGED))
    if thread.order_id is not None:
        rows = rows.filter(Q(order=thread.order_id) | Q(order=None))
    return rows.select_related(*_WITH)


def with_unread(rows: QuerySet[Thread], viewer: Viewer) -> QuerySet[Any]:
    """The same threads with `unread` and `replies`, counted in what this person sees, and `notify`."""
    seen = visible_posts(viewer).filter(thread=OuterRef("pk")).order_by()
    rows = rows.annotate(replies=_count(seen) - 1)
    if not isinstance(viewer, User):
        return rows
    fresh = unread_posts(viewer).filter(thread=OuterRef("pk")).order_by()
    notify = Reader.objects.filter(thread=OuterRef("pk"), person=viewer).values("notify")
    return rows.annotate(unread=_count(fresh), notify=Subquery(notify))


def unread_posts(person: User) -> QuerySet[Post]:
    """What others wrote and this person has not read, neither here nor in the thread that it came from."""
    read = Reader.objects.filter(thread=OuterRef("thread"), person=person).values("last_read")
    read_before = MovedPost.objects.filter(
        post=OuterRef("pk"),
        move__undone_at=None,
        move__source__readers__person=person,
        move__source__readers__last_read__gte=F("from_number"),
    )
    rows = visible_posts(person).exclude(author=person).filter(number__gt=Coalesce(Subquery(read), 0))
    return rows.filter(~Exists(read_before))


def own_threads(person: User) -> QuerySet[Thread]:
    """What this person opened or follows, as far as it is visible; for a supplier, where they were asked."""
    follows = Reader.objects.filter(thread=OuterRef("pk"), person=person, notify="follows")
    mine = Q(opener=person) | Q(Exists(follows))
    if person.role == Role.SUPPLIER:
        mine = Q(supplier=person.supplier_id) | mine
    return visible_threads(person).filter(mine)


def public_threads(viewer: Viewer) -> QuerySet[Thread]:
    """The forum: what everybody may read."""
    return visible_threads(viewer).filter(is_public=True)


def queue(now: datetime) -> QuerySet[Thread]:
    """What our staff owes an answer: first what a third party was waited for, then the earliest due."""
    rows = _owed().filter(Q(waits_until=None) | Q(waits_until__lte=now))
    return rows.order_by(F("waits_until").asc(nulls_last=True), "due_at", "pk")


def standing_still(now: datetime) -> QuerySet[Thread]:
    """What waits for a third party, the first to come back first."""
    return _owed().filter(waits_until__gt=now).order_by("waits_until", "pk")


def _owed() -> QuerySet[Thread]:
    rows = Thread.objects.exclude(state=ThreadState.HELD).select_related(*_WITH)
    return rows.filter(due_at__isnull=False)


def held_threads() -> QuerySet[Thread]:
    """What our staff holds back for a look, the oldest first."""
    return Thread.objects.filter(state=ThreadState.HELD).select_related(*_WITH).order_by("opened_at", "pk")


def held_posts() -> QuerySet[Post]:
    """Newcomers' posts that nobody but them sees yet."""
    return Post.objects.filter(is_held=True, hidden_at=None).select_related("thread", "author__forum_name")


def reported_posts() -> QuerySet[Post]:
    """Posts with reports that nobody has settled."""
    unsettled = Report.objects.filter(settled_at=None).select_related("person")
    rows = Post.objects.filter(Exists(unsettled.filter(post=OuterRef("pk"))))
    return rows.select_related("thread", "author__forum_name").prefetch_related(
        Prefetch("reports", unsettled)
    )


def reading_of(person: Viewer, thread: Thread) -> Reader | None:
    """How this person follows a thread; None who never opened it."""
    if not isinstance(person, User):
        return None
    return Reader.objects.filter(thread=thread, person=person).first()


def waiting_counts(now: datetime) -> dict[str, int]:
    """For the desk: how many threads are owed an answer, and how many of them are in nobody's hands."""
    rows = queue(now)
    return {"due": rows.count(), "unassigned": rows.filter(assignee=None).count()}


def _led_to(reference: str) -> list[int]:
    """The thread in which the posts of one that was merged are now; empty where there is none."""
    row = Thread.objects.filter(reference=reference).only("merged_into").first()
    while row is not None and row.merged_into_id is not None:
        row = row.merged_into
    return [row.pk] if row else []


def _count(rows: QuerySet[Post]) -> Coalesce:
    counted = rows.values("thread").annotate(found=Count("pk")).values("found")
    return Coalesce(Subquery(counted), 0)
