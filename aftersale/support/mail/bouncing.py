"""Mails that come back: which of ours it was, and whether its address still gets mails about threads.

Only a report that names the random token of one mail of ours counts: anybody can write a report.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from aftersale.accounts.models import User
from aftersale.base.models import Notification
from aftersale.base.ports import Ports
from aftersale.base.services import BOUNCE_MARK, mail_domain
from aftersale.support.mail.delivery_status import UNKNOWN, Reported, status_for
from aftersale.support.models import MailPreference

# A mailbox that is full for a while is no lost one: only so many of these in a week stop the mails.
_SOFT = 3
_WEEK = timedelta(days=7)
# No such mailbox, no such domain, no address at all, moved away, takes no mail, closed (RFC 3463, RFC 7505).
# A full mailbox, a mail that is too large or a rule of theirs may pass, whatever class its server gives it.
_GONE = ("5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1")


def note_bounce(*, ports: Ports, address: str, status: str = "") -> Notification | None:
    """A mail came back to `address`, a bounce address of ours; None, with nothing changed, where it is not.

    `status` is the reason as mail servers say it. The first report of a mail counts.
    """
    found = _mail_of(address)
    if found is None:
        return None
    Notification.objects.filter(pk=found.pk, bounced_at=None).update(
        bounced_at=ports.clock.now(), bounce_status=status[:16] or UNKNOWN
    )
    found.refresh_from_db()
    return found


def returned_status(address: str, reported: Sequence[Reported]) -> str:
    """What a report to this bounce address says of the mail of ours that it belongs to."""
    found = _mail_of(address)
    return status_for(found.recipient, reported) if found is not None else ""


def is_for_a_bounce(address: str) -> bool:
    """Whether a mail of ours named this address for reports that it was not delivered."""
    return _mail_of(address) is not None


def mails_come_back(person: User, now: datetime) -> bool:
    """Whether this person's address gets no mails about threads until they confirm it."""
    counted = _lost(person)
    if counted.filter(bounce_status__in=_GONE).exists():
        return True
    return counted.filter(bounced_at__gt=now - _WEEK).count() >= _SOFT


@transaction.atomic
def confirm_address(*, ports: Ports, person: User) -> MailPreference:
    """The person says that their address takes mails: what came back so far counts no more."""
    confirmed = {"address_confirmed_at": ports.clock.now()}
    return MailPreference.objects.update_or_create(person=person, defaults=confirmed)[0]


def _mail_of(address: str) -> Notification | None:
    local, _, domain = address.strip().lower().rpartition("@")
    if not local.startswith(BOUNCE_MARK) or domain != mail_domain().lower():
        return None
    return Notification.objects.filter(bounce_token=local.removeprefix(BOUNCE_MARK)).first()


def _lost(person: User) -> QuerySet[Notification]:
    """What came back from this person's address since they last confirmed it."""
    lost = Q(recipient=person.email, bounced_at__isnull=False)
    confirmed = MailPreference.objects.filter(person=person).values_list("address_confirmed_at", flat=True)
    if (since := confirmed.first()) is not None:
        lost &= Q(created_at__gt=since)
    return Notification.objects.filter(lost)
