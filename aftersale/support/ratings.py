"""Who rates which solution how long, and who reads what was said."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet

from aftersale.accounts.models import User
from aftersale.base.errors import NotYours
from aftersale.support.errors import NotForYou
from aftersale.support.models import TEAM, Rating, RatingLink, Thread, ThreadState

_ENDED = (ThreadState.SOLVED, ThreadState.CLOSED)


def rating_link(token: str) -> RatingLink:
    """Whose solution of which thread the link is about. Raises NotYours."""
    rows = RatingLink.objects.select_related("thread", "person")
    found = rows.filter(token=token, person__is_active=True).first()
    if found is None:
        raise NotYours("there is no such link")
    return found


def can_be_rated(thread: Thread, now: datetime) -> bool:
    """Whether there is a solution, and its days are not over; nothing was asked in a published copy."""
    if hasattr(thread, "bought_here"):
        return False
    days = timedelta(days=settings.SUPPORT_RATING_DAYS)
    return thread.state in _ENDED and thread.solved_at is not None and now < thread.solved_at + days


def rating_of(thread: Thread) -> Rating | None:
    """What was said of the solution that the thread has now."""
    if thread.solved_at is None:
        return None
    return Rating.objects.filter(thread=thread, solved_at=thread.solved_at).first()


def ratings_for(viewer: User, thread: Thread) -> QuerySet[Rating]:
    """What its opener said of each of the thread's solutions. Raises NotForYou but for them and our staff."""
    if viewer.role not in TEAM and viewer.pk != thread.opener_id:
        raise NotForYou("ratings are read by who gave them, and by our staff")
    return Rating.objects.filter(thread=thread).order_by("solved_at")
