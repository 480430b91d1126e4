"""Ann asks, Mia answers: whose turn it is, until when, and who hears of it."""

from datetime import UTC, datetime, timedelta

import pytest

from aftersale.base.errors import BadInput, NotYours
from aftersale.base.models import Notification, NotificationState
from aftersale.returns.tests.cast import an_order
from aftersale.support.errors import NotForYou, ThreadClosed, TooMuch
from aftersale.support.models import Draft, ForumName, Post, Thread, ThreadState
from aftersale.support.queries import own_threads, posts_of, queue, with_unread
from aftersale.support.services import (
    About,
    assign_thread,
    close_old_threads,
    close_thread,
    hide_post,
    mark_read,
    notify_about,
    release_post,
    report_post,
    save_draft,
    solve_thread,
)
from aftersale.support.tests.cast import ask, ask_in_public, say
from aftersale.support.waits import lane_waits

CARD = "4111 1111 1111 1111"


def mails(kind="thread-answered"):
    return Notification.objects.filter(kind=kind)


def unread(person, thread):
    return with_unread(own_threads(person), person).get(pk=thread.pk).unread


def test_ann_s_thread_waits_for_our_staff_until_eight_hours_of_the_desk_have_passed(world):
    thread = ask(world)  # on a Monday at nine
    assert (thread.state, thread.is_public) == ("open", False)
    assert thread.due_at == datetime(2026, 6, 1, 17, tzinfo=UTC)
    assert list(queue(world.clock.now())) == [thread]


def test_mia_s_answer_ends_the_waiting_and_ann_s_next_question_starts_it_anew(world):
    thread = ask(world)
    world.clock.move(hours=2)
    say(world, world.mia, thread)
    thread.refresh_from_db()
    assert (thread.state, thread.due_at) == ("answered", None)
    assert lane_waits(world.clock.now()).threads == timedelta(hours=2)
    say(world, world.ann, thread, "It still flickers.")
    first_due = Thread.objects.get().due_at
    world.clock.move(hours=1)
    say(world, world.ann, thread, "And hums.")
    assert Thread.objects.get().due_at == first_due == datetime(2026, 6, 2, 10, tzinfo=UTC)


def test_a_note_changes_nobody_s_turn_and_moves_nothing_in_ann_s_list(world):
    thread = ask(world)
    world.clock.move(minutes=10)
    say(world, world.mia, thread, "Third one of this batch.", "staff")
    fresh = Thread.objects.get()
    assert (fresh.state, fresh.due_at, fresh.last_post_at) == ("open", thread.due_at, thread.last_post_at)
    assert unread(world.ann, thread) == 0 and not mails().exists()
    assert [post.number for post in posts_of(world.ann, thread)] == [1]


def test_the_same_submit_twice_makes_one_thread_and_one_post(world):
    about = About(order=an_order(world))
    assert ask(world, about=about, intent="x") == ask(world, about=about, intent="x")
    assert Post.objects.count() == 1
    assert ask(world, world.bob, intent="x").opener == world.bob


def test_card_numbers_are_gone_before_anything_is_written(world):
    thread = ask(world, subject=f"Card {CARD}", body=f"I paid with {CARD}, code 123.")
    say(world, world.mia, thread, f"note: {CARD}", "staff")
    save_draft(ports=world.ports, by=world.ann, body=f"again {CARD}", thread=thread)
    report_post(ports=world.ports, by=world.ann, post=say(world, world.mia, thread), reason=f"see {CARD}")
    written = str(
        [*Thread.objects.values(), *Post.objects.values(), *Draft.objects.values(), *mails().values()]
    )
    assert "1111 1111" not in written and "411111" not in written and "code 123" not in written
    assert Post.objects.get(number=1).cards_removed == [["Visa", "1111"]]


def test_the_order_s_own_tracking_number_survives(world):
    order = an_order(world)
    order.groups.get().parcels.update(tracking_number=CARD.replace(" ", ""))
    thread = ask(world, about=About(order=order), body=f"Where is {CARD}?")
    assert CARD in thread.posts.get().body


def test_nobody_opens_a_thread_about_another_s_order(world):
    with pytest.raises(NotYours):
        ask(world, world.bob, about=About(order=an_order(world)))
    assert not Thread.objects.exists()


def test_a_thread_about_an_order_is_never_public(world):
    with pytest.raises(BadInput, match="is_public"):
        ask_in_public(world, about=About(order=an_order(world)))
    assert not Thread.objects.exists()


@pytest.mark.parametrize(
    "wrong", [{"subject": " "}, {"body": ""}, {"body": "x" * 20_001}, {"kind": "claim"}, {"kind": "x"}]
)
def test_what_cannot_be_accepted_writes_nothing(world, wrong):
    with pytest.raises(BadInput):
        ask(world, **wrong)
    assert not Thread.objects.exists() and not Post.objects.exists()


