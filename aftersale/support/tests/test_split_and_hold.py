"""Mia lets posts become a thread of their own, and holds a thread that looks like spam."""

import pytest

from aftersale.base.errors import BadInput, NotYours
from aftersale.returns.tests.cast import an_order
from aftersale.support.errors import CannotMove, NotForYou
from aftersale.support.models import Move, Post, Thread
from aftersale.support.queries import (
    held_threads,
    own_threads,
    post_for,
    posts_of,
    queue,
    thread_for,
    visible_threads,
    with_unread,
)
from aftersale.support.search import threads_found
from aftersale.support.services import (
    close_thread,
    hide_post,
    hold_thread,
    mark_read,
    merge_threads,
    release_thread,
    solve_thread,
    split_thread,
    undo_move,
)
from aftersale.support.tests.cast import ask, ask_in_public, say


def split(world, thread, *numbers, by=None, subject="The hum", intent="split"):
    return split_thread(
        ports=world.ports,
        by=by or world.mia,
        thread=thread,
        numbers=numbers,
        subject=subject,
        intent=intent,
    )


def bodies(person, thread):
    return [(post.number, post.body) for post in posts_of(person, thread)]


def unread(person, thread):
    return with_unread(own_threads(person), person).get(pk=thread.pk).unread


@pytest.fixture
def mixed(world):
    """Ann asks, Mia answers, and Ann asks something else."""
    thread = ask(world, body="It flickers.")
    world.clock.move(hours=1)
    say(world, world.mia, thread, "A loose bulb.")
    world.clock.move(hours=1)
    say(world, world.ann, thread, "And my card was declined.")
    thread.refresh_from_db()
    return thread


def test_the_second_question_becomes_a_thread_with_its_own_clock(world, mixed):
    due = mixed.due_at
    made = split(world, mixed, 3).target
    mixed.refresh_from_db()
    assert bodies(world.ann, made) == [(1, "And my card was declined.")]
    assert bodies(world.ann, mixed) == [(1, "It flickers."), (2, "A loose bulb.")]
    assert (mixed.state, mixed.due_at) == ("answered", None)
    assert (made.state, made.due_at, made.opener, made.order) == ("open", due, world.ann, mixed.order)
    assert list(queue(world.clock.now())) == [made]
    assert post_for(world.ann, mixed.reference, 3).thread == made
    assert list(threads_found(world.ann, "hum")) == [made]
    assert unread(world.ann, made) == 0


def test_what_follows_gets_no_number_that_was_given_before(world, mixed):
    split(world, mixed, 3)
    assert say(world, world.ann, mixed, "Still.").number == 4


def test_a_split_is_taken_back_exactly_and_its_address_leads_home(world, mixed):
    before = Thread.objects.values().get(pk=mixed.pk), list(Post.objects.order_by("pk").values())
    move = split(world, mixed, 2, 3)
    undo_move(ports=world.ports, by=world.mia, move=move)
    assert Thread.objects.values().get(pk=mixed.pk) == before[0]
    assert list(Post.objects.order_by("pk").values()) == before[1]
    assert thread_for(world.ann, move.target.reference) == mixed
    assert list(own_threads(world.ann)) == [mixed]
    assert say(world, world.ann, move.target, "Hello?").thread == mixed


def test_a_split_off_thread_in_which_somebody_wrote_is_merged_instead(world, mixed):
    move = split(world, mixed, 3)
    say(world, world.mia, move.target, "Which card?")
    with pytest.raises(CannotMove):
        undo_move(ports=world.ports, by=world.mia, move=move)
    merge_threads(ports=world.ports, by=world.mia, source=move.target, target=mixed)
    assert [number for number, _ in bodies(world.ann, mixed)] == [1, 2, 4, 5]


def test_what_ann_had_not_read_is_unread_in_the_new_thread_and_after_it_is_taken_back(world, mixed):
    say(world, world.mia, mixed, "Which card?")
    assert unread(world.ann, mixed) == 1
    move = split(world, mixed, 3, 4)
    assert (unread(world.ann, mixed), unread(world.ann, move.target)) == (0, 1)
    mark_read(by=world.ann, thread=move.target)
    undo_move(ports=world.ports, by=world.mia, move=move)
    assert unread(world.ann, mixed) == 0


