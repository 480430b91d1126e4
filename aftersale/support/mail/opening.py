"""One click on the page that an acknowledgement links to: the slow lane's matter becomes a thread.

Who holds the link reads that mailbox: the thread is of that address's account, and nobody is signed in.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from aftersale.accounts.models import Role, User
from aftersale.accounts.tries import Limit, take_try
from aftersale.base.errors import NotYours
from aftersale.base.moving import set_columns
from aftersale.base.ports import Ports
from aftersale.support.errors import NotForYou, TooMuch
from aftersale.support.mail.filing import file_as_post, fresh_words, write_as_posts
from aftersale.support.models import (
    ConversationState,
    IncomingMail,
    Kind,
    MailConversation,
    Thread,
    Visibility,
)
from aftersale.support.posting import clean_subject, follow, numbers_ordered_by, start_thread

_OPENINGS_AN_HOUR = 20


def conversation_by_token(token: str) -> MailConversation:
    """Raises NotYours."""
    found = MailConversation.objects.select_related("thread").filter(token=token).first()
    if found is None:
        raise NotYours("there is no such conversation")
    return found


def open_thread_from_mail(*, ports: Ports, token: str, network: str) -> Thread:
    """Open the conversation's thread, as old as its first mail; asked again, it is the same thread.

    Its mails and our answers are the first posts. Raises NotYours, TooMuch, and NotForYou where the address
    is not a customer's.
    """
    conversation = conversation_by_token(token)
    if conversation.thread is not None:
        return conversation.thread
    _check_rate(conversation, network, ports.clock.now())
    return _open(conversation.pk, ports)


@transaction.atomic
def _open(pk: int, ports: Ports) -> Thread:
    # The lock lets two clicks find one after the other whether there is a thread.
    conversation = MailConversation.objects.select_for_update().get(pk=pk)
    if conversation.thread is not None:
        return conversation.thread
    opener = _account_of(conversation, ports)
    thread = start_thread(
        ports=ports,
        opener=opener,
        intent=f"mail:{conversation.reference}",
        opened_at=conversation.received_at,
        kind=Kind.GENERAL,
        is_public=False,
        subject=clean_subject(conversation.subject, known=numbers_ordered_by(opener)),
    )
    follow(thread, opener)
    for said in _in_order(conversation, opener):
        _write(said, thread, ports)
    set_columns(conversation, thread=thread, state=ConversationState.OPENED, assignee=None, taken_until=None)
    return thread


def _check_rate(conversation: MailConversation, network: str, now: datetime) -> None:
    hour = timedelta(hours=1)
    limits = [
        Limit(f"open-mail:{network}", _OPENINGS_AN_HOUR, hour),
        Limit(f"open-mail:{conversation.address}", _OPENINGS_AN_HOUR, hour),
    ]
    if not take_try(limits, now=now):
        raise TooMuch(f"{_OPENINGS_AN_HOUR} threads were opened in the last hour; wait a little")


def _account_of(conversation: MailConversation, ports: Ports) -> User:
    """The account of the address; one without a password where there is none. Raises NotForYou."""
    person = User.objects.filter(email=conversation.address).first()
    if person is None:
        return User.objects.create_user(
            conversation.address,
            name=conversation.name or conversation.address.partition("@")[0],
            language=conversation.language,
            joined_at=ports.clock.now(),
        )
    if person.role != Role.CUSTOMER or not person.is_active:
        raise NotForYou("a thread is opened by a customer")
    return person


@dataclass(frozen=True, slots=True)
class _Said:
    """What was written in one mail of theirs, or one answer of ours."""

    at: datetime
    author: User
    text: str
    name: str
    mail: IncomingMail | None = None


def _in_order(conversation: MailConversation, opener: User) -> list[_Said]:
    said = [
        _Said(mail.received_at, opener, fresh_words(mail), f"mail:{mail.pk}", mail)
        for mail in conversation.mails.order_by("received_at", "pk")
    ]
    said += [
        _Said(answer.answered_at, answer.author, answer.body, f"mail-answer:{answer.pk}")
        for answer in conversation.answers.select_related("author")
    ]
    return sorted(said, key=lambda each: each.at)


def _write(said: _Said, thread: Thread, ports: Ports) -> None:
    """As posts, with the time at which it was written."""
    first = write_as_posts(
        ports=ports,
        thread=thread,
        author=said.author,
        text=said.text,
        visibility=Visibility.PARTICIPANTS,
        name=said.name,
        said_at=said.at,
    )
    if said.mail is not None:
        file_as_post(said.mail, first)
