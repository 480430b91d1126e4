"""Threads and mails of the demo, made through the verbs that people use, each at its own time."""

from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime

from django.conf import settings

from aftersale.accounts.models import User
from aftersale.base.ports import FixedClock, Ports
from aftersale.config.demo.talk import MAILS, MIA, PRIVATE, PUBLIC, Talk
from aftersale.orders.models import Order
from aftersale.payments.charge_models import Charge
from aftersale.payments.saved_cards import cards_of
from aftersale.support.mail.conversations import answer_conversation
from aftersale.support.mail.intake import accept
from aftersale.support.mail.reading import read_due_mail
from aftersale.support.models import MailConversation, Thread
from aftersale.support.services import (
    About,
    assign_thread,
    open_thread,
    rate_solution,
    reply,
    solve_thread,
)


def make_threads(*, ports: Ports) -> None:
    """In the order in which they happened, so that every number is as it would be."""
    for talk in sorted((*PUBLIC, *PRIVATE), key=lambda each: -each.ago):
        _tell(talk, ports)
    for sender, name, ago, subject, text, answered in MAILS:
        _write_in(sender, name, ago, subject, text, ports)
        if answered:
            _answer(sender, answered, ports)


def _tell(talk: Talk, ports: Ports) -> None:
    opener = User.objects.get(email=talk.who)
    thread = open_thread(
        ports=_at(ports, talk.ago),
        by=opener,
        kind=talk.kind,
        subject=talk.subject,
        body=talk.body,
        intent=f"demo:{talk.subject}",
        is_public=talk.is_public,
        about=_about(talk, opener),
    )
    if talk.assignee:
        _assign(thread, talk, ports)
    for number, said in enumerate(talk.said):
        reply(
            ports=_at(ports, said.ago),
            by=User.objects.get(email=said.who),
            thread=thread,
            body=said.body,
            intent=f"demo:{number}:{talk.subject}",
            visibility=said.visibility,
        )
    if talk.solved_by:
        ago = talk.said[-1].ago - 1
        solve_thread(ports=_at(ports, ago), by=opener, thread=thread, number=talk.solved_by)
        _rate(thread, talk, _at(ports, ago))


def _rate(thread: Thread, talk: Talk, ports: Ports) -> None:
    content, comment = talk.rating
    if content:
        rate_solution(ports=ports, by=thread.opener, thread=thread, content=content, comment=comment)


def _assign(thread: Thread, talk: Talk, ports: Ports) -> None:
    to = User.objects.get(email=talk.assignee)
    assign_thread(ports=_at(ports, talk.ago - 1), by=to, thread=thread, to=to)


def _about(talk: Talk, opener: User) -> About | None:
    if talk.of == "card":
        return About(card=cards_of(opener)[1])
    if not talk.order:
        return None
    order = Order.objects.get(code=talk.order)
    return About(
        order=order,
        line=order.lines.get(number=talk.line) if talk.line else None,
        case=order.returns.get() if talk.of == "return" else None,
        charge=Charge.objects.get(order=order) if talk.of == "charge" else None,
    )


def _write_in(sender: str, name: str, ago: int, subject: str, text: str, ports: Ports) -> None:
    at = _at(ports, ago)
    mail = EmailMessage()
    mail["From"], mail["To"] = f'"{name}" <{sender}>', settings.MARKETPLACE_MAIL
    mail["Subject"], mail["Date"] = subject, format_datetime(at.clock.now())
    mail["Message-ID"] = f"<{at.ids.key()}@mail.example>"
    mail.set_content(text)
    recipient = settings.MARKETPLACE_MAIL
    accept(ports=at, raw=mail.as_bytes(), sender=sender, recipient=recipient, via="demo")
    read_due_mail(ports=at)


def _answer(sender: str, ago: int, ports: Ports) -> None:
    conversation = MailConversation.objects.get(address=sender)
    answer_conversation(
        ports=_at(ports, ago),
        by=User.objects.get(email=MIA),
        conversation=conversation,
        body="Thank you for waiting. Yes, we see to it.",
        intent=f"demo:{sender}",
    )


def _at(ports: Ports, hours_ago: int) -> Ports:
    return Ports(FixedClock(_ago(ports.clock.now(), hours_ago)), ports.ids)


def _ago(now: datetime, hours: int) -> datetime:
    return now.replace(second=0, microsecond=0) - timedelta(hours=hours)
