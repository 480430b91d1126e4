"""The worker reads what came in, one mail after the other: it becomes a post, waits, is held or noted.

Each is leased and counted in a commit of its own, and read in one transaction: a worker that dies leaves all
or nothing, and the next one reads it again. What cannot be read several times is held.
"""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from structlog import get_logger

from aftersale.base.each import POISON
from aftersale.base.errors import BadInput, Refused
from aftersale.base.models import Notification
from aftersale.base.ports import Ports
from aftersale.base.services import BOUNCE_MARK, mail_domain
from aftersale.base.waiting import back_off
from aftersale.support.errors import ThreadClosed
from aftersale.support.mail.bouncing import is_for_a_bounce, note_bounce
from aftersale.support.mail.conversations import take_in
from aftersale.support.mail.delivery_status import ARRIVED, names_a_status, status_in
from aftersale.support.mail.filing import file_as_post, fresh_words, hold, note
from aftersale.support.mail.reply_tokens import MARK, token_for, token_of
from aftersale.support.mail.rounds import goes_round
from aftersale.support.models import (
    Correspondent,
    IncomingMail,
    MailState,
    Nature,
    Reason,
    ReplyToken,
    Thread,
    Verdict,
)
from aftersale.support.notices import KIND as THREAD_MAIL
from aftersale.support.notices import told_of
from aftersale.support.services.writing import reply

ATTEMPTS = 5
# A worker that takes a mail has this long to read it before another may try; then twice as long, …
LEASE = timedelta(minutes=2)
_LONGEST_LEASE = timedelta(hours=1)
_REFERENCE = re.compile(r"T[0-9A-Z]{5}-[0-9A-Z]{5}")
log = get_logger("mail")


def read_due_mail(*, ports: Ports, at_most: int = 20, stop: Callable[[], bool] = lambda: False) -> int:
    """Read what is due, in the order in which it came; returns how many were tried."""
    due = IncomingMail.objects.filter(state=MailState.STORED, due_at__lte=ports.clock.now())
    tried = 0
    for pk in list(due.order_by("received_at", "pk").values_list("pk", flat=True)[:at_most]):
        if stop():
            break
        tried += _read_one(pk, ports)
    return tried


def _read_one(pk: int, ports: Ports) -> bool:
    if not _lease(pk, ports):
        return False
    try:
        _sort_one(pk, ports)
    except POISON as error:
        # Its kind alone: a message may hold what people wrote. It is due again when the lease ends.
        log.warning("a mail could not be read", mail=pk, error=type(error).__name__)
    return True


@transaction.atomic
def _lease(pk: int, ports: Ports) -> bool:
    """Take the mail for a while; False when another worker was first, or when it was tried often enough."""
    now = ports.clock.now()
    mail = IncomingMail.objects.select_for_update().get(pk=pk)
    if mail.state != MailState.STORED or mail.due_at > now:
        return False
    if mail.attempts >= ATTEMPTS:
        hold(mail, Reason.UNREADABLE)
        return False
    wait = back_off(mail.attempts + 1, first=LEASE, longest=_LONGEST_LEASE)
    IncomingMail.objects.filter(pk=pk).update(due_at=now + wait, attempts=F("attempts") + 1)
    return True


@transaction.atomic
def _sort_one(pk: int, ports: Ports) -> None:
    address = IncomingMail.objects.values_list("from_address", flat=True).get(pk=pk)
    queue_up(address)
    mail = IncomingMail.objects.select_for_update(of=("self",)).select_related("thread").get(pk=pk)
    if mail.state == MailState.STORED:
        _sort(mail, ports)


def queue_up(address: str) -> None:
    """Mails of one sender are read one after the other, whoever reads them."""
    if not address:
        return
    domain = address.rpartition("@")[2]
    Correspondent.objects.get_or_create(address=address, defaults={"domain": domain[:255]})
    Correspondent.objects.select_for_update().get(address=address)


