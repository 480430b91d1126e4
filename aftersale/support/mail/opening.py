"""One click on the page that an acknowledgement links to: the slow lane's matter becomes a thread.

Who holds the link reads that mailbox: the thread is of that address's account, and nobody is signed in.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction

from aftersale.accounts.models import Role, User
from aftersale.accounts.tries import Limit, take_try
from aftersale.base.errors import NotYours
from aftersale.base.ports import Ports
from aftersale.support.errors import NotForYou, TooMuch
from aftersale.support.mail.conversations import write
from aftersale.support.mail.filing import file_as_post, fresh_words, in_pieces
from aftersale.support.models import (
    ConversationState,
    IncomingMail,
    Kind,
    MailAnswer,
    MailConversation,
    Thread,
    Visibility,
)
from aftersale.support.posting import clean_subject, follow, start_thread, take_turn, write_post

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
        subject=clean_subject(conversation.subject),
    )
    follow(thread, opener)
    for said in _in_order(conversation):
        _write(said, thread, ports)
    write(conversation, thread=thread, state=ConversationState.OPENED, assignee=None, taken_until=None)
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


def _in_order(conversation: MailConversation) -> Iterator[IncomingMail | MailAnswer]:
    mails = conversation.mails.order_by("received_at", "pk")
    said = [*((mail.received_at, mail) for mail in mails)]
    said += [(answer.answered_at, answer) for answer in conversation.answers.select_related("author")]
    yield from (each for _, each in sorted(said, key=lambda pair: pair[0]))


def _write(said: IncomingMail | MailAnswer, thread: Thread, ports: Ports) -> None:
    """Its text as posts, with the time at which it was written."""
    is_mail = isinstance(said, IncomingMail)
    text, at = (fresh_words(said), said.received_at) if is_mail else (said.body, said.answered_at)
    name = f"mail:{said.pk}" if is_mail else f"mail-answer:{said.pk}"
    for number, piece in enumerate(in_pieces(text), 1):
        post = write_post(
            ports=ports,
            thread=thread,
            author=thread.opener if is_mail else said.author,
            body=piece,
            visibility=Visibility.PARTICIPANTS,
            intent=f"{name}:{number}",
            said_at=at,
        )
        take_turn(post)
        if is_mail and number == 1:
            first = post
    if is_mail:
        file_as_post(said, first)
