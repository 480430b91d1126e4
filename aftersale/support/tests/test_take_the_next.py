"""Our staff takes the next matter: threads by due time, and every tenth time the mail that waits longest."""

from datetime import timedelta
from itertools import pairwise
from random import Random

import pytest

from aftersale.accounts.models import Role, User
from aftersale.returns.tests.cast import World
from aftersale.support.errors import NotForYou
from aftersale.support.mail.conversations import answer_conversation
from aftersale.support.mail.picking import EVERY, pick_next
from aftersale.support.models import MailConversation, Pick, Thread, Visibility
from aftersale.support.posting import start_thread, take_turn, write_post
from aftersale.support.tests.cast import ask, say
from aftersale.support.tests.letters import write_in


def pick(world: World, by: User | None = None) -> Thread | MailConversation | None:
    return pick_next(ports=world.ports, by=by or world.mia)


def a_thread(world: World, n: int) -> Thread:
    """Written down directly: a simulated week has more of them than the limits of one person."""
    thread = start_thread(
        ports=world.ports, opener=world.ann, intent=f"t-{n}", kind="general", is_public=False, subject=f"T{n}"
    )
    eyes = Visibility.PARTICIPANTS
    take_turn(
        write_post(
            ports=world.ports, thread=thread, author=world.ann, body="?", visibility=eyes, intent=f"p-{n}"
        )
    )
    return thread


def a_conversation(world: World, n: int) -> MailConversation:
    now = world.clock.now()
    return MailConversation.objects.create(
        reference=f"M{n}", token=f"k{n}", address=f"p{n}@shop.example", subject="?", language="en",
        received_at=now, waiting_since=now, last_mail_at=now,
    )  # fmt: skip


def test_the_thread_that_is_due_first_is_given_and_is_in_mia_s_hands(world: World):
    first = ask(world)
    world.clock.move(hours=1)
    ask(world)
    assert pick(world) == first
    first.refresh_from_db()
    assert (first.assignee, Pick.objects.get().thread) == (world.mia, first)


def test_what_is_in_another_s_hands_is_not_given(world: World):
    fay = User.objects.create_user("fay@example.com", name="Fay", role=Role.FINANCE)
    thread = ask(world)
    assert (pick(world), pick(world, fay)) == (thread, None)


def test_when_one_lane_is_empty_the_other_is_given(world: World):
    write_in(world)
    assert isinstance(pick(world), MailConversation)
    thread = ask(world)
    assert (pick(world), pick(world)) == (thread, None)


def test_every_tenth_is_the_mail_that_waits_longest(world: World):
    oldest = next(iter([a_conversation(world, n) for n in range(3)]))
    for n in range(12):
        a_thread(world, n)
        world.clock.move(minutes=1)
    given = [pick(world) for _ in range(12)]
    assert [n for n, each in enumerate(given, 1) if isinstance(each, MailConversation)] == [EVERY]
    assert given[EVERY - 1] == oldest


def test_what_was_taken_and_not_answered_in_a_day_is_given_again(world: World):
    write_in(world)
    taken = pick(world)
    assert pick(world) is None
    world.clock.move(days=1, minutes=1)
    assert pick(world) == taken


def test_what_was_answered_is_given_again_only_with_the_next_mail(world: World):
    mail = write_in(world)
    taken = pick(world)
    assert isinstance(taken, MailConversation)
    answer_conversation(ports=world.ports, by=world.mia, conversation=taken, body="So.", intent="a")
    world.clock.move(days=2)
    assert pick(world) is None
    write_in(world, answers=[mail.message_id])
    assert pick(world) == taken


def test_nobody_but_our_staff_takes_anything(world: World):
    write_in(world)
    ask(world)
    for who in (world.ann, world.li):
        with pytest.raises(NotForYou):
            pick(world, who)
    assert not Pick.objects.exists()


def test_in_a_week_with_more_threads_than_the_desk_can_do_mail_is_slow_and_never_starved(world: World):
    chance, threads, arrived = Random(5), 0, 0
    waits: list[timedelta] = []
    for _hour in range(7 * 24):
        # Two threads more come in than are answered, each hour; and a mail every few hours.
        for _ in range(6):
            a_thread(world, threads)
            threads += 1
        if chance.random() < 0.3:
            a_conversation(world, arrived)
            arrived += 1
        for _ in range(4):
            _work_off(world, waits)
        world.clock.move(hours=1)
    picks = list(Pick.objects.order_by("pk").values_list("conversation", flat=True))
    turns = [n for n, conversation in enumerate(picks, 1) if conversation]
    waiting = MailConversation.objects.filter(state="waiting").count()
    assert Thread.objects.filter(state="open").count() > 300
    assert (len(picks), len(turns), waiting) == (7 * 24 * 4, arrived - waiting, waiting)
    # Mail came in slower than its share: none ever waited longer than ten picks for each before it.
    assert all(later - sooner >= EVERY for sooner, later in pairwise(turns))
    assert max(waits) <= timedelta(hours=EVERY)
    assert waiting <= 2


def _work_off(world: World, waits: list[timedelta]) -> None:
    given, now = pick(world), world.clock.now()
    if isinstance(given, MailConversation):
        waits.append(now - given.waiting_since)
        MailConversation.objects.filter(pk=given.pk).update(state="answered", first_answered_at=now)
    elif given is not None:
        say(world, world.mia, given, "So.")
