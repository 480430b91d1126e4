"""The staff puts threads together and takes them apart, takes that back, holds one; and sees who is there."""

from functools import partial

from django.http import HttpResponse
from ninja import Router

from aftersale.api.doors import READ, SELLING, THREADS, ApiRequest, door, told
from aftersale.api.fields import IdempotencyKey, Reference
from aftersale.api.idempotency import once
from aftersale.api.operations.threads import told_fresh
from aftersale.api.shapes.asking import NewRma
from aftersale.api.shapes.thread_moves import (
    Merging,
    Presence,
    Splitting,
    ThreadMove,
    ThreadMoves,
    WhyHeld,
    told_move,
    told_presence,
)
from aftersale.api.shapes.threads import Post, Thread, told_post
from aftersale.base.errors import BadInput, NotYours
from aftersale.support import services
from aftersale.support.models import TEAM
from aftersale.support.queries import move_called, moves_of, thread_for

router = Router(tags=["threads"])


@door(
    router,
    "POST",
    "/threads/{reference}/merge",
    summary="Put a thread into another",
    answers=ThreadMove,
    scope=THREADS,
    roles=TEAM,
)
def merge_threads(request: ApiRequest, reference: Reference, asked: Merging) -> HttpResponse:
    """Its posts follow those of the other thread, its address leads there, and the earlier clock counts."""
    viewer = request.auth.user
    source = thread_for(viewer, reference)
    try:
        target = thread_for(viewer, asked.into)
    except NotYours:
        raise BadInput("into", asked.into, "the reference of a thread") from None
    move = services.merge_threads(ports=request.ports, by=viewer, source=source, target=target)
    return told(told_move(move))


@door(
    router,
    "POST",
    "/threads/{reference}/split",
    summary="Let posts become a thread of their own",
    answers=ThreadMove,
    status=201,
    scope=THREADS,
    roles=TEAM,
)
def split_thread(
    request: ApiRequest, reference: Reference, asked: Splitting, idempotency_key: IdempotencyKey
) -> HttpResponse:
    """The new thread is the move's `target`. What stays keeps its numbers."""
    split = partial(
        services.split_thread,
        ports=request.ports,
        by=request.auth.user,
        thread=thread_for(request.auth.user, reference),
        numbers=asked.numbers,
        subject=asked.subject,
    )
    return once(request, idempotency_key, asked, lambda intent: told(told_move(split(intent=intent)), 201))


@door(
    router,
    "GET",
    "/threads/{reference}/moves",
    summary="What was moved into a thread and out of it",
    answers=ThreadMoves,
    scope=READ,
    roles=TEAM,
)
def list_moves(request: ApiRequest, reference: Reference) -> HttpResponse:
    """The newest first; it is the newest that can be taken back."""
    rows = moves_of(thread_for(request.auth.user, reference))
    return told(ThreadMoves(items=[told_move(row) for row in rows]))


@door(
    router,
    "POST",
    "/thread-moves/{reference}/undoing",
    summary="Take a move back",
    answers=ThreadMove,
    scope=THREADS,
    roles=TEAM,
)
def undo_move(request: ApiRequest, reference: Reference) -> HttpResponse:
    """Each post stands where it was written, under its number. What was written since stays."""
    move = services.undo_move(ports=request.ports, by=request.auth.user, move=move_called(reference))
    return told(told_move(move))


@door(
    router,
    "POST",
    "/threads/{reference}/holding",
    summary="Hold a thread in doubt",
    answers=Thread,
    scope=THREADS,
    roles=TEAM,
)
def hold_thread(request: ApiRequest, reference: Reference, asked: WhyHeld) -> HttpResponse:
    """Only its opener and the staff see it until it is let through."""
    viewer = request.auth.user
    thread = thread_for(viewer, reference)
    services.hold_thread(ports=request.ports, by=viewer, thread=thread, reason=asked.reason)
    return told_fresh(request, thread)


@door(
    router,
    "POST",
    "/threads/{reference}/letting-through",
    summary="Let a held thread through",
    answers=Thread,
    scope=THREADS,
    roles=TEAM,
)
def release_thread(request: ApiRequest, reference: Reference) -> HttpResponse:
    """It stands as it stood; its clock went on meanwhile."""
    viewer = request.auth.user
    thread = thread_for(viewer, reference)
    services.release_thread(ports=request.ports, by=viewer, thread=thread)
    return told_fresh(request, thread)


@door(
    router,
    "POST",
    "/threads/{reference}/rma",
    summary="Give the RMA number that a thread asked for",
    answers=Post,
    status=201,
    scope=THREADS,
    roles=SELLING,
)
def give_rma(
    request: ApiRequest, reference: Reference, asked: NewRma, idempotency_key: IdempotencyKey
) -> HttpResponse:
    """Recorded for the thread's return by its own verb, with the same refusals, and told in the thread."""
    viewer = request.auth.user
    give = partial(
        services.give_rma,
        ports=request.ports,
        by=viewer,
        thread=thread_for(viewer, reference),
        number=asked.number,
        expires_on=asked.expires_on,
    )
    return once(
        request, idempotency_key, asked, lambda intent: told(told_post(give(intent=intent), viewer), 201)
    )


@door(
    router,
    "POST",
    "/threads/{reference}/presence",
    summary="Look at a thread, and see who else does",
    answers=Presence,
    scope=THREADS,
    roles=TEAM,
)
def look_at_thread(request: ApiRequest, reference: Reference) -> HttpResponse:
    """One's own presence ends by itself 45 seconds after the last look."""
    viewer = request.auth.user
    others = services.look_at_thread(ports=request.ports, by=viewer, thread=thread_for(viewer, reference))
    return told(told_presence(others))
