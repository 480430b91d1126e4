"""What the opener says of a solution, for our staff alone: it moves no state and no clock."""

from datetime import datetime

from django.db import transaction

from aftersale.accounts.models import User
from aftersale.base.errors import BadInput
from aftersale.base.ports import Ports
from aftersale.base.texts import clean_text
from aftersale.support.errors import CannotRate, NotForYou
from aftersale.support.models import Content, Rating, RatingLink, Thread
from aftersale.support.posting import locked, numbers_of
from aftersale.support.ratings import can_be_rated

LONGEST_COMMENT = 1000


@transaction.atomic
def rate_solution(
    *,
    ports: Ports,
    by: User,
    thread: Thread,
    content: str,
    comment: str = "",
    solution: datetime | None = None,
) -> Rating:
    """Say how content one is with the solution, the one of that moment where it is named.

    Said again, it takes the place of what was said before. Raises NotForYou, BadInput, and CannotRate
    where there is no such solution any more, or its days are over.
    """
    thread, now = locked(thread), ports.clock.now()
    if by.pk != thread.opener_id:
        raise NotForYou("a solution is rated by who opened the thread")
    if content not in Content.values:
        raise BadInput("content", content, f"one of {', '.join(Content.values)}")
    comment = clean_text(comment, field="comment", longest=LONGEST_COMMENT, known=numbers_of(thread.order))
    solved_at = thread.solved_at
    if solved_at is None or solution not in (None, solved_at) or not can_be_rated(thread, now):
        raise CannotRate(f"there is nothing to rate in thread {thread.reference} now")
    said = {"content": content, "comment": comment, "changed_at": now}
    rating, _ = Rating.objects.update_or_create(
        thread=thread, solved_at=solved_at, defaults=said, create_defaults=said | {"rated_at": now}
    )
    return rating


def rate_by_link(*, ports: Ports, link: RatingLink, content: str, comment: str = "") -> Rating:
    """The same by the link of a mail: of the solution that the mail asked about."""
    return rate_solution(
        ports=ports,
        by=link.person,
        thread=link.thread,
        content=content,
        comment=comment,
        solution=link.solved_at,
    )
