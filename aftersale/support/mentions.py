"""Where a person is named: as a pattern, and in what our staff wrote of them in places of others."""

import re
from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet

from aftersale.base.moving import set_columns
from aftersale.cards.models import RemovalRequest
from aftersale.returns.models import Party
from aftersale.support.models import Attachment, Incident, IncidentAnswer, Post, ThreadEvent
from aftersale.support.search import PAIRED, index_post

# What stands where a text was; the same in every language, for a row has none.
GONE = "…"
_LETTER = rf"[^\W{PAIRED}]"
_IS_PAIRED = re.compile(rf"[{PAIRED}]")
_STAFF_WROTE: tuple[tuple[QuerySet[Any], str], ...] = (
    (Incident.objects.all(), "title"),
    (Incident.objects.all(), "text"),
    (IncidentAnswer.objects.all(), "body"),
    (Attachment.objects.all(), "removed_why"),
    (RemovalRequest.objects.all(), "note"),
)


def pattern_of(words: Iterable[str]) -> re.Pattern[str]:
    """Each of these words, the longest first, where it stands as a word: Chinese ones do so anywhere."""
    longest_first = sorted({each for each in words if len(each) > 1}, key=len, reverse=True)
    return re.compile("|".join(_alone(each) for each in longest_first) or r"(?!)", re.IGNORECASE)


def forget_mentions(words: Iterable[str]) -> None:
    """Take words that name one person, and hardly another, out of all that our staff wrote."""
    known = [each for each in words if each]
    names = pattern_of(known)
    for post in _holding(Post.objects.filter(party=Party.AGENT), "body", known):
        post.body = names.sub(GONE, post.body)
        post.save(update_fields=["body"])
        index_post(post)
    for rows, field in _STAFF_WROTE:
        for row in _holding(rows, field, known):
            set_columns(row, **{field: names.sub(GONE, getattr(row, field))})
    for event in _holding(ThreadEvent.objects.all(), "words__reason", known):
        event.words["reason"] = names.sub(GONE, event.words["reason"])
        event.save(update_fields=["words"])


def _holding(rows: QuerySet[Any], field: str, known: list[str]) -> QuerySet[Any]:
    return rows.filter(reduce(or_, (Q(**{f"{field}__icontains": each}) for each in known)))


def _alone(word: str) -> str:
    before = "" if _IS_PAIRED.match(word[0]) else rf"(?<!{_LETTER})"
    after = "" if _IS_PAIRED.match(word[-1]) else rf"(?!{_LETTER})"
    return before + re.escape(word) + after
