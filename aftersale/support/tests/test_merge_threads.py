"""Mia puts two threads of Ann's together, and takes it back: nothing is lost, and nobody reads more."""

from datetime import timedelta

import pytest

from aftersale.base.errors import NotYours
from aftersale.base.models import Notification
from aftersale.returns.tests.cast import an_order
from aftersale.support.errors import CannotMove, NotForYou, ThreadClosed
from aftersale.support.models import Kind, Move, Post, Reader, Thread, ThreadState
from aftersale.support.queries import own_threads, post_for, posts_of, queue, thread_for, with_unread
from aftersale.support.search import threads_found
from aftersale.support.services import (
    About,
    close_thread,
    hold_thread,
    mark_read,
    merge_threads,
    notify_about,
    open_threads_for_claims,
    save_draft,
    solve_thread,
    undo_move,
    wait_for,
)
from aftersale.support.services.reading import draft_of
from aftersale.support.tests.cast import a_claim, ask, ask_in_public, say


def merge(world, source, target, by=None):
    return merge_threads(ports=world.ports, by=by or world.mia, source=source, target=target)


def undo(world, move):
    return undo_move(ports=world.ports, by=world.mia, move=move)


def rows():
    """Everything that a merge may touch, as it stands."""
    return (
        list(Thread.objects.order_by("pk").values()),
        list(Post.objects.order_by("pk").values()),
        list(Reader.objects.order_by("pk").values()),
    )


def unread(person, thread):
    return with_unread(own_threads(person), person).get(pk=thread.pk).unread


def numbers(person, thread):
    return [(post.number, post.body) for post in posts_of(person, thread)]


@pytest.fixture
def two(world):
    """Two threads of Ann's about one order: the first still waits, the second was answered."""
    about = About(order=an_order(world))
    first = ask(world, about=about, subject="It flickers", body="first")
    world.clock.move(hours=1)
    second = ask(world, about=about, subject="It hums", body="second")
    say(world, world.mia, second, "answer")
    first.refresh_from_db()
    second.refresh_from_db()
    return first, second


def test_posts_follow_in_their_order_and_the_earlier_clock_counts(world, two):
    first, second = two
    due = first.due_at
    merge(world, first, second)
    second.refresh_from_db()
    assert numbers(world.ann, second) == [(1, "second"), (2, "answer"), (3, "first")]
    assert (second.state, second.due_at, second.opened_at) == ("open", due, first.opened_at)
    assert list(queue(world.clock.now())) == [second]
    first.refresh_from_db()
    assert (first.state, first.merged_into, first.due_at) == ("merged", second, None)
    assert [event.kind for event in second.events.all()] == ["merged"]


def test_the_old_address_leads_to_the_thread_and_an_old_number_to_its_post(world, two):
    first, second = two
    merge(world, first, second)
    assert thread_for(world.ann, first.reference) == thread_for(world.mia, first.reference) == second
    assert post_for(world.ann, first.reference, 1).body == "first"
    with pytest.raises(NotYours):
        thread_for(world.bob, first.reference)
    assert list(threads_found(world.ann, "flickers")) == [second]
    assert list(threads_found(world.mia, first.reference)) == [second]


def test_taking_it_back_restores_both_exactly(world, two):
    first, second = two
    mark_read(by=world.ann, thread=second)
    before = rows()
    undo(world, merge(world, first, second))
    threads, posts, _readers = rows()
    for row, earlier in zip(threads, before[0], strict=True):
        # A number is not given twice: the address of a moved post never shows another one.
        assert row.pop("last_number") >= earlier.pop("last_number")
        assert row == earlier
    assert posts == before[1]
    assert [event.kind for event in Thread.objects.get(pk=first.pk).events.all()] == ["merged_away", "undone"]


def test_what_was_written_after_the_merge_stays_when_it_is_taken_back(world, two):
    first, second = two
    move = merge(world, first, second)
    world.clock.move(hours=1)
    late = say(world, world.mia, first, "both answered")
    assert late.thread == second
    undo(world, move)
    assert numbers(world.ann, second) == [(1, "second"), (2, "answer"), (4, "both answered")]
    assert numbers(world.ann, first) == [(1, "first")]
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state, second.due_at) == ("open", "answered", None)
    assert say(world, world.ann, second, "next").number == 5


def test_ann_s_unread_numbers_are_right_before_between_and_after(world, two):
    first, second = two
    say(world, world.mia, first, "to the first")
    mark_read(by=world.ann, thread=first)
    assert (unread(world.ann, first), unread(world.ann, second)) == (0, 1)
    move = merge(world, first, second)
    assert unread(world.ann, second) == 1  # what she read in the first she has read
    say(world, world.mia, second, "third answer")
    assert unread(world.ann, second) == 2
    mark_read(by=world.ann, thread=second)
    assert unread(world.ann, second) == 0
    undo(world, move)
    assert (unread(world.ann, first), unread(world.ann, second)) == (0, 0)
    say(world, world.mia, second, "one more")
    assert unread(world.ann, second) == 1


def test_what_ann_reads_in_the_merged_thread_she_has_read_after_it_is_taken_back(world, two):
    first, second = two
    say(world, world.mia, first, "to the first")
    move = merge(world, first, second)
    assert unread(world.ann, second) == 2
    mark_read(by=world.ann, thread=second)
    undo(world, move)
    assert (unread(world.ann, first), unread(world.ann, second)) == (0, 0)


