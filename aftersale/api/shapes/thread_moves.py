"""Moves of posts from thread to thread, and who of the staff is at a thread."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from aftersale.api.fields import PLAIN, REFERENCE, Shape, Whole
from aftersale.support.collisions import Here
from aftersale.support.models import Move as MoveRow

_MOVE: JsonDict = {
    "reference": "V4H8QX-2M9TD",
    "kind": "merge",
    "source": "T7K2M9-XQD41",
    "target": "T5D0XK-2V7QH",
    "by": "Mia",
    "moved_at": "2026-06-01T09:00:00Z",
    "undone_at": None,
}


class ThreadMove(Shape):
    """Posts went from one thread to another. After a merge the address of `source` leads to `target`."""

    model_config = ConfigDict(json_schema_extra={"examples": [_MOVE]})

    reference: str
    kind: Literal["merge", "split"]
    source: str
    target: str
    by: str
    moved_at: datetime
    undone_at: datetime | None


class ThreadMoves(Shape):
    """What was moved into a thread and out of it, the newest first."""

    items: list[ThreadMove]


class Merging(Shape):
    """Which thread the posts are to follow: of the same person, and public or private alike."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"into": "T5D0XK-2V7QH"}]})

    into: str = Field(pattern=REFERENCE)


class Splitting(Shape):
    """Which posts become a thread of their own, and its title. The first post of a thread stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"numbers": [3, 4], "subject": "The card"}]})

    numbers: list[Annotated[Whole, Field(ge=1, le=1_000_000)]] = Field(min_length=1, max_length=1000)
    subject: str = Field(pattern=PLAIN)


class WhyHeld(Shape):
    """Why a thread is held, in 1 to 500 characters."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "An advertisement."}]})

    reason: str = Field(pattern=PLAIN)


class Colleague(Shape):
    """Somebody of the staff at a thread."""

    name: str
    is_writing: bool


class Presence(Shape):
    """Who else of the staff looked at the thread within the last 45 seconds."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"others": [{"name": "Fay", "is_writing": True}]}]}
    )

    others: list[Colleague]


def told_move(row: MoveRow) -> ThreadMove:
    return ThreadMove(
        reference=row.reference,
        kind="merge" if row.kind == "merge" else "split",
        source=row.source.reference,
        target=row.target.reference,
        by=row.by.name,
        moved_at=row.at,
        undone_at=row.undone_at,
    )


def told_presence(others: list[Here]) -> Presence:
    return Presence(
        others=[
            Colleague(name=each.person.name or each.person.email, is_writing=each.is_writing)
            for each in others
        ]
    )
