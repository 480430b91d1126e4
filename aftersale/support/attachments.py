"""Keeping files: with what somebody has begun to write, with a post, with a mail; and who may read them."""

from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet, Sum

from aftersale.accounts.models import User
from aftersale.base.errors import BadInput, NotYours
from aftersale.base.ports import Ports
from aftersale.support.errors import TooMuch
from aftersale.support.limits import is_newcomer
from aftersale.support.models import TEAM, Attachment, AttachmentBytes, IncomingMail, Post, Thread
from aftersale.support.posting import numbers_of
from aftersale.support.queries import Viewer, is_team, visible_posts
from aftersale.support.safe_files import MEGABYTE, FileRefused, SafeFile, clean_name, made_safe

__all__ = ["FileRefused", "SafeFile", "clean_name", "keep", "made_safe"]

# However many the settings let a form have. A mail's pictures stand in its signature, too.
MOST_OF_A_POST = 20
NEW = "new"


def place_of(thread: Thread | None) -> str:
    """Where a draft stands: in a thread, or in one that is still to be opened."""
    return thread.reference if thread else NEW


@transaction.atomic
def keep(
    *,
    ports: Ports,
    files: Sequence[SafeFile],
    mail: IncomingMail | None = None,
    post: Post | None = None,
    giver: User | None = None,
    place: str = "",
) -> list[Attachment]:
    """Write files down with their mail, their post, or their giver's draft at a place."""
    now = ports.clock.now()
    kept = [
        Attachment(
            reference=ports.ids.reference("A"),
            post=post,
            mail=mail,
            giver=giver or (post.author if post else None),
            place=place,
            name=file.name,
            kind=file.kind,
            size=file.size,
            digest=file.digest,
            width=file.width,
            height=file.height,
            cards_removed=[list(pair) for pair in file.cards_removed],
            kept_at=now,
        )
        for file in files
    ]
    for row, file in zip(kept, files, strict=True):
        row.save()
        AttachmentBytes.objects.create(attachment=row, content=file.content, thumbnail=file.thumbnail)
    return kept


def safe_ones(
    files: Iterable[tuple[str, bytes]], *, known: Collection[str] = ()
) -> tuple[list[SafeFile], list[str]]:
    """What may be kept of a mail's files, and the names, fit to be stored, of those that are left out."""
    safe: list[SafeFile] = []
    left_out: list[str] = []
    for name, content in files:
        file = _safe_or_none(name, content, known) if len(safe) < MOST_OF_A_POST else None
        if file is None:
            left_out.append(clean_name(name, known=known)[0])
        else:
            safe.append(file)
    return safe, left_out


def give_to_post(*, mail: IncomingMail, post: Post) -> None:
    """The files of a mail that became this post."""
    Attachment.objects.filter(mail=mail, post=None).update(post=post, giver=post.author)


def safe_for(thread: Thread | None, name: str, content: bytes) -> SafeFile:
    """A file for a post of this thread, as it may be kept. Raises FileRefused."""
    return made_safe(name, content, known=numbers_of(thread.order) if thread else ())


def keep_with_draft(
    *, ports: Ports, by: User, files: Sequence[SafeFile], thread: Thread | None = None
) -> list[Attachment]:
    """Keep these with what `by` has begun to write there; one that waits there already is kept once.

    Raises BadInput, TooMuch.
    """
    waiting = {(row.name, row.digest): row for row in drafted(by, thread)}
    fresh = [file for file in files if (file.name, file.digest) not in waiting]
    if len(waiting) + len(fresh) > most_files():
        raise too_many()
    _check_day(by, sum(file.size for file in fresh), ports)
    known = [waiting[found] for file in files if (found := (file.name, file.digest)) in waiting]
    return known + keep(ports=ports, files=fresh, giver=by, place=place_of(thread))


def most_files() -> int:
    """How many files a form's post may have."""
    return min(int(settings.SUPPORT_FILES_A_POST), MOST_OF_A_POST)


def too_many() -> FileRefused:
    return FileRefused(f"more than {most_files()}", "count", f"at most {most_files()} files with one post")


def drafted(person: User, thread: Thread | None = None) -> QuerySet[Attachment]:
    """The files that wait with this person's draft."""
    return Attachment.objects.filter(giver=person, place=place_of(thread), removed_at=None)


