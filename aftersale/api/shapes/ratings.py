"""What the opener of a thread says of its solutions."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from aftersale.api.fields import PLAIN, Shape
from aftersale.support import models
from aftersale.support.services.rating import LONGEST_COMMENT

Contentment = Literal["good", "mixed", "bad"]
Comment = Annotated[str, Field(pattern=PLAIN, max_length=LONGEST_COMMENT)]


class NewRating(Shape):
    """How the solution was. Card numbers are taken out of the comment."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"content": "good", "comment": "Quick, and it works."}]}
    )

    content: Contentment
    comment: Comment = ""


class Rating(Shape):
    """What was said of one solution."""

    content: Contentment
    comment: str
    solved_at: datetime = Field(description="of which solution; one that was opened again gets another")
    rated_at: datetime
    changed_at: datetime


class Ratings(Shape):
    """One for each solution that was rated, the oldest first."""

    items: list[Rating]


def told_rating(row: models.Rating) -> Rating:
    return Rating(
        content=models.Content(row.content).value,
        comment=row.comment,
        solved_at=row.solved_at,
        rated_at=row.rated_at,
        changed_at=row.changed_at,
    )
