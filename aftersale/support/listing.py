"""Lists of threads: which ones, in which order, and how many are of each kind."""

from dataclasses import dataclass

from django.db.models import BooleanField, Count, ExpressionWrapper, Q, QuerySet

from aftersale.accounts.models import User
from aftersale.support.models import Thread, ThreadState
from aftersale.support.queries import Viewer, own_threads, public_threads, with_unread
from aftersale.support.search import threads_found

SHOWS = ("", "solved", "unanswered", "mine")
ORDERS = ("", "newest", "answers")
_UNSOLVED = ExpressionWrapper(Q(solution=None), output_field=BooleanField())


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody looks for: `show` is the forum, its solved or unanswered threads, or one's own."""

    show: str = ""
    kind: str = ""
    order: str = ""
    words: str = ""


def listed(viewer: Viewer, asked: Asked) -> QuerySet[Thread]:
    """These threads, by their last post unless asked otherwise; in a search the solved ones come first."""
    rows = _of_any_kind(viewer, asked)
    if asked.kind:
        rows = rows.filter(kind=asked.kind)
    if asked.order == "newest":
        return rows.order_by("-opened_at", "-pk")
    if asked.order == "answers":
        return with_unread(rows, viewer).order_by("-replies", "-last_post_at", "-pk")
    if asked.words:
        return rows.order_by(_UNSOLVED, "-last_post_at", "-pk")
    return rows


def counts_by_kind(viewer: Viewer, asked: Asked) -> dict[str, int]:
    """How many of these threads are of each kind, in one query; only what this person sees is counted."""
    rows = _of_any_kind(viewer, asked).order_by().values_list("kind")
    return dict(rows.annotate(found=Count("pk")))


def _of_any_kind(viewer: Viewer, asked: Asked) -> QuerySet[Thread]:
    rows = _shown(viewer, asked)
    if asked.show == "solved":
        return rows.filter(solution__isnull=False)
    if asked.show == "unanswered":
        return rows.filter(state=ThreadState.OPEN, first_answered_at=None)
    return rows


def _shown(viewer: Viewer, asked: Asked) -> QuerySet[Thread]:
    """One's own threads, the forum, or for words whatever one sees that holds them."""
    found = threads_found(viewer, asked.words) if asked.words else None
    if asked.show == "mine" and isinstance(viewer, User):
        rows = own_threads(viewer)
        return rows.filter(pk__in=found.order_by().values("pk")) if found is not None else rows
    return public_threads(viewer) if found is None else found
