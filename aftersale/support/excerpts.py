"""Where in a post the words of a search stand: a piece of what this person may read, hits marked."""

from collections.abc import Iterable
from dataclasses import dataclass

from aftersale.support.markdown import words_of
from aftersale.support.models import Post, Thread
from aftersale.support.queries import Viewer
from aftersale.support.search import hits_in, posts_found

_BEFORE, _LONGEST = 60, 220


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A piece of one post, as texts that are hits or not."""

    number: int
    parts: tuple[tuple[str, bool], ...]


def excerpts_of(viewer: Viewer, threads: Iterable[Thread], words: str) -> dict[int, Excerpt]:
    """By thread, its first post with the words that this person sees; none where only a number was found."""
    rows = posts_found(viewer, words)
    if rows is None:
        return {}
    found: dict[int, Excerpt] = {}
    for post in rows.filter(thread__in=[thread.pk for thread in threads]).order_by("thread", "number"):
        found.setdefault(post.thread_id, _excerpt(post, words))
    return found


def _excerpt(post: Post, words: str) -> Excerpt:
    text = words_of(post.body)
    hits = hits_in(text, words)
    start = max(0, (hits[0][0] if hits else 0) - _BEFORE)
    end = min(len(text), start + _LONGEST)
    parts, at = [], start
    for begins, ends in hits:
        if at <= begins and ends <= end:
            parts += [(text[at:begins], False), (text[begins:ends], True)]
            at = ends
    parts.append((text[at:end], False))
    if start:
        parts.insert(0, ("…", False))
    if end < len(text):
        parts.append(("…", False))
    return Excerpt(post.number, tuple(part for part in parts if part[0]))
