"""Mails at the same moment: one delivery is one row, one click one thread, one matter one person's."""

import pytest

from aftersale.accounts.models import Role, User
from aftersale.base.models import Notification
from aftersale.returns.tests.cast import World, a_world
from aftersale.support.mail.intake import accept
from aftersale.support.mail.opening import open_thread_from_mail
from aftersale.support.mail.picking import pick_next
from aftersale.support.mail.reading import read_due_mail
from aftersale.support.models import IncomingMail, MailConversation, Pick, Post, Thread
from aftersale.support.queries import queue
from aftersale.support.tests.cast import ask
from aftersale.support.tests.letters import a_mail, deliver, write_in
from tests.races.together import measured, met, together

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
ROUNDS = 6


def test_one_delivery_by_two_connections_is_one_row():
    world = a_world()
    mails = [a_mail(subject=f"Question {n}", files=[("a.txt", "text/plain", b"a")]) for n in range(ROUNDS)]

    def take_in(turn: int, _person: int) -> int:
        row = accept(ports=world.ports, raw=mails[turn], sender="", recipient="a@b.example", via="lmtp")
        return row.pk

    for outcome in together(2, ROUNDS, take_in):
        assert len(set(outcome.answers)) == 1
    assert IncomingMail.objects.count() == ROUNDS


def test_two_workers_read_each_mail_once_and_one_sender_s_in_one_conversation():
    world = a_world()
    for turn in range(ROUNDS):
        for n in range(3):
            deliver(world, sender=f"p{turn}@{turn}.example", subject="A lamp", text=f"{n}")

    together(3, 2 * ROUNDS, lambda _turn, _person: read_due_mail(ports=world.ports))
    assert set(IncomingMail.objects.values_list("state", flat=True)) == {"conversation"}
    assert MailConversation.objects.count() == ROUNDS
    assert Notification.objects.filter(kind="mail-received").count() == ROUNDS


def test_two_clicks_at_once_open_one_thread():
    world = a_world()
    for turn in range(ROUNDS):
        write_in(world, sender=f"p{turn}@{turn}.example")
    tokens = list(MailConversation.objects.order_by("pk").values_list("token", flat=True))

    def click(turn: int, person: int) -> int:
        return open_thread_from_mail(ports=world.ports, token=tokens[turn], network=f"n{person}").pk

    for outcome in together(2, ROUNDS, click):
        assert len(set(outcome.answers)) == 1
    assert Thread.objects.count() == Post.objects.count() == ROUNDS


def a_desk(world: World) -> list[User]:
    """Three agents before eighteen matters."""
    for _ in range(9):
        ask(world)
    for n in range(9):
        write_in(world, sender=f"p{n}@{n}.example")
    names = ("max", "moe")
    others = [User.objects.create_user(f"{name}@example.com", name=name, role=Role.AGENT) for name in names]
    return [world.mia, *others]


def test_two_agents_are_never_given_the_same_matter_and_every_tenth_is_the_slow_lane_s(settings):
    settings.SUPPORT_THREADS_A_DAY = 100
    world = a_world()
    people = a_desk(world)
    outcomes = together(3, 6, lambda _turn, person: pick_next(ports=world.ports, by=people[person]))
    given = [str(taken) for outcome in outcomes for taken in outcome.answers]
    assert len(given) == len(set(given)) == 18
    lanes = ["mail" if pick.conversation_id else "thread" for pick in Pick.objects.order_by("pk")]
    assert lanes == ["thread"] * 9 + ["mail"] * 9


@pytest.mark.only_on("postgresql")
def test_control_without_the_conditional_update_two_agents_are_given_the_same(settings):
    settings.SUPPORT_THREADS_A_DAY = 100
    world = a_world()
    people, meet = a_desk(world), met(2)

    def look_and_take(_turn: int, person: int) -> str:
        thread = queue(world.clock.now()).filter(assignee=None).first()
        assert thread is not None
        meet()
        thread.assignee = people[person]
        thread.save(update_fields=["assignee"])
        meet()
        return thread.reference

    outcomes = together(2, ROUNDS, look_and_take)
    doubled = sum(len(set(outcome.answers)) == 1 for outcome in outcomes)
    measured(f"without it: {doubled} of {ROUNDS} threads were given to two agents")
    assert doubled == ROUNDS
