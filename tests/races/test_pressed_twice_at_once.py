"""One press that arrives twice at once: a file of a draft, a verdict, its withdrawal, an erasure."""

import pytest
from django.db import transaction

from aftersale.accounts.models import User
from aftersale.base.errors import BadInput
from aftersale.returns.tests.cast import a_world, an_order
from aftersale.support.attachments import keep_with_draft, made_safe
from aftersale.support.erasing import erase_person
from aftersale.support.models import Attachment, Erasure, Post, PublishedReview, Thread, ThreadEvent
from aftersale.support.reviewing import publish_review, withdraw_review
from aftersale.support.services import About
from aftersale.support.tests.cast import ask
from tests.races.together import measured, met, together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
ROUNDS = 10


@pytest.fixture
def world():
    return a_world()


def waiting_files(world):
    """One for each round, on a day of its own."""
    found = []
    for turn in range(ROUNDS):
        world.clock.move(days=1)
        file = made_safe(f"note-{turn}.txt", b"Look.")
        found += keep_with_draft(ports=world.ports, by=world.ann, files=[file])
        Attachment.objects.filter(pk=found[-1].pk).update(place=f"later-{turn}")
    return found


def reviews(world):
    made = []
    for _ in range(ROUNDS):
        world.clock.move(days=1)
        made.append(ask(world, kind="review", about=About(order=an_order(world)), body="A fine lamp."))
    world.clock.move(days=1)
    return made


def publish(world, thread):
    return publish_review(ports=world.ports, by=world.ann, thread=thread, subject="A lamp", body="Fine.").pk


def test_a_file_that_waits_goes_with_one_of_two_posts(world):
    files, order = waiting_files(world), an_order(world)
    begun = met(2)

    def act(turn, who):
        if who == 0:
            Attachment.objects.filter(pk=files[turn].pk).update(place="new")
            world.clock.move(days=1)
        begun()
        return ask(
            world, about=About(order=order), files=[files[turn].reference], intent=f"{turn}:{who}"
        ).posts.get(number=1)

    for turn, outcome in enumerate(together(2, ROUNDS, act, expected=(BadInput,))):
        [post] = outcome.answers
        assert len(outcome.refusals) == 1
        assert Attachment.objects.get(pk=files[turn].pk).post == post
    assert Thread.objects.count() == ROUNDS


@pytest.mark.only_on("postgresql")
def test_control_a_file_that_is_looked_at_before_it_is_taken_goes_with_both(world):
    """Without the condition in the UPDATE the second post takes the file away from the first."""
    file = waiting_files(world)[0]
    posts, looked = [ask(world).posts.get(number=1) for _ in range(2)], met(2)

    def act(_turn, who):
        with transaction.atomic():
            is_waiting = Attachment.objects.filter(pk=file.pk, post=None).exists()
            looked()
            return is_waiting and Attachment.objects.filter(pk=file.pk).update(post=posts[who], place="")

    [outcome] = together(2, 1, act)
    measured(f"control: {outcome.answers.count(1)} posts were told that they have the one file")
    assert outcome.answers == [1, 1]


def test_a_verdict_is_published_once(world):
    made = reviews(world)
    for outcome in together(3, ROUNDS, lambda turn, _who: publish(world, made[turn])):
        assert len(set(outcome.answers)) == 1
    assert PublishedReview.objects.count() == Thread.objects.filter(is_public=True).count() == ROUNDS


def test_a_verdict_is_taken_back_once(world):
    made = reviews(world)
    for thread in made:
        world.clock.move(days=1)
        publish(world, thread)

    def act(turn, _who):
        return withdraw_review(ports=world.ports, by=world.ann, thread=made[turn]).pk

    together(3, ROUNDS, act)
    assert ThreadEvent.objects.filter(kind="closed").count() == ROUNDS
    assert not Post.objects.filter(thread__is_public=True, hidden_at=None).exists()


@pytest.mark.only_on("postgresql")
def test_control_a_verdict_that_is_looked_at_without_its_lock_is_taken_back_twice(world):
    thread = reviews(world)[0]
    publish(world, thread)
    looked = met(2)

    def act(_turn, _who):
        with transaction.atomic():
            is_public = PublishedReview.objects.filter(source=thread, withdrawn_at=None).exists()
            looked()
            return is_public and withdraw_without_looking(world, thread)

    [outcome] = together(2, 1, act)
    measured(f"control: taken back {outcome.answers.count(1)} times")
    assert outcome.answers == [1, 1]


def withdraw_without_looking(world, thread):
    return PublishedReview.objects.filter(source=thread).update(withdrawn_at=world.clock.now())


def test_a_person_is_erased_once(world):
    people = [
        User.objects.create_user(f"p{turn}@example.com", name=f"Person {turn}") for turn in range(ROUNDS)
    ]

    def act(turn, _who):
        return erase_person(ports=world.ports, by=world.mia, person=people[turn], keep_public=False).pk

    for outcome in together(3, ROUNDS, act):
        assert len(set(outcome.answers)) == 1
    assert Erasure.objects.count() == ROUNDS
