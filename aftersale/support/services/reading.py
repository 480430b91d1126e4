"""What a reader does for themselves: keeps the place, follows or mutes, reports a post, keeps a draft."""

from django.db import transaction

from aftersale.accounts.models import User
from aftersale.base.errors import BadInput
from aftersale.base.ports import Ports
from aftersale.base.texts import clean_text
from aftersale.support.attachments import place_of
from aftersale.support.errors import NotForYou
from aftersale.support.eyes import eyes_for
from aftersale.support.limits import check_report
from aftersale.support.models import (
    LONGEST_BODY,
    LONGEST_SUBJECT,
    Draft,
    Notify,
    Post,
    Reader,
    Report,
    Thread,
    Visibility,
)
from aftersale.support.posting import clean_reason, numbers_of
from aftersale.support.queries import posts_of


@transaction.atomic
def mark_read(*, by: User, thread: Thread, number: int | None = None) -> Reader:
    """Remember that this person has read up to post `number`, or all that they see; never back."""
    row, _ = Reader.objects.get_or_create(thread=thread, person=by)
    seen = posts_of(by, thread)
    if number is not None:
        seen = seen.filter(number__lte=number)
    last = seen.values_list("number", flat=True).last() or 0
    Reader.objects.filter(pk=row.pk, last_read__lt=last).update(last_read=last)
    row.refresh_from_db()
    return row


@transaction.atomic
def notify_about(*, by: User, thread: Thread, notify: str) -> Reader:
    """Follow the thread, mute it, or only read it. Raises BadInput."""
    if notify not in Notify.values:
        raise BadInput("notify", notify, f"one of {', '.join(Notify.values)}")
    return Reader.objects.update_or_create(thread=thread, person=by, defaults={"notify": notify})[0]


@transaction.atomic
def report_post(*, ports: Ports, by: User, post: Post, reason: str) -> Report:
    """Ask our staff to look at a post; a second time changes nothing. Raises BadInput, TooMuch, NotForYou."""
    reason = clean_reason(reason)
    if post.author_id in (None, by.pk):
        raise NotForYou("one's own posts, and Aftersale's, are not reported")
    known = Report.objects.filter(post=post, person=by).first()
    if known is not None:
        return known
    check_report(by, ports.clock.now())
    return Report.objects.create(post=post, person=by, reason=reason, reported_at=ports.clock.now())


@transaction.atomic
def save_draft(
    *,
    ports: Ports,
    by: User,
    body: str,
    subject: str = "",
    visibility: str = "",
    thread: Thread | None = None,
) -> Draft | None:
    """Keep what was typed, and for whom, without card numbers; an empty draft is none. Raises BadInput."""
    _check_eyes(by, thread, visibility)
    known = numbers_of(thread.order) if thread else set()
    written = {
        "subject": clean_text(subject, field="subject", longest=LONGEST_SUBJECT, known=known),
        "body": clean_text(body, field="body", longest=LONGEST_BODY, known=known),
    }
    place = place_of(thread)
    if not any(written.values()):
        forget_draft(by=by, thread=thread)
        return None
    written_at = written | {"visibility": visibility, "saved_at": ports.clock.now()}
    return Draft.objects.update_or_create(person=by, place=place, defaults=written_at)[0]


def _check_eyes(by: User, thread: Thread | None, visibility: str) -> None:
    allowed = eyes_for(thread, by) if thread else (Visibility.PARTICIPANTS, Visibility.PUBLIC)
    if visibility and visibility not in allowed:
        raise BadInput("visibility", visibility, f"one of {', '.join(allowed)}")


def forget_draft(*, by: User, thread: Thread | None = None) -> None:
    Draft.objects.filter(person=by, place=place_of(thread)).delete()


def draft_of(person: User, thread: Thread | None = None) -> Draft | None:
    return Draft.objects.filter(person=person, place=place_of(thread)).first()