def _sort(mail: IncomingMail, ports: Ports) -> None:
    """The order of checks: what comes first decides."""
    now = ports.clock.now()
    token = token_of(mail.recipient, now)
    mail.thread = token.thread if token else None
    if _was_read_before(mail):
        note(mail, Reason.COPY)
    elif mail.nature == Nature.OURS or _is_ours(mail.from_address):
        note(mail, Reason.OURS)
    elif _says_what_was_lost(mail):
        status = mail.returned_status or status_in(mail.text)
        if status != ARRIVED:
            note_bounce(ports=ports, address=mail.recipient, status=status)
        note(mail, Reason.BOUNCE)
    elif mail.nature == Nature.AUTOMATIC or is_for_a_bounce(mail.recipient):
        # Who is away for a while answers there as well: that loses no mail.
        note(mail, Reason.AUTOMATIC)
    elif mail.verdict == Verdict.FAILED:
        hold(mail, Reason.FORGED)
    elif not mail.from_address:
        hold(mail, Reason.NO_SENDER)
    elif _are_too_many(mail):
        hold(mail, Reason.TOO_MANY)
    elif token is not None and mail.from_address != token.person.email.lower():
        hold(mail, Reason.STRANGER)
    elif right := token or _right_by_reference(mail, now):
        _post(mail, right, ports)
    elif mail.nature == Nature.LIST:
        hold(mail, Reason.LIST)
    else:
        mail.thread = _named_in(mail.subject)
        take_in(mail, ports=ports)


def _was_read_before(mail: IncomingMail) -> bool:
    """Whether this sender's mail came by another way; a forged one takes no true one's place.

    One mail to the reply addresses of two threads is an answer in each.
    """
    if not mail.message_id:
        return False
    same = IncomingMail.objects.filter(message_id=mail.message_id, from_address=mail.from_address)
    read = same.exclude(pk=mail.pk).exclude(state=MailState.STORED)
    if mail.thread is not None:
        read = read.filter(Q(thread=None) | Q(thread=mail.thread))
    return (read if mail.verdict == Verdict.FAILED else read.exclude(verdict=Verdict.FAILED)).exists()


def _says_what_was_lost(mail: IncomingMail) -> bool:
    """A report of a loss, in its form or by its code; who is away answers to the same address."""
    if mail.nature == Nature.BOUNCE:
        return True
    is_by_a_server = mail.nature != Nature.AUTOMATIC or not mail.envelope_sender
    is_a_delay = "\nAction: delayed" in mail.text
    return is_by_a_server and not is_a_delay and names_a_status(mail.text) and is_for_a_bounce(mail.recipient)


def _is_ours(address: str) -> bool:
    local, _, domain = address.partition("@")
    at_home = domain == mail_domain().lower() and local.startswith((MARK, BOUNCE_MARK))
    return address == settings.MARKETPLACE_MAIL.lower() or at_home


def _are_too_many(mail: IncomingMail) -> bool:
    """Mails that only claim to be of this sender keep none of theirs waiting that is proved."""
    theirs = IncomingMail.objects.filter(from_address=mail.from_address, received_at__lte=mail.received_at)
    theirs = theirs.exclude(verdict=Verdict.FAILED)
    if mail.verdict == Verdict.PASSED:
        theirs = theirs.filter(verdict=Verdict.PASSED)
    an_hour, a_day = (mail.received_at - each for each in (timedelta(hours=1), timedelta(days=1)))
    return (
        theirs.filter(received_at__gt=an_hour).count() > settings.SUPPORT_MAILS_AN_HOUR
        or theirs.filter(received_at__gt=a_day).count() > settings.SUPPORT_MAILS_A_DAY
    )


def _named_in(subject: str) -> Thread | None:
    """A thread that the subject names: a hint for our staff, and no right to anything."""
    found = _REFERENCE.search(subject.upper())
    return Thread.objects.filter(reference=found[0]).first() if found else None


def _right_by_reference(mail: IncomingMail, now: datetime) -> ReplyToken | None:
    """The right to answer the mail of ours that this one names: of whom we sent it to, if they wrote this."""
    told = Notification.objects.filter(
        recipient=mail.from_address, message_id__in=mail.references, kind=THREAD_MAIL
    )
    # The last that is named is the one that is answered; those before it only led there.
    answered = max(told, key=lambda row: mail.references.index(row.message_id), default=None)
    return token_for(mail.from_address, *told_of(answered), now) if answered is not None else None


def _post(mail: IncomingMail, right: ReplyToken, ports: Ports) -> None:
    """Write it into the thread as its person would on the page; what is refused there is held."""
    mail.thread = right.thread
    if goes_round(mail, right.thread):
        hold(mail, Reason.TOO_MANY)
        return
    try:
        with transaction.atomic():
            post = reply(
                ports=ports,
                by=right.person,
                thread=right.thread,
                body=fresh_words(mail),
                intent=f"mail:{mail.pk}",
                visibility=right.ceiling,
                keeps_draft=True,
            )
    except ThreadClosed:
        take_in(mail, ports=ports, follows=right.thread)
    except (BadInput, Refused) as error:
        hold(mail, Reason.REFUSED, error)
    else:
        file_as_post(mail, post)
