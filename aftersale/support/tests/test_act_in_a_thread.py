"""Li is asked in a thread, and types the RMA number there: the return follows it."""

import pytest

from aftersale.base.errors import BadInput, NotYours
from aftersale.returns.errors import RmaBarred
from aftersale.returns.models import LineState, Rma
from aftersale.support.models import Post
from aftersale.support.queries import posts_of
from aftersale.support.services import About, draft_of, give_rma, save_draft
from aftersale.support.tests.cast import a_return, ask, say


def give(world, thread, by=None, number="R-7", intent="give"):
    return give_rma(ports=world.ports, by=by or world.li, thread=thread, number=number, intent=intent)


@pytest.fixture
def asked(world):
    case = a_return(world, reason="unwanted")
    thread = ask(world, about=About(case=case), kind="return")
    say(world, world.mia, thread, "Do you issue a number?", "supplier")
    return thread


def test_li_s_number_decides_the_return_and_stands_in_the_thread(world, asked):
    give(world, asked)
    assert asked.case.lines.get().state == LineState.AUTHORISED
    assert "R-7" in posts_of(world.li, asked).last().body
    assert not posts_of(world.ann, asked).filter(body__contains="R-7").exists()
    assert [event.kind for event in asked.events.filter(kind="acted")] == ["acted"]


def test_what_li_has_begun_to_write_there_is_kept(world, asked):
    save_draft(ports=world.ports, by=world.li, thread=asked, body="The lamp itself")
    give(world, asked)
    assert draft_of(world.li, asked).body == "The lamp itself"


def test_the_same_submit_twice_is_one_number(world, asked):
    assert give(world, asked) == give(world, asked)
    assert Rma.objects.count() == 1


def test_a_refusal_changes_neither_the_return_nor_the_thread(world, asked):
    before = Post.objects.count()
    for number in ("", "R 7!?"):
        with pytest.raises(BadInput):
            give(world, asked, number=number)
    with pytest.raises(NotYours):
        give(world, asked, by=world.other)
    barred = ask(world, about=About(case=a_return(world, reason="defective")), kind="return")
    say(world, world.mia, barred, "A number?", "supplier")
    with pytest.raises(RmaBarred):
        give(world, barred, number="R-8")
    assert not Rma.objects.exists() and not Post.objects.filter(author=world.li).exists()
    assert asked.case.lines.get().state == LineState.WAITING_SUPPLIER
    assert Post.objects.filter(thread=asked).count() <= before


def test_a_thread_about_no_return_takes_no_number(world):
    thread = ask(world)
    say(world, world.mia, thread, "A number?", "supplier")
    with pytest.raises(BadInput, match="thread"):
        give(world, thread)
    assert not Rma.objects.exists()


def test_mia_types_the_number_that_li_told_her_by_telephone(world, asked):
    give(world, asked, by=world.mia)
    assert asked.case.lines.get().state == LineState.AUTHORISED
    assert posts_of(world.li, asked).last().author == world.mia
