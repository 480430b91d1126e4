"""The slow lane: conversations, mails that are held, and what is to be done next; for the staff."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from aftersale.accounts.models import User
from aftersale.api.fields import PLAIN, Shape
from aftersale.api.shapes.files import File, told_file
from aftersale.support.mail.filing import fresh_words
from aftersale.support.models import IncomingMail, MailConversation
from aftersale.support.models import MailAnswer as AnswerRow
from aftersale.support.models import Thread as ThreadRow

ConversationState = Literal["waiting", "answered", "opened", "closed"]
Nature = Literal["person", "automatic", "bounce", "list", "ours"]
Verdict = Literal["passed", "failed", "unknown"]
MailState = Literal["stored", "posted", "conversation", "held", "noted", "dropped"]
Text = Annotated[str, Field(min_length=1, max_length=20_000, pattern=PLAIN)]

_MAIL: JsonDict = {
    "id": "17",
    "from_address": "cy@shop.example",
    "from_name": "Cy",
    "subject": "A lamp flickers",
    "text": "It flickers.",
    "fresh": "It flickers.",
    "files": [],
    "files_left_out": [],
    "nature": "person",
    "verdict": "unknown",
    "state": "held",
    "reason": "stranger",
    "refusal": "",
    "thread": "T7K2M9-XQD41",
    "received_at": "2026-06-01T09:00:00Z",
}
_CONVERSATION: JsonDict = {
    "reference": "M7K2M9-XQD41",
    "address": "cy@shop.example",
    "name": "Cy",
    "subject": "A lamp flickers",
    "language": "en",
    "state": "waiting",
    "received_at": "2026-06-01T09:00:00Z",
    "waiting_since": "2026-06-01T09:00:00Z",
    "assignee": None,
    "taken_until": None,
    "thread": None,
}
_ANSWER: JsonDict = {
    "who": "Mia",
    "body": "Press it for ten seconds.",
    "answered_at": "2026-06-03T09:00:00Z",
}


class Mail(Shape):
    """One mail that came in, without card numbers."""

    model_config = ConfigDict(json_schema_extra={"examples": [_MAIL]})

    id: str
    from_address: str = Field(description="empty where it does not name just one")
    from_name: str
    subject: str
    text: str = Field(description="all of it, quoted lines too")
    fresh: str = Field(description="what its sender wrote anew")
    files: list[File]
    files_left_out: list[str] = Field(description="names of files of a kind that is not kept")
    nature: Nature
    verdict: Verdict = Field(description="what the marketplace's own mail server says of the sender")
    state: MailState
    reason: str = Field(description="why it is held; empty where it is not")
    refusal: str = Field(description="what a thread said to it, where that is the reason")
    thread: str | None = Field(description="which it is about, as far as its address or references say")
    received_at: datetime


class MailAnswer(Shape):
    """What the staff answered by mail."""

    model_config = ConfigDict(json_schema_extra={"examples": [_ANSWER]})

    who: str
    body: str = Field(description="Markdown, without card numbers")
    answered_at: datetime


class MailConversationTold(Shape):
    """What one address asked by mail."""

    model_config = ConfigDict(json_schema_extra={"examples": [_CONVERSATION]})

    reference: str
    address: str
    name: str
    subject: str
    language: str
    state: ConversationState
    received_at: datetime = Field(description="of its first mail")
    waiting_since: datetime = Field(description="of its earliest mail without an answer")
    assignee: str | None
    taken_until: datetime | None = Field(description="nobody else is given it before")
    thread: str | None = Field(description="what it became, once its sender opened a thread")


class MailConversationWhole(MailConversationTold):
    """The same, with its mails and answers, the oldest first."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [_CONVERSATION | {"mails": [_MAIL], "answers": [_ANSWER]}]}
    )

    mails: list[Mail]
    answers: list[MailAnswer]


class MailConversations(Shape):
    """A page of conversations."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [_CONVERSATION], "next_cursor": None}]}
    )

    items: list[MailConversationTold]
    next_cursor: str | None


class Mails(Shape):
    """A page of mails."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [_MAIL], "next_cursor": None}]})

    items: list[Mail]
    next_cursor: str | None


class NewMailAnswer(Shape):
    """An answer by mail."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"body": "Press it for ten seconds."}]})

    body: Text


class WhereTo(Shape):
    """Where a held mail goes: into the thread that it is about, or into the slow lane."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"to": "slow_lane"}]})

    to: Literal["thread", "slow_lane"]


class MailLink(Shape):
    """The last part of the link in an acknowledgement."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"token": "k3v9x1t0zq8m5p7n2r4w6y8a0c1"}]})

    token: str = Field(pattern=r"^[a-z0-9]{8,64}$")


class OpenedThread(Shape):
    """The thread that a conversation became."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"thread": "T7K2M9-XQD41"}]})

    thread: str


class NextMatter(Shape):
    """What came into the hands of the key's user: a thread, a conversation, or neither when nothing waits."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"thread": "T7K2M9-XQD41", "conversation": None}]}
    )

    thread: str | None
    conversation: str | None


def told_mail(row: IncomingMail) -> Mail:
    return Mail(
        id=str(row.pk),
        from_address=row.from_address,
        from_name=row.from_name,
        subject=row.subject,
        text=row.text,
        fresh=fresh_words(row),
        files=[told_file(file) for file in row.attachments.all()],
        files_left_out=row.files_left_out,
        nature=row.nature,
        verdict=row.verdict,
        state=row.state,
        reason=row.reason,
        refusal=row.refusal,
        thread=row.thread.reference if row.thread else None,
        received_at=row.received_at,
    )


def told_answer(row: AnswerRow) -> MailAnswer:
    return MailAnswer(who=row.author.name, body=row.body, answered_at=row.answered_at)


def told_conversation(row: MailConversation) -> MailConversationTold:
    return MailConversationTold(**_columns(row))


def told_whole(row: MailConversation) -> MailConversationWhole:
    mails = row.mails.select_related("thread").prefetch_related("attachments")
    answers = row.answers.select_related("author")
    return MailConversationWhole(
        **_columns(row),
        mails=[told_mail(mail) for mail in mails.order_by("received_at", "pk")],
        answers=[told_answer(answer) for answer in answers],
    )


def told_matter(taken: ThreadRow | MailConversation | None) -> NextMatter:
    is_thread = isinstance(taken, ThreadRow)
    reference = taken.reference if taken else None
    return NextMatter(thread=reference if is_thread else None, conversation=None if is_thread else reference)


def _columns(row: MailConversation) -> dict[str, object]:
    names = ("reference", "address", "name", "subject", "language", "state")
    moments = ("received_at", "waiting_since", "taken_until")
    assignee: User | None = row.assignee
    return {name: getattr(row, name) for name in (*names, *moments)} | {
        "assignee": assignee.email if assignee else None,
        "thread": row.thread.reference if row.thread else None,
    }
