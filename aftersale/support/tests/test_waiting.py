"""Whose turn it is decides which clocks run; what is late is written down once, while the desk works."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aftersale.base.errors import BadInput
from aftersale.support.errors import CannotWait, NotForYou
from aftersale.support.invariants import clocks_are_as_told
from aftersale.support.models import Breach, Thread
from aftersale.support.queries import queue, standing_still
from aftersale.support.services import (
    close_thread,
    end_wait,
    hold_thread,
    note_breaches,
    solve_thread,
    wait_for,
)
from aftersale.support.tests.cast import ask, say
from aftersale.support.turns import clocks_of


def on(day: int, hour: int, minute: int = 0) -> datetime:
    """In June 2026, which begins with a Monday; the world begins on it at nine."""
    return datetime(2026, 6, day, hour, minute, tzinfo=UTC)


def now(thread: Thread) -> Thread:
    return Thread.objects.get(pk=thread.pk)


def wait(world, thread, until, whom="courier"):
    return wait_for(ports=world.ports, by=world.mia, thread=thread, whom=whom, until=until)


def late(world) -> list[tuple[str, datetime]]:
    note_breaches(ports=world.ports)
    return list(Breach.objects.values_list("clock", "due_at"))


def test_while_the_courier_is_waited_for_the_clock_stands_and_then_runs_on(world):
    thread = ask(world)  # due at 17:00
    world.clock.move(hours=3)
    wait(world, thread, on(3, 10))
    assert now(thread).due_at == on(3, 15)  # five hours of it were left
    assert not queue(world.clock.now()) and list(standing_still(world.clock.now())) == [thread]
    world.clock.move(hours=46)  # the day has passed
    other = ask(world, world.bob)
    Thread.objects.filter(pk=other.pk).update(due_at=on(1, 10))
    assert list(queue(world.clock.now())) == [thread, other]  # on top, before what is later still
    assert not standing_still(world.clock.now())


def test_an_open_thread_from_before_the_clock_of_the_solution_gets_it_exactly(world):
    open_one, held, answered = ask(world), ask(world), ask(world)
    world.clock.move(hours=2)
    say(world, world.mia, open_one)
    world.clock.move(hours=30)
    say(world, world.ann, open_one, "No.")
    say(world, world.mia, answered)
    hold_thread(ports=world.ports, by=world.mia, thread=held, reason="spam")
    told = dict(Thread.objects.values_list("pk", "resolve_due_at"))
    Thread.objects.update(resolve_due_at=None)
    assert note_breaches(ports=world.ports) >= 2
    assert dict(Thread.objects.values_list("pk", "resolve_due_at")) == told
    assert told[open_one.pk] and told[held.pk] and told[answered.pk] is None
    assert clocks_are_as_told().wrong == []


def test_a_wait_that_ends_early_leaves_what_was_left(world):
    thread = ask(world)
    world.clock.move(hours=3)
    wait(world, thread, on(3, 10))
    world.clock.move(hours=1)
    end_wait(ports=world.ports, by=world.mia, thread=thread)
    assert (now(thread).due_at, now(thread).waiting_on) == (on(1, 18), "")
    assert list(queue(world.clock.now())) == [thread]


def test_after_an_answer_our_word_is_due_again_when_the_wait_is_over(world):
    thread = ask(world)
    wait(world, thread, on(3, 10))
    say(world, world.mia, thread, "We asked the courier.")
    assert now(thread).due_at == clocks_of(now(thread)).answer_due == on(3, 18)
    world.clock.move(days=3)
    say(world, world.mia, thread, "It was found.")
    assert (now(thread).due_at, now(thread).waiting_on) == (None, "")


def test_what_ann_writes_meanwhile_waits_with_it(world):
    thread = ask(world)
    say(world, world.mia, thread)
    wait(world, thread, on(3, 10))
    world.clock.move(hours=1)
    say(world, world.ann, thread, "Thanks.")
    assert now(thread).due_at == on(3, 18) == clocks_of(now(thread)).answer_due


def test_the_supplier_s_answer_ends_the_wait_for_the_supplier(world):
    thread = ask(world)
    say(world, world.mia, thread, "Do you issue a number?", "supplier")
    wait(world, thread, on(5, 10), whom="supplier")
    world.clock.move(hours=1)
    say(world, world.li, thread, "Yes.")
    assert (now(thread).waiting_on, now(thread).due_at) == ("", on(1, 18))


@pytest.mark.parametrize("until", [on(1, 9), on(1, 8), datetime(2026, 12, 1, tzinfo=UTC)])
def test_a_wait_has_an_end_that_is_to_come(world, until):
    thread = ask(world)
    with pytest.raises(BadInput, match="until"):
        wait(world, thread, until)
    with pytest.raises(BadInput, match="whom"):
        wait(world, thread, on(2, 9), whom="customer")
    assert (now(thread).due_at, thread.events.count()) == (thread.due_at, 0)


def test_only_our_staff_lets_a_thread_wait_and_no_ended_one(world):
    thread = ask(world)
    with pytest.raises(NotForYou):
        wait_for(ports=world.ports, by=world.ann, thread=thread, whom="bank", until=on(2, 9))
    with pytest.raises(NotForYou):
        end_wait(ports=world.ports, by=world.li, thread=thread)
    close_thread(ports=world.ports, by=world.mia, thread=thread)
    with pytest.raises(CannotWait):
        wait(world, thread, on(2, 9))
    assert now(thread).waiting_on == ""


def test_solving_ends_every_clock_and_ann_s_next_post_starts_them(world):
    thread = ask(world)
    wait(world, thread, on(3, 10))
    solve_thread(ports=world.ports, by=world.ann, thread=thread)
    row = now(thread)
    assert (row.due_at, row.resolve_due_at, row.waiting_on) == (None, None, "")
    world.clock.move(hours=1)
    say(world, world.ann, thread, "No, it is back.")
    assert now(thread).resolve_due_at == clocks_of(now(thread)).resolve_due == on(8, 10)


def test_the_clock_of_the_solution_stands_while_it_is_ann_s_turn(world):
    thread = ask(world)
    assert thread.resolve_due_at == on(5, 18)  # five days of nine hours
    world.clock.move(hours=1)
    say(world, world.mia, thread, "Which lamp?")
    assert now(thread).resolve_due_at is None
    world.clock.move(days=1)
    say(world, world.ann, thread, "The red one.")
    assert now(thread).resolve_due_at == on(8, 18)  # a day of the desk later


def test_a_note_and_a_word_of_aftersale_touch_no_clock(world):
    thread = ask(world)
    before = clocks_of(thread)
    world.clock.move(hours=1)
    say(world, world.mia, thread, "Third one of this batch.", "staff")
    say(world, world.mia, thread, "Do you know it?", "supplier")
    assert clocks_of(now(thread)) == before
    assert (now(thread).due_at, now(thread).resolve_due_at) == (thread.due_at, thread.resolve_due_at)


def test_what_is_late_is_written_down_once_and_only_while_the_desk_works(world):
    thread = ask(world)  # due at 17:00
    world.clock.move(hours=7, minutes=59)
    assert not late(world)
    world.clock.move(hours=7)  # at midnight
    assert not late(world)
    world.clock.move(hours=10)
    assert late(world) == [("first", on(1, 17))] == late(world)
    say(world, world.mia, thread)
    say(world, world.ann, thread, "And now?")
    world.clock.move(days=2)
    assert late(world) == [("first", on(1, 17)), ("next", now(thread).due_at)]
    world.clock.move(days=6)
    assert [clock for clock, _due in late(world)] == ["first", "next", "resolve"]


def test_what_waits_for_the_bank_is_not_late(world):
    thread = ask(world)
    wait(world, thread, on(20, 10), whom="bank")
    world.clock.move(days=10)
    assert not late(world)


STEPS = st.lists(
    st.tuples(
        st.integers(1, 3000),
        st.sampled_from(["ann", "mia", "note", "asks li", "li", "wait", "end", "solve", "bob"]),
        st.integers(1, 6000),
    ),
    max_size=12,
)


@given(STEPS)
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
def test_what_is_kept_of_the_clocks_is_what_its_posts_and_events_tell(world, steps):
    thread = ask(world)
    say(world, world.mia, thread, "Li, do you know it?", "supplier")
    for minutes, step, more in steps:
        world.clock.move(minutes=minutes)
        match step:
            case "ann" | "mia":
                say(world, getattr(world, step), thread)
            case "li":
                say(world, world.li, thread)
            case "note" | "asks li":
                say(world, world.mia, thread, visibility="staff" if step == "note" else "supplier")
            case "wait" if now(thread).state != "solved":
                wait(
                    world,
                    thread,
                    world.clock.now() + timedelta(minutes=more),
                    "supplier" if more % 2 else "bank",
                )
            case "end":
                end_wait(ports=world.ports, by=world.mia, thread=thread)
            case "solve":
                solve_thread(ports=world.ports, by=world.ann, thread=thread)
        row, told = now(thread), clocks_of(thread)
        assert (row.due_at, row.resolve_due_at) == (told.answer_due, told.resolve_due), (step, steps)
