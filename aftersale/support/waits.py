"""How long an answer takes in each lane, measured: a thread, and an e-mail."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aftersale.support.models import MailConversation
from aftersale.support.waited import asked_threads, mail_waits, thread_waits

WINDOW = timedelta(days=30)
# A measured wait is told again for so long without counting.
KEPT = timedelta(minutes=1)
# A share is a product of floats: a half is a half where its last digits differ.
_LAST_DIGITS = 1e-9


@dataclass(frozen=True, slots=True)
class Served:
    """How long so many have waited, and whether an answer ended it."""

    wait: timedelta
    is_answered: bool
    count: int = 1


@dataclass(frozen=True, slots=True)
class Waits:
    """Half of those who asked in the last 30 days had an answer within this; None where nobody had one.

    `*_at_least` says that fewer than half have one yet: then it is the longest that anybody has waited.
    `of_*` is how many of them it stands on.
    """

    threads: timedelta | None
    mail: timedelta | None
    of_threads: int = 0
    of_mail: int = 0
    threads_at_least: bool = False
    mail_at_least: bool = False

    @property
    def threads_told(self) -> str:
        return _told(self.threads, is_least=self.threads_at_least)

    @property
    def mail_told(self) -> str:
        return _told(self.mail, is_least=self.mail_at_least)

    @property
    def threads_said(self) -> str:
        """The fast lane's wait as a sentence without its end."""
        return _said(self.threads, is_least=self.threads_at_least) or _("Answered first")

    @property
    def mail_said(self) -> str:
        """The slow lane's wait as a sentence without its end."""
        return _said(self.mail, is_least=self.mail_at_least) or _("Answered after the threads")


def lane_waits(now: datetime) -> Waits:
    """The measured wait of both lanes, at most a minute old: many pages tell it, and it counts many rows."""
    at, waits = cache.get("lane_waits") or (None, None)
    if at is None or waits is None or not at <= now < at + KEPT:
        waits = measured_waits(now)
        cache.set("lane_waits", (now, waits), timeout=KEPT.total_seconds())
    return waits


def measured_waits(now: datetime) -> Waits:
    """The same as of this moment. Whoever still waits counts for as long as they have waited."""
    asked = asked_threads().filter(opened_at__gt=now - WINDOW)
    wrote = MailConversation.objects.filter(received_at__gt=now - WINDOW)
    threads = [Served(*each) for each in thread_waits(asked, now)]
    mail = [Served(*each) for each in mail_waits(wrote, now)]
    of_threads, threads_at_least = half_within(threads)
    of_mail, mail_at_least = half_within(mail)
    return Waits(
        of_threads,
        of_mail,
        sum(each.count for each in threads),
        sum(each.count for each in mail),
        threads_at_least,
        mail_at_least,
    )


def lanes_foot(now: datetime) -> dict[str, Any]:
    """What the foot of a mail says of how to reach us: both waits, and then the address."""
    return {"waits": lane_waits(now), "mail_address": settings.MARKETPLACE_MAIL}


def half_within(served: Iterable[Served]) -> tuple[timedelta | None, bool]:
    """Within what time half of them are answered; and whether that is only the least it can be."""
    return share_within(served, 0.5)


def share_within(served: Iterable[Served], share: float) -> tuple[timedelta | None, bool]:
    """Within what time this share of them is answered; and whether that is only the least it can be.

    A median over the answered ones would flatter: it is silent about who has waited longest. Here each
    counts among those who wait until its answer, or until now (Kaplan and Meier's estimate): of those who
    were waiting just before an answer came, one was answered.
    """
    rows = sorted(served, key=lambda each: (each.wait, not each.is_answered))
    if not any(each.is_answered for each in rows):
        return None, False
    waiting, unanswered = sum(each.count for each in rows), 1.0
    for each in rows:
        if each.is_answered:
            unanswered *= (waiting - each.count) / waiting
        waiting -= each.count
        if unanswered <= 1 - share + _LAST_DIGITS:
            return each.wait, False
    return rows[-1].wait, True


def wait_told(wait: timedelta | None) -> str:
    """A wait in the one unit that says enough; nothing where there is none."""
    if wait is None:
        return ""
    minutes = max(1, round(wait.total_seconds() / 60))
    if minutes < 90:
        return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
    hours = round(minutes / 60)
    if hours < 48:
        return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}
    days = round(hours / 24)
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}


def wait_at_least_told(wait: timedelta | None) -> str:
    """The same of a wait that is not over."""
    return _("more than %s") % wait_told(wait)


def _told(wait: timedelta | None, *, is_least: bool) -> str:
    return wait_at_least_told(wait) if is_least else wait_told(wait)


def _said(wait: timedelta | None, *, is_least: bool) -> str:
    if wait is None:
        return ""
    said = _("Half wait more than %s") if is_least else _("Half are answered within %s")
    return said % wait_told(wait)
