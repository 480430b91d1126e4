"""The staff's side of threads, and reports of posts: what is due, who sees to it, what is hidden."""

from collections.abc import Callable
from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Router
from ninja.params.functions import Path

from aftersale.accounts.models import User
from aftersale.accounts.queries import person_called
from aftersale.api.doors import READ, THREADS, ApiRequest, door, told
from aftersale.api.fields import Reference
from aftersale.api.operations.threads import WRITERS, told_fresh
from aftersale.api.shapes.threads import (
    Desk,
    Hands,
    Post,
    Thread,
    Waiting,
    WhyReported,
    told_post,
    told_thread,
)
from aftersale.base.errors import BadInput, NotYours
from aftersale.support import services
from aftersale.support.models import TEAM
from aftersale.support.models import Post as PostRow
from aftersale.support.queries import (
    held_posts,
    held_threads,
    post_for,
    queue,
    reported_posts,
    standing_still,
    thread_for,
    with_unread,
)

router = Router(tags=["threads"])
_AT_MOST = 100

Number = Annotated[int, Path(..., ge=1, le=1_000_000, description="the post's number within the thread")]


@door(
    router,
    "GET",
    "/threads-desk",
    summary="What waits for the staff",
    answers=Desk,
    scope=READ,
    roles=TEAM,
)
def get_threads_desk(request: ApiRequest) -> HttpResponse:
    """Threads by due time, held ones, newcomers' first posts, reported posts: the first 100 of each."""
    viewer, now = request.auth.user, request.ports.clock.now()
    desk = Desk(
        due=[told_thread(row, viewer) for row in with_unread(queue(now), viewer)[:_AT_MOST]],
        standing_still=[
            told_thread(row, viewer) for row in with_unread(standing_still(now), viewer)[:_AT_MOST]
        ],
        held_threads=[told_thread(row, viewer) for row in with_unread(held_threads(), viewer)[:_AT_MOST]],
        held=[_waiting(row, viewer, []) for row in held_posts()[:_AT_MOST]],
        reported=[
            _waiting(row, viewer, [report.reason for report in row.reports.all()])
            for row in reported_posts()[:_AT_MOST]
        ],
    )
    return told(desk)


@door(
    router,
    "POST",
    "/threads/{reference}/assignment",
    summary="Put a thread into somebody's hands",
    answers=Thread,
    scope=THREADS,
    roles=TEAM,
)
def assign_thread(request: ApiRequest, reference: Reference, asked: Hands) -> HttpResponse:
    """Somebody of the staff, by e-mail; null for nobody."""
    viewer = request.auth.user
    thread = thread_for(viewer, reference)
    try:
        to = person_called(asked.to) if asked.to is not None else None
    except NotYours:
        raise BadInput("to", asked.to, "the e-mail of somebody of the staff") from None
    services.assign_thread(ports=request.ports, by=viewer, thread=thread, to=to)
    return told_fresh(request, thread)


@door(
    router,
    "POST",
    "/threads/{reference}/closing",
    summary="Close a thread for good",
    answers=Thread,
    scope=THREADS,
    roles=TEAM,
)
def close_thread(request: ApiRequest, reference: Reference) -> HttpResponse:
    """Whoever has more to say opens a new one."""
    viewer = request.auth.user
    thread = thread_for(viewer, reference)
    services.close_thread(ports=request.ports, by=viewer, thread=thread)
    return told_fresh(request, thread)


@door(
    router,
    "POST",
    "/threads/{reference}/posts/{number}/report",
    summary="Report a post",
    answers=WhyReported,
    status=201,
    scope=THREADS,
    roles=WRITERS,
)
def report_post(
    request: ApiRequest, reference: Reference, number: Number, asked: WhyReported
) -> HttpResponse:
    """Asks the staff to look at it. A second report of the same person changes nothing."""
    viewer = request.auth.user
    post = post_for(viewer, reference, number)
    row = services.report_post(ports=request.ports, by=viewer, post=post, reason=asked.reason)
    return told(WhyReported(reason=row.reason), 201)


@door(
    router,
    "POST",
    "/threads/{reference}/posts/{number}/hiding",
    summary="Hide a post",
    answers=Post,
    scope=THREADS,
    roles=TEAM,
)
def hide_post(request: ApiRequest, reference: Reference, number: Number, asked: WhyReported) -> HttpResponse:
    """From everybody but the staff; its reports are settled with it."""
    return _done(request, reference, number, services.hide_post, reason=asked.reason)


@door(
    router,
    "POST",
    "/threads/{reference}/posts/{number}/showing",
    summary="Show a hidden post again",
    answers=Post,
    scope=THREADS,
    roles=TEAM,
)
def unhide_post(request: ApiRequest, reference: Reference, number: Number) -> HttpResponse:
    """To whom it was shown before."""
    return _done(request, reference, number, services.unhide_post)


@door(
    router,
    "POST",
    "/threads/{reference}/posts/{number}/release",
    summary="Let a newcomer's post through",
    answers=Post,
    scope=THREADS,
    roles=TEAM,
)
def release_post(request: ApiRequest, reference: Reference, number: Number) -> HttpResponse:
    """Everybody sees it, and their next ones at once."""
    return _done(request, reference, number, services.release_post)


@door(
    router,
    "POST",
    "/threads/{reference}/posts/{number}/dismissal",
    summary="Put a post's reports aside",
    answers=Post,
    scope=THREADS,
    roles=TEAM,
)
def dismiss_reports(request: ApiRequest, reference: Reference, number: Number) -> HttpResponse:
    """The post stays as it is."""
    return _done(request, reference, number, services.dismiss_reports)


def _done(
    request: ApiRequest, reference: str, number: int, verb: Callable[..., PostRow], **given: Any
) -> HttpResponse:
    viewer = request.auth.user
    verb(ports=request.ports, by=viewer, post=post_for(viewer, reference, number), **given)
    return told(told_post(post_for(viewer, reference, number), viewer))


def _waiting(row: PostRow, viewer: User, reasons: list[str]) -> Waiting:
    return Waiting(thread=row.thread.reference, post=told_post(row, viewer), reasons=reasons)
