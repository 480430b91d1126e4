"""The slow lane: what waits and what is held, answered, opened, let in or put aside; and what comes next."""

from functools import partial
from typing import Annotated

from django.http import HttpResponse
from ninja import Router
from ninja.params.functions import Path

from aftersale.api.doors import READ, THREADS, ApiRequest, door, told
from aftersale.api.fields import Cursor, IdempotencyKey, Limit, Reference
from aftersale.api.idempotency import once
from aftersale.api.pages import page_of
from aftersale.api.shapes.mail import (
    Mail,
    MailAnswer,
    MailConversations,
    MailConversationTold,
    MailConversationWhole,
    MailLink,
    Mails,
    NewMailAnswer,
    NextMatter,
    OpenedThread,
    WhereTo,
    told_answer,
    told_conversation,
    told_mail,
    told_matter,
    told_whole,
)
from aftersale.base.errors import BadInput, NotYours
from aftersale.support.mail import conversations, opening, picking, releasing
from aftersale.support.models import TEAM

router = Router(tags=["mail"])

MailId = Annotated[str, Path(..., pattern=r"^[1-9][0-9]{0,14}$", description="the mail's `id`", example="17")]


@door(
    router,
    "GET",
    "/mail-desk",
    summary="What waits in the slow lane",
    answers=MailConversations,
    scope=READ,
    roles=TEAM,
)
def get_mail_desk(request: ApiRequest, limit: Limit = 20, cursor: Cursor = "") -> HttpResponse:
    """Conversations that wait for an answer, whoever has waited longest first."""
    rows = conversations.waiting_conversations(request.auth.user)
    page, following = page_of(rows, by="waiting_since", cursor=cursor, limit=limit, oldest_first=True)
    return told(MailConversations(items=[told_conversation(row) for row in page], next_cursor=following))


@door(
    router,
    "GET",
    "/mail-desk/held",
    summary="Mails that are held",
    answers=Mails,
    scope=READ,
    roles=TEAM,
)
def list_held_mails(request: ApiRequest, limit: Limit = 20, cursor: Cursor = "") -> HttpResponse:
    """Those that wait until somebody of the staff has looked, the oldest first."""
    rows = releasing.held_mails(request.auth.user).prefetch_related("attachments")
    page, following = page_of(rows, by="received_at", cursor=cursor, limit=limit, oldest_first=True)
    return told(Mails(items=[told_mail(row) for row in page], next_cursor=following))


@door(
    router,
    "GET",
    "/mail-conversations/{reference}",
    summary="One conversation",
    answers=MailConversationWhole,
    scope=READ,
    roles=TEAM,
)
def get_conversation(request: ApiRequest, reference: Reference) -> HttpResponse:
    """With its mails and the answers, the oldest first."""
    return told(told_whole(conversations.conversation_for(request.auth.user, reference)))


@door(
    router,
    "POST",
    "/mail-conversations/{reference}/answers",
    summary="Answer by mail",
    answers=MailAnswer,
    status=201,
    scope=THREADS,
    roles=TEAM,
)
def answer_conversation(
    request: ApiRequest, reference: Reference, asked: NewMailAnswer, idempotency_key: IdempotencyKey
) -> HttpResponse:
    """It goes out beneath the sender's own mail, with the link that makes a thread of it."""
    viewer = request.auth.user
    answer = partial(
        conversations.answer_conversation,
        ports=request.ports,
        by=viewer,
        conversation=conversations.conversation_for(viewer, reference),
        body=asked.body,
    )
    return once(request, idempotency_key, asked, lambda intent: told(told_answer(answer(intent=intent)), 201))


@door(
    router,
    "POST",
    "/mail-conversations/{reference}/closing",
    summary="Close a conversation without an answer",
    answers=MailConversationTold,
    scope=THREADS,
    roles=TEAM,
)
def close_conversation(request: ApiRequest, reference: Reference) -> HttpResponse:
    """Its sender's next mail begins another."""
    viewer = request.auth.user
    row = conversations.conversation_for(viewer, reference)
    row = conversations.close_conversation(ports=request.ports, by=viewer, conversation=row)
    return told(told_conversation(row))


@door(
    router,
    "POST",
    "/mails/{code}/release",
    summary="Let a held mail in",
    answers=Mail,
    scope=THREADS,
    roles=TEAM,
)
def release_mail(request: ApiRequest, code: MailId, asked: WhereTo) -> HttpResponse:
    """Into the thread that it is about, as the words of who may write there; or into the slow lane."""
    viewer = request.auth.user
    row = releasing.mail_for(viewer, int(code))
    return told(told_mail(releasing.release_mail(ports=request.ports, by=viewer, mail=row, to=asked.to)))


@door(
    router,
    "POST",
    "/mails/{code}/dropping",
    summary="Put a held mail aside",
    answers=Mail,
    scope=THREADS,
    roles=TEAM,
)
def drop_mail(request: ApiRequest, code: MailId) -> HttpResponse:
    """It is kept, and changes nothing."""
    viewer = request.auth.user
    row = releasing.mail_for(viewer, int(code))
    return told(told_mail(releasing.drop_mail(ports=request.ports, by=viewer, mail=row)))


@door(
    router,
    "POST",
    "/mail-openings",
    summary="Make a thread of a mail",
    answers=OpenedThread,
    scope=THREADS,
)
def open_thread_from_mail(request: ApiRequest, asked: MailLink) -> HttpResponse:
    """By the link of its acknowledgement, whoever holds it. Asked again, it is the same thread."""
    network = f"key {request.auth.pk}"
    try:
        thread = opening.open_thread_from_mail(ports=request.ports, token=asked.token, network=network)
    except NotYours:
        raise BadInput("token", "another", "the last part of a link that we mailed") from None
    return told(OpenedThread(thread=thread.reference))


@door(
    router,
    "POST",
    "/next-matter",
    summary="Take the next",
    answers=NextMatter,
    scope=THREADS,
    roles=TEAM,
)
def take_next(request: ApiRequest, idempotency_key: IdempotencyKey) -> HttpResponse:
    """The thread that is due first; at least every tenth time, the conversation that waits longest."""
    take = partial(picking.pick_next, ports=request.ports, by=request.auth.user)
    return once(request, idempotency_key, None, lambda _intent: told(told_matter(take())))
