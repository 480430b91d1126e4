"""A question and its answer that our staff would let everybody read, and what who asked says to it."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StrictBool
from pydantic.config import JsonDict

from aftersale.api.fields import PLAIN, Shape, Whole
from aftersale.support import models

_TEXTS: JsonDict = {
    "subject": "Which bulb fits the lamp?",
    "question": "Mine flickers. Which base has it?",
    "solution": "E14, at most 6 W.",
}


class NewPublicAnswer(Shape):
    """The three texts as they are to be read, written anew; names and numbers of the order are taken out."""

    model_config = ConfigDict(json_schema_extra={"examples": [_TEXTS]})

    subject: str = Field(pattern=PLAIN, max_length=models.LONGEST_SUBJECT)
    question: str = Field(pattern=PLAIN, max_length=models.LONGEST_BODY)
    solution: str = Field(pattern=PLAIN, max_length=models.LONGEST_BODY)


class PublicAnswerDecision(Shape):
    """Whether everybody may read it, in the version that was read."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"agreed": True, "version": 1}]})

    agreed: StrictBool
    version: Annotated[Whole, Field(ge=1, le=2_000_000_000)]


class PublicAnswer(Shape):
    """What is offered, and what became of it. Only `agreed` is public."""

    subject: str
    question: str
    solution: str
    version: int = Field(description="another text makes another one, and is decided anew")
    state: Literal["offered", "agreed", "declined"]
    offered_at: datetime
    decided_at: datetime | None
    thread: str | None = Field(description="the public thread; null where there is none, or not any more")


def told_public_answer(row: models.PublicAnswer, copy: models.PublishedReview | None) -> PublicAnswer:
    return PublicAnswer(
        subject=row.subject,
        question=row.question,
        solution=row.solution,
        version=row.version,
        state=models.OfferState(row.state).value,
        offered_at=row.offered_at,
        decided_at=row.decided_at,
        thread=copy.copy.reference if copy else None,
    )
