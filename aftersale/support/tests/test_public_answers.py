"""Mia would let everybody read what Ann asked in private, and its answer; Ann reads it first, and decides."""

import pytest
from django.contrib.auth.models import AnonymousUser

from aftersale.base.errors import BadInput, NotYours
from aftersale.returns.tests.cast import World, an_order
from aftersale.support.erasing import erase_person
from aftersale.support.errors import CannotMove, CannotPublish, CannotRate, NotForYou
from aftersale.support.invariants import clocks_are_as_told, public_threads_touch_nothing
from aftersale.support.models import PublicAnswer, PublishedReview, Thread
from aftersale.support.publishing import (
    can_offer,
    decide_public_answer,
    offer_for,
    offer_public_answer,
    texts_to_begin_with,
)
from aftersale.support.queries import posts_of, public_threads
from aftersale.support.related import related_to
from aftersale.support.reviewing import withdraw_review
from aftersale.support.services import About, close_thread, merge_threads, rate_solution, solve_thread
from aftersale.support.tests.cast import ask, ask_in_public, say
from aftersale.support.tests.postbox import Postbox, deliver
from aftersale.support.waits import lane_waits


@pytest.fixture
def thread(world: World) -> Thread:
    """Ann tells everything that there is to tell; Mia answers by name."""
    world.ann.name = "Annegret Keller"
    world.ann.save()
    order = an_order(world)
    thread = ask(
        world,
        about=About(order=order),
        subject=f"Order {order.code} flickers",
        body=f"I am Annegret Keller, +49 (0)30 1234567. The lamp of {order.code} flickers. Which bulb fits?",
    )
    answer = say(world, world.mia, thread, "Dear Ms. Keller, take a bulb with E14. Yours, Mia")
    say(world, world.mia, thread, "She sounds nice.", "staff")
    return solve_thread(ports=world.ports, by=world.mia, thread=thread, number=answer.number)


def offer(world: World, thread: Thread, **texts: str) -> PublicAnswer:
    subject, question, solution = texts_to_begin_with(thread)
    told = {"subject": subject, "question": question, "solution": solution} | texts
    return offer_public_answer(ports=world.ports, by=world.mia, thread=thread, **told)


def decide(world: World, thread: Thread, *, agreed: bool = True, version: int = 1, by=None) -> PublicAnswer:
    return decide_public_answer(
        ports=world.ports, by=by or world.ann, thread=thread, agreed=agreed, version=version
    )


def on_the_forum() -> list[str]:
    """All that a visitor reads."""
    nobody = AnonymousUser()
    return [post.body for thread in public_threads(nobody) for post in posts_of(nobody, thread)]


def test_the_texts_begin_without_what_points_to_a_person_or_an_order(thread):
    assert texts_to_begin_with(thread) == (
        "Order … flickers",
        "I am …, …. The lamp of … flickers. Which bulb fits?",
        "Dear Ms. …, take a bulb with E14. Yours, …",
    )


def test_nothing_is_public_before_ann_agrees_and_aftersale_asks_her_once(world, thread):
    deliver(world, Postbox())
    world.clock.move(minutes=6)
    before = {name: value for name, value in vars(thread).items() if name not in ("_state", "last_number")}
    offer(world, thread)
    offer(world, thread)
    asked = thread.posts.filter(author=None)
    assert [post.visibility for post in asked] == ["participants"]
    (mail,) = deliver(world, Postbox()).of(world.ann)
    assert f"/threads/{thread.reference}/public/" in mail.html
    thread.refresh_from_db()
    assert before.items() <= vars(thread).items() and clocks_are_as_told().wrong == []
    assert on_the_forum() == [] and offer_for(world.ann, thread).version == 1


def test_when_ann_agrees_everybody_reads_it_solved_from_its_first_moment(world, thread):
    offer(world, thread, subject="Which bulb fits?", question="It flickers.", solution="One with **E14**.")
    decide(world, thread)
    copy = public_threads(world.bob).get()
    assert on_the_forum() == ["It flickers.", "One with **E14**."]
    assert (copy.state, copy.solution.number, copy.order, copy.due_at) == ("solved", 2, None, None)
    assert copy.opener == world.ann and copy.posts.get(number=2).author == world.mia
    assert [each.pk for each in related_to(world.bob, "It flickers, which bulb?").answers] == [copy.pk]
    assert clocks_are_as_told().wrong == [] and public_threads_touch_nothing().wrong == []
    thread.refresh_from_db()
    assert not thread.is_public and list(posts_of(world.bob, thread)) == []


