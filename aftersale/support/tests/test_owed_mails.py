"""Mails that are owed: one that our own code cannot write keeps no other waiting, and no result is lost."""

from typing import Any

import pytest

from aftersale.base.errors import PortFailed
from aftersale.base.models import Notification
from aftersale.base.services import (
    ATTEMPTS,
    LEASE,
    post_notification,
    send_due_notifications,
    unwritten_notifications,
)
from aftersale.returns.tests.cast import World
from aftersale.support.tests.postbox import Postbox

WORDS = {"code": "123456", "minutes": 10, "path": "/"}


def owe(world: World, kind: str, recipient: str) -> Notification:
    told: dict[str, Any] = {"recipient": recipient, "language": "en", "words": WORDS}
    post_notification(ports=world.ports, kind=kind, key=recipient, **told)
    return Notification.objects.get(kind=kind, recipient=recipient)


def as_it_is(row: Notification) -> Notification:
    row.refresh_from_db()
    return row


@pytest.mark.parametrize("error", [TypeError(), Notification.DoesNotExist(), KeyError("posts")])
def test_a_mail_that_cannot_be_written_keeps_no_other_waiting_and_our_staff_hears_of_it(world: World, error):
    poison, sound = (
        owe(world, "thread-answered", "bob@example.com"),
        owe(world, "sign-in-code", "ann@example.com"),
    )
    box = Postbox()

    def fail(_mail: Notification) -> None:
        raise error

    def send() -> int:
        return send_due_notifications(clock=world.clock, mail=box, freshen={"thread-answered": fail})

    assert send() == 2
    assert [mail.recipient for mail in box.mails] == [sound.recipient]
    assert (as_it_is(poison).state, unwritten_notifications(world.clock.now()).count()) == ("wanted", 0)
    for _ in range(ATTEMPTS - 1):
        world.clock.move(days=1, minutes=1)
        assert send() == 1
    assert as_it_is(poison).state == "failed"
    assert type(error).__name__ in poison.last_error and "posts" not in poison.last_error
    assert list(unwritten_notifications(world.clock.now())) == [poison]
    world.clock.move(days=20)
    assert send() == 0
    assert not unwritten_notifications(world.clock.now())


def test_a_mail_without_its_template_fails_alone(world: World):
    poison, box = owe(world, "of-no-kind", "bob@example.com"), Postbox()
    assert send_due_notifications(clock=world.clock, mail=box) == 1
    assert (as_it_is(poison).state, box.mails) == ("wanted", [])
    assert poison.last_error.startswith("TemplateDoesNotExist at ")


def test_a_slow_worker_s_failure_takes_nothing_back_from_the_one_who_sent_it(world: World):
    row, quick = owe(world, "sign-in-code", "ann@example.com"), Postbox()

    def slow(_mail: object) -> None:
        world.clock.move(seconds=LEASE.total_seconds() + 1)
        send_due_notifications(clock=world.clock, mail=quick)
        raise PortFailed("no answer", retry=False)

    send_due_notifications(clock=world.clock, mail=Postbox(slow))
    assert len(quick.mails) == 1
    assert (as_it_is(row).state, row.attempts, row.last_error) == ("sent", 2, "")


def test_nor_from_the_one_who_has_it_in_hand(world: World):
    row = owe(world, "sign-in-code", "ann@example.com")

    def slow(_mail: object) -> None:
        # Another worker takes it when the lease has ended, and is not done yet.
        Notification.objects.filter(pk=row.pk).update(attempts=2)
        raise PortFailed("no answer", retry=False)

    send_due_notifications(clock=world.clock, mail=Postbox(slow))
    assert (as_it_is(row).state, row.last_error) == ("wanted", "")
