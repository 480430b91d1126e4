"""After a solution, at once: a person is asked once, and one word of theirs makes one public thread."""

import pytest
from django.db import transaction

from aftersale.returns.tests.cast import a_world
from aftersale.support.errors import CannotPublish
from aftersale.support.mail.asking_ratings import ask_for_ratings
from aftersale.support.models import PublicAnswer, PublishedReview, Rating, RatingLink, Thread
from aftersale.support.publishing import decide_public_answer, offer_public_answer
from aftersale.support.services import rate_solution, solve_thread
from aftersale.support.tests.cast import ask as ask_in_private
from aftersale.support.tests.cast import ask_in_public, say
from tests.races.together import measured, met, together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
ROUNDS = 5
TEXTS = {"subject": "Which bulb fits?", "question": "It flickers.", "solution": "One with E14."}


@pytest.fixture
def world():
    return a_world()


def solved(world, thread):
    say(world, world.mia, thread, "One with E14.")
    return solve_thread(ports=world.ports, by=world.mia, thread=thread)


def offered(world):
    made = []
    for _ in range(ROUNDS):
        world.clock.move(days=1)
        made.append(solved(world, ask_in_private(world)))
        offer_public_answer(ports=world.ports, by=world.mia, thread=made[-1], **TEXTS)
    return made


def decide(world, thread, *, agreed=True):
    said = decide_public_answer(ports=world.ports, by=world.ann, thread=thread, agreed=agreed, version=1)
    return said.state


def test_two_workers_ask_a_person_once_though_two_threads_were_solved(world):
    for turn in range(ROUNDS):
        for _ in range(2):
            solved(world, ask_in_public(world))
        world.clock.move(days=1)
        together(3, 1, lambda _turn, _who: ask_for_ratings(ports=world.ports))
        assert RatingLink.objects.count() == turn + 1
        world.clock.move(days=8)


@pytest.mark.only_on("postgresql")
def test_control_who_looks_without_the_person_s_lock_asks_twice(world):
    """A row for each solution keeps a thread from being asked about twice, not a person."""
    threads = [solved(world, ask_in_public(world)) for _ in range(2)]
    looked = met(2)

    def act(_turn, who):
        with transaction.atomic():
            is_due = not RatingLink.objects.filter(person=world.ann).exists()
            looked()
            now, thread = world.clock.now(), threads[who]
            told = {"thread": thread, "person": world.ann, "solved_at": thread.solved_at, "made_at": now}
            return is_due and bool(RatingLink.objects.create(token=f"token-{who}", **told))

    [outcome] = together(2, 1, act)
    measured(f"control: {RatingLink.objects.count()} mails to one person")
    assert outcome.answers == [True, True]


def test_a_solution_that_is_rated_three_times_at_once_has_one_rating(world):
    made = []
    for _ in range(ROUNDS):
        world.clock.move(days=1)
        made.append(solved(world, ask_in_public(world)))

    def act(turn, who):
        content = ("good", "mixed", "bad")[who]
        return rate_solution(ports=world.ports, by=world.ann, thread=made[turn], content=content).pk

    for outcome in together(3, ROUNDS, act):
        assert len(outcome.answers) == 3 and len(set(outcome.answers)) == 1
    assert Rating.objects.count() == ROUNDS


def test_a_yes_that_arrives_three_times_makes_one_public_thread(world):
    made = offered(world)
    together(3, ROUNDS, lambda turn, _who: decide(world, made[turn]))
    assert PublishedReview.objects.count() == Thread.objects.filter(is_public=True).count() == ROUNDS


def test_of_a_yes_and_a_no_at_once_one_counts(world):
    made = offered(world)

    def act(turn, who):
        return decide(world, made[turn], agreed=who == 0)

    for turn, outcome in enumerate(together(2, ROUNDS, act, expected=(CannotPublish,))):
        assert (len(outcome.answers), len(outcome.refusals)) == (1, 1)
        is_public = PublishedReview.objects.filter(source=made[turn]).exists()
        assert is_public == (outcome.answers == ["agreed"])


@pytest.mark.only_on("postgresql")
def test_control_who_looks_without_the_thread_s_lock_decides_twice(world):
    thread, looked = offered(world)[0], met(2)

    def act(_turn, who):
        with transaction.atomic():
            is_offered = PublicAnswer.objects.filter(source=thread, state="offered").exists()
            looked()
            said = {"state": ("agreed", "declined")[who], "decided_at": world.clock.now()}
            return is_offered and PublicAnswer.objects.filter(source=thread).update(**said)

    [outcome] = together(2, 1, act)
    measured(f"control: decided {outcome.answers.count(1)} times")
    assert outcome.answers == [1, 1]