def test_nobody_waited_in_it_and_nobody_is_asked_how_it_was(world, thread):
    offer(world, thread)
    before = lane_waits(world.clock.now())
    decide(world, thread)
    copy = public_threads(world.bob).get()
    assert lane_waits(world.clock.now()) == before
    with pytest.raises(CannotRate):
        rate_solution(ports=world.ports, by=world.ann, thread=copy, content="good")


def test_what_ann_reads_is_what_stands_there(world, thread):
    offer(world, thread)
    offer(world, thread, question="Annegret Keller asks which bulb fits.")
    with pytest.raises(BadInput) as error:
        decide(world, thread, version=1)
    assert error.value.field == "version" and on_the_forum() == []
    decide(world, thread, version=2)
    assert on_the_forum()[0] == "… asks which bulb fits."


def test_ann_says_no_and_is_not_asked_again(world, thread):
    offer(world, thread)
    for _ in range(2):
        assert decide(world, thread, agreed=False).state == "declined"
    assert not can_offer(world.mia, thread)
    for again in (lambda: offer(world, thread), lambda: decide(world, thread)):
        with pytest.raises(CannotPublish):
            again()
    assert on_the_forum() == [] and thread.posts.filter(author=None).count() == 1


def test_agreeing_twice_is_once(world, thread):
    offer(world, thread)
    decide(world, thread)
    decide(world, thread)
    assert PublishedReview.objects.count() == 1 == public_threads(world.bob).count()
    with pytest.raises(CannotPublish):
        decide(world, thread, agreed=False)
    with pytest.raises(CannotPublish):
        offer(world, thread)


def test_ann_takes_it_back_for_good(world, thread):
    offer(world, thread)
    decide(world, thread)
    withdraw_review(ports=world.ports, by=world.ann, thread=thread)
    assert on_the_forum() == [] and not can_offer(world.mia, thread)


def test_the_thread_in_which_ann_was_asked_stays_for_her_to_decide_in(world, thread):
    offer(world, thread)
    other = ask(world, about=About(order=thread.order))
    with pytest.raises(CannotMove):
        merge_threads(ports=world.ports, by=world.mia, source=thread, target=other)
    close_thread(ports=world.ports, by=world.mia, thread=thread)
    decide(world, thread)
    assert len(on_the_forum()) == 2


def test_nobody_else_offers_it_or_decides(world, thread):
    texts = {"subject": "A", "question": "B", "solution": "C"}
    for by in (world.ann, world.bob, world.li):
        with pytest.raises(NotForYou):
            offer_public_answer(ports=world.ports, by=by, thread=thread, **texts)
    with pytest.raises(NotYours):
        decide(world, thread)  # nothing is offered
    offer(world, thread)
    for by in (world.mia, world.bob, world.li):
        with pytest.raises(NotForYou):
            decide(world, thread, by=by)
    for by in (world.bob, world.li):
        with pytest.raises(NotYours):
            offer_for(by, thread)
    assert on_the_forum() == [] and PublicAnswer.objects.get().state == "offered"


def test_what_is_public_or_not_solved_is_not_offered(world):
    for other in (ask(world), solve_thread(ports=world.ports, by=world.mia, thread=ask_in_public(world))):
        with pytest.raises(CannotPublish):
            offer(world, other, question="Which?", solution="That.")
    assert not PublicAnswer.objects.exists()


def test_an_answer_that_did_not_hold_is_not_published(world, thread):
    offer(world, thread)
    say(world, world.ann, thread, "It flickers again.")
    with pytest.raises(CannotPublish):
        decide(world, thread)
    assert on_the_forum() == []
    close_thread(ports=world.ports, by=world.mia, thread=thread)
    decide(world, thread)
    assert len(on_the_forum()) == 2


def test_a_text_that_is_missing_is_named_and_nothing_is_offered(world, thread):
    for field in ("subject", "question", "solution"):
        with pytest.raises(BadInput) as error:
            offer(world, thread, **{field: "  "})
        assert error.value.field == field
    assert not PublicAnswer.objects.exists() and not thread.posts.filter(author=None).exists()


def test_card_numbers_in_it_are_taken_out(world, thread):
    row = offer(world, thread, question="My card is 4242 4242 4242 4242.")
    assert "4242 4242" not in row.question


def test_a_claim_s_copy_is_among_the_returns(world, thread):
    Thread.objects.filter(pk=thread.pk).update(kind="review")
    offer(world, thread)
    decide(world, thread)
    assert public_threads(world.bob).get().kind == "general"


def test_of_who_was_erased_no_offer_is_left(world, thread):
    offer(world, thread, question="A xylophone?")
    erase_person(ports=world.ports, by=world.mia, person=world.ann, keep_public=False)
    row = PublicAnswer.objects.get()
    assert (row.subject, row.question, row.solution) == ("…", "…", "…")
    thread.refresh_from_db()
    assert not can_offer(world.mia, thread)
