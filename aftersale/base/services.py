"""Notifications: posted in the transaction of what they tell, sent by the worker outside any."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import F, QuerySet
from django.template import TemplateDoesNotExist, TemplateSyntaxError
from django.template.loader import render_to_string
from django.utils import translation
from structlog import get_logger

from aftersale.base.each import POISON
from aftersale.base.errors import PortFailed, place_of
from aftersale.base.mail import AddressRefused, Mail, MailPort
from aftersale.base.models import Notification, NotificationState
from aftersale.base.ports import Clock, Ports
from aftersale.base.waiting import back_off

# A worker that takes a mail has this long to send it before another may try.
LEASE = timedelta(minutes=2)
ATTEMPTS = 12
_FIRST_WAIT = timedelta(seconds=30)
_LONGEST_WAIT = timedelta(days=1)
# Reports that a mail was not delivered go to `bounce+TOKEN@` the marketplace's domain.
BOUNCE_MARK = "bounce+"
# What a mail that nobody thought of may make our code raise.
_POISON = (*POISON, TemplateDoesNotExist, TemplateSyntaxError)
# What could not be written is told to our staff for so long.
_TOLD = timedelta(days=14)
log = get_logger("mail")


@dataclass(frozen=True, slots=True)
class Fresh:
    """What a mail says and carries when it is known only at the moment of sending."""

    words: dict[str, Any] = field(default_factory=dict)
    references: tuple[str, ...] = ()
    reply_to: str = ""
    list_unsubscribe: str = ""


# Reads a kind of mail anew before each attempt; None when there is nothing left to tell.
type Freshen = Callable[[Notification], Fresh | None]


def post_notification(
    *,
    ports: Ports,
    kind: str,
    key: str,
    recipient: str,
    language: str,
    words: dict[str, Any],
    not_before: datetime | None = None,
    references: Sequence[str] = (),
    is_automatic: bool = False,
) -> None:
    """Owe `recipient` the mail `kind`, once for each `key`; it goes out after this transaction commits.

    `references` are the Message-IDs that it follows, the oldest first. What `is_automatic` has no envelope
    sender, so that no machine answers it and no report of it comes back.
    """
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
            "message_id": f"<{ports.ids.key()}@{mail_domain()}>",
            "bounce_token": None if is_automatic else ports.ids.key()[1:],
            "references": list(references),
            "is_automatic": is_automatic,
        },
    )


def mail_domain() -> str:
    """Where the marketplace's own mail addresses are."""
    return settings.MARKETPLACE_MAIL.rpartition("@")[2]


def send_due_notifications(
    *,
    clock: Clock,
    mail: MailPort,
    at_most: int = 20,
    freshen: Mapping[str, Freshen] | None = None,
    foot: Callable[[], dict[str, Any]] = dict,
) -> int:
    """Send what is due and return how many were tried. At least once: a crash after sending sends again.

    `freshen` says for a kind how it is read anew when it is sent; `foot` what every mail ends with.
    """
    due = Notification.objects.filter(state=NotificationState.WANTED, due_at__lte=clock.now())
    pks = list(due.order_by("due_at", "pk").values_list("pk", flat=True)[:at_most])
    told = foot() if pks else {}
    return sum(_send_one(pk, clock=clock, mail=mail, freshen=freshen or {}, foot=told) for pk in pks)


def _send_one(
    pk: int,
    *,
    clock: Clock,
    mail: MailPort,
    freshen: Mapping[str, Freshen],
    foot: dict[str, Any],
) -> bool:
    if not _lease(pk, clock=clock):
        return False
    notification = Notification.objects.get(pk=pk)
    read = freshen.get(notification.kind)
    try:
        fresh = read(notification) if read else Fresh()
        if fresh is None:
            _mine(notification).update(state=NotificationState.UNNEEDED)
            return True
        mail.send(rendered(notification, fresh, foot))
    except PortFailed as error:
        _write_failure(notification, error, clock=clock)
    except _POISON as error:
        _write_poison(notification, error, clock=clock)
    else:
        # It did go out, whoever has it in hand by now.
        waiting = Notification.objects.filter(pk=pk, state=NotificationState.WANTED)
        waiting.update(state=NotificationState.SENT, sent_at=clock.now(), last_error="")
    return True


