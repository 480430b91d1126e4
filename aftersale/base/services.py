"""Notifications: posted in the transaction of what they tell, sent by the worker outside any."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import translation

from aftersale.base.errors import PortFailed
from aftersale.base.mail import Mail, MailPort
from aftersale.base.models import Notification, NotificationState
from aftersale.base.ports import Clock, Ports
from aftersale.base.waiting import back_off

# A worker that takes a mail has this long to send it before another may try.
LEASE = timedelta(minutes=2)
ATTEMPTS = 12
_FIRST_WAIT = timedelta(seconds=30)
_LONGEST_WAIT = timedelta(days=1)


def post_notification(
    *,
    ports: Ports,
    kind: str,
    key: str,
    recipient: str,
    language: str,
    words: dict[str, Any],
    not_before: datetime | None = None,
) -> None:
    """Owe `recipient` the mail `kind`, once for each `key`; it goes out after this transaction commits."""
    now = ports.clock.now()
    Notification.objects.get_or_create(
        key=f"{kind}:{key}",
        defaults={
            "kind": kind,
            "recipient": recipient,
            "language": language,
            "words": words,
            "due_at": not_before or now,
            "created_at": now,
        },
    )


def send_due_notifications(*, clock: Clock, mail: MailPort, at_most: int = 20) -> int:
    """Send what is due and return how many were tried. At least once: a crash after sending sends again."""
    due = Notification.objects.filter(state=NotificationState.WANTED, due_at__lte=clock.now())
    tried = 0
    for pk in list(due.order_by("due_at", "pk").values_list("pk", flat=True)[:at_most]):
        tried += _send_one(pk, clock=clock, mail=mail)
    return tried


def _send_one(pk: int, *, clock: Clock, mail: MailPort) -> bool:
    if not _lease(pk, clock=clock):
        return False
    notification = Notification.objects.get(pk=pk)
    try:
        mail.send(rendered(notification))
    except PortFailed as error:
        _write_failure(notification, error, clock=clock)
    else:
        Notification.objects.filter(pk=pk).update(
            state=NotificationState.SENT, sent_at=clock.now(), last_error=""
        )
    return True


def _lease(pk: int, *, clock: Clock) -> bool:
    """Take the row for a while; False when another worker was first."""
    now = clock.now()
    row = Notification.objects.filter(pk=pk, state=NotificationState.WANTED, due_at__lte=now)
    return bool(row.update(due_at=now + LEASE, attempts=F("attempts") + 1))


def rendered(notification: Notification) -> Mail:
    """The mail of a notification, in its reader's language."""
    folder = f"notifications/{notification.kind}"
    words = {
        **notification.words,
        "marketplace": settings.MARKETPLACE_NAME,
        "site": settings.SITE_ADDRESS,
        "notification": notification,
    }
    with translation.override(notification.language):
        return Mail(
            recipient=notification.recipient,
            subject=" ".join(render_to_string(f"{folder}/subject.txt", words).split()),
            text=render_to_string(f"{folder}/body.txt", words).strip() + "\n",
            html=render_to_string(f"{folder}/body.html", words),
            message_id=f"<notification-{notification.pk}@{settings.MARKETPLACE_MAIL.rpartition('@')[2]}>",
        )


def blank_word(word: str, *, kinds: tuple[str, ...], until: datetime, at_most: int = 100) -> int:
    """Take a secret that ended out of the mails of these kinds that were wanted `until` then; how many."""
    ended = Notification.objects.filter(kind__in=kinds, created_at__lte=until, words__has_key=word)
    mails = list(ended.exclude(**{f"words__{word}": ""})[:at_most])
    for mail in mails:
        Notification.objects.filter(pk=mail.pk).update(words={**mail.words, word: ""})
    return len(mails)


@transaction.atomic
def _write_failure(notification: Notification, error: PortFailed, *, clock: Clock) -> None:
    final = not error.retry or notification.attempts >= ATTEMPTS
    wait = back_off(notification.attempts, first=_FIRST_WAIT, longest=_LONGEST_WAIT)
    Notification.objects.filter(pk=notification.pk).update(
        state=NotificationState.UNDELIVERABLE if final else NotificationState.WANTED,
        due_at=clock.now() + wait,
        last_error=str(error),
    )
