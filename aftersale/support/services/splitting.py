"""Letting posts of a thread become a thread of their own."""

from collections.abc import Collection
from typing import Any

from django.db import transaction

from aftersale.accounts.models import Role, User
from aftersale.base.errors import BadInput
from aftersale.base.ports import Ports
from aftersale.support.clocks import answer_due
from aftersale.support.errors import CannotMove, ThreadClosed
from aftersale.support.eyes import refuse_others
from aftersale.support.models import (
    TEAM,
    TO_THE_OPENER,
    EventKind,
    Kind,
    Move,
    MoveKind,
    Post,
    Thread,
    ThreadState,
    Visibility,
)
from aftersale.support.moving import carry, let_follow, lock_people, note_move, snapshot
from aftersale.support.posting import clean_subject, follow, locked, note_event, own_intent, write
from aftersale.support.search import index_post
from aftersale.support.turns import clocks_of

ACCEPTED = "posts after the first; the thread's opener reads one of them, and one of those that stay"
_UNANSWERED = (ThreadState.OPEN, ThreadState.ANSWERED)


@transaction.atomic
def split_thread(
    *, ports: Ports, by: User, thread: Thread, numbers: Collection[int], subject: str, intent: str
) -> Move:
    """Let these posts become a thread called `subject`, each thread leading to the other.

    What stays keeps its numbers. The same `intent` answers the same move. Raises NotForYou, ThreadClosed,
    BadInput for posts that cannot go and for the subject, and CannotMove for a thread that is held.
    """
    refuse_others(by)
    lock_people(thread.opener)
    thread, intent = locked(thread), own_intent(by, intent)
    if known := Move.objects.filter(target__intent=intent).first():
        return known
    _check(thread)
    posts = _chosen(thread, numbers)
    before = snapshot(thread)
    made = _new_thread(ports, thread, posts, clean_subject(subject, thread.order), intent)
    move = note_move(ports, by, thread, made, MoveKind.SPLIT)
    index_post(next(filter(_is_told, carry(move, posts))), with_title=True)
    stays = list(thread.posts.order_by("number"))
    if thread.solution_id in {post.pk for post in posts}:
        write(thread, solution=None)
    if thread.state in _UNANSWERED:
        write(thread, **_turn(stays, thread))
        write(thread, resolve_due_at=clocks_of(thread).resolve_due)
    write(made, resolve_due_at=clocks_of(made).resolve_due)
    move.kept = {"source": before, "after": snapshot(thread), "followed": let_follow(move)}
    move.save(update_fields=["kept"])
    follow(made, made.opener)
    note_event(thread, EventKind.SPLIT, move.at, by, reference=made.reference)
    note_event(made, EventKind.SPLIT_OFF, move.at, by, reference=thread.reference)
    return move


def _check(thread: Thread) -> None:
    if thread.state == ThreadState.HELD:
        raise CannotMove(f"thread {thread.reference} is held for a look")
    if thread.state == ThreadState.CLOSED:
        raise ThreadClosed(f"thread {thread.reference} is closed")


def _chosen(thread: Thread, numbers: Collection[int]) -> list[Post]:
    """The posts of these numbers, in their order. Raises BadInput."""
    here = list(thread.posts.order_by("number"))
    posts = [post for post in here[1:] if post.number in numbers]
    stays = [post for post in here if post not in posts]
    is_fine = len(posts) == len(set(numbers)) and all(any(map(_is_told, some)) for some in (posts, stays))
    if not is_fine:
        raise BadInput("numbers", ", ".join(str(number) for number in sorted(set(numbers))), ACCEPTED)
    return posts


def _new_thread(ports: Ports, thread: Thread, posts: list[Post], subject: str, intent: str) -> Thread:
    about = ("order", "line", "case", "charge", "card")
    asked = any(post.visibility == Visibility.SUPPLIER for post in posts)
    made = Thread(
        reference=ports.ids.reference("T"),
        intent=intent,
        # A claim has one thread.
        kind=Kind.RETURN if thread.kind == Kind.CLAIM else thread.kind,
        is_public=thread.is_public,
        subject=subject,
        opener=_opener(thread, posts),
        assignee=thread.assignee,
        supplier=thread.supplier if asked else None,
        opened_at=posts[0].posted_at,
        **{name: getattr(thread, name) for name in about},
    )
    for name, value in _turn(posts, made).items():
        setattr(made, name, value)
    made.save()
    return made


def _opener(thread: Thread, posts: list[Post]) -> User:
    """In a public thread whoever wrote the first that is seen: they are asked what becomes of it."""
    told = (post for post in posts if post.visibility == Visibility.PUBLIC and _is_told(post))
    return next(
        (post.author for post in told if post.author and post.author.role == Role.CUSTOMER), thread.opener
    )


def _turn(posts: list[Post], thread: Thread) -> dict[str, Any]:
    """Whose turn it is by these posts, as if they had been written here, one after another."""
    told = [post for post in posts if _is_told(post)]
    ours = [post for post in told if post.author is not None and post.author.role in TEAM]
    last = ours[-1].number if ours else 0
    asks = [post for post in told if post.author_id == thread.opener_id and post.number > last]
    due = answer_due(asks[0].posted_at) if asks else None
    if due is None and not ours:
        due = answer_due(told[0].posted_at)  # nobody asked, but nobody answered either
    return {
        "state": ThreadState.ANSWERED if due is None else ThreadState.OPEN,
        "due_at": due,
        "first_answered_at": ours[0].posted_at if ours else None,
        "last_post_at": told[-1].posted_at,
    }


def _is_told(post: Post) -> bool:
    """Whether the thread's opener reads it."""
    return post.visibility in TO_THE_OPENER and post.hidden_at is None
