"""What may answer a question before it is sent."""

from aftersale.returns.tests.cast import World, an_order
from aftersale.support.models import Thread
from aftersale.support.related import related_to
from aftersale.support.services import About, close_thread, hide_post, solve_thread
from aftersale.support.tests.cast import ask, ask_in_public, say

QUESTION = "Which bulb fits into the old Tarnby lamp, please?"


def a_solved_one(
    world: World, body: str = "Which bulb fits the Tarnby lamp?", subject: str = "Bulb"
) -> Thread:
    an_order(world)
    thread = ask_in_public(world, subject=subject, body=body)
    say(world, world.mia, thread, "An E14.")
    return solve_thread(ports=world.ports, by=world.ann, thread=thread, number=2)


def test_a_solved_question_of_the_forum_is_shown_to_who_asks_the_same(world: World):
    thread = a_solved_one(world)
    a_solved_one(world, body="How long is the cable of the Ribe heater?", subject="Cable")
    assert related_to(world.bob, QUESTION).answers == [thread]


def test_a_chinese_question_is_found_too(world: World):
    thread = a_solved_one(world, body="这盏台灯用什么灯泡?", subject="灯泡")
    assert related_to(world.bob, "台灯的灯泡坏了,用哪种灯泡?").answers == [thread]


def test_one_word_in_common_is_chance(world: World):
    a_solved_one(world)
    assert not related_to(world.bob, "Did Otto send my lamp on Monday?")


def test_what_is_unsolved_private_hidden_or_another_s_is_not_shown(world: World):
    an_order(world)
    ask_in_public(world, subject="Bulb", body=QUESTION)
    private = ask(world, subject="Bulb", body=QUESTION)
    say(world, world.mia, private, "An E14.")
    solve_thread(ports=world.ports, by=world.ann, thread=private, number=2)
    hidden = a_solved_one(world)
    for post in hidden.posts.all():
        hide_post(ports=world.ports, by=world.mia, post=post, reason="rude")
    assert not related_to(world.bob, QUESTION)


def test_an_open_question_of_one_s_own_about_the_same_order_was_asked_already(world: World):
    order = an_order(world)
    thread = ask(world, about=About(order=order))
    other = ask(world, about=About(order=an_order(world)))
    assert related_to(world.ann, "Hello?", order).asked == [thread]
    assert related_to(world.ann, "Hello?").asked == []
    close_thread(ports=world.ports, by=world.mia, thread=thread)
    assert related_to(world.ann, "Hello?", order).asked == []
    assert related_to(world.ann, "Hello?", other.order).asked == [other]


def test_one_look_costs_so_many_queries_however_long_the_text(world: World, django_assert_max_num_queries):
    a_solved_one(world)
    order = an_order(world)
    words = " ".join(f"word{n}" for n in range(3000))
    with django_assert_max_num_queries(4):
        related_to(world.ann, f"{QUESTION} {words[:19_000]}", order)


def test_text_without_a_word_asks_nothing(world: World, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert not related_to(world.bob, "?! .. 12")
