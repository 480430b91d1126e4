"""Three days of our real intake, worker steps and outbox against mailboxes that answer by themselves."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from random import Random
from typing import Any
from unittest.mock import patch

from django.conf import settings
from django.db import transaction
from django.db.models import Min
from django.test import override_settings

from aftersale.accounts.models import Role, User
from aftersale.base.mail import Mail
from aftersale.base.models import Notification, NotificationState
from aftersale.base.ports import FixedClock, Ports, RandomIds
from aftersale.base.services import post_notification, send_due_notifications
from aftersale.orders.models import Order
from aftersale.support.mail import acknowledging, conversations
from aftersale.support.mail.intake import accept, takes
from aftersale.support.mail.reading import read_due_mail
from aftersale.support.models import IncomingMail, MailConversation, MailState, Nature
from aftersale.support.notices import fresh_mails
from aftersale.support.services import open_thread, reply
from benchmarks.mail_loops.responders import Letter, Responder

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ANSWERS_AFTER = timedelta(minutes=5)
_ENDLESS = 10**9
ALL = "all"


class Desk:
    """The desk with its clock and its outbox, and the mailboxes that it writes to."""

    def __init__(self, hours: int, *, marks: bool) -> None:
        self.clock = FixedClock(START)
        self.ports = Ports(clock=self.clock, ids=RandomIds(Random(11)))
        self.mailboxes: dict[str, Responder] = {}
        self.sent = 0
        self._end, self._marks = START + timedelta(hours=hours), marks
        self._order = count()
        self._due: list[tuple[datetime, int, Callable[[], object]]] = []

    def send(self, mail: Mail) -> None:
        """The outbox hands a mail over: whoever has this mailbox answers after a while."""
        self.sent += 1
        mailbox = self.mailboxes.get(mail.recipient.rpartition("@")[2])
        for letter in mailbox.answers(mail if self._marks else _without_marks(mail)) if mailbox else ():
            self.plan(self.clock.now() + ANSWERS_AFTER, lambda letter=letter: self.take(letter))

    def plan(self, at: datetime, what: Callable[[], object]) -> None:
        heappush(self._due, (at, next(self._order), what))

    def take(self, letter: Letter) -> None:
        if takes(letter.recipient, self.clock.now()):
            told = {"sender": letter.sender, "recipient": letter.recipient, "raw": letter.raw}
            accept(ports=self.ports, via="lmtp", **told)

    def run(self) -> None:
        while (now := self.clock.now()) < self._end:
            while self._due and self._due[0][0] <= now:
                heappop(self._due)[2]()
            while read_due_mail(ports=self.ports):
                pass
            while send_due_notifications(clock=self.clock, mail=self, freshen=fresh_mails(self.ports)):
                pass
            self.clock.move(seconds=max(1.0, (self._next() - now).total_seconds()))

    def _next(self) -> datetime:
        """When there is something to do again."""
        wanted = Notification.objects.filter(state=NotificationState.WANTED)
        stored = IncomingMail.objects.filter(state=MailState.STORED)
        found = [rows.aggregate(at=Min("due_at"))["at"] for rows in (wanted, stored)]
        return min([self._end, *filter(None, found), *(due[0] for due in self._due[:1])])


def mails_to_one_who_wrote(kind: type[Responder], *, without: str = "", hours: int = 72) -> int:
    """A mailbox of this kind wrote to the desk once; Mia answers it on each of the next three mornings."""
    with _desk(hours, without) as desk:
        mia, mailbox = _mia(), kind("away@mailbox.example")
        desk.mailboxes["mailbox.example"] = mailbox
        first = mailbox.letter("A lamp flickers", "It flickers. What can I do?")
        desk.plan(START, lambda: desk.take(replace(first, sender=mailbox.address)))
        for day in range(3):
            words = f"answer {day}"
            desk.plan(START + timedelta(days=day, hours=1), lambda words=words: _answer(desk, mia, words))
        desk.run()
    return desk.sent


def mails_to_two_in_a_thread(kind: type[Responder], *, without: str = "", hours: int = 72) -> int:
    """Ann and Bob follow one public thread, each with such a mailbox; Mia answers there, and all goes on."""
    with _desk(hours, without) as desk:
        mia = _mia()
        ann, bob = (_customer(name) for name in ("ann", "bob"))
        desk.mailboxes |= {"ann.example": kind(ann.email), "bob.example": kind(bob.email)}
        asked = {"kind": "general", "subject": "A lamp flickers", "body": "It flickers.", "is_public": True}
        thread = open_thread(ports=desk.ports, by=ann, about=None, intent="a", **asked)
        told = {"ports": desk.ports, "thread": thread, "visibility": "public"}
        said = [(mia, "Which lamp?"), (bob, "Mine flickers too."), (mia, "We look into it.")]
        for hour, (who, body) in enumerate(said, 1):
            words = {"by": who, "body": body, "intent": f"said {hour}"}
            desk.plan(START + timedelta(hours=hour), lambda words=words: reply(**told, **words))
        desk.run()
    return desk.sent


@contextmanager
def _desk(hours: int, without: str) -> Iterator[Desk]:
    """A desk without this guard, or without `all` of them; the rows of its days are taken back."""
    taken = list(GUARDS) if without == ALL else [without] * bool(without)
    with ExitStack() as stack:
        for name in taken:
            stack.enter_context(GUARDS[name]())
        with transaction.atomic():
            yield Desk(hours, marks="marks" not in taken)
            transaction.set_rollback(True)


def _customer(name: str) -> User:
    """Somebody who has ordered, and whose posts wait for nobody."""
    person = User.objects.create_user(f"{name}@{name}.example", name=name)
    Order.objects.create(
        code=f"WM-{name}", customer=person, currency="EUR", zone="UTC", ordered_at=START, source="simulation"
    )
    return person


def _mia() -> User:
    return User.objects.create_user("mia@desk.example", name="Mia", role=Role.AGENT)


def _answer(desk: Desk, mia: User, words: str) -> None:
    conversation = MailConversation.objects.order_by("pk").first()
    assert conversation is not None, "its first mail waits in the slow lane"
    conversations.answer_conversation(
        ports=desk.ports, by=mia, conversation=conversation, body=words, intent=words
    )


class _Unmarked(Mail):
    """A mail that does not say that a machine sent it, nor where a bounce is to go."""

    @property
    def envelope_sender(self) -> str:
        return settings.MARKETPLACE_MAIL

    @property
    def headers(self) -> dict[str, str]:
        return {}


def _without_marks(mail: Mail) -> Mail:
    return _Unmarked(**{each.name: getattr(mail, each.name) for each in fields(mail)})


def _each_time(conversation: MailConversation, mail: IncomingMail, **told: Any) -> bool:
    """An acknowledgement for each mail of a matter, which neither its row nor the outbox's key stops."""
    conversation.acknowledged_at = None
    key = f"{conversation.reference} {mail.pk}"

    def owe(**words: Any) -> None:
        post_notification(**words | {"key": key})

    with patch.object(acknowledging, "post_notification", owe):
        return acknowledging.acknowledge(conversation, mail, **told)


# How each guard is taken away.
GUARDS: dict[str, Callable[[], AbstractContextManager[Any]]] = {
    "headers": lambda: patch("aftersale.support.mail.parsing.nature_of", lambda *_, **__: Nature.PERSON),
    "marks": nullcontext,
    "matter": lambda: patch.object(conversations, "acknowledge", _each_time),
    "address": lambda: patch.object(acknowledging, "_TO_AN_ADDRESS", timedelta(0)),
    "rounds": lambda: patch("aftersale.support.mail.reading.goes_round", lambda *_: False),
    "domain": lambda: override_settings(SUPPORT_ACKNOWLEDGEMENTS_A_DOMAIN=_ENDLESS),
    "mails": lambda: override_settings(SUPPORT_MAILS_AN_HOUR=_ENDLESS, SUPPORT_MAILS_A_DAY=_ENDLESS),
}
