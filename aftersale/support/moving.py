"""What merging, splitting and undoing share: posts change their thread, by a log that leads back exactly.

A post's text and author never change; its thread and its number do, and both are in the log. Numbers are not
given twice, so that an old address never shows another post.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from aftersale.accounts.models import User
from aftersale.base.ports import Ports
from aftersale.support.models import (
    Attachment,
    Draft,
    IncidentLink,
    Move,
    MovedPost,
    MoveKind,
    Notify,
    Post,
    Reader,
    Thread,
    Visibility,
)

# Whose turn it is: these columns go back together, or not at all.
TURN = (
    "state", "due_at", "solved_at", "solution_id", "last_post_at",
    "resolve_due_at", "waiting_on", "waits_until",
)  # fmt: skip
# These go back each by itself, where it is still as the move left it.
_APART = (
    "opened_at", "first_answered_at", "assignee_id", "supplier_id",
    "order_id", "line_id", "case_id", "charge_id", "card_id",
)  # fmt: skip


def lock_people(*people: User) -> None:
    """One move after another among the threads of these people."""
    keys = sorted({person.pk for person in people})
    list(User.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk"))


def lock_rows(first: Thread, then: Thread) -> tuple[Thread, Thread]:
    """Both rows, in the direction in which one leads, or will lead, to the other."""
    rows = Thread.objects.select_for_update(no_key=True)
    return rows.get(pk=first.pk), rows.get(pk=then.pk)


def note_move(ports: Ports, by: User, source: Thread, target: Thread, kind: MoveKind) -> Move:
    return Move.objects.create(
        reference=ports.ids.reference("V"),
        kind=kind,
        source=source,
        target=target,
        by=by,
        at=ports.clock.now(),
    )


def snapshot(thread: Thread) -> dict[str, Any]:
    """The thread's columns as a move keeps them."""
    return {name: _plain(getattr(thread, name)) for name in (*TURN, *_APART)}


def put_back(thread: Thread, before: dict[str, Any], after: dict[str, Any], *also: str) -> None:
    """What a move changed goes back; what was changed since stays. `also` are columns set already."""
    now = snapshot(thread)
    turn = TURN if all(now[name] == after[name] for name in TURN) else ()
    names = [*turn, *(name for name in _APART if now[name] == after[name])]
    for name in names:
        setattr(thread, name, _as_kept(name, before[name]))
    thread.save(update_fields=[*names, *also])


def carry(move: Move, posts: Iterable[Post]) -> list[Post]:
    """Let the posts follow the last one of the target, in their order."""
    target, moved = move.target, []
    for number, post in enumerate(posts, target.last_number + 1):
        moved.append(MovedPost(move=move, post=post, from_number=post.number, to_number=number))
        post.thread, post.number = target, number
    MovedPost.objects.bulk_create(moved)
    carried = [row.post for row in moved]
    Post.objects.bulk_update(carried, ["thread", "number"])
    target.last_number += len(moved)
    target.save(update_fields=["last_number"])
    return carried


def carry_back(move: Move) -> None:
    """Let each post be again where it was written, under its number; who read it here has read it there."""
    rows = list(move.posts.select_related("post"))
    for row in rows:
        row.post.thread, row.post.number = move.source, row.from_number
    _keep_read(move, rows)
    Post.objects.bulk_update([row.post for row in rows], ["thread", "number"])


def let_follow(move: Move) -> list[list[Any]]:
    """Who followed the source follows the target; what each had said of the target before is kept."""
    kept: list[list[Any]] = []
    for row in move.source.readers.exclude(notify=Notify.READS):
        here, is_new = Reader.objects.get_or_create(thread=move.target, person_id=row.person_id)
        if here.notify == Notify.READS:
            kept.append([row.person_id, "" if is_new else here.notify, row.notify])
            Reader.objects.filter(pk=here.pk).update(notify=row.notify)
    return kept


def let_follow_no_more(move: Move) -> None:
    for person, before, after in move.kept["followed"]:
        here = Reader.objects.filter(thread=move.target, person=person, notify=after)
        here.update(notify=before or Notify.READS)


def bring_links(source: Thread, target: Thread) -> list[list[Any]]:
    """The incidents of the source are the target's; which of them it had already is kept."""
    kept: list[list[Any]] = []
    for link in source.incident_links.all():
        had_it = target.incident_links.filter(incident=link.incident_id).exists()
        kept.append([link.incident_id, link.by_id, link.at.isoformat(), had_it])
        if had_it:
            link.delete()
        else:
            IncidentLink.objects.filter(pk=link.pk).update(thread=target)
    return kept


def bring_links_back(move: Move) -> None:
    """Each incident that neither was unlinked from meanwhile is linked as it was."""
    for incident, by, at, had_it in move.kept.get("linked", []):
        here = IncidentLink.objects.filter(thread=move.target, incident=incident)
        if not had_it:
            here.update(thread=move.source)
        elif here.exists():
            IncidentLink.objects.get_or_create(
                thread=move.source, incident_id=incident, defaults={"by_id": by, "at": at}
            )


def bring_drafts(source: Thread, target: Thread) -> None:
    """What was begun in the source stands in the target, below what was begun there, with its files."""
    Attachment.objects.filter(place=source.reference).update(place=target.reference)
    for draft in Draft.objects.filter(place=source.reference):
        there = Draft.objects.filter(person=draft.person_id, place=target.reference).first()
        if there is None:
            Draft.objects.filter(pk=draft.pk).update(place=target.reference)
        else:
            # Of two drafts for different eyes nothing may reach more of them than it was written for.
            eyes = there.visibility if there.visibility == draft.visibility else Visibility.STAFF
            body = f"{there.body}\n\n{draft.body}".strip()
            Draft.objects.filter(pk=there.pk).update(body=body, visibility=eyes)
            draft.delete()


def _keep_read(move: Move, rows: list[MovedPost]) -> None:
    for reader in move.target.readers.all():
        read = [row.from_number for row in rows if row.to_number <= reader.last_read]
        there = Reader.objects.get_or_create(thread=move.source, person_id=reader.person_id)[0]
        last = max(read, default=0)
        # Of a thread that was split, what stayed may be unread below what was read elsewhere.
        between = move.source.posts.filter(number__gt=there.last_read, number__lt=last)
        if last > there.last_read and not between.exists():
            Reader.objects.filter(pk=there.pk).update(last_read=last)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _as_kept(name: str, value: Any) -> Any:
    return datetime.fromisoformat(value) if name.endswith(("_at", "_until")) and value else value
