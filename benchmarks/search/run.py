"""One run on the database of DATABASE_URL: `python -m benchmarks.search.run POSTS WORDS` writes JSON."""
# ruff: noqa: E402 - Django must know its settings before models can be imported.

import json
import os
import random
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import django
from django.core.management import call_command

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aftersale.config.settings")
django.setup()

from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import Q

from aftersale.accounts.models import User
from aftersale.returns.tests.cast import a_world
from aftersale.support import search
from aftersale.support.excerpts import excerpts_of
from aftersale.support.listing import Asked, counts_by_kind, listed
from aftersale.support.models import Thread
from aftersale.support.queries import Viewer, visible_posts, with_unread, with_what_lists_tell
from benchmarks.threads.words import CHINESE, COMMON, RARE, RARE_CHINESE, order_of
from benchmarks.threads.world import fill

PAGE = 20
ROUNDS = 2
BARE = (
    "SELECT t.id FROM support_post p JOIN support_thread t ON t.id = p.thread_id WHERE p.id IN ({find})"
    " GROUP BY t.id, t.last_post_at ORDER BY t.last_post_at DESC, t.id DESC LIMIT %s"
)


def main(posts: int, words: int) -> dict[str, Any]:
    """Seconds by kind of query and who asks, ours and the peers' in turn."""
    call_command("migrate", verbosity=0)
    world = a_world()
    began = time.perf_counter()
    fill(world, posts)
    loaded = time.perf_counter() - began
    viewers: dict[str, Viewer] = {
        "visitor": AnonymousUser(),
        "customer": User.objects.get(email="c500@bench.example"),
        "agent": world.mia,
    }
    cells = {
        kind: {who: measured(viewer, asked) for who, viewer in viewers.items()}
        for kind, asked in queries(posts, words).items()
    }
    every = [each for row in cells.values() for cell in row.values() for each in cell.pop("each")]
    return {"loaded": loaded, "p50": quantile(every, 50), "p95": quantile(every, 95), "cells": cells}


def queries(posts: int, words: int) -> dict[str, list[str]]:
    """What is looked for, from one seed."""
    chance = random.Random(3)
    orders = [f"WM-{order_of(chance.randrange(posts))}" for _ in range(words)]
    rare = chance.sample(RARE[200:], words)
    two = [f"{each} {chance.choice(COMMON[20:])}" for each in chance.sample(RARE[:200], words)]
    common = [each for each in COMMON if len(each) > 3]
    return {
        "an order's number": orders,
        "a rare word": rare,
        "a rarer and a common word": two,
        "a common word": chance.sample(common, words),
        "two common words": [" ".join(chance.sample(common, 2)) for _ in range(words)],
        "a Chinese word": list(CHINESE[:words]),
        "a rare Chinese word": list(RARE_CHINESE[:words]),
    }


def measured(viewer: Viewer, asked: list[str]) -> dict[str, Any]:
    ours, bare, like = [], [], []
    for words in asked:
        check_alike(viewer, words)
        like.append(took(lambda words=words: by_like(viewer, words)))  # type: ignore[misc]
        for _ in range(ROUNDS):
            ours.append(took(lambda words=words: a_page(viewer, words)))  # type: ignore[misc]
            bare.append(took(lambda words=words: by_index(words)))  # type: ignore[misc]
    return {
        "found": statistics.median(search.threads_found(viewer, words).count() for words in asked),
        "p50": quantile(ours, 50),
        "p95": quantile(ours, 95),
        "bare": quantile(bare, 50),
        "like": quantile(like, 50),
        "each": ours,
    }


def a_page(viewer: Viewer, words: str) -> None:
    """All that the page of a search reads: how many of which kinds, the threads, where the words stand."""
    asked = Asked(words=words)
    counts_by_kind(viewer, asked)
    excerpts_of(viewer, with_unread(listed(viewer, asked), viewer)[:PAGE], words)


def by_index(words: str) -> None:
    """The same tokens in the same index: the newest threads, for anybody, nothing counted or told."""
    with connection.cursor() as cursor:
        find = search._FIND[connection.vendor]  # noqa: SLF001
        cursor.execute(BARE.format(find=find), [search._query(words), PAGE])  # noqa: SLF001
        cursor.fetchall()


def by_like(viewer: Viewer, words: str) -> None:
    """The page of threads alone, by LIKE (ILIKE on PostgreSQL) and with the same rights."""
    list(with_unread(like(viewer, words), viewer).order_by("-last_post_at", "-pk")[:PAGE])


def like(viewer: Viewer, words: str) -> Any:
    holds = Q()
    for word in words.split():
        holds &= Q(body__icontains=word)
    rows = visible_posts(viewer).filter(holds).order_by()
    return with_what_lists_tell(Thread.objects.filter(pk__in=rows.values("thread")))


def check_alike(viewer: Viewer, words: str) -> None:
    """Of Chinese both find the same; LIKE also finds what stands within a word, and no less than we do."""
    ours = set(search.threads_found(viewer, words).order_by().values_list("pk", flat=True))
    theirs = set(like(viewer, words).order_by().values_list("pk", flat=True))
    if ours - theirs or (not words.isascii() and ours != theirs):
        raise AssertionError(f"{words}: {len(ours)} threads are found, and by LIKE {len(theirs)}")


def took(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def quantile(seconds: list[float], percent: int) -> float:
    if len(seconds) == 1:
        return seconds[0]
    return statistics.quantiles(seconds, n=100, method="inclusive")[percent - 1]


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]), int(sys.argv[2]))))
