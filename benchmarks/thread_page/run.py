"""One run on the database of DATABASE_URL: `python -m benchmarks.thread_page.run POSTS REQUESTS`, to JSON."""
# ruff: noqa: E402 - Django must know its settings before models can be imported.

import json
import os
import random
import statistics
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import django
from django.core.management import call_command

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aftersale.config.settings")
django.setup()

from django.conf import settings
from django.db import connection
from django.template import engines
from django.test import Client
from django.test.utils import CaptureQueriesContext

from aftersale.accounts.models import User
from aftersale.api.tests.cast import machine
from aftersale.config import middleware
from aftersale.returns.models import Party
from aftersale.returns.tests.cast import World, a_world
from aftersale.support.markdown import html_of
from aftersale.support.models import Post, Thread, Visibility
from aftersale.support.tests.cast import ask, ask_in_public
from aftersale.web.threads import POSTS_A_PAGE
from benchmarks.threads.words import a_body
from benchmarks.threads.world import write_posts

BARE = "<h1>{{ title }}</h1>{% for one in posts %}<p>{{ one.who }} {{ one.at }}</p>{{ one.html }}{% endfor %}"

type Work = Callable[[], object]


def main(posts: int, requests: int) -> dict[str, Any]:
    """Seconds and queries of each request, in turn with the bare template and the bare JSON."""
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    settings.ALLOWED_HOSTS = ["testserver"]
    world = a_world()
    vars(middleware)["system_ports"] = lambda: world.ports
    private, public = ask(world), ask_in_public(world)
    for thread in (public, private):
        lengthen(world, thread, posts)
    works: dict[str, Work] = {
        "visitor, first page": page(public, None, 1),
        "visitor, last page": page(public, None, last_page(posts)),
        "opener, first page": page(private, world.ann, 1),
        "opener, last page": page(private, world.ann, last_page(posts)),
        "agent, first page": page(private, world.mia, 1),
        "agent, last page": page(private, world.mia, last_page(posts)),
        "API, 30 posts": by_api(world, private, POSTS_A_PAGE),
        "API, 100 posts": by_api(world, private, 100),
        "bare template": lambda: bare_template(private),
        "bare JSON": lambda: bare_json(private),
    }
    for work in works.values():
        work()  # its templates are read by then
    seconds: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(requests):
        for name, work in works.items():
            seconds[name].append(took(work))
    return {
        name: {
            "p50": quantile(seconds[name], 50),
            "p95": quantile(seconds[name], 95),
            "queries": queries(work),
        }
        for name, work in works.items()
    }


def lengthen(world: World, thread: Thread, posts: int) -> None:
    """So many posts, turn by turn the opener's and our staff's, of some 250 letters each."""
    chance = random.Random(9)
    visibility = Visibility.PUBLIC if thread.is_public else Visibility.PARTICIPANTS
    rows = [
        Post(
            thread=thread,
            number=number,
            author=world.ann if number % 2 else world.mia,
            party=Party.CUSTOMER if number % 2 else Party.AGENT,
            visibility=visibility,
            body=f"**{number}** {a_body(chance, number)}",
            intent=f"{thread.reference}:{number}",
            posted_at=thread.opened_at + timedelta(minutes=number),
        )
        for number in range(2, posts + 1)
    ]
    write_posts(rows)
    Thread.objects.filter(pk=thread.pk).update(last_number=posts, last_post_at=rows[-1].posted_at)
    Post.objects.filter(thread=thread).update(is_held=False)


def last_page(posts: int) -> int:
    return -(-posts // POSTS_A_PAGE)


def page(thread: Thread, person: User | None, number: int) -> Work:
    client = Client()
    if person is not None:
        client.force_login(person)
    return lambda: fetched(client, f"/threads/{thread.reference}/?page={number}", {})


def by_api(world: World, thread: Thread, limit: int) -> Work:
    asks = machine(world, world.mia)
    headers = {"Authorization": f"Bearer {asks.secret}"}
    return lambda: fetched(asks.client, f"/api/v1/threads/{thread.reference}/posts?limit={limit}", headers)


def fetched(client: Client, path: str, headers: dict[str, str]) -> None:
    answer = client.get(path, headers=headers)
    if answer.status_code != 200:
        raise AssertionError(f"{path} was answered with {answer.status_code}")


def bare_template(thread: Thread) -> str:
    """One page of the posts by one query, each with its HTML, in a template of one line."""
    posts = [
        {"who": row.author.name if row.author else "", "at": row.posted_at, "html": html_of(row.body)}
        for row in some_of(thread)
    ]
    told: str = engines["django"].from_string(BARE).render({"title": thread.subject, "posts": posts})
    return told


def bare_json(thread: Thread) -> str:
    """The same posts with nothing made of them."""
    return json.dumps(
        [
            {"number": row.number, "who": row.author.name if row.author else "", "body": row.body}
            for row in some_of(thread)
        ]
    )


def some_of(thread: Thread) -> Any:
    return Post.objects.filter(thread=thread).select_related("author").order_by("number")[:POSTS_A_PAGE]


def queries(work: Work) -> int:
    with CaptureQueriesContext(connection) as made:
        work()
    return len(made)


def took(work: Work) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def quantile(seconds: list[float], percent: int) -> float:
    return statistics.quantiles(seconds, n=100, method="inclusive")[percent - 1]


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]), int(sys.argv[2]))))