def test_who_followed_the_one_hears_of_the_other_until_it_is_taken_back(world):
    an_order(world)
    first, second = ask_in_public(world, subject="One"), ask_in_public(world, subject="Two")
    notify_about(by=world.bob, thread=first, notify="follows")
    move = merge(world, first, second)
    say(world, world.mia, second, "Good news.")
    assert Notification.objects.filter(recipient="bob@example.com").count() == 1
    undo(world, move)
    assert Reader.objects.get(thread=second, person=world.bob).notify == "reads"


def test_a_draft_comes_along(world, two):
    first, second = two
    save_draft(ports=world.ports, by=world.ann, thread=first, body="Half a thought")
    merge(world, first, second)
    assert draft_of(world.ann, second).body == "Half a thought"


def test_the_same_wish_twice_is_one_merge_and_one_taking_back(world, two):
    move = merge(world, *two)
    assert merge(world, *two) == move
    assert undo(world, move).undone_at == undo(world, move).undone_at
    assert Move.objects.count() == 1


@pytest.mark.parametrize("case", ["another's", "public", "orders", "itself", "held"])
def test_what_does_not_belong_together_stays_two(world, case):
    first = ask(world)
    second = {
        "another's": lambda: ask(world, world.bob),
        "public": lambda: ask_in_public(world),
        "orders": lambda: ask(world),
        "itself": lambda: first,
        "held": lambda: hold_thread(
            ports=world.ports, by=world.mia, thread=ask(world, about=About(order=first.order)), reason="spam"
        ),
    }[case]()
    before = rows()
    for pair in ((first, second), (second, first)):
        with pytest.raises(CannotMove):
            merge(world, *pair)
    assert rows() == before and not Move.objects.exists()


def test_a_closed_thread_takes_nothing_in(world, two):
    first, second = two
    close_thread(ports=world.ports, by=world.mia, thread=second)
    before = rows()
    with pytest.raises(ThreadClosed):
        merge(world, first, second)
    with pytest.raises(NotForYou):
        merge(world, first, second, by=world.ann)
    assert rows() == before


def test_a_thread_takes_over_what_the_other_is_about_and_gives_it_back(world):
    about = About(order=an_order(world))
    plain, second = ask(world, about=About()), ask(world, about=about)
    move = merge(world, second, plain)
    plain.refresh_from_db()
    assert plain.order == about.order
    undo(world, move)
    plain.refresh_from_db()
    assert plain.order is None


def test_a_supplier_who_was_asked_stays_a_guest_and_reads_no_more_than_before(world, two):
    first, second = two
    say(world, world.mia, first, "A number?", "supplier")
    merge(world, first, second)
    assert [post.body for post in posts_of(world.li, second)] == ["A number?"]
    assert say(world, world.li, first, "R-7").thread == second
    assert not posts_of(world.other, second).exists()


def test_two_suppliers_who_were_asked_are_never_put_at_one_table(world, two):
    first, second = two
    say(world, world.mia, first, "A number?", "supplier")
    Thread.objects.filter(pk=second.pk).update(supplier=world.other.supplier)
    with pytest.raises(CannotMove):
        merge(world, first, second)


def test_a_claim_s_thread_that_was_merged_is_not_opened_again(world):
    case = a_claim(world)
    open_threads_for_claims(ports=world.ports)
    claim = Thread.objects.get(kind=Kind.CLAIM)
    merge(world, claim, ask(world, about=About(order=case.order)))
    assert open_threads_for_claims(ports=world.ports) == 0
    assert thread_for(world.ann, claim.reference).case == case


def test_a_chain_of_merges_is_taken_back_from_its_end(world, two):
    first, second = two
    third = ask(world, about=About(order=first.order), body="third")
    one = merge(world, first, second)
    two_ = merge(world, second, third)
    assert thread_for(world.ann, first.reference) == third
    assert post_for(world.ann, first.reference, 1).number == 4
    with pytest.raises(CannotMove):
        undo(world, one)
    undo(world, two_)
    undo(world, one)
    assert numbers(world.ann, first) == [(1, "first")] and numbers(world.ann, third) == [(1, "third")]


def test_a_solution_in_the_merged_thread_is_there_again_when_it_is_taken_back(world, two):
    first, second = two
    solve_thread(ports=world.ports, by=world.ann, thread=second, number=2)
    move = merge(world, second, first)
    first.refresh_from_db()
    assert first.state == ThreadState.OPEN
    undo(world, move)
    second.refresh_from_db()
    assert (second.state, second.solution.number) == ("solved", 2)


def test_a_wait_for_a_courier_and_the_day_of_the_solution_come_back_as_they_were(world, two):
    first, second = two
    until = world.clock.now() + timedelta(days=2)
    wait_for(ports=world.ports, by=world.mia, thread=first, whom="courier", until=until)
    first.refresh_from_db()
    move = merge(world, first, second)
    merged = Thread.objects.get(pk=first.pk)
    assert (merged.waiting_on, merged.waits_until, merged.resolve_due_at) == ("", None, None)
    undo(world, move)
    back = Thread.objects.get(pk=first.pk)
    assert (back.waiting_on, back.waits_until) == ("courier", until)
    assert (back.due_at, back.resolve_due_at) == (first.due_at, first.resolve_due_at)