@transaction.atomic
def drop_drafted(*, by: User, reference: str) -> Attachment:
    """Forget a file of one's draft. Raises NotYours."""
    row = Attachment.objects.filter(giver=by, reference=reference).exclude(place="").first()
    if row is None or not _forget([row.pk]):
        raise NotYours(f"there is no file {reference} with a draft")
    return row


def send_drafted(*, post: Post, references: Sequence[str], place: str) -> None:
    """Make these files of the author's draft the post's, in its transaction. Raises BadInput."""
    wanted = set(references)
    if len(wanted) > most_files():
        raise too_many()
    mine = Attachment.objects.filter(giver=post.author, place=place, reference__in=wanted, removed_at=None)
    if mine.update(post=post, place="") != len(wanted):
        raise BadInput("files", ", ".join(sorted(wanted)), "files that wait with this draft")


def forget_old_drafted(*, ports: Ports, at_most: int = 20) -> int:
    """Forget files that nobody sent for a month; returns how many."""
    old = Attachment.objects.exclude(place="").filter(kept_at__lt=ports.clock.now() - timedelta(days=30))
    pks = list(old.values_list("pk", flat=True)[:at_most])
    return _forget(pks)


def visible_files(viewer: Viewer) -> QuerySet[Attachment]:
    """The files of posts that this person sees, and with their own drafts; those of mails for our staff."""
    rows = Attachment.objects.select_related("post__thread")
    seen = Q(post__in=visible_posts(viewer).order_by())
    if isinstance(viewer, User):
        seen |= Q(giver=viewer) & ~Q(place="")
    if is_team(viewer):
        seen |= Q(mail__isnull=False, post=None)
    return rows.filter(seen)


def file_for(viewer: Viewer, reference: str) -> Attachment:
    """The file of this name, if this person may see it. Raises NotYours."""
    found = visible_files(viewer).filter(reference=reference).first()
    if found is None:
        raise NotYours(f"there is no file {reference}")
    return found


def bytes_for(viewer: Viewer, reference: str) -> AttachmentBytes:
    """What a file holds, if this person may see it and nobody removed it. Raises NotYours."""
    return _stored(AttachmentBytes.objects.defer("thumbnail"), viewer, reference)


def thumbnail_for(viewer: Viewer, reference: str) -> bytes | None:
    """The same picture, small; None for what is no picture. Raises NotYours."""
    small = _stored(AttachmentBytes.objects.defer("content"), viewer, reference).thumbnail
    return None if small is None else bytes(small)


def _stored(rows: QuerySet[AttachmentBytes], viewer: Viewer, reference: str) -> AttachmentBytes:
    seen = visible_files(viewer).filter(reference=reference, removed_at=None).order_by()
    stored = rows.select_related("attachment").filter(attachment__in=seen).first()
    if stored is None:
        raise NotYours(f"there is no file {reference}")
    return stored


def _safe_or_none(name: str, content: bytes, known: Collection[str]) -> SafeFile | None:
    try:
        return made_safe(name, content, known=known)
    except BadInput:
        return None


@transaction.atomic
def _forget(pks: list[int]) -> int:
    # A file that was sent meanwhile is not a draft's any more.
    waiting = Attachment.objects.select_for_update().exclude(place="").filter(pk__in=pks)
    gone = list(waiting.values_list("pk", flat=True))
    AttachmentBytes.objects.filter(attachment__in=gone).delete()
    Attachment.objects.filter(pk__in=gone).delete()
    return len(gone)


def _check_day(person: User, more: int, ports: Ports) -> None:
    """Raises TooMuch."""
    if person.role in TEAM:
        return
    newcomer = settings.SUPPORT_NEWCOMER_FILE_MEGABYTES_A_DAY
    most = newcomer if is_newcomer(person) else settings.SUPPORT_FILE_MEGABYTES_A_DAY
    since = Attachment.objects.filter(giver=person, kept_at__gt=ports.clock.now() - timedelta(days=1))
    if (since.aggregate(sum=Sum("size"))["sum"] or 0) + more > most * MEGABYTE:
        raise TooMuch(f"at most {most} MB of files in a day")