def _lease(pk: int, *, clock: Clock) -> bool:
    """Take the row for a while; False when another worker was first."""
    now = clock.now()
    row = Notification.objects.filter(pk=pk, state=NotificationState.WANTED, due_at__lte=now)
    return bool(row.update(due_at=now + LEASE, attempts=F("attempts") + 1))


def _mine(notification: Notification) -> QuerySet[Notification]:
    """The row, as long as nobody else took it since."""
    return Notification.objects.filter(
        pk=notification.pk, state=NotificationState.WANTED, attempts=notification.attempts
    )


def unwritten_notifications(now: datetime) -> QuerySet[Notification]:
    """Mails that our own code could not write lately, and nobody tries any more; the latest first."""
    return Notification.objects.filter(state=NotificationState.FAILED, due_at__gt=now - _TOLD).order_by("-pk")


def rendered(
    notification: Notification, fresh: Fresh | None = None, foot: dict[str, Any] | None = None
) -> Mail:
    """The mail of a notification, in its reader's language."""
    folder, fresh = f"notifications/{notification.kind}", fresh or Fresh()
    words = {
        **(foot or {}),
        **notification.words,
        **fresh.words,
        "marketplace": settings.MARKETPLACE_NAME,
        "site": settings.SITE_ADDRESS,
        "notification": notification,
        "stop": fresh.list_unsubscribe,
    }
    with translation.override(notification.language):
        return Mail(
            recipient=notification.recipient,
            subject=" ".join(render_to_string(f"{folder}/subject.txt", words).split()),
            text=render_to_string(f"{folder}/body.txt", words).strip() + "\n",
            html=render_to_string(f"{folder}/body.html", words),
            message_id=notification.message_id,
            references=fresh.references or tuple(notification.references),
            reply_to=fresh.reply_to,
            list_unsubscribe=fresh.list_unsubscribe,
            bounce_address=_bounce_address(notification),
            is_automatic=notification.is_automatic,
        )


def _bounce_address(notification: Notification) -> str:
    """Who hears that it could not be delivered; nobody where the site reads no mail."""
    token = notification.bounce_token
    return f"{BOUNCE_MARK}{token}@{mail_domain()}" if token and settings.MAIL_IS_READ else ""


def blank_word(word: str, *, kinds: tuple[str, ...], until: datetime, at_most: int = 100) -> int:
    """Take a secret that ended out of the mails of these kinds that were wanted `until` then; how many."""
    ended = Notification.objects.filter(kind__in=kinds, created_at__lte=until, words__has_key=word)
    mails = list(ended.exclude(**{f"words__{word}": ""})[:at_most])
    for mail in mails:
        Notification.objects.filter(pk=mail.pk).update(words={**mail.words, word: ""})
    return len(mails)


def _write_failure(notification: Notification, error: PortFailed, *, clock: Clock) -> None:
    final = not error.retry or notification.attempts >= ATTEMPTS
    written: dict[str, Any] = {"last_error": str(error), "due_at": clock.now() + _wait(notification)}
    if isinstance(error, AddressRefused):
        written |= {"bounced_at": clock.now(), "bounce_status": error.status}
    _mine(notification).update(
        state=NotificationState.UNDELIVERABLE if final else NotificationState.WANTED, **written
    )


def _write_poison(notification: Notification, error: Exception, *, clock: Clock) -> None:
    """A slip of ours over one mail: it waits as for any failure, and fails at last; no other waits for it."""
    told = {"error": type(error).__name__, "at": place_of(error)}
    final = notification.attempts >= ATTEMPTS
    say = log.error if final else log.warning
    say("a mail of ours could not be written", mail=notification.pk, kind=notification.kind, **told)
    _mine(notification).update(
        state=NotificationState.FAILED if final else NotificationState.WANTED,
        last_error=f"{told['error']} at {told['at']}",
        due_at=clock.now() + _wait(notification),
    )


def _wait(notification: Notification) -> timedelta:
    return back_off(notification.attempts, first=_FIRST_WAIT, longest=_LONGEST_WAIT)