@pytest.mark.parametrize("numbers", [(), (1,), (1, 2), (9,), (4,)])
def test_the_first_post_stays_and_a_note_alone_is_no_thread(world, mixed, numbers):
    say(world, world.mia, mixed, "Third of this batch.", "staff")
    with pytest.raises(BadInput, match="numbers"):
        split(world, mixed, *numbers)
    with pytest.raises(NotForYou):
        split(world, mixed, 3, by=world.ann)
    assert Thread.objects.count() == 1 and not Move.objects.exists()


def test_a_hidden_post_alone_is_no_thread_nor_all_that_stays(world, mixed):
    hide_post(ports=world.ports, by=world.mia, post=mixed.posts.get(number=3), reason="rude")
    with pytest.raises(BadInput, match="numbers"):
        split(world, mixed, 3)
    hide_post(ports=world.ports, by=world.mia, post=mixed.posts.get(number=1), reason="rude")
    with pytest.raises(BadInput, match="numbers"):
        split(world, mixed, 2)
    with pytest.raises(BadInput, match="numbers"):
        split(world, mixed, 2, 3)
    assert Thread.objects.count() == 1 and not Move.objects.exists()


def test_whose_post_is_hidden_does_not_open_the_new_thread(world):
    thread = ask_in_public(world)
    rude = say(world, world.bob, thread, "You fool.")
    asked = say(world, world.ann, thread, "And the other one?")
    hide_post(ports=world.ports, by=world.mia, post=rude, reason="rude")
    made = split(world, thread, rude.number, asked.number).target
    assert (made.opener, made.state) == (world.ann, "open")


def test_the_same_wish_twice_makes_one_thread(world, mixed):
    assert split(world, mixed, 3) == split(world, mixed, 3)
    assert Thread.objects.count() == 2


def test_on_the_forum_bob_s_own_question_becomes_bob_s_thread(world):
    thread = ask_in_public(world)
    say(world, world.mia, thread, "A bulb.")
    asked = say(world, world.bob, thread, "And mine?")
    made = split(world, thread, asked.number).target
    assert (made.opener, made.is_public) == (world.bob, True)


def test_a_supplier_comes_along_only_where_they_were_asked(world, mixed):
    say(world, world.mia, mixed, "A number?", "supplier")
    made = split(world, mixed, 3).target
    assert made.supplier is None
    again = split(world, mixed, 2, 4, intent="again").target
    assert [post.body for post in posts_of(world.li, again)] == ["A number?"]


def test_a_held_thread_is_seen_by_its_opener_and_our_staff_alone(world):
    an_order(world)
    thread = ask_in_public(world, subject="Buy pills")
    say(world, world.bob, thread, "Really?")
    assert thread_for(world.bob, thread.reference) == thread
    hold_thread(ports=world.ports, by=world.mia, thread=thread, reason="spam")
    assert not visible_threads(world.bob).exists() and not posts_of(world.bob, thread).exists()
    assert not threads_found(world.bob, "pills").exists()
    with pytest.raises(NotYours):
        thread_for(world.bob, thread.reference)
    assert thread_for(world.ann, thread.reference) == thread
    assert list(held_threads()) == [thread] and not queue(world.clock.now()).exists()


def test_whatever_happens_to_a_held_thread_it_stays_held_until_it_is_let_through(world):
    an_order(world)
    thread = ask_in_public(world)
    hold_thread(ports=world.ports, by=world.mia, thread=thread, reason="spam")
    for step in (
        lambda: say(world, world.ann, thread, "Why?"),
        lambda: say(world, world.mia, thread, "One moment."),
        lambda: solve_thread(ports=world.ports, by=world.ann, thread=thread),
        lambda: close_thread(ports=world.ports, by=world.mia, thread=thread),
    ):
        step()
        assert Thread.objects.get().state == "held"
        assert not posts_of(world.bob, thread).exists()
    release_thread(ports=world.ports, by=world.mia, thread=thread)
    assert Thread.objects.get().state == "closed"


def test_let_through_it_stands_as_it_stood(world):
    an_order(world)
    thread = ask_in_public(world)
    due = thread.due_at
    hold_thread(ports=world.ports, by=world.mia, thread=thread, reason="spam")
    release_thread(ports=world.ports, by=world.mia, thread=thread)
    thread.refresh_from_db()
    assert (thread.state, thread.state_before, thread.due_at) == ("open", "", due)
    assert visible_threads(world.bob).exists()
    with pytest.raises(NotForYou):
        hold_thread(ports=world.ports, by=world.ann, thread=thread, reason="mine")
