"""What Ann is told of how long an answer takes: measured, and never better than it is."""

from datetime import timedelta
from itertools import count
from random import Random

import pytest
from django.utils import translation

from aftersale.support.models import MailConversation, Thread
from aftersale.support.services import close_thread
from aftersale.support.tests.cast import ask, say
from aftersale.support.waits import Served, Waits, half_within, lane_waits

_numbers = count(1)


def hours(*waits: int, answered: bool = True) -> list[Served]:
    return [Served(timedelta(hours=each), is_answered=answered) for each in waits]


def still(*waits: int) -> list[Served]:
    return hours(*waits, answered=False)


def half(*served: list[Served]) -> tuple[float | None, bool]:
    wait, is_least = half_within([each for some in served for each in some])
    return (None if wait is None else wait / timedelta(hours=1)), is_least


def a_mail(world, **written):
    """Ann wrote an e-mail now."""
    now, number = world.clock.now(), next(_numbers)
    told = {"reference": f"M{number}", "token": f"t{number}", "address": "ann@example.com", "subject": "Lamp"}
    return MailConversation.objects.create(
        **told | {"language": "en", "received_at": now, "waiting_since": now, "last_mail_at": now} | written
    )


@pytest.mark.parametrize(
    ("answered", "waiting", "told"),
    [
        ((), (), (None, False)),
        ((), (5,), (None, False)),  # nobody was answered: nothing is claimed
        ((4,), (), (4, False)),
        ((1, 2, 3), (), (2, False)),
        ((1, 2, 3, 4), (), (2, False)),  # half of the four, and no more, within two hours
        ((1, 1, 1), (100, 100), (1, False)),
        ((1, 1), (100, 100, 100), (100, True)),  # most still wait: the answered ones do not speak for them
        ((1,), (0,) * 50, (1, False)),  # who has just asked says nothing yet of an hour
        ((1, 2, 3, 4), (2, 2, 2, 2), (3, False)),  # a median of the answers would say 2
    ],
)
def test_who_still_waits_counts_for_as_long_as_they_have_waited(answered, waiting, told):
    assert half(hours(*answered), still(*waiting)) == told


def test_the_estimate_finds_the_half_that_everybody_s_answer_would_show():
    """Thousands who are answered after 0 to 20 hours, seen at some moment before that, or after it."""
    chance = Random(5)
    served = []
    for _each in range(5000):
        answer, seen = chance.uniform(0, 20), chance.uniform(0, 30)
        served.append(Served(timedelta(hours=min(answer, seen)), is_answered=answer <= seen))
    known = sorted(each.wait for each in served if each.is_answered)
    wait, is_least = half_within(served)
    assert not is_least and wait is not None
    assert abs(wait / timedelta(hours=1) - 10) < 0.5
    assert known[len(known) // 2] / timedelta(hours=1) < 9  # the median over answers alone flatters


def test_a_thread_s_wait_is_told_with_the_threads_it_stands_on(world):
    thread = ask(world)
    assert lane_waits(world.clock.now()).threads is None
    world.clock.move(hours=3)
    say(world, world.mia, thread)
    world.clock.move(hours=2)
    say(world, world.mia, thread, "One more thing.")
    assert lane_waits(world.clock.now()) == Waits(timedelta(hours=3), None, of_threads=1)


def test_a_thread_that_nobody_answered_makes_the_wait_longer_day_by_day(world):
    say(world, world.mia, ask(world))
    ask(world)
    ask(world)
    world.clock.move(days=4)
    waits = lane_waits(world.clock.now())
    assert (waits.threads, waits.threads_at_least, waits.of_threads) == (timedelta(days=4), True, 3)
    assert waits.threads_told == "more than 4 days"
    with translation.override("zh-hans"):
        assert waits.threads_told == "超过 4 天"


def test_a_note_is_no_answer_and_a_thread_closed_without_one_waited_until_then(world):
    thread = ask(world)
    say(world, world.mia, thread, "Seen it.", "staff")
    assert lane_waits(world.clock.now()).threads is None
    world.clock.move(hours=5)
    close_thread(ports=world.ports, by=world.mia, thread=thread)
    world.clock.move(hours=1)
    say(world, world.mia, ask(world))
    world.clock.move(hours=90)
    waits = lane_waits(world.clock.now())
    # One at once, one left after five hours: half of those who were there at any time were answered at once.
    assert (waits.threads, waits.of_threads) == (timedelta(0), 2)


def test_a_wait_is_counted_once_a_minute_for_everybody_and_never_told_older_than_that(
    world, django_assert_num_queries
):
    say(world, world.mia, ask(world))
    assert lane_waits(world.clock.now()).of_threads == 1
    ask(world)
    world.clock.move(seconds=59)
    with django_assert_num_queries(1):  # of the cache that all processes share
        assert lane_waits(world.clock.now()).of_threads == 1
    world.clock.move(seconds=1)
    assert lane_waits(world.clock.now()).of_threads == 2


def test_what_is_older_than_thirty_days_is_past(world):
    thread = ask(world)
    world.clock.move(days=29)
    say(world, world.mia, thread)
    assert lane_waits(world.clock.now()).threads == timedelta(days=29)
    world.clock.move(days=1)
    assert lane_waits(world.clock.now()).of_threads == 0


def test_a_mail_s_wait_counts_from_its_arrival(world):
    mail = a_mail(world)
    world.clock.move(days=19)
    MailConversation.objects.filter(pk=mail.pk).update(
        first_answered_at=world.clock.now(), state="answered", last_mail_at=world.clock.now()
    )
    waits = lane_waits(world.clock.now())
    assert (waits.mail, waits.of_mail, waits.mail_told) == (timedelta(days=19), 1, "19 days")


def test_a_mail_that_became_a_thread_waited_by_mail_only_until_then(world):
    """Its answer came in the thread: it says how slow mail is up to its last mail, and no more."""
    arrived, answered = world.clock.now(), timedelta(hours=60)
    slow = a_mail(world, state="answered", first_answered_at=arrived + answered)
    assert slow.thread is None
    world.clock.move(hours=30)
    thread = ask(world)
    Thread.objects.filter(pk=thread.pk).update(opened_at=arrived)
    a_mail(world, received_at=arrived, last_mail_at=arrived, state="opened", thread=thread)
    thread.refresh_from_db()
    say(world, world.mia, thread)
    world.clock.move(hours=40)
    waits = lane_waits(world.clock.now())
    assert (waits.mail, waits.of_mail) == (answered, 2)
    # As a thread it counts from its mail on: the wait is told no shorter than Ann served it.
    assert waits.threads == timedelta(hours=30)
