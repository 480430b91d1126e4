"""Files of drafts and posts: kept, read, left out again, and taken away by the staff."""

from base64 import b64decode
from functools import partial

from django.http import HttpResponse
from ninja import Router

from aftersale.api.doors import READ, THREADS, ApiRequest, door, told
from aftersale.api.fields import IdempotencyKey, Reference
from aftersale.api.idempotency import Verb, once_prepared
from aftersale.api.operations.threads import OWNER, WRITERS
from aftersale.api.shapes.files import File, FileHeld, NewFile, WhyRemoved, told_file, told_held
from aftersale.base.errors import BadInput
from aftersale.support import services
from aftersale.support.attachments import bytes_for, drop_drafted, file_for, keep_with_draft, safe_for
from aftersale.support.models import TEAM, Thread
from aftersale.support.queries import thread_for

router = Router(tags=["threads"])


@door(
    router,
    "POST",
    "/thread-draft/files",
    summary="Keep a file for a new thread",
    answers=File,
    status=201,
    scope=THREADS,
    roles=OWNER,
)
def add_thread_file(request: ApiRequest, asked: NewFile, idempotency_key: IdempotencyKey) -> HttpResponse:
    """It waits with the draft until a thread is opened with its reference."""
    return once_prepared(request, idempotency_key, asked, partial(_kept, request, asked, None))


@door(
    router,
    "POST",
    "/threads/{reference}/draft/files",
    summary="Keep a file for an answer",
    answers=File,
    status=201,
    scope=THREADS,
    roles=WRITERS,
)
def add_answer_file(
    request: ApiRequest, reference: Reference, asked: NewFile, idempotency_key: IdempotencyKey
) -> HttpResponse:
    """It waits with the draft until a post is written with its reference."""
    thread = thread_for(request.auth.user, reference)
    return once_prepared(request, idempotency_key, asked, partial(_kept, request, asked, thread))


@door(router, "GET", "/files/{reference}", summary="A file", answers=FileHeld, scope=READ)
def get_file(request: ApiRequest, reference: Reference) -> HttpResponse:
    """Of a post that the key's user may read, or of one's own draft. A removed one is not there."""
    return told(told_held(bytes_for(request.auth.user, reference)))


@door(
    router,
    "POST",
    "/files/{reference}/dropping",
    summary="Leave out a file of a draft",
    answers=File,
    scope=THREADS,
    roles=WRITERS,
)
def drop_file(request: ApiRequest, reference: Reference) -> HttpResponse:
    """Forgets it. What was sent is not one's own to forget any more."""
    return told(told_file(drop_drafted(by=request.auth.user, reference=reference)))


@door(
    router,
    "POST",
    "/files/{reference}/removal",
    summary="Remove a file for good",
    answers=File,
    scope=THREADS,
    roles=TEAM,
)
def remove_file(request: ApiRequest, reference: Reference, asked: WhyRemoved) -> HttpResponse:
    """Deletes what it holds; that it was there, who removed it and why is kept."""
    viewer = request.auth.user
    row = services.remove_attachment(
        ports=request.ports, by=viewer, file=file_for(viewer, reference), reason=asked.reason
    )
    return told(told_file(row))


def _kept(request: ApiRequest, asked: NewFile, thread: Thread | None) -> Verb:
    """What keeps the file; reading it takes long, and comes before."""
    try:
        content = b64decode(asked.content, validate=True)
    except ValueError:
        raise BadInput("content", "what was sent", "base64") from None
    safe = safe_for(thread, asked.name, content)

    def verb(_intent: str) -> HttpResponse:
        kept = keep_with_draft(ports=request.ports, by=request.auth.user, files=[safe], thread=thread)
        return told(told_file(kept[0]), 201)

    return verb
