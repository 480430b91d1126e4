"""Machines that answer each other, and what only looks like somebody's mail: it ends, and changes nothing."""

import pytest

from aftersale.base.models import Notification
from aftersale.support.mail.quoting import split_quoted
from aftersale.support.mail.reply_tokens import reply_address
from aftersale.support.models import MailConversation, Post
from aftersale.support.tests.cast import ask, say
from aftersale.support.tests.letters import write_in
from aftersale.support.tests.postbox import Postbox, deliver
from aftersale.support.tests.test_mails_of_clients import MAILS
from benchmarks.mail_loops.responders import KINDS
from benchmarks.mail_loops.simulation import ALL, mails_to_one_who_wrote, mails_to_two_in_a_thread

ANN = "ann@example.com"


@pytest.fixture
def answered(world):
    """Mia answered Ann, who was told by mail."""
    thread = ask(world)
    say(world, world.mia, thread, "Which lamp is it?")
    deliver(world, Postbox())
    return thread


def address_of(world, thread, person):
    return reply_address(ports=world.ports, thread=thread, person=person, ceiling="participants")


def write(world, thread, text, **told):
    told = {"sender": ANN, "to": address_of(world, thread, world.ann)} | told
    return write_in(world, text=text, **told)


@pytest.mark.parametrize("kind", KINDS)
def test_a_mailbox_that_answers_by_itself_gets_few_mails_in_three_days(db, kind):
    # One acknowledgement in three days and Mia's three answers; to a new address each time, ten a day.
    assert mails_to_one_who_wrote(KINDS[kind]) <= (33 if kind == "wandering" else 4)
    assert mails_to_two_in_a_thread(KINDS[kind], hours=24) <= 45


@pytest.mark.parametrize("kind", ["marked", "helpdesk"])
def test_without_the_guards_it_would_go_on(db, kind):
    assert mails_to_one_who_wrote(KINDS[kind], without=ALL, hours=3) > 20
    assert mails_to_two_in_a_thread(KINDS[kind], without=ALL, hours=5) > 20


def test_the_same_words_for_the_third_time_in_a_day_are_held(world, answered):
    states = [write(world, answered, "I am away.").state for _ in range(3)]
    assert states == ["posted", "posted", "held"]
    world.clock.move(days=2)
    assert write(world, answered, "I am away.").state == "posted"


def test_ten_mails_into_a_thread_in_three_hours_are_enough(world, answered):
    states = [write(world, answered, f"Lamp {number} flickers.").state for number in range(11)]
    assert states == ["posted"] * 10 + ["held"]


@pytest.mark.parametrize(
    ("sample", "envelope", "is_lost"),
    [
        ("away-exchange", ANN, False),
        ("away-gmail", ANN, False),
        ("away-vacation", "", False),
        ("delay-postfix", "", False),
        ("helpdesk-no-header", "help@desk.example.net", False),
        ("bounce-postfix", "", True),
        ("bounce-exchange", "", True),
        ("bounce-gmail", "", True),
        ("bounce-qmail", "", True),
        ("bounce-without-null-sender", "mail@small.example.net", True),
    ],
)
def test_who_is_away_is_not_lost(world, answered, sample, envelope, is_lost):
    ours = Notification.objects.get(recipient=ANN)
    raw = (MAILS / f"{sample}.eml").read_bytes()
    to = f"bounce+{ours.bounce_token}@marketplace.example"
    assert write_in(world, raw=raw, envelope=envelope, to=to).state == "noted"
    ours.refresh_from_db()
    assert (ours.bounced_at is not None, ours.bounce_status.startswith("5")) == (is_lost, is_lost)
    assert not MailConversation.objects.exists()


def test_another_s_token_in_what_bob_quotes_gives_bob_nothing(world, answered):
    address = address_of(world, answered, world.ann)
    mail = write_in(
        world, sender="bob@example.com", text=f"Hello.\n\n> Answer to {address}\n> or write there."
    )
    assert (mail.state, mail.thread) == ("conversation", None)
    mail = write_in(world, sender="bob@example.com", to=address, text="I am Ann.")
    assert (mail.state, mail.reason) == ("held", "stranger")
    assert Post.objects.filter(thread=answered).count() == 2


def test_a_subject_that_names_the_thread_gives_nothing(world, answered):
    mail = write_in(
        world, sender="bob@example.com", subject=f"Re: [{answered.reference}] lamp", text="Hello."
    )
    assert (mail.state, mail.thread) == ("conversation", answered)
    assert Post.objects.filter(thread=answered).count() == 2


def test_a_reference_of_ann_s_mail_in_bob_s_gives_nothing(world, answered):
    ours = Notification.objects.get(recipient=ANN)
    mail = write_in(world, sender="bob@example.com", answers=[ours.message_id], text="Hello.")
    assert (mail.state, mail.post) == ("conversation", None)


@pytest.mark.parametrize("shape", ["{0}", "{1}\r\n {0}", "=?us-ascii?Q?{2}?=", "{3} {0}"])
def test_ann_s_answer_finds_its_thread_however_long_its_references_are(world, answered, shape):
    ours = Notification.objects.get(recipient=ANN).message_id
    long = "<" + "A" * 84 + "@eurprd08.prod.outlook.example>"
    many = " ".join(f"<{number}.{'b' * 60}@example.com>" for number in range(300))
    encoded = ours.replace("<", "=3C").replace(">", "=3E").replace("@", "=40")
    raw = (
        f"From: {ANN}\r\nTo: after-sale@marketplace.example\r\nSubject: Re: A lamp\r\n"
        "Message-ID: <1@example.com>\r\n"
        f"References: {shape.format(ours, long, encoded, many)}\r\n\r\nThe second.\r\n"
    )
    mail = write_in(world, raw=raw.encode(), envelope=ANN)
    assert (mail.state, mail.thread) == ("posted", answered)


def test_the_same_mail_by_two_ways_is_one_post(world, answered):
    to = address_of(world, answered, world.ann)
    told = {"message_id": "<same@example.com>", "text": "The second.", "sender": ANN}
    first, second = write_in(world, to=to, **told), write_in(world, **told)
    assert [(mail.state, mail.reason) for mail in (first, second)] == [("posted", ""), ("noted", "copy")]


@pytest.mark.parametrize(
    "sample", ["gmail-web", "outlook-365-desktop", "iphone", "yahoo", "proton", "k9-android"]
)
def test_what_ann_wrote_in_her_program_becomes_her_post(world, answered, sample):
    raw = (MAILS / f"{sample}.eml").read_bytes().replace(b"ann@yahoo.example", ANN.encode())
    raw = raw.replace(b"ann@proton.example", ANN.encode())
    mail = write_in(world, raw=raw, envelope=ANN, to=address_of(world, answered, world.ann))
    assert mail.state == "posted" and mail.post is not None
    assert mail.post.body == split_quoted(mail.text, ["after-sale@marketplace.example"]).fresh
    assert "which of the two" not in mail.post.body.lower()
