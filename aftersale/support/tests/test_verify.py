"""`aftersale verify` looks at threads, mails and files: clean after real stories, loud on planted faults."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from aftersale.base.invariants import verify
from aftersale.returns.tests.cast import World
from aftersale.support.attachments import MOST_OF_A_POST
from aftersale.support.invariants import INVARIANTS
from aftersale.support.mail.opening import open_thread_from_mail
from aftersale.support.models import (
    Attachment,
    AttachmentBytes,
    IncomingMail,
    MailConversation,
    Post,
    PublicAnswer,
    PublishedReview,
    Rating,
    Thread,
    Visibility,
)
from aftersale.support.publishing import decide_public_answer, offer_public_answer
from aftersale.support.search import TABLE
from aftersale.support.services import (
    About,
    merge_threads,
    rate_solution,
    remove_attachment,
    solve_thread,
    split_thread,
    undo_move,
)
from aftersale.support.tests.cast import ask, ask_in_public, say, with_file
from aftersale.support.tests.letters import write_in
from aftersale.support.tests.test_keep_files import a_picture


@pytest.fixture
def stories(world: World) -> World:
    """Threads asked, answered and noted; a mail that waits and one that became a thread; files."""
    first = ask(world)
    second = ask(world, about=About(order=first.order))
    say(world, world.mia, first)
    say(world, world.mia, first, "A note.", "staff")
    say(world, world.ann, first, "Thank you, but no.")
    with_file(world, second.posts.get(number=1), "lamp.png", a_picture())
    gone = with_file(world, second.posts.get(number=1))
    remove_attachment(ports=world.ports, by=world.mia, file=gone, reason="a passport")
    public = solve_thread(ports=world.ports, by=world.mia, thread=ask_in_public(world))
    rate_solution(ports=world.ports, by=world.ann, thread=public, content="good")
    asked = solve_thread(ports=world.ports, by=world.mia, thread=ask(world))
    texts = {"subject": "Which bulb?", "question": "Which fits?", "solution": "E14."}
    offer_public_answer(ports=world.ports, by=world.mia, thread=asked, **texts)
    decide_public_answer(ports=world.ports, by=world.ann, thread=asked, agreed=True, version=1)
    write_in(world, text="My lamp hums.", files=[("note.txt", "text/plain", b"Look.")])
    open_thread_from_mail(ports=world.ports, token=MailConversation.objects.get().token, network="192.0.2.1")
    write_in(world, sender="dan@shop.example", subject="A vase", text="It is cracked.")
    return world


def breached() -> set[str]:
    return {invariant.name for invariant in INVARIANTS if verify(invariant).breaches}


def test_after_real_stories_everything_holds(stories):
    assert {invariant.name: verify(invariant).breaches for invariant in INVARIANTS if breached()} == {}
    assert all(verify(invariant).count for invariant in INVARIANTS)


def test_after_threads_were_put_together_and_taken_apart_everything_holds(stories):
    world, (first, second) = stories, Thread.objects.filter(opener=stories.ann).order_by("pk")[:2]
    move = merge_threads(ports=world.ports, by=world.mia, source=second, target=first)
    assert breached() == set()
    undo_move(ports=world.ports, by=world.mia, move=move)
    say(world, world.ann, first, "And now?")
    assert breached() == set()
    split_thread(
        ports=world.ports, by=world.mia, thread=first, numbers=[4], subject="Another", intent="split"
    )
    assert breached() == set()


def test_an_answer_that_is_due_before_its_question_is_found(stories):
    Thread.objects.filter(state="open").update(due_at=stories.clock.now() - timedelta(days=90))
    assert breached() == {"threads are due", "clocks tell the truth"}


def test_an_answered_thread_that_is_still_open_is_found(stories):
    thread = ask(stories)
    say(stories, stories.mia, thread)
    Thread.objects.filter(pk=thread.pk).update(state="open", due_at=stories.clock.now() + timedelta(days=1))
    assert breached() == {"open means unanswered", "clocks tell the truth"}


def test_a_due_time_that_no_post_and_no_event_tells_is_found(stories):
    Thread.objects.filter(state="open").update(resolve_due_at=stories.clock.now() + timedelta(days=90))
    assert breached() == {"clocks tell the truth"}


@pytest.mark.parametrize("last", [9, 1])
def test_a_number_that_is_nobody_s_is_found(stories, last):
    thread = ask(stories)
    say(stories, stories.mia, thread)
    Thread.objects.filter(pk=thread.pk).update(last_number=last)
    assert breached() == {"posts are numbered"}


def test_a_public_post_in_a_private_thread_is_found(stories):
    Post.objects.filter(thread=ask(stories)).update(visibility=Visibility.PUBLIC)
    assert breached() == {"the forum is apart"}


def test_a_private_post_in_a_public_thread_is_found(stories):
    Post.objects.filter(thread=ask_in_public(stories)).update(visibility=Visibility.PARTICIPANTS)
    assert breached() == {"the forum is apart"}


def test_a_mail_of_the_slow_lane_without_its_conversation_is_found(stories):
    assert IncomingMail.objects.filter(state="conversation").update(conversation=None)
    assert breached() == {"mails arrive"}


def test_a_post_that_nobody_can_find_is_found(stories):
    _sql(f"DELETE FROM {TABLE} WHERE rowid = %s", Post.objects.latest("pk").pk)
    assert breached() == {"posts are found"}


def test_a_search_row_that_is_of_no_post_is_found(stories):
    _sql(f"UPDATE {TABLE} SET rowid = 999999 WHERE rowid = %s", Post.objects.latest("pk").pk)
    assert breached() == {"posts are found"}


def test_a_public_answer_that_nobody_agreed_to_is_found(stories):
    PublicAnswer.objects.update(state="declined")
    assert breached() == {"agreed is public"}


def test_an_agreement_without_its_public_copy_is_found(stories):
    PublishedReview.objects.filter(is_answer=True).delete()
    assert breached() == {"agreed is public"}


def test_a_rating_of_no_solution_is_found(stories):
    rating = Rating.objects.get()
    Rating.objects.filter(pk=rating.pk).update(solved_at=rating.solved_at - timedelta(days=1))
    assert breached() == {"ratings are of solutions"}


def test_a_file_that_lost_its_bytes_is_found(stories):
    AttachmentBytes.objects.first().delete()
    assert breached() == {"files are whole"}


def test_a_file_that_holds_other_bytes_is_found(stories):
    row = AttachmentBytes.objects.first()
    row.content = b"?" + bytes(row.content)[1:]
    row.save()
    assert breached() == {"files are whole"}


def test_a_removed_file_that_is_still_there_is_found(stories):
    Attachment.objects.filter(removed_at=None).update(removed_at=stories.clock.now())
    assert breached() == {"files are whole"}


def test_a_post_with_too_many_files_is_found(stories):
    post = ask(stories).posts.get(number=1)
    for _number in range(MOST_OF_A_POST + 1):
        with_file(stories, post)
    assert breached() == {"few files"}


def _sql(statement: str, *given: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