def test_ann_hears_of_an_answer_once_in_five_minutes(world):
    thread = ask(world)
    say(world, world.mia, thread, "One moment.")
    say(world, world.mia, thread, "Found it.")
    assert mails().count() == 1
    mails().update(state=NotificationState.SENT, sent_at=world.clock.now())
    say(world, world.mia, thread, "One thing more.")
    later = mails().get(state=NotificationState.WANTED)
    assert later.due_at == world.clock.now() + timedelta(minutes=5)


def test_a_muted_thread_is_silent(world):
    thread = ask(world)
    notify_about(by=world.ann, thread=thread, notify="muted")
    say(world, world.mia, thread)
    assert not mails().exists() and unread(world.ann, thread) == 1
    mark_read(by=world.ann, thread=thread)
    assert unread(world.ann, thread) == 0


def test_solved_by_a_post_closed_after_a_week_and_then_for_good(world):
    thread = ask(world)
    answer = say(world, world.mia, thread)
    solve_thread(ports=world.ports, by=world.ann, thread=thread, number=answer.number)
    thread.refresh_from_db()
    assert (thread.state, thread.solution) == ("solved", answer)
    world.clock.move(days=6)
    assert close_old_threads(ports=world.ports) == 0
    world.clock.move(days=1)
    assert close_old_threads(ports=world.ports) == 1
    with pytest.raises(ThreadClosed):
        say(world, world.ann, thread)
    assert thread.posts.count() == 2


def test_ann_s_next_post_opens_a_solved_thread_again(world):
    thread = ask(world)
    solve_thread(ports=world.ports, by=world.ann, thread=thread)
    say(world, world.ann, thread, "It is back.")
    thread.refresh_from_db()
    assert (thread.state, thread.solved_at) == ("open", None) and thread.due_at is not None


def test_bob_neither_solves_nor_closes_what_is_ann_s(world):
    an_order(world)
    thread = ask_in_public(world)
    for verb in (solve_thread, close_thread):
        with pytest.raises(NotForYou):
            verb(ports=world.ports, by=world.bob, thread=thread)
    with pytest.raises(NotForYou):
        assign_thread(ports=world.ports, by=world.bob, thread=thread, to=world.bob)
    thread.refresh_from_db()
    assert thread.state == ThreadState.OPEN and not thread.events.exists()


def test_a_newcomer_s_first_public_post_waits_for_mia(world):
    thread = ask_in_public(world, world.bob)
    post = thread.posts.get()
    assert not posts_of(world.ann, thread).exists() and posts_of(world.bob, thread).exists()
    release_post(ports=world.ports, by=world.mia, post=post)
    assert posts_of(world.ann, thread).get() == post
    say(world, world.bob, thread, "Anybody?")
    assert posts_of(world.ann, thread).count() == 2


def test_a_newcomer_opens_three_threads_a_day_and_posts_two_links(world):
    for _ in range(3):
        ask(world, world.bob)
    with pytest.raises(TooMuch):
        ask(world, world.bob)
    with pytest.raises(BadInput, match="links"):
        say(world, world.bob, Thread.objects.all()[0], "http://a.b http://c.d https://e.f")
    assert (Thread.objects.count(), Post.objects.count()) == (3, 3)
    world.clock.move(days=1, seconds=1)
    assert ask(world, world.bob)


def test_on_the_forum_nobody_stands_under_their_own_name(world):
    an_order(world)
    ask_in_public(world)
    name = ForumName.objects.get(person=world.ann).name
    assert name.startswith("guest-") and "ann" not in name


def test_a_hidden_post_is_seen_by_our_staff_alone(world):
    an_order(world)
    thread = ask_in_public(world)
    rude = say(world, world.ann, thread, "Rude words.")
    report_post(ports=world.ports, by=world.bob, post=rude, reason="rude")
    hide_post(ports=world.ports, by=world.mia, post=rude, reason="rude")
    assert not posts_of(world.bob, thread).filter(pk=rude.pk).exists()
    assert not posts_of(world.ann, thread).filter(pk=rude.pk).exists()
    assert posts_of(world.mia, thread).filter(pk=rude.pk).exists()
    assert not rude.reports.filter(settled_at=None).exists()
    assert [event.kind for event in thread.events.all()] == ["hidden"]


def test_li_is_asked_and_sees_only_that(world):
    thread = ask(world, body="I, Ann Keller, want it back.")
    assert not posts_of(world.li, thread).exists()
    say(world, world.mia, thread, "Do you issue a number?", "supplier")
    assert [post.body for post in posts_of(world.li, thread)] == ["Do you issue a number?"]
    say(world, world.li, thread, "Yes: R-7.")
    assert [post.number for post in posts_of(world.li, thread)] == [2, 3]
    assert [post.number for post in posts_of(world.ann, thread)] == [1]
    assert not posts_of(world.other, thread).exists()
    assert {mail.recipient for mail in mails()} == {"li@example.com", "mia@example.com"}
