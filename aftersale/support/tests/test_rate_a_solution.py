"""Ann says how a solution was: on the thread, or by the link of a mail that scanners open without effect."""

import re
from typing import Any

import pytest

from aftersale.base.errors import BadInput, NotYours
from aftersale.base.mail import Mail
from aftersale.returns.tests.cast import World
from aftersale.support.errors import CannotRate, NotForYou
from aftersale.support.mail.asking_ratings import ask_for_ratings
from aftersale.support.mail.stopping import stop_mails, stop_token, want_thread_mails
from aftersale.support.models import Rating, RatingLink, Thread
from aftersale.support.ratings import rating_link, ratings_for
from aftersale.support.services import (
    About,
    close_thread,
    merge_threads,
    notify_about,
    rate_by_link,
    rate_solution,
    solve_thread,
)
from aftersale.support.tests.cast import ask, ask_in_public, say
from aftersale.support.tests.postbox import Postbox, deliver


@pytest.fixture
def thread(world: World) -> Thread:
    return solved(world)


def solved(world: World, thread: Thread | None = None, **wanted) -> Thread:
    """Mia answers, and marks it as solved."""
    thread = thread or ask(world, **wanted)
    say(world, world.mia, thread, "Press it firmly.")
    return solve_thread(ports=world.ports, by=world.mia, thread=thread)


def rate(world: World, thread: Thread, content: str = "good", comment: str = "", by=None) -> Rating:
    return rate_solution(
        ports=world.ports, by=by or world.ann, thread=thread, content=content, comment=comment
    )


def all_of(thread: Thread) -> tuple[Any, ...]:
    """What a rating leaves alone."""
    thread.refresh_from_db()
    columns = {name: value for name, value in vars(thread).items() if not name.startswith("_")}
    return columns, list(thread.events.values_list("pk", flat=True)), thread.posts.count()


def mail_of(world: World, box: Postbox | None = None) -> list[Mail]:
    """What Ann is mailed a day later, but for the posts of threads."""
    world.clock.move(days=1, minutes=1)
    ask_for_ratings(ports=world.ports)
    return [mail for mail in deliver(world, box or Postbox()).of(world.ann) if "How was it?" in mail.subject]


def paths_in(mail: Mail) -> list[str]:
    return re.findall(r"http://[^/]+(/rate/\S+)", mail.text)


def test_ann_says_how_it_was_and_the_thread_stays_as_it_is(world, thread):
    before = all_of(thread)
    rating = rate(world, thread, "mixed", " Slow, with 4242 4242 4242 4242. ")
    assert (rating.content, rating.solved_at) == ("mixed", thread.solved_at)
    assert "4242 4242" not in rating.comment and rating.comment.startswith("Slow, with")
    assert all_of(thread) == before


def test_she_changes_her_mind_within_thirty_days_and_not_later(world, thread):
    first = rate(world, thread, "bad", "It flickers again.")
    world.clock.move(days=29)
    close_thread(ports=world.ports, by=world.mia, thread=thread)
    again = rate(world, thread, "good")
    assert (again.pk, again.content, again.comment) == (first.pk, "good", "")
    assert again.rated_at < again.changed_at
    world.clock.move(days=1)
    with pytest.raises(CannotRate):
        rate(world, thread, "bad")
    assert Rating.objects.get().content == "good"


def test_the_next_solution_of_a_thread_that_was_opened_again_is_rated_by_itself(world, thread):
    rate(world, thread, "bad")
    world.clock.move(hours=1)
    say(world, world.ann, thread, "It flickers again.")
    with pytest.raises(CannotRate):
        rate(world, thread)
    solved(world, thread)
    rate(world, thread, "good")
    assert [each.content for each in ratings_for(world.mia, thread)] == ["bad", "good"]


def test_naming_the_post_that_solved_it_makes_no_other_solution(world, thread):
    rate(world, thread, "good")
    world.clock.move(hours=1)
    solve_thread(ports=world.ports, by=world.ann, thread=thread, number=thread.last_number)
    rate(world, thread, "bad")
    assert Rating.objects.get().content == "bad"


def test_nobody_else_rates_it_and_nobody_but_ann_and_our_staff_reads_it(world):
    public = solved(world, ask_in_public(world))
    for other in (world.bob, world.mia, world.li):
        with pytest.raises(NotForYou):
            rate(world, public, by=other)
    rate(world, public, "bad", "Nobody helped.")
    for other in (world.bob, world.li):
        with pytest.raises(NotForYou):
            ratings_for(other, public)
    assert ratings_for(world.ann, public).count() == ratings_for(world.mia, public).count() == 1


