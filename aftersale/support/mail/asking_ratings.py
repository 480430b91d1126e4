"""One mail after our staff solved a thread: how was it? Its links lead to a page that counts by a button."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import translation

from aftersale.base.models import Notification
from aftersale.base.ports import Ports
from aftersale.base.services import Fresh, post_notification
from aftersale.support.mail.bouncing import mails_come_back
from aftersale.support.mail.chains import chain_of
from aftersale.support.mail.stopping import readers_by_mail, stop_address
from aftersale.support.models import (
    TEAM,
    Content,
    EventKind,
    Notify,
    Rating,
    RatingLink,
    Reader,
    Thread,
    ThreadEvent,
    ThreadState,
)
from aftersale.support.moving import lock_people
from aftersale.support.ratings import can_be_rated, rating_of
from aftersale.support.titles import title_for

KIND = "rating-asked"
# A person is asked once in this time; what was solved longer ago is not asked about any more.
_WEEK = timedelta(days=7)


def ask_for_ratings(*, ports: Ports, at_most: int = 20) -> int:
    """Owe the openers of what our staff solved a while ago a mail; returns how many."""
    due = _to_ask(ports.clock.now()).order_by("-solved_at", "-pk")
    return sum(_ask(pk, ports) for pk in list(due.values_list("pk", flat=True)[:at_most]))


def asked_anew(notification: Notification, *, ports: Ports) -> Fresh | None:
    """What the mail says now; None where it was rated or opened again meanwhile, or is not wanted."""
    link = RatingLink.objects.filter(pk=notification.words.get("link")).select_related("thread").first()
    person = readers_by_mail(link.thread).filter(pk=link.person_id).first() if link else None
    if link is None or person is None or person.email != notification.recipient:
        return None
    thread, now = link.thread, ports.clock.now()
    if thread.solved_at != link.solved_at or rating_of(thread) or not can_be_rated(thread, now):
        return None
    if mails_come_back(person, now):
        return None
    with translation.override(person.language):
        return Fresh(
            words={
                "subject": title_for(person, thread),
                "path": f"/threads/{thread.reference}/",
                "choices": _choices(link),
            },
            references=chain_of(notification, thread, person),
            list_unsubscribe=stop_address(ports=ports, thread=thread, person=person),
        )


def _choices(link: RatingLink) -> list[dict[str, Any]]:
    page = f"{settings.SITE_ADDRESS}/rate/{link.token}/"
    return [{"label": str(each.label), "address": f"{page}?content={each}"} for each in Content]


def _to_ask(now: datetime) -> QuerySet[Thread]:
    days = settings.SUPPORT_RATING_MAIL_DAYS
    if not days:
        return Thread.objects.none()
    until = now - timedelta(days=days)
    here: dict[str, Any] = {"thread": OuterRef("pk"), "person": OuterRef("opener")}
    solution: dict[str, Any] = {"thread": OuterRef("pk"), "solved_at": OuterRef("solved_at")}
    solved = {"kind": EventKind.SOLVED, "thread": OuterRef("pk"), "at": OuterRef("solved_at")}
    lately = RatingLink.objects.filter(person=OuterRef("opener"), made_at__gt=now - _WEEK)
    return Thread.objects.filter(
        Exists(ThreadEvent.objects.filter(actor__role__in=TEAM, **solved)),
        Exists(Reader.objects.filter(notify=Notify.FOLLOWS, **here)),
        ~Exists(Rating.objects.filter(**solution)),
        ~Exists(RatingLink.objects.filter(**solution)),
        ~Exists(lately),
        state__in=(ThreadState.SOLVED, ThreadState.CLOSED),
        solved_at__gt=until - _WEEK,
        solved_at__lte=until,
        opener__is_active=True,
        bought_here=None,
    )


@transaction.atomic
def _ask(pk: int, ports: Ports) -> bool:
    thread = Thread.objects.select_related("opener").get(pk=pk)
    lock_people(thread.opener)  # two workers ask a person once
    now = ports.clock.now()
    if thread.solved_at is None or not _to_ask(now).filter(pk=pk).exists():
        return False
    link = RatingLink.objects.create(
        token=ports.ids.key()[1:],
        thread=thread,
        person=thread.opener,
        solved_at=thread.solved_at,
        made_at=now,
    )
    post_notification(
        ports=ports,
        kind=KIND,
        key=f"{thread.reference}:{thread.opener_id}:{link.pk}",
        recipient=thread.opener.email,
        language=thread.opener.language,
        words={"link": link.pk},
    )
    return True
