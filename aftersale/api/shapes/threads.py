"""Threads and posts, as far as the key's user may read them; on the forum handles only."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from aftersale.accounts.models import Role, User
from aftersale.api.fields import PLAIN, REFERENCE, Shape
from aftersale.api.shapes.files import File, told_file
from aftersale.support.attachments import drafted
from aftersale.support.markdown import html_of
from aftersale.support.models import Draft as DraftRow
from aftersale.support.models import Kind, Visibility
from aftersale.support.models import Post as PostRow
from aftersale.support.models import Thread as ThreadRow
from aftersale.support.offers import cards_written, numbers_removed
from aftersale.support.queries import is_team
from aftersale.support.titles import title_for

KindName = Literal["general", "review", "tracking", "return", "charge", "card", "claim"]
KindToAsk = Literal["general", "review", "tracking", "return", "charge", "card"]
StateName = Literal["open", "answered", "solved", "closed", "held", "merged"]
VisibilityName = Literal["public", "participants", "supplier", "staff"]
PartyName = Literal["customer", "supplier", "agent", "desk"]
NotifyName = Literal["follows", "muted", "reads"]
FileReference = Annotated[str, Field(pattern=REFERENCE)]

_POST: JsonDict = {
    "number": 1,
    "who": "Ann",
    "party": "customer",
    "visibility": "participants",
    "body": "It flickers. **What can I do?**",
    "html": "<p>It flickers. <strong>What can I do?</strong></p>\n",
    "cards_removed": 0,
    "saved_cards": [],
    "files": [],
    "is_held": False,
    "is_hidden": False,
    "posted_at": "2026-06-01T09:00:00Z",
}
_THREAD: JsonDict = {
    "reference": "T7K2M9-XQD41",
    "kind": "general",
    "is_public": False,
    "bought_here": False,
    "subject": "A lamp flickers",
    "opener": "Ann",
    "state": "open",
    "order": "WM-1",
    "line": 1,
    "return": None,
    "charge": None,
    "card": None,
    "solved_by": None,
    "notify": "follows",
    "unread": 0,
    "replies": 0,
    "due_at": None,
    "resolve_due_at": None,
    "waiting_on": None,
    "waits_until": None,
    "assignee": None,
    "opened_at": "2026-06-01T09:00:00Z",
    "last_post_at": "2026-06-01T09:00:00Z",
}


class Post(Shape):
    """What one person wrote. `html` is safe to show; `who` is a handle where everybody reads."""

    model_config = ConfigDict(json_schema_extra={"examples": [_POST]})

    number: int
    who: str
    party: PartyName = Field(description="whom the writer spoke for; `desk` is Aftersale itself")
    visibility: VisibilityName
    body: str = Field(description="Markdown, without card numbers")
    html: str
    cards_removed: int = Field(description="how many card numbers were taken out, of files too")
    saved_cards: list[str] = Field(
        description="the writer's own saved cards that these may be, to freeze or remove; told to the writer"
    )
    files: list[File]
    is_held: bool = Field(description="a newcomer's, that only they and the staff see so far")
    is_hidden: bool
    posted_at: datetime


class Thread(Shape):
    """One matter. Of a private one a supplier sees what it is called, and the posts meant for them."""

    model_config = ConfigDict(json_schema_extra={"examples": [_THREAD]}, populate_by_name=True)

    reference: str
    kind: KindName
    is_public: bool
    bought_here: bool = Field(description="a verdict on an order that its writer placed and got here")
    subject: str
    opener: str | None
    state: StateName
    order: str | None
    line: int | None
    case: str | None = Field(alias="return", description="the return's reference")
    charge: str | None
    card: str | None
    solved_by: int | None = Field(description="the number of the post that solved it")
    notify: NotifyName | None
    unread: int = Field(description="posts of others that one has not read")
    replies: int = Field(description="posts after the first that one may read")
    due_at: datetime | None = Field(description="when the staff's answer is due; for the staff")
    resolve_due_at: datetime | None = Field(
        description="when it is to be solved; null while it is the customer's turn; for the staff"
    )
    waiting_on: Literal["supplier", "courier", "bank"] | None = Field(description="for the staff")
    waits_until: datetime | None = Field(description="the clocks stand until then; for the staff")
    assignee: str | None = Field(description="in whose hands it is; for the staff")
    opened_at: datetime
    last_post_at: datetime


class Threads(Shape):
    """Threads, by their last post."""

    items: list[Thread]
    next_cursor: str | None


class Posts(Shape):
    """Posts, newest first."""

    items: list[Post]
    next_cursor: str | None


class Waiting(Shape):
    """A post that the staff is to look at."""

    thread: str
    post: Post
    reasons: list[str] = Field(description="of those who reported it")


class Desk(Shape):
    """What waits for the staff: answers by due time, held threads, newcomers' first posts, reported posts."""

    due: list[Thread]
    standing_still: list[Thread] = Field(description="what waits for a third party")
    held_threads: list[Thread] = Field(description="threads in doubt, kept out of sight and out of `due`")
    held: list[Waiting] = Field(description="newcomers' first posts, not let through yet")
    reported: list[Waiting]


class NewDraft(Shape):
    """What was begun."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"subject": "", "body": "Half a thought"}]})

    subject: str
    body: str
    visibility: VisibilityName | None = Field(
        None, description="whom it is for; of a new thread: participants or public"
    )


class ThreadDraft(Shape):
    """What was begun, without card numbers, and its files; empty texts where nothing is kept."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"subject": "", "body": "Half a thought", "visibility": None, "files": []}]
        }
    )

    subject: str
    body: str
    visibility: VisibilityName | None
    files: list[File]


