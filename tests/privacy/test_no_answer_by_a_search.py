"""No word of what one may not read changes what a search or a question is answered: that tells, too."""

from aftersale.returns.tests.cast import World
from aftersale.support.models import Thread
from aftersale.support.related import related_to
from aftersale.support.search import how_often, threads_found
from aftersale.support.services import hide_post, solve_thread, split_thread
from aftersale.support.tests.cast import ask, ask_in_public, say
from tests.privacy.test_who_reads_what import world

__all__ = ["world"]


def test_a_supplier_finds_no_thread_by_the_words_of_a_title_that_is_not_for_them(world: World):
    thread = ask(world, subject="My walrus")
    asked = say(world, world.mia, thread, "Is there a number?", "supplier")
    told = say(world, world.ann, thread, "And then?")
    move = split_thread(
        ports=world.ports, by=world.mia, thread=thread, numbers=[asked.number, told.number],
        subject="Ann's walrus", intent="split",
    )  # fmt: skip
    assert not threads_found(world.li, "walrus").exists()
    assert list(threads_found(world.li, "number")) == [move.target]
    assert set(threads_found(world.ann, "walrus")) == {thread, move.target}
    assert set(threads_found(world.mia, "walrus")) == {thread, move.target}


def solved(world: World, body: str) -> Thread:
    """A public thread of Bob's, let through and solved."""
    thread = ask_in_public(world, world.bob, subject="Question", body=body)
    thread.posts.update(is_held=False)
    answer = say(world, world.mia, thread, "So it is.")
    return solve_thread(ports=world.ports, by=world.mia, thread=thread, number=answer.number)


def test_a_word_of_a_private_post_changes_nothing_of_what_a_question_is_told(world: World):
    for _ in range(2):
        solved(world, "alpha bravo charlie delta echo")
    near = solved(world, "foxtrot echo")
    question = "walrus alpha bravo charlie foxtrot echo"
    before = related_to(world.bob, question).answers
    assert near in before
    ask(world, body="My walrus.")
    hidden = ask_in_public(world, body="A walrus, too.").posts.get()
    hide_post(ports=world.ports, by=world.mia, post=hidden, reason="rude")
    assert how_often(["walrus", "alpha"]) == {"walrus": 0, "alpha": 2}
    assert related_to(world.bob, question).answers == before
