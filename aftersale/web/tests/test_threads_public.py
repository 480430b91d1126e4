"""A public answer from a private thread: Mia writes it on a page, Ann reads it on another and decides."""

import pytest
from django.test import Client

from aftersale.returns.tests.cast import World
from aftersale.support.models import PublicAnswer, Thread
from aftersale.support.services import solve_thread
from aftersale.support.tests.cast import ask, say
from aftersale.web.tests.browsing import main_of, signed_in, told

TEXTS = {"subject": "Which bulb fits?", "question": "It *flickers*.", "solution": "One with E14."}


@pytest.fixture
def thread(world: World) -> Thread:
    thread = ask(world, body="I am Ann, and it flickers.")
    answer = say(world, world.mia, thread, "Take one with E14.")
    return solve_thread(ports=world.ports, by=world.mia, thread=thread, number=answer.number)


@pytest.fixture
def page(thread: Thread) -> str:
    return f"/threads/{thread.reference}/public/"


def test_mia_offers_it_and_ann_agrees(world, thread, page):
    mia, ann, address = signed_in(world.mia), signed_in(world.ann), f"/threads/{thread.reference}/"
    assert page in told(mia.get(address))
    assert "I am …, and it flickers." in main_of(mia.get(page))
    assert mia.post(page, TEXTS | {"question": ""}).status_code == 422
    assert not PublicAnswer.objects.exists()
    mia.post(page, TEXTS)
    assert page in main_of(ann.get(address))
    read = main_of(ann.get(page))
    assert "<em>flickers</em>" in read and "One with E14." in read
    assert not Thread.objects.filter(is_public=True).exists()
    agreed = told(ann.post(page, {"agreed": "yes", "version": "1"}, follow=True))
    copy = Thread.objects.get(is_public=True)
    assert "It is public now." in agreed and f"/threads/{copy.reference}/" in agreed
    public = main_of(Client().get(f"/threads/{copy.reference}/"))
    assert "One with E14." in public and "Bought here" not in public and "Ann" not in public
    assert "Bought here" not in main_of(Client().get("/threads/"))
    ann.post(f"{address}withdraw/")
    assert Client().get(f"/threads/{copy.reference}/").status_code == 404
    assert "You took it back." in main_of(ann.get(page))


def test_ann_says_no_on_the_page_or_reads_a_changed_text_again(world, thread, page):
    mia, ann = signed_in(world.mia), signed_in(world.ann)
    mia.post(page, TEXTS)
    mia.post(page, TEXTS | {"question": "It hums."})
    again = told(ann.post(page, {"agreed": "yes", "version": "1"}, follow=True))
    assert "It hums." in again and "read it again" in again
    ann.post(page, {"agreed": "no", "version": "2"})
    assert "will not be asked again" in main_of(ann.get(page))
    assert mia.get(page).status_code == 302
    assert not Thread.objects.filter(is_public=True).exists()


def test_what_mia_wrote_is_not_lost_where_ann_was_faster(world, thread, page):
    """Ann opened the thread again while Mia wrote: Mia is told so, and her texts still stand there."""
    say(world, world.ann, thread, "It flickers again.")
    answer = signed_in(world.mia).post(page, TEXTS)
    assert answer.status_code == 422 and not PublicAnswer.objects.exists()
    assert "Nothing was offered." in main_of(answer) and "One with E14." in main_of(answer)


def test_a_press_that_says_neither_yes_nor_no_decides_nothing(world, thread, page):
    signed_in(world.mia).post(page, TEXTS)
    ann = signed_in(world.ann)
    for said in ({}, {"agreed": "perhaps"}):
        ann.post(page, {"version": "1", **said})
    assert PublicAnswer.objects.get().state == "offered"
    assert "Yes, everybody may read this" in main_of(ann.get(page))


def test_nobody_else_finds_the_page(world, thread, page):
    signed_in(world.mia).post(page, TEXTS)
    for person in (world.bob, world.li, world.other):
        assert signed_in(person).get(page).status_code == 404
    assert Client().get(page).status_code == 302
    unasked = ask(world)
    assert signed_in(world.ann).get(f"/threads/{unasked.reference}/public/").status_code == 404
