"""A worker is killed while it reads a mail: nothing is lost, and nothing is done twice."""

import signal
from datetime import timedelta

import pytest
from django.conf import settings

from aftersale.accounts.models import Role, User
from aftersale.base.models import Notification
from aftersale.config.ports import system_ports
from aftersale.support.mail.intake import accept
from aftersale.support.mail.reply_tokens import reply_address
from aftersale.support.models import IncomingMail, MailConversation, MailState, Post
from aftersale.support.services import open_thread
from aftersale.support.tests.letters import a_mail
from tests.crash.processes import started, wait_until, work_off
from tests.crash.stopping_mail_reader import POINTS

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
IN_A_THREAD = {"before the post", "after the post"}


@pytest.mark.parametrize("point", POINTS)
def test_a_worker_killed_at_any_point_leaves_all_or_nothing_and_the_next_reads_it(point, tmp_path):
    ports = system_ports()
    ann = User.objects.create_user("ann@example.com", name="Ann", role=Role.CUSTOMER)
    thread = open_thread(ports=ports, by=ann, kind="general", subject="A lamp", body="It hums.", intent="one")
    address = reply_address(ports=ports, thread=thread, person=ann, ceiling="participants")
    to = address if point in IN_A_THREAD else settings.MARKETPLACE_MAIL
    raw = a_mail("ann@example.com", subject="Another lamp", text="It still hums.")
    accept(ports=ports, raw=raw, sender="ann@example.com", recipient=to, via="lmtp")

    reached = tmp_path / "reached"
    with started("-m", "tests.crash.stopping_mail_reader", point, str(reached)) as worker:
        wait_until(reached.exists, worker)
        worker.send_signal(signal.SIGKILL)

    mail = IncomingMail.objects.get()
    assert (mail.state, mail.attempts) == (MailState.STORED, 1)
    assert not MailConversation.objects.exists()
    assert not Notification.objects.filter(kind="mail-received").exists()
    assert Post.objects.filter(body="It still hums.").count() == 0

    work_off(timedelta(minutes=3))
    mail.refresh_from_db()
    is_posted = point in IN_A_THREAD
    assert mail.state == (MailState.POSTED if is_posted else MailState.CONVERSATION)
    assert mail.attempts == 2
    assert Post.objects.filter(body="It still hums.").count() == int(is_posted)
    assert MailConversation.objects.count() == int(not is_posted)
    assert Notification.objects.filter(kind="mail-received").count() == int(not is_posted)
