"""Ann's mailbox is gone, or full: which reports count, what stops, and how it starts again."""

import pytest

from aftersale.base.mail import AddressRefused
from aftersale.base.models import Notification
from aftersale.base.services import post_notification
from aftersale.support.mail.bouncing import confirm_address, mails_come_back, note_bounce
from aftersale.support.mail.intake import accept, takes
from aftersale.support.mail.reading import read_due_mail
from aftersale.support.models import IncomingMail
from aftersale.support.tests.cast import ask, say
from aftersale.support.tests.postbox import Postbox, deliver

REPORT = """\
From: Mail Delivery System <MAILER-DAEMON@mx.example.com>
To: {to}
Subject: Undelivered Mail Returned to Sender
Message-ID: <{number}@mx.example.com>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="part"

--part
Content-Type: text/plain

The mail could not be delivered.
{words}

--part
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com

{blocks}

--part--
"""


BLOCK = "Final-Recipient: rfc822; {of}\nAction: {action}\nStatus: {status}"


def report(world, to, *blocks, status="5.1.1", action="failed", number=1, words=""):
    blocks = blocks or (BLOCK.format(of="ann@example.com", action=action, status=status),)
    told = REPORT.format(to=to, blocks="\n\n".join(blocks), number=number, words=words)
    raw = told.replace("\n", "\r\n").encode()
    accept(ports=world.ports, raw=raw, sender="", recipient=to, via="lmtp")
    read_due_mail(ports=world.ports)


@pytest.fixture
def box() -> Postbox:
    return Postbox()


def a_mail_to_ann(world, box, thread=None):
    world.clock.move(minutes=6)
    say(world, world.mia, thread or ask(world))
    return deliver(world, box).of(world.ann)[-1]


def comes_back(world):
    return mails_come_back(world.ann, world.clock.now())


def test_a_mailbox_that_is_gone_gets_no_more_mails_of_threads_until_ann_confirms_it(world, box):
    thread = ask(world)
    mail = a_mail_to_ann(world, box, thread)
    assert takes(mail.bounce_address, world.clock.now()) and mail.envelope_sender == mail.bounce_address
    report(world, mail.bounce_address)
    assert comes_back(world)
    world.clock.move(minutes=6)
    say(world, world.mia, thread, "Are you there?")
    assert len(deliver(world, box).of(world.ann)) == 1
    world.clock.move(days=30)
    assert comes_back(world)
    confirm_address(ports=world.ports, person=world.ann)
    assert not comes_back(world)
    assert a_mail_to_ann(world, box, thread) is not mail


def test_a_code_to_sign_in_is_still_tried(world, box):
    report(world, a_mail_to_ann(world, box).bounce_address)
    words = {"code": "123456", "minutes": 10, "path": "/"}
    post_notification(
        ports=world.ports,
        kind="sign-in-code",
        key="a code",
        recipient=world.ann.email,
        language="en",
        words=words,
    )
    assert "123456" in deliver(world, box).of(world.ann)[-1].text


@pytest.mark.parametrize(
    "to", ["bounce+00000000000000000000000000@marketplace.example", "after-sale@marketplace.example"]
)
def test_a_report_that_names_no_token_of_ours_changes_nothing(world, box, to):
    a_mail_to_ann(world, box)
    assert takes(to, world.clock.now()) is to.startswith("after-sale")
    report(world, to)
    assert not comes_back(world)
    assert not Notification.objects.filter(bounced_at__isnull=False).exists()


def test_a_token_counts_for_its_own_mail_s_address_alone_whatever_the_report_says(world, box):
    """Bob, who knows the token of a mail to him, reports that Ann's address is gone."""
    thread = ask(world, world.bob)
    say(world, world.mia, thread)
    (to_bob,) = deliver(world, box).of(world.bob)
    report(world, to_bob.bounce_address)
    assert not comes_back(world) and mails_come_back(world.bob, world.clock.now())


