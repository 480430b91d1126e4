"""What may answer a question before it is sent: solved public threads, and one's own about the same order."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

from django.contrib.auth.models import AnonymousUser

from aftersale.accounts.models import User
from aftersale.orders.models import Order
from aftersale.support.models import Post, Thread, ThreadState
from aftersale.support.queries import visible_posts, visible_threads
from aftersale.support.search import how_often, terms_of, with_any_term

# The bounds of one look: words looked up, of which the rarest count, and posts that are weighed.
_LOOKED_UP, _RAREST, _WEIGHED = 16, 5, 200
_AT_MOST = 5


@dataclass(frozen=True, slots=True)
class Related:
    """`answers` are solved threads of the forum, the nearest first; `asked` one's own that are still open."""

    answers: Sequence[Thread] = ()
    asked: Sequence[Thread] = ()

    def __bool__(self) -> bool:
        return bool(self.answers or self.asked)


def related_to(viewer: User, text: str, order: Order | None = None) -> Related:
    """What is near a question that is being written. No other's private thread is looked at."""
    asked = visible_threads(viewer).filter(opener=viewer, order=order) if order else Thread.objects.none()
    still = (ThreadState.OPEN, ThreadState.ANSWERED)
    return Related(_answers(text), list(asked.filter(state__in=still).order_by("-last_post_at")[:_AT_MOST]))


def _answers(text: str) -> list[Thread]:
    terms = sorted(dict.fromkeys(terms_of(text)), key=len, reverse=True)[:_LOOKED_UP]
    weights = _weights(terms)
    # A single word of several in common is chance.
    fewest = min(2, len(terms))
    if len(weights) < max(1, fewest):
        return []
    # As a visitor: whatever may be told to anybody, and nothing else.
    rows = visible_posts(AnonymousUser()).filter(thread__solution__isnull=False, thread__merged_into=None)
    rows = with_any_term(rows, list(weights)).order_by("-pk")[:_WEIGHED]
    best: dict[int, float] = {}
    for post in rows:
        best[post.thread_id] = max(best.get(post.thread_id, 0.0), _weight(post, weights, fewest))
    nearest = sorted((pk for pk in best if best[pk]), key=lambda pk: (-best[pk], -pk))[:_AT_MOST]
    found = visible_threads(AnonymousUser()).in_bulk(nearest)
    return [found[pk] for pk in nearest if pk in found]


def _weights(terms: Sequence[str]) -> dict[str, float]:
    """The rarest of the words that the index knows, with how much each says."""
    counts = how_often(terms)
    known = sorted((term for term in terms if counts[term]), key=lambda term: counts[term])[:_RAREST]
    return {term: 1 / log(2 + counts[term]) for term in known}


def _weight(post: Post, weights: dict[str, float], fewest: int) -> float:
    held = set(terms_of(f"{post.thread.subject}\n{post.body}"))
    shared = [weight for term, weight in weights.items() if term in held]
    return sum(shared) if len(shared) >= fewest else 0.0
