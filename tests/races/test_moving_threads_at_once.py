"""Merges, splits, their undoing and replies at once: each post is in one place, once, and none is lost."""

import pytest
from django.db import transaction

from aftersale.returns.tests.cast import a_world, an_order
from aftersale.support.errors import CannotMove
from aftersale.support.models import MovedPost, Post, Thread, ThreadState
from aftersale.support.queries import thread_for
from aftersale.support.services import About, merge_threads, reply, split_thread, undo_move
from aftersale.support.tests.cast import ask, say
from tests.races.together import measured, met, together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
ROUNDS = 10


@pytest.fixture
def world():
    return a_world()


def pairs(world, rounds=ROUNDS):
    made = []
    for _ in range(rounds):
        world.clock.move(days=1)
        about = About(order=an_order(world))
        made.append((ask(world, about=about), ask(world, about=about)))
    return made


def is_whole(thread):
    """Its posts bear numbers of their own, the thread counts them, and a merged one holds none."""
    numbers = list(thread.posts.values_list("number", flat=True))
    assert len(set(numbers)) == len(numbers) and all(number <= thread.last_number for number in numbers)
    assert (thread.state == ThreadState.MERGED) == (not numbers)


def test_two_who_merge_a_pair_both_ways_end_with_one_thread(world):
    made = pairs(world)

    def act(turn, who):
        source, target = made[turn] if who == 0 else reversed(made[turn])
        return merge_threads(ports=world.ports, by=world.mia, source=source, target=target)

    for outcome in together(2, ROUNDS, act, expected=(CannotMove,)):
        assert (len(outcome.answers), len(outcome.refusals)) == (1, 1)
    assert Thread.objects.filter(state=ThreadState.MERGED).count() == ROUNDS
    for thread in Thread.objects.all():
        is_whole(thread)


def test_who_replies_while_threads_are_merged_and_taken_apart_again_is_heard(world):
    made = pairs(world)

    def act(turn, who):
        source, target = made[turn]
        if who == 0:
            move = merge_threads(ports=world.ports, by=world.mia, source=source, target=target)
            return undo_move(ports=world.ports, by=world.mia, move=move)
        if who == 1:
            return merge_threads(ports=world.ports, by=world.mia, source=source, target=target)
        thread = source if who == 2 else target
        return reply(ports=world.ports, by=world.ann, thread=thread, body="And?", intent=f"{turn}:{who}")

    together(4, ROUNDS, act, expected=(CannotMove,))
    assert Post.objects.filter(body="And?").count() == 2 * ROUNDS
    for thread in Thread.objects.all():
        is_whole(thread)


def test_the_same_posts_are_split_off_once(world):
    threads = []
    for source, _ in pairs(world):
        say(world, world.ann, source, "Something else.")
        threads.append(source)
        world.clock.move(days=1)

    def act(turn, _who):
        return split_thread(
            ports=world.ports,
            by=world.mia,
            thread=threads[turn],
            numbers=[2],
            subject="Else",
            intent=f"same-{turn}",
        ).pk

    for outcome in together(3, ROUNDS, act):
        assert len(set(outcome.answers)) == 1
    assert MovedPost.objects.count() == ROUNDS


@pytest.mark.only_on("postgresql")
def test_control_a_reply_that_looks_before_the_merge_and_writes_after_it_is_lost_from_sight(world):
    """Without the lock that follows a merged thread, the reply stands in a thread that nobody sees."""
    made, meet = pairs(world), met(2)

    def act(turn, who):
        source, target = made[turn]
        if who == 0:
            meet()
            merge_threads(ports=world.ports, by=world.mia, source=source, target=target)
            meet()
        else:
            with transaction.atomic():
                seen = Thread.objects.get(pk=source.pk)
                meet()
                meet()
                number = seen.last_number + 1
                Post.objects.create(
                    thread=seen,
                    number=number,
                    author=world.ann,
                    party="customer",
                    visibility="participants",
                    body="Lost?",
                    intent=f"lost:{turn}",
                    posted_at=world.clock.now(),
                )

    together(2, ROUNDS, act)
    lost = Post.objects.filter(body="Lost?", thread__state=ThreadState.MERGED).count()
    measured(f"control: {lost} of {ROUNDS} replies stand where nobody reads them")
    assert lost == ROUNDS
    assert thread_for(world.ann, made[0][0].reference) == made[0][1]
