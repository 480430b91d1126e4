"""The same table after threads were put together, taken apart and held: nobody reads more than before."""

import pytest

from aftersale.support.models import Thread
from aftersale.support.services import About, hold_thread, merge_threads, split_thread, undo_move
from aftersale.support.tests.cast import ask
from tests.privacy import test_who_reads_what as table
from tests.privacy.test_who_reads_what import PEOPLE, READ_BY, cast, threads, world

__all__ = ["cast", "threads", "world"]
DOORS = {
    "page": table._on_pages,
    "poll": table._by_polling,
    "API": table._by_api,
    "search": table._by_search,
    "search by the API": table._by_api_search,
}


def met(door, world, cast, threads):
    seen = [name for name in PEOPLE if cast[name] is not None or "API" not in door]
    return {name: DOORS[door](world, cast[name], threads) for name in seen}


def by_the_table(found):
    return {name: {word for word, readers in READ_BY.items() if name in readers} for name in found}


@pytest.mark.parametrize("door", DOORS)
def test_after_a_merge_everybody_reads_what_they_read_before(world, cast, threads, door):
    private = threads[0]
    target = ask(world, about=About(order=private.order), subject="Four", body="and more")
    merge_threads(ports=world.ports, by=world.mia, source=private, target=target)
    shown = [target, *threads[1:]]
    found = met(door, world, cast, shown)
    assert found == by_the_table(found)


@pytest.mark.parametrize("door", DOORS)
def test_after_a_split_and_when_it_was_taken_back_too(world, cast, threads, door):
    numbers = [post.number for post in threads[0].posts.exclude(number=1)]
    move = split_thread(
        ports=world.ports, by=world.mia, thread=threads[0], numbers=numbers, subject="Five", intent="five"
    )
    found = met(door, world, cast, [move.target, *threads])
    assert found == by_the_table(found)
    undo_move(ports=world.ports, by=world.mia, move=move)
    found = met(door, world, cast, threads)
    assert found == by_the_table(found)


@pytest.mark.parametrize("door", DOORS)
def test_a_held_public_thread_is_met_by_its_opener_and_our_staff_alone(world, cast, threads, door):
    public = threads[1]
    hold_thread(ports=world.ports, by=world.mia, thread=public, reason="in doubt")
    assert Thread.objects.get(pk=public.pk).state == "held"
    found = met(door, world, cast, threads)
    held = {"gerbil", "hamster"}
    for name, words in by_the_table(found).items():
        still = words if name in table.TEAM | {"ann"} else words - held - {"kinkajou"}
        assert found[name] == still, name
