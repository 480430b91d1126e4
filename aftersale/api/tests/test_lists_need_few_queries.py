"""Ann's and Mia's programs read long lists of threads, posts and mails with as many queries as short ones."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aftersale.api.tests.cast import Machine
from aftersale.returns.tests.cast import World, an_order
from aftersale.support.models import Thread
from aftersale.support.services import About
from aftersale.support.tests.cast import ask, say, with_file
from aftersale.support.tests.letters import write_in

FEW, MANY = 3, 30


@pytest.fixture(autouse=True)
def _as_many_as_wanted(settings):
    settings.SUPPORT_THREADS_A_DAY = settings.SUPPORT_POSTS_AN_HOUR = 1000


@pytest.mark.parametrize("path", ["/threads?limit=100", "/threads?limit=100&q=flickers", "/threads-desk"])
def test_a_list_of_threads_needs_no_more_queries_for_more_of_them(world: World, mia: Machine, path: str):
    fill(world, FEW)
    few = queries(mia, path, FEW)
    fill(world, MANY - FEW)
    assert queries(mia, path, MANY) == few


def test_ann_s_own_threads_need_no_more_queries_for_more_of_them(world: World, ann: Machine):
    fill(world, FEW)
    few = queries(ann, "/threads?limit=100&mine=true", FEW)
    fill(world, MANY - FEW)
    assert queries(ann, "/threads?limit=100&mine=true", MANY) == few


@pytest.mark.parametrize("who", ["ann", "mia"])
def test_the_posts_of_a_thread_need_no_more_queries_for_more_of_them(world: World, who: str, request):
    reader, thread = request.getfixturevalue(who), ask(world)
    path = f"/threads/{thread.reference}/posts?limit=100"
    write(world, thread, FEW - 1)
    few = queries(reader, path, FEW)
    write(world, thread, MANY - FEW)
    assert queries(reader, path, MANY) == few


@pytest.mark.parametrize(
    ("path", "headers"),
    [("/mail-desk?limit=100", {}), ("/mail-desk/held?limit=100", {"List_Id": "<news.shop.example>"})],
)
def test_a_list_of_mails_needs_no_more_queries_for_more_of_them(world, mia: Machine, path: str, headers):
    bring(world, headers, 0, FEW)
    few = queries(mia, path, FEW)
    bring(world, headers, FEW, MANY)
    assert queries(mia, path, MANY) == few


def bring(world: World, headers: dict[str, str], first: int, end: int) -> None:
    for number in range(first, end):
        write_in(world, sender=f"cy{number}@shop.example", **headers)


def fill(world: World, count: int) -> None:
    order = an_order(world)
    for _ in range(count):
        ask(world, about=About(order=order))


def write(world: World, thread: Thread, count: int) -> None:
    for number in range(count):
        post = say(world, world.mia if number % 2 else world.ann, thread)
        with_file(world, post)


def queries(reader: Machine, path: str, rows: int) -> int:
    """How many it takes to be told of so many rows, but for those that count the requests of a minute."""
    with CaptureQueriesContext(connection) as made:
        told = reader.get(path).json()
    lists = [told[name] for name in ("items", "due") if told.get(name)]
    assert [len(each) for each in lists] == [rows]
    return len([each for each in made if '"cache"' not in each["sql"] and "SAVEPOINT" not in each["sql"]])
