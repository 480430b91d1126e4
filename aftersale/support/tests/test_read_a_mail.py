"""The worker reads a mail: who may, writes into the thread; a stranger's is held; machines change nothing."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import DatabaseError

from aftersale.accounts.models import User
from aftersale.base.models import Notification
from aftersale.returns.tests.cast import World
from aftersale.support.errors import TooMuch
from aftersale.support.mail import reading
from aftersale.support.mail.conversations import take_in
from aftersale.support.mail.reading import ATTEMPTS, read_due_mail
from aftersale.support.mail.reply_tokens import reply_address
from aftersale.support.models import (
    IncomingMail,
    MailConversation,
    MailState,
    Post,
    Reason,
    Thread,
    Visibility,
)
from aftersale.support.services import close_thread, draft_of, save_draft
from aftersale.support.tests.cast import ask, ask_in_public, say
from aftersale.support.tests.letters import a_mail, deliver, write_in

ANN, MIA, LI = "ann@example.com", "mia@example.com", "li@example.com"
OUR_SERVER = "mx.marketplace.example"


def address_of(world: World, thread: Thread, person: User, ceiling: str = "participants") -> str:
    return reply_address(ports=world.ports, thread=thread, person=person, ceiling=ceiling)


def changes_nothing(world: World, thread: Thread) -> bool:
    thread.refresh_from_db()
    return thread.posts.count() == 2 and thread.state == "answered"


@pytest.fixture
def answered(world: World) -> Thread:
    thread = ask(world)
    say(world, world.mia, thread, "Which lamp?")
    return thread


def test_ann_answers_by_mail_and_only_her_own_words_become_the_post(world: World, answered: Thread):
    quoted = f"On Mon, 1 Jun 2026 at 09:00, Market <{settings.MARKETPLACE_MAIL}> wrote:\n> Which lamp?\n"
    text = f"The small one.\n\n{quoted}"
    mail = write_in(world, sender=ANN, to=address_of(world, answered, world.ann), text=text)
    post = answered.posts.get(number=3)
    assert (post.body, post.author, post.visibility) == ("The small one.", world.ann, Visibility.PARTICIPANTS)
    assert (mail.state, mail.post, mail.thread) == (MailState.POSTED, post, answered)
    assert "Which lamp?" in mail.text
    answered.refresh_from_db()
    assert answered.state == "open"


def test_what_ann_has_begun_on_the_page_is_kept(world: World, answered: Thread):
    save_draft(ports=world.ports, by=world.ann, thread=answered, body="A longer story")
    write_in(world, sender=ANN, to=address_of(world, answered, world.ann), text="Both of them.")
    assert answered.posts.last().author == world.ann
    assert draft_of(world.ann, answered).body == "A longer story"


def test_ann_s_files_and_the_mark_of_a_card_come_with_her_post(world: World, answered: Thread):
    files = [("lamp.txt", "text/plain", b"a lamp")]
    text = "Here: 4111 1111 1111 1111"
    mail = write_in(world, sender=ANN, to=address_of(world, answered, world.ann), text=text, files=files)
    assert mail.post is not None
    assert [file.name for file in mail.post.attachments.all()] == ["lamp.txt"]
    assert mail.post.cards_removed == [["Visa", "1111"]]


def test_somebody_else_who_has_ann_s_address_is_held(world: World, answered: Thread):
    mail = write_in(world, sender="bob@example.com", to=address_of(world, answered, world.ann))
    assert (mail.state, mail.reason, mail.thread) == (MailState.HELD, Reason.STRANGER, answered)
    assert changes_nothing(world, answered)


def test_whom_our_server_calls_forged_is_held(world: World, answered: Thread, settings):
    settings.MAIL_AUTHSERV_ID = OUR_SERVER
    told = f"{OUR_SERVER}; dmarc=fail header.from=example.com"
    mail = write_in(world, sender=ANN, to=address_of(world, answered, world.ann), Authentication_Results=told)
    assert (mail.state, mail.reason) == (MailState.HELD, Reason.FORGED)
    assert changes_nothing(world, answered)
    assert not Notification.objects.filter(kind="mail-received").exists()


@pytest.mark.parametrize(
    ("headers", "state", "reason"),
    [
        ({"Auto_Submitted": "auto-replied"}, MailState.NOTED, Reason.AUTOMATIC),
        ({"subject": "Out of office: I am away"}, MailState.NOTED, Reason.AUTOMATIC),
        ({"envelope": ""}, MailState.NOTED, Reason.AUTOMATIC),
        ({"envelope": "", "sender": "mailer-daemon@mx.example"}, MailState.NOTED, Reason.BOUNCE),
    ],
)
def test_a_machine_s_answer_is_noted_and_changes_nothing(
    world: World, answered: Thread, headers, state, reason
):
    told = {"sender": ANN, "to": address_of(world, answered, world.ann)} | headers
    mail = write_in(world, **told)
    assert (mail.state, mail.reason, mail.thread) == (state, reason, answered)
    assert changes_nothing(world, answered)
    assert not Notification.objects.filter(kind="mail-received").exists()


def test_a_report_that_names_a_mail_of_ours_counts_against_its_address(world: World, answered: Thread):
    ours = Notification.objects.get(recipient=ANN)
    told = {"envelope": "", "sender": "mailer-daemon@mx.example", "text": "550 5.1.1 no such user"}
    mail = write_in(world, to=f"bounce+{ours.bounce_token}@marketplace.example", **told)
    ours.refresh_from_db()
    assert (mail.state, ours.bounced_at, ours.bounce_status) == ("noted", world.clock.now(), "5.1.1")


def test_a_report_that_names_none_counts_against_nobody(world: World, answered: Thread):
    write_in(world, envelope="", sender="mailer-daemon@mx.example", text="550 5.1.1 ann@example.com")
    assert not Notification.objects.filter(bounced_at__isnull=False).exists()


def test_a_list_s_mail_is_held_and_not_answered(world: World):
    mail = write_in(world, List_Id="<news.shop.example>")
    assert (mail.state, mail.reason) == (MailState.HELD, Reason.LIST)
    assert not Notification.objects.exists()


def test_what_our_own_group_hands_on_is_its_writer_s(world: World, settings):
    settings.MAIL_OWN_LISTS = {"help.shop.example"}
    mail = write_in(world, List_Id="Help desk <Help.shop.example>", Precedence="list")
    assert mail.state == MailState.CONVERSATION
    assert write_in(world, List_Id="<news.shop.example>").state == MailState.HELD


def test_what_we_sent_ourselves_is_noted(world: World):
    mail = write_in(world, sender=settings.MARKETPLACE_MAIL)
    assert (mail.state, mail.reason) == (MailState.NOTED, Reason.OURS)


def test_a_mail_without_one_sender_is_held(world: World):
    row = deliver(world, b"From: a@shop.example, b@shop.example\nSubject: We\n\nwe ask\n")
    read_due_mail(ports=world.ports)
    row.refresh_from_db()
    assert (row.state, row.reason) == (MailState.HELD, Reason.NO_SENDER)


def test_the_same_mail_to_two_of_our_addresses_is_read_once(world: World, answered: Thread):
    told = {"sender": ANN, "message_id": "<one@example.com>", "text": "The small one."}
    first = write_in(world, to=address_of(world, answered, world.ann), **told)
    second = write_in(world, **told)
    assert (first.state, second.state, second.reason) == (MailState.POSTED, MailState.NOTED, Reason.COPY)
    assert Post.objects.filter(body="The small one.").count() == 1


def test_a_forged_mail_takes_no_true_one_s_place(world: World, settings):
    settings.MAIL_AUTHSERV_ID = OUR_SERVER
    told = f"{OUR_SERVER}; dmarc=fail header.from=shop.example"
    write_in(world, message_id="<one@shop.example>", text="forged", Authentication_Results=told)
    true = write_in(world, message_id="<one@shop.example>", text="true")
    assert true.state == MailState.CONVERSATION


def test_one_answer_of_ann_s_to_two_threads_stands_in_both(world: World, answered: Thread):
    other = ask(world)
    told = {"sender": ANN, "message_id": "<one@example.com>", "text": "Both lamps."}
    to = [address_of(world, thread, world.ann) for thread in (answered, other)]
    first, second = (write_in(world, to=each, **told) for each in to)
    assert [(mail.state, mail.thread) for mail in (first, second)] == [
        (MailState.POSTED, answered),
        (MailState.POSTED, other),
    ]
    again = write_in(world, to=to[1], X_Way="another", **told)
    assert again.reason == Reason.COPY
    assert other.posts.filter(body="Both lamps.").count() == 1


def test_an_answer_to_the_support_address_finds_its_thread_by_our_message_id(world: World, answered: Thread):
    address_of(world, answered, world.ann)
    told = Notification.objects.get(recipient=ANN)
    mail = write_in(world, sender=ANN, answers=[told.message_id], text="The small one.")
    assert (mail.state, mail.thread) == (MailState.POSTED, answered)


@pytest.mark.parametrize("ceiling", ["participants", "staff"])
def test_such_an_answer_is_for_the_eyes_of_the_mail_that_it_answers(world: World, answered: Thread, ceiling):
    say(world, world.ann, answered, "The small one.")
    said = Notification.objects.get(recipient=MIA)
    for eyes in ("participants", "staff"):
        address_of(world, answered, world.mia, eyes)
    if ceiling == "staff":
        Post.objects.filter(pk__in=said.words["posts"]).update(visibility="staff")
    mail = write_in(world, sender=MIA, answers=["<0@shop.example>", said.message_id], text="Thank you.")
    assert mail.post is not None
    assert mail.post.visibility == ceiling


def test_and_of_the_last_mail_where_it_names_several(world: World, answered: Thread):
    say(world, world.ann, answered, "The small one.")
    Notification.objects.filter(recipient=MIA).update(state="sent")
    say(world, world.ann, answered, "A note, once.")
    first, last = Notification.objects.filter(recipient=MIA).order_by("pk")
    Post.objects.filter(pk__in=last.words["posts"]).update(visibility="staff")
    for eyes in ("participants", "staff"):
        address_of(world, answered, world.mia, eyes)
    mail = write_in(world, sender=MIA, answers=[first.message_id, last.message_id], text="Thank you.")
    assert mail.post is not None
    assert mail.post.visibility == "staff"


def test_another_s_answer_with_our_message_id_finds_nothing(world: World, answered: Thread):
    address_of(world, answered, world.ann)
    told = Notification.objects.get(recipient=ANN)
    mail = write_in(world, sender="bob@example.com", answers=[told.message_id])
    assert (mail.state, mail.thread) == (MailState.CONVERSATION, None)
    assert changes_nothing(world, answered)


def test_a_reference_in_the_subject_proves_nothing_and_is_shown_to_our_staff(world: World, answered: Thread):
    mail = write_in(world, sender="bob@example.com", subject=f"Re: {answered.reference}")
    assert (mail.state, mail.thread) == (MailState.CONVERSATION, answered)
    assert changes_nothing(world, answered)
    words = Notification.objects.get(kind="mail-received").words
    assert answered.reference not in str(words)


def test_a_note_answered_by_mail_stays_a_note(world: World):
    thread = ask(world)
    address = address_of(world, thread, world.mia, "staff")
    mail = write_in(world, sender=MIA, to=address, text="Only between us.")
    assert mail.post is not None
    assert mail.post.visibility == Visibility.STAFF


def test_a_supplier_answers_by_mail_for_our_staff_alone(world: World, answered: Thread):
    say(world, world.mia, answered, "Do you know it, Li?", "supplier")
    answered.refresh_from_db()
    mail = write_in(world, sender=LI, to=address_of(world, answered, world.li, "supplier"), text="No.")
    assert mail.post is not None
    assert (mail.post.visibility, mail.post.author) == (Visibility.SUPPLIER, world.li)


def test_an_answer_to_a_closed_thread_becomes_a_new_matter_that_is_kindly_acknowledged(
    world: World, answered: Thread
):
    address = address_of(world, answered, world.ann)
    close_thread(ports=world.ports, by=world.mia, thread=answered)
    mail = write_in(world, sender=ANN, to=address, text="One more thing.")
    assert (mail.state, mail.thread) == (MailState.CONVERSATION, answered)
    assert Notification.objects.get(kind="mail-received").words["closed_thread"] == answered.reference
    assert not Post.objects.filter(body="One more thing.").exists()


def test_what_a_thread_does_not_take_is_held_with_the_reason(world: World, answered: Thread):
    address = address_of(world, answered, world.ann)
    mail = write_in(world, sender=ANN, to=address, text="word " * 5000)
    assert (mail.state, mail.reason) == (MailState.HELD, Reason.REFUSED)
    assert mail.refusal == "body: 1 to 20000 characters"
    assert len(mail.text) > 20_000
    assert changes_nothing(world, answered)


def test_more_posts_than_a_person_writes_are_held(world: World, answered: Thread, settings):
    settings.SUPPORT_POSTS_AN_HOUR = 1
    mail = write_in(world, sender=ANN, to=address_of(world, answered, world.ann))
    assert (mail.state, mail.reason) == (MailState.HELD, Reason.REFUSED)
    assert mail.refusal == str(TooMuch("1 posts were written in the last hour; wait a little"))


def test_too_many_mails_of_one_address_are_held_until_an_hour_has_passed(world: World, settings):
    settings.SUPPORT_MAILS_AN_HOUR = 3
    found = [write_in(world, subject=f"Question {n}") for n in range(4)]
    assert [mail.state for mail in found[2:]] == [MailState.CONVERSATION, MailState.HELD]
    assert found[-1].reason == Reason.TOO_MANY
    world.clock.move(hours=1, minutes=1)
    assert write_in(world, subject="Later").state == MailState.CONVERSATION


def test_nobody_is_locked_out_by_mails_that_only_claim_to_be_theirs(world: World, settings):
    settings.MAIL_AUTHSERV_ID, settings.SUPPORT_MAILS_AN_HOUR = OUR_SERVER, 2
    for verdict in ("dmarc=fail header.from=shop.example", "spf=none"):
        for n in range(3):
            write_in(world, subject=f"{verdict} {n}", Authentication_Results=f"{OUR_SERVER}; {verdict}")
    told = f"{OUR_SERVER}; dmarc=pass header.from=shop.example"
    found = [write_in(world, subject=f"True {n}", Authentication_Results=told) for n in range(3)]
    assert [mail.state for mail in found] == [MailState.CONVERSATION, MailState.CONVERSATION, MailState.HELD]


def test_what_proves_forged_counts_for_nobody(world: World, settings):
    settings.MAIL_AUTHSERV_ID, settings.SUPPORT_MAILS_AN_HOUR = OUR_SERVER, 2
    told = f"{OUR_SERVER}; dmarc=fail header.from=shop.example"
    for n in range(3):
        write_in(world, subject=f"Forged {n}", Authentication_Results=told)
    assert write_in(world, subject="True").state == MailState.CONVERSATION


def test_a_dead_address_leads_to_the_slow_lane(world: World, answered: Thread):
    address = address_of(world, answered, world.ann)
    world.clock.move(days=400)
    assert write_in(world, sender=ANN, to=address).state == MailState.CONVERSATION


def test_a_mail_in_a_public_thread_is_public_as_on_its_page(world: World):
    thread = ask_in_public(world)
    mail = write_in(world, sender=ANN, to=address_of(world, thread, world.ann, "public"), text="In public.")
    assert mail.post is not None
    assert mail.post.visibility == Visibility.PUBLIC


@pytest.mark.parametrize(
    "error", [DatabaseError("value too long"), TypeError(), AttributeError(), Thread.DoesNotExist()]
)
def test_a_mail_that_cannot_be_read_stops_no_other_and_is_held_at_last(world: World, monkeypatch, error):
    poison, sound = deliver(world, a_mail(subject="poison")), deliver(world, a_mail("dee@shop.example"))

    def fail(mail: IncomingMail, **told: Any) -> None:
        if mail.subject == "poison":
            raise error
        take_in(mail, **told)

    monkeypatch.setattr(reading, "take_in", fail)
    assert read_due_mail(ports=world.ports) == 2
    sound.refresh_from_db()
    assert sound.state == MailState.CONVERSATION
    assert read_due_mail(ports=world.ports) == 0  # its lease runs
    for _ in range(ATTEMPTS):
        world.clock.move(hours=1, minutes=1)
        read_due_mail(ports=world.ports)
    poison.refresh_from_db()
    assert (poison.state, poison.reason, poison.attempts) == (MailState.HELD, Reason.UNREADABLE, ATTEMPTS)
    assert MailConversation.objects.count() == 1


def test_a_mail_that_a_dead_worker_took_is_read_when_its_lease_ends(world: World):
    row = deliver(world)
    IncomingMail.objects.filter(pk=row.pk).update(due_at=world.clock.now() + reading.LEASE, attempts=1)
    assert read_due_mail(ports=world.ports) == 0
    world.clock.move(seconds=timedelta(minutes=2).total_seconds() + 1)
    assert read_due_mail(ports=world.ports) == 1