def test_one_report_counts_once_and_a_delay_or_an_absence_not_at_all(world, box):
    mail = a_mail_to_ann(world, box)
    for number in range(5):
        report(world, mail.bounce_address, status="4.2.2", number=number)
    assert Notification.objects.get(recipient=world.ann.email).bounce_status == "4.2.2"
    assert not comes_back(world)
    mail = a_mail_to_ann(world, box)
    report(world, mail.bounce_address, status="4.4.7", action="delayed", number=10)
    away = (
        b"From: ann@example.com\r\nTo: x@y\r\nSubject: Automatic reply: away\r\n"
        b"Auto-Submitted: auto-replied\r\n\r\nI am away.\r\n"
    )
    accept(ports=world.ports, raw=away, sender="", recipient=mail.bounce_address, via="lmtp")
    read_due_mail(ports=world.ports)
    assert set(IncomingMail.objects.values_list("state", flat=True)) == {"noted"}
    assert Notification.objects.filter(bounced_at__isnull=False).count() == 1


@pytest.mark.parametrize("status", ["5.2.2", "5.3.4", "5.7.1", "5.7.26", "5.4.6", "5.0.0", "4.2.2"])
def test_a_full_mailbox_a_large_mail_or_a_rule_does_not_end_ann_s_mails(world, box, status):
    report(world, a_mail_to_ann(world, box).bounce_address, status=status)
    assert Notification.objects.get(recipient=world.ann.email).bounce_status == status
    assert not comes_back(world)


@pytest.mark.parametrize("status", ["5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"])
def test_an_address_that_is_gone_does(world, box, status):
    report(world, a_mail_to_ann(world, box).bounce_address, status=status)
    assert comes_back(world)


def test_the_reason_is_read_where_the_report_gives_it_and_not_in_its_words(world, box):
    words = "Our server is 5.1.1 of its kind. See 550 5.1.1 in the manual."
    report(world, a_mail_to_ann(world, box).bounce_address, status="4.2.2", words=words)
    assert Notification.objects.get(recipient=world.ann.email).bounce_status == "4.2.2"


def test_a_server_that_says_no_more_than_that_it_failed_quotes_the_one_that_refused(world, box):
    told = BLOCK.format(of="ann@example.com", action="failed", status="5.0.0")
    report(
        world, a_mail_to_ann(world, box).bounce_address, f"{told}\nDiagnostic-Code: smtp; 550 5.1.1 Unknown"
    )
    assert comes_back(world)


@pytest.mark.parametrize(
    ("first", "ours", "status"),
    [("failed", "delivered", ""), ("delivered", "failed", "5.1.1"), ("failed", "delayed", "")],
)
def test_of_a_report_of_several_recipients_ann_s_own_counts(world, box, first, ours, status):
    blocks = [
        BLOCK.format(of="dee@shop.example", action=first, status="5.1.1"),
        "Original-Recipient: rfc822; Ann@example.com\n"
        + BLOCK.format(of="box7@shop.example", action=ours, status="5.1.1"),
    ]
    report(world, a_mail_to_ann(world, box).bounce_address, *blocks)
    assert Notification.objects.get(recipient=world.ann.email).bounce_status == status
    assert comes_back(world) is bool(status)


def test_a_report_of_the_one_to_whom_ann_s_mail_was_sent_on_is_of_ann_s(world, box):
    block = BLOCK.format(of="ann@forwarded.example", action="failed", status="5.1.1")
    report(world, a_mail_to_ann(world, box).bounce_address, block)
    assert comes_back(world)


def test_three_passing_failures_within_a_week_stop_the_mails_and_a_week_later_they_are_tried_again(
    world, box
):
    for number in range(3):
        assert not comes_back(world)
        report(world, a_mail_to_ann(world, box).bounce_address, status="4.2.2", number=number)
        world.clock.move(days=1)
    assert comes_back(world)
    world.clock.move(days=6)
    assert not comes_back(world)


def test_an_address_that_the_server_refuses_at_once_counts_like_a_report(world):
    def gone(_mail):
        raise AddressRefused("the mail server refuses ann@example.com: 550", status="5.1.1")

    say(world, world.mia, ask(world))
    deliver(world, Postbox(gone))
    row = Notification.objects.get(recipient=world.ann.email)
    assert (row.state, row.bounce_status, row.bounced_at) == ("undeliverable", "5.1.1", world.clock.now())
    assert comes_back(world)


def test_what_was_sent_before_ann_confirmed_does_not_stop_them_again(world, box):
    mail = a_mail_to_ann(world, box)
    world.clock.move(days=1)
    confirm_address(ports=world.ports, person=world.ann)
    report(world, mail.bounce_address)
    assert not comes_back(world)
    assert note_bounce(ports=world.ports, address=mail.bounce_address).bounced_at