class ForumName(Shape):
    """One's name on the forum."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Lampenfreundin"}]})

    name: str = Field(pattern=PLAIN, max_length=200)


class NewThread(Shape):
    """What to ask, and what it is about. `public` only where it is about nothing of one's own."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "kind": "review",
                    "subject": "It flickers",
                    "body": "What can I do?",
                    "order": "WM-1",
                    "line": 1,
                }
            ]
        },
        populate_by_name=True,
    )

    kind: KindToAsk = "general"
    subject: str = Field(pattern=PLAIN)
    body: str = Field(pattern=PLAIN)
    is_public: bool = False
    order: str | None = Field(None, pattern=PLAIN, max_length=64)
    line: int | None = Field(None, ge=1, le=100_000)
    case: str | None = Field(None, alias="return", pattern=REFERENCE)
    charge: str | None = Field(None, pattern=REFERENCE)
    card: str | None = Field(None, pattern=REFERENCE)
    files: list[FileReference] = Field([], description="of the draft, kept before", max_length=100)


class NewPost(Shape):
    """What to write. The staff chooses who reads it; for others that is as the thread is."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"body": "Since Monday."}]})

    body: str = Field(pattern=PLAIN)
    visibility: VisibilityName | None = None
    macro: str | None = Field(None, pattern=REFERENCE, description="the macro it was written with")
    actions: list[Annotated[str, Field(pattern=PLAIN)]] = Field(
        [], max_length=10, description="of the macro's, what is to follow the answer"
    )
    seen: int | None = Field(
        None, ge=0, le=1_000_000, description="the last number one had read: nothing is sent over later posts"
    )
    files: list[FileReference] = Field([], description="of the draft, kept before", max_length=100)


class ThreadKind(Shape):
    """What a thread is about."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"kind": "tracking"}]})

    kind: KindToAsk


class Solution(Shape):
    """By which post; left out where by none. A thread that is solved already keeps its post then."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"number": 2}]})

    number: int | None = Field(None, ge=1, le=1_000_000)


class Notifying(Shape):
    """Hear of every new post, of none, or follow no more."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"notify": "follows"}]})

    notify: NotifyName


class Reading(Shape):
    """Up to which post; left out for all of them."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"number": 2}]})

    number: int | None = Field(None, ge=1, le=1_000_000)


class Place(Shape):
    """How far one has read, and whether one hears of new posts."""

    last_read: int
    notify: NotifyName


class WhyReported(Shape):
    """What is wrong with a post, in 1 to 500 characters."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "An advertisement."}]})

    reason: str = Field(pattern=PLAIN)


class Hands(Shape):
    """The e-mail of somebody of the staff; null puts it back into everybody's hands."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"to": "mia@example.com"}]})

    to: str | None = Field(pattern=PLAIN, max_length=254)


def told_post(row: PostRow, viewer: User) -> Post:
    return Post(
        number=row.number,
        who=_name(row.author, is_public=row.visibility == Visibility.PUBLIC),
        party=row.party,
        visibility=row.visibility,
        body=row.body,
        html=str(html_of(row.body)),
        cards_removed=len(numbers_removed(row)) if is_team(viewer) or row.author_id == viewer.pk else 0,
        saved_cards=[card.reference for card in cards_written(viewer, row)],
        files=[told_file(file) for file in row.attachments.all()],
        is_held=row.is_held,
        is_hidden=row.hidden_at is not None,
        posted_at=row.posted_at,
    )


def told_thread(row: Any, viewer: User) -> Thread:
    """A thread that came through `with_unread`."""
    team = is_team(viewer)
    sees_the_deal = team or row.opener_id == viewer.pk
    is_guest = viewer.role == Role.SUPPLIER and not row.is_public
    return Thread(
        reference=row.reference,
        kind=Kind(row.kind).value,
        is_public=row.is_public,
        bought_here=hasattr(row, "bought_here") and not row.bought_here.is_answer,
        subject=title_for(viewer, row),
        opener=None if is_guest else _name(row.opener, is_public=row.is_public),
        state=row.state,
        order=row.order.code if row.order and sees_the_deal else None,
        line=row.line.number if row.line and sees_the_deal else None,
        case=row.case.reference if row.case and (sees_the_deal or is_guest) else None,
        charge=row.charge.reference if row.charge and sees_the_deal else None,
        card=row.card.reference if row.card and sees_the_deal else None,
        solved_by=row.solution.number if row.solution and not is_guest else None,
        notify=row.notify,
        unread=row.unread,
        replies=row.replies,
        due_at=row.due_at if team else None,
        resolve_due_at=row.resolve_due_at if team else None,
        waiting_on=(row.waiting_on or None) if team else None,
        waits_until=row.waits_until if team else None,
        assignee=row.assignee.email if row.assignee and team else None,
        opened_at=row.opened_at,
        last_post_at=row.last_post_at,
    )


def told_draft(row: DraftRow | None, viewer: User, thread: ThreadRow | None = None) -> ThreadDraft:
    files = [told_file(file) for file in drafted(viewer, thread)]
    if row is None:
        return ThreadDraft(subject="", body="", visibility=None, files=files)
    eyes = row.visibility or None
    return ThreadDraft.model_validate(
        {"subject": row.subject, "body": row.body, "visibility": eyes, "files": files}
    )


def _name(person: User | None, *, is_public: bool) -> str:
    if person is None:
        return "Aftersale"
    if is_public:
        handle = getattr(person, "forum_name", None)
        return handle.name if handle else "a former customer"
    return person.name or person.email
