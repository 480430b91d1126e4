"""Mia writes again in the moment in which Ann's mail is taken: nothing is lost. A naive outbox loses it."""

import pytest

from aftersale.base.models import Notification, NotificationState
from aftersale.returns.tests.cast import a_world
from aftersale.support import notices
from aftersale.support.tests.cast import ask, say
from aftersale.support.tests.postbox import Postbox, deliver
from tests.races.together import met, together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
ROUNDS = 10


@pytest.fixture
def world():
    return a_world()


def told(world, box: Postbox, threads) -> list[int]:
    """How often Ann was told each thread's second post, in the end."""
    for _ in range(2):
        world.clock.move(minutes=6)
        deliver(world, box)
    texts = [mail.text for mail in box.of(world.ann)]
    return [sum(text.count(f"Second of {thread.reference}.") for text in texts) for thread in threads]


def a_first_post(world):
    threads = [ask(world) for _ in range(ROUNDS)]
    for thread in threads:
        say(world, world.mia, thread, "First.")
        Notification.objects.filter(attempts=0).update(due_at=world.clock.now())
    return threads


def only(world, thread) -> None:
    """Nothing but the mail of this round is due."""
    rows = Notification.objects.filter(state=NotificationState.WANTED)
    rows.update(due_at=world.clock.now().replace(year=2030))
    rows.filter(key__contains=thread.reference).update(due_at=world.clock.now())


def write_and_send(world, box: Postbox, threads, begin):
    def act(turn, person):
        if person == 0:
            only(world, threads[turn])
        begin()
        if person == 0:
            say(world, world.mia, threads[turn], f"Second of {threads[turn].reference}.")
        else:
            deliver(world, box)

    together(2, ROUNDS, act)
    Notification.objects.filter(state=NotificationState.WANTED).update(due_at=world.clock.now())


def test_what_is_written_while_a_mail_is_taken_is_told_exactly_once(world):
    threads, box = a_first_post(world), Postbox()
    write_and_send(world, box, threads, met(2))
    assert told(world, box, threads) == [1] * ROUNDS


@pytest.mark.only_on("postgresql")
def test_the_control_an_outbox_that_looks_without_holding_the_row_loses_it(world, monkeypatch):
    threads, look, read = a_first_post(world), met(2), met(2)

    def naive(person, post, ports):
        waiting = Notification.objects.get(key__contains=f"{post.thread.reference}:{person.pk}:", attempts=0)
        look()
        read()
        words = waiting.words | {"posts": [*waiting.words["posts"], post.pk]}
        Notification.objects.filter(pk=waiting.pk).update(words=words)

    monkeypatch.setattr(notices, "_owe", naive)

    def act(turn, person):
        if person == 0:
            only(world, threads[turn])
            say(world, world.mia, threads[turn], f"Second of {threads[turn].reference}.")
        else:
            look()
            deliver(world, box)

    box = Postbox(lambda _mail: read())
    together(2, ROUNDS, act)
    monkeypatch.undo()
    box = Postbox()
    assert told(world, box, threads) == [0] * ROUNDS
