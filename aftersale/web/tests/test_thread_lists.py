"""Lists of threads: categories with counts, orders, and what a search brings to light."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from aftersale.accounts.sign_in_models import TryCount
from aftersale.returns.tests.cast import World, an_order
from aftersale.support.excerpts import excerpts_of
from aftersale.support.models import Thread
from aftersale.support.search import hits_in
from aftersale.support.services import solve_thread
from aftersale.support.tests.cast import ask, ask_in_public, say
from aftersale.web.tests.browsing import main_of, signed_in


def titles(answer) -> list[str]:
    return re.findall(r'queue-title"><a href="[^"]+">([^<]+)</a>', main_of(answer))


@pytest.fixture
def forum(world: World) -> list[Thread]:
    """Three public threads, each a minute after the other: the first is solved, the second answered."""
    an_order(world)
    made = []
    for kind, subject in (("general", "Bulbs"), ("return", "Boxes"), ("return", "Labels")):
        world.clock.move(minutes=1)
        made.append(ask_in_public(world, kind=kind, subject=subject, body=f"About {subject}: a lamp?"))
    world.clock.move(minutes=1)
    for thread in made[:2]:
        say(world, world.mia, thread, "Yes.")
    say(world, world.mia, made[1], "And more.")
    solve_thread(ports=world.ports, by=world.ann, thread=made[0], number=2)
    return made


def test_each_category_tells_how_much_is_in_it_and_only_what_one_may_see(world: World, forum):
    ask(world, kind="return", subject="Private")
    page = re.sub(r"\s+", " ", main_of(Client().get("/threads/")))
    assert 'Everything <span class="count">3</span>' in page
    assert 'kind=return">Return <span class="count">2</span>' in page
    assert 'kind=general">General support <span class="count">1</span>' in page
    assert titles(Client().get("/threads/?kind=return")) == ["Boxes", "Labels"]


def test_one_may_look_at_the_solved_the_unanswered_and_by_another_order(world: World, forum):
    assert titles(Client().get("/threads/?show=solved")) == ["Bulbs"]
    assert titles(Client().get("/threads/?show=unanswered")) == ["Labels"]
    assert titles(Client().get("/threads/?order=newest")) == ["Labels", "Boxes", "Bulbs"]
    assert titles(Client().get("/threads/?order=answers")) == ["Boxes", "Bulbs", "Labels"]
    assert len(titles(Client().get("/threads/?show=mine&order=nonsense&kind=nonsense"))) == 3


def test_a_search_puts_solved_answers_first_and_marks_the_words_where_they_stand(world: World, forum):
    page = Client().get("/threads/?q=LAMP")
    assert titles(page)[0] == "Bulbs"
    assert "a <mark>lamp</mark>?" in main_of(page)
    assert titles(Client().get("/threads/?q=lamp&kind=return&show=unanswered")) == ["Labels"]


def test_an_excerpt_is_never_of_what_one_may_not_read(world: World, forum):
    say(world, world.mia, forum[0], "The wombat note.", "staff")
    assert "wombat" in main_of(signed_in(world.mia).get("/threads/?q=wombat")).replace('value="wombat"', "")
    page = main_of(signed_in(world.ann).get("/threads/?q=wombat")).replace('value="wombat"', "")
    assert "note" not in page and titles(signed_in(world.ann).get("/threads/?q=wombat")) == []
    assert excerpts_of(world.ann, forum, "wombat") == {}


@pytest.mark.parametrize(
    ("text", "words", "hits"),
    [
        ("Eine hübsche Lampe", "hubsche", ["hübsche"]),
        ("台灯的灯泡坏了", "灯泡", ["灯泡"]),
        ("Lamps and a lamp", "lamp", ["Lamps", "lamp"]),
        ("A <b>lamp</b>", "b lamp", ["b", "lamp", "b"]),
    ],
)
def test_hits_are_found_as_the_search_finds_them(text: str, words: str, hits: list[str]):
    assert [text[begins:ends] for begins, ends in hits_in(text, words)] == hits


def test_markup_in_an_excerpt_is_text(world: World):
    an_order(world)
    ask_in_public(world, body="<script>x</script> a wombat")
    assert "&lt;script&gt;" in main_of(Client().get("/threads/?q=wombat"))


def test_who_searches_too_often_waits_a_little(world: World, forum, settings):
    settings.SUPPORT_SEARCHES_A_MINUTE = 2
    client = Client()
    assert [client.get("/threads/?q=lamp").status_code for _ in range(3)] == [200, 200, 429]
    assert client.get("/threads/").status_code == 200
    TryCount.objects.update(ends_at=world.clock.now() - timedelta(days=1))  # the minute is over
    assert client.get("/threads/?q=lamp").status_code == 200


def test_a_search_of_twenty_threads_needs_as_many_queries_as_of_two(
    world: World, django_assert_max_num_queries
):
    an_order(world)
    counts = []
    for more in (2, 18):
        for _ in range(more):
            world.clock.move(days=1)
            ask_in_public(world)
        Client().get("/threads/")  # measures both lanes' waits, which are told for a minute
        with django_assert_max_num_queries(30) as counted:
            Client().get("/threads/?q=flickers")
        counts.append(len(counted))
    assert counts[0] == counts[1]
