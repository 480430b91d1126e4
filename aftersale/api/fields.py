"""The kinds of fields that requests and answers are made of, each with words for what it accepts."""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any

from ninja.params.functions import Header, Path, Query
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Strict, WithJsonSchema
from pydantic_core import PydanticCustomError

from aftersale.base import money

# A pattern of the document -> what it accepts, in words. A NUL is the one character no database keeps.
PLAIN = r"^[^\x00]*$"
CODE = r"^[^\x00-\x1f\x7f/]{1,64}$"
REFERENCE = r"^[A-Z0-9]{1,8}-[A-Z0-9]{1,8}$"
IDEMPOTENCY_KEY = r"^[\x21-\x7e]{8,255}$"
# The moment of the last row in microseconds and its key: every text of this form is a place in a list.
CURSOR = r"^[0-7][0-9a-f]{15}[0-7][0-9a-f]{15}$"
HASH = r"^[0-9a-f]{8,64}$"
WHOLE_HASH = r"^[0-9a-f]{64}$"
LANGUAGE = r"^[a-z]{2,3}(-[a-z0-9]{2,8})*$"
DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
MOMENT = (
    r"^(19[7-9][0-9]|20[0-9]{2})-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?"
    r"(Z|[+-][0-9]{2}:[0-9]{2})$"
)
# Where a provider's page leads back to: a page of the caller's own, on its own machine while it is tried.
RETURN_TO = (
    r"^https://[\x21-\x7e]{1,380}$"
    r"|^http://(localhost|127\.0\.0\.1)(:[0-9]{1,5})?/[\x21-\x7e]{0,350}$"
)
WORDS_FOR = {
    PLAIN: "a text without the NUL character",
    CODE: "a code of 1 to 64 characters without a slash",
    REFERENCE: "a reference such as R7K2M9-XQD41",
    IDEMPOTENCY_KEY: "8 to 255 visible ASCII characters, new for each wish, such as a UUID",
    RETURN_TO: "an https address of at most 400 characters",
    HASH: "a version's hash, or at least the first 8 signs of it",
    WHOLE_HASH: "a version's hash: 64 hexadecimal digits",
    LANGUAGE: "a language code such as zh-hans",
    CURSOR: "the `next_cursor` of an earlier page",
}
A_DAY = "a day such as 2026-04-30"
A_MOMENT = "a moment with its zone between 1970 and 2099, such as 2026-04-30T12:00:00Z"


class Shape(BaseModel):
    """What all shapes share: nothing unknown gets in."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Money(Shape):
    """Whole minor units (cents of EUR, yen of JPY) of one ISO 4217 currency."""

    minor: int = Field(examples=[6000])
    currency: str = Field(examples=["EUR"])


def told_money(amount: money.Money) -> Money:
    return Money(minor=amount.minor, currency=amount.currency)


def not_accepted(accepted: str) -> PydanticCustomError:
    """An error of a field that says what it would take."""
    return PydanticCustomError("not_accepted", "{accepted}", {"accepted": accepted})


def _day(given: Any) -> date:
    if isinstance(given, str) and re.fullmatch(DAY, given):
        try:
            return date.fromisoformat(given)
        except ValueError:
            pass
    raise not_accepted(A_DAY)


def _moment(given: Any) -> datetime:
    if isinstance(given, str) and re.fullmatch(MOMENT, given):
        try:
            # PostgreSQL knows no zone further than 16 hours from UTC, ISO 8601 does.
            return datetime.fromisoformat(given).astimezone(UTC)
        except ValueError:
            pass
    raise not_accepted(A_MOMENT)


def _page_size(given: Any) -> int:
    if isinstance(given, int):
        return given
    if isinstance(given, str) and re.fullmatch("[0-9]{1,3}", given) and 1 <= int(given) <= 100:
        return int(given)
    raise not_accepted("a whole number from 1 to 100")


Whole = Annotated[int, Strict()]
Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
Moment = Annotated[
    datetime,
    BeforeValidator(_moment),
    WithJsonSchema({"type": "string", "format": "date-time", "pattern": MOMENT}),
]
OrderCode = Annotated[
    str, Path(..., pattern=CODE, description="the marketplace's own number of the order", example="WM-1")
]
Reference = Annotated[
    str, Path(..., pattern=REFERENCE, description="the name that the desk gave it", example="R7K2M9-XQD41")
]

VersionHash = Annotated[
    str,
    Path(..., pattern=HASH, description="a version's hash, or the start of it", example="058cd4933c0a"),
]

Limit = Annotated[
    int,
    BeforeValidator(_page_size),
    WithJsonSchema({"type": "integer", "minimum": 1, "maximum": 100, "default": 20}),
    Query(20, description="how many at most"),
]
Cursor = Annotated[
    str,
    Query("", pattern=f"^$|{CURSOR}", description="`next_cursor` of the page before; left out for the first"),
]
IdempotencyKey = Annotated[
    str,
    Header(
        ...,
        alias="Idempotency-Key",
        pattern=IDEMPOTENCY_KEY,
        description=(
            "A fresh key for each wish, such as a UUID. Sent again with the same request, it brings the first"
            " answer again and does nothing twice."
        ),
    ),
]
WORDS_FOR[f"^$|{CURSOR}"] = WORDS_FOR[CURSOR]
WORDS_FOR[f"^$|{HASH}"] = WORDS_FOR[HASH]
WORDS_FOR[f"^$|{WHOLE_HASH}"] = WORDS_FOR[WHOLE_HASH]
