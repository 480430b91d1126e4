"""Incidents: what many threads are about, what was answered to all of them, and how far that has come."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import ConfigDict, Field, Strict
from pydantic.config import JsonDict

from aftersale.api.fields import PLAIN, REFERENCE, Shape
from aftersale.api.shapes.threads import KindName
from aftersale.support.incident_queries import answers_of

_INCIDENT: JsonDict = {
    "reference": "I4H8QX-2M9TD",
    "title": "A lorry is lost",
    "text": "",
    "kind": "tracking",
    "threads": 2,
    "answers": [],
    "owed": 0,
    "failed": 0,
    "opened_by": "Mia",
    "opened_at": "2026-06-01T09:00:00Z",
    "closed_at": None,
}


class ToAllThreads(Shape):
    """One answer to all threads of an incident. The worker posts it into each."""

    body: str
    by: str
    at: datetime
    posted: int = Field(description="threads in which it stands")
    owed: int = Field(description="threads to come")
    failed: int = Field(description="threads that took no answer, such as closed ones")


class Incident(Shape):
    """What many threads are about."""

    model_config = ConfigDict(json_schema_extra={"examples": [_INCIDENT]})

    reference: str
    title: str
    text: str = Field(description="what the staff knows of it")
    kind: KindName | None = Field(description="it is offered to new threads of this kind")
    threads: int = Field(description="how many are linked")
    answers: list[ToAllThreads] = Field(description="the newest first")
    owed: int = Field(description="what the worker still has to do in threads")
    failed: int = Field(description="what could not be done")
    opened_by: str
    opened_at: datetime
    closed_at: datetime | None


class Incidents(Shape):
    """Open incidents first, then the last that was closed: 100 at most."""

    items: list[Incident]


class NewIncident(Shape):
    """A title, what is known of it, and to new threads of which kind it is offered."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"title": "A lorry is lost", "kind": "tracking"}]}
    )

    title: str = Field(pattern=PLAIN)
    text: str = Field("", pattern=PLAIN)
    kind: KindName | None = None


class ThreadsToLink(Shape):
    """Threads by their references."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"threads": ["T5D0XK-2V7QH"]}]})

    threads: list[Annotated[str, Field(pattern=REFERENCE)]] = Field(min_length=1, max_length=500)


class ThreadToUnlink(Shape):
    """The thread that is about something else."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"thread": "T5D0XK-2V7QH"}]})

    thread: str = Field(pattern=REFERENCE)


class NewAnswerToAll(Shape):
    """The text, the same for each thread, public ones too."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"body": "The lorry was found."}]})

    body: str = Field(pattern=PLAIN)


class ClosingIncident(Shape):
    """Whether its threads are solved with it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"solve": True}]})

    solve: Annotated[bool, Strict()] = False


def told_incident(row: Any) -> Incident:
    """An incident that came through `incidents`."""
    return Incident(
        reference=row.reference,
        title=row.title,
        text=row.text,
        kind=row.kind or None,
        threads=row.threads,
        answers=[
            ToAllThreads(
                body=each.body,
                by=each.author.name,
                at=each.at,
                posted=each.posted,
                owed=each.owed,
                failed=each.failed,
            )
            for each in answers_of(row)
        ],
        owed=row.owed,
        failed=row.failed,
        opened_by=row.opened_by.name,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
    )