def test_what_cannot_be_rated_keeps_no_rating(world, thread):
    open_one = ask(world)
    with pytest.raises(CannotRate):
        rate(world, open_one)
    close_thread(ports=world.ports, by=world.mia, thread=open_one)
    with pytest.raises(CannotRate):
        rate(world, open_one)  # closed, and never solved
    for said, field in ((("great", ""), "content"), (("good", "a" * 1001), "comment")):
        with pytest.raises(BadInput) as error:
            rate(world, thread, *said)
        assert error.value.field == field
    assert not Rating.objects.exists()


def test_a_day_after_our_staff_solved_it_ann_is_asked_once(world, thread):
    assert ask_for_ratings(ports=world.ports) == 0
    (mail,) = mail_of(world)
    link = RatingLink.objects.get()
    assert (link.person, link.thread, link.solved_at) == (world.ann, thread, thread.solved_at)
    assert paths_in(mail) == [f"/rate/{link.token}/?content={each}" for each in ("good", "mixed", "bad")]
    assert all(path in mail.html for path in paths_in(mail))
    assert stop_token(mail.list_unsubscribe.rstrip("/").rpartition("/")[2]).thread == thread
    assert mail_of(world) == []


def test_a_link_is_for_its_own_solution_and_dies_with_the_account(world, thread):
    mail_of(world)
    link = RatingLink.objects.get()
    say(world, world.ann, thread, "It flickers again.")
    solved(world, thread)
    with pytest.raises(CannotRate):
        rate_by_link(ports=world.ports, link=link, content="good")
    world.ann.is_active = False
    world.ann.save()
    for token in (link.token, "0" * 26):
        with pytest.raises(NotYours):
            rating_link(token)
    assert not Rating.objects.exists()


def test_a_link_to_a_thread_that_was_put_into_another_rates_neither(world, thread):
    mail_of(world)
    other = solved(world, ask(world, about=About(order=thread.order)))
    merge_threads(ports=world.ports, by=world.mia, source=thread, target=other)
    with pytest.raises(CannotRate):
        rate_by_link(ports=world.ports, link=RatingLink.objects.get(), content="good")
    assert not Rating.objects.exists()


def test_ann_is_asked_at_most_once_a_week(world, thread):
    other = solved(world)
    assert len(mail_of(world)) == 1
    for _ in range(6):
        assert mail_of(world) == []
    third = solved(world)
    assert len(mail_of(world)) == 1
    asked = set(RatingLink.objects.values_list("thread", flat=True))
    assert third.pk in asked and len(asked & {thread.pk, other.pk}) == 1


def test_who_said_it_opened_it_again_or_solved_it_herself_is_not_asked(world, thread):
    rate(world, thread)
    assert mail_of(world) == []
    again = ask(world)
    solve_thread(ports=world.ports, by=world.ann, thread=again)
    assert mail_of(world) == []
    third = solved(world)
    world.clock.move(days=1, minutes=1)
    assert ask_for_ratings(ports=world.ports) == 1
    say(world, world.ann, third, "It flickers again.")
    assert [mail for mail in deliver(world, Postbox()).of(world.ann) if "How was" in mail.subject] == []


def test_who_wants_no_mails_of_it_gets_none(world, thread):
    notify_about(by=world.ann, thread=thread, notify="muted")
    assert mail_of(world) == []
    second = solved(world)
    want_thread_mails(person=world.ann, wanted=False)
    assert mail_of(world) == []
    want_thread_mails(person=world.ann, wanted=True)
    world.clock.move(days=8)
    third = solved(world)
    (mail,) = mail_of(world)
    stop_mails(link=stop_token(mail.list_unsubscribe.rstrip("/").rpartition("/")[2]), step="thread")
    assert second.readers.get(person=world.ann).notify == "follows"
    assert third.readers.get(person=world.ann).notify == "muted"


def test_a_desk_that_asks_nobody_mails_nobody(world, thread, settings):
    settings.SUPPORT_RATING_MAIL_DAYS = 0
    assert mail_of(world) == [] and not RatingLink.objects.exists()


def test_what_was_solved_long_before_is_not_asked_about(world, thread):
    world.clock.move(days=9)
    assert ask_for_ratings(ports=world.ports) == 0
