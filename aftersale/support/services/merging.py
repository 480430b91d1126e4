"""Putting a thread into another of the same person's, and taking it back."""

from datetime import datetime
from typing import Any

from django.db import transaction

from aftersale.accounts.models import User
from aftersale.base.ports import Ports
from aftersale.support.errors import CannotMove, ThreadClosed
from aftersale.support.eyes import refuse_others
from aftersale.support.models import (
    EventKind,
    Move,
    MoveKind,
    PublicAnswer,
    PublishedReview,
    Thread,
    ThreadState,
)
from aftersale.support.moving import (
    bring_drafts,
    bring_links,
    bring_links_back,
    carry,
    carry_back,
    let_follow,
    let_follow_no_more,
    lock_people,
    lock_rows,
    note_move,
    put_back,
    snapshot,
)
from aftersale.support.posting import STILL, note_event, write
from aftersale.support.queries import moves_after, written_in_split
from aftersale.support.search import index_post
from aftersale.support.services.moderating import end_thread

# A thread is about one of each.
_ONE_EACH = {"order": "orders", "case": "returns", "charge": "payments", "card": "cards"}


@transaction.atomic
def merge_threads(*, ports: Ports, by: User, source: Thread, target: Thread) -> Move:
    """Let the posts of `source` follow those of `target`, its address lead there, the earlier clock count.

    The same wish again answers the same move. Raises NotForYou, ThreadClosed, and CannotMove for threads of
    two people, a public and a private one, or two orders, returns, payments, cards or suppliers.
    """
    refuse_others(by)
    lock_people(source.opener)
    source, target = lock_rows(source, target)
    if source.merged_into_id == target.pk and (known := source.moves_out.filter(undone_at=None).last()):
        return known
    _check(source, target)
    move = note_move(ports, by, source, target, MoveKind.MERGE)
    before = {"source": snapshot(source), "target": snapshot(target)}
    carry(move, source.posts.order_by("number"))
    write(target, **_together(source, target))
    write(source, state=ThreadState.MERGED, merged_into=target, **STILL)
    bring_drafts(source, target)
    carried = {"followed": let_follow(move), "linked": bring_links(source, target)}
    move.kept = before | carried | {"after": snapshot(target)}
    move.save(update_fields=["kept"])
    note_event(target, EventKind.MERGED, move.at, by, reference=source.reference)
    note_event(source, EventKind.MERGED_AWAY, move.at, by, reference=target.reference)
    return move


@transaction.atomic
def undo_move(*, ports: Ports, by: User, move: Move) -> Move:
    """Take a merge or a split back: each post stands where it was written, under its number.

    What was written into the target after a merge stays there. A second time changes nothing.
    Raises NotForYou, and CannotMove while a later move stands, or after a post in a split-off thread.
    """
    refuse_others(by)
    lock_people(move.source.opener, move.target.opener)
    move = Move.objects.select_related("source", "target").get(pk=move.pk)
    if move.undone_at is not None:
        return move
    if moves_after(move).exists():
        raise CannotMove("posts were moved again since: take that back first")
    now = ports.clock.now()
    undo = _undo_merge if move.kind == MoveKind.MERGE else _undo_split
    undo(move)
    if PublishedReview.objects.filter(copy=move.source, withdrawn_at__isnull=False).exists():
        end_thread(move.source, ports, by)
    let_follow_no_more(move)
    move.undone_at, move.undone_by = now, by
    move.save(update_fields=["undone_at", "undone_by"])
    note_event(move.target, EventKind.UNDONE, now, by, reference=move.source.reference)
    note_event(move.source, EventKind.UNDONE, now, by, reference=move.target.reference)
    return move


def _undo_merge(move: Move) -> None:
    move.source, move.target = lock_rows(move.source, move.target)
    carry_back(move)
    bring_links_back(move)
    move.source.merged_into = None
    put_back(move.source, move.kept["source"], snapshot(move.source), "merged_into")
    put_back(move.target, move.kept["target"], move.kept["after"])


def _undo_split(move: Move) -> None:
    # The thread that was split off will lead to the other one.
    move.target, move.source = lock_rows(move.target, move.source)
    if written_in_split(move).exists():
        raise CannotMove("somebody wrote in the new thread: merge it into the old one instead")
    _refuse_published(move.target)
    carry_back(move)
    for row in move.posts.select_related("post__thread"):
        index_post(row.post)
    put_back(move.source, move.kept["source"], move.kept["after"])
    write(move.target, state=ThreadState.MERGED, merged_into=move.source, solution=None, **STILL)


def _check(source: Thread, target: Thread) -> None:
    """Raises CannotMove, ThreadClosed."""
    if source.pk == target.pk:
        raise CannotMove("a thread is not put into itself")
    if source.opener_id != target.opener_id:
        raise CannotMove("threads of two people stay two: one would read what is the other's")
    if source.is_public != target.is_public:
        raise CannotMove("a public thread and a private one stay two")
    for thread in (source, target):
        if thread.state in (ThreadState.MERGED, ThreadState.HELD):
            raise CannotMove(f"thread {thread.reference} is {thread.get_state_display()}")
        if thread.state == ThreadState.CLOSED:
            raise ThreadClosed(f"thread {thread.reference} is closed")
    for name, told in _ONE_EACH.items():
        if _differ(getattr(source, f"{name}_id"), getattr(target, f"{name}_id")):
            raise CannotMove(f"they are about two {told}, so they stay two")
    if not _one_supplier(source, target):
        raise CannotMove("two suppliers were asked: each reads only what is theirs")
    _refuse_published(source)


def _refuse_published(thread: Thread) -> None:
    """Where one decides what is public, and takes it back, stays where it is. Raises CannotMove."""
    is_published = PublishedReview.objects.filter(source=thread).exists()
    if is_published or PublicAnswer.objects.filter(source=thread).exists():
        raise CannotMove(f"of thread {thread.reference} a copy is or may be public: put the other into it")


def _one_supplier(source: Thread, target: Thread) -> bool:
    """Whether whoever was asked in either may be a guest of both, by what they are about."""
    asked = {thread.supplier_id for thread in (source, target)} - {None}
    if not asked:
        return True
    groups = [each.group for thread in (source, target) for each in (thread.case, thread.line) if each]
    return len(asked | {group.supplier_id for group in groups}) == 1


def _differ(one: int | None, other: int | None) -> bool:
    return one is not None and other is not None and one != other


def _together(source: Thread, target: Thread) -> dict[str, Any]:
    """What the target is from now on: about both, due and opened by the earlier clock."""
    waits = ThreadState.OPEN in (source.state, target.state)
    turn: dict[str, Any] = {
        "due_at": _earlier(source.due_at, target.due_at),
        "resolve_due_at": _earlier(source.resolve_due_at, target.resolve_due_at),
    }
    if waits:
        turn |= {"state": ThreadState.OPEN, "solved_at": None, "solution": None}
    about = {name: getattr(target, name) or getattr(source, name) for name in (*_ONE_EACH, "supplier")}
    # A thread about a whole order stays that; one about two lines of it becomes that.
    about["line"] = target.line if source.line_id == target.line_id else None
    if target.order_id is None:
        about["line"] = source.line
    return (
        turn
        | about
        | {
            "assignee": target.assignee or source.assignee,
            "opened_at": min(source.opened_at, target.opened_at),
            "first_answered_at": _earlier(source.first_answered_at, target.first_answered_at),
            "last_post_at": max(source.last_post_at, target.last_post_at),
        }
    )


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((each for each in (one, other) if each is not None), default=None)
