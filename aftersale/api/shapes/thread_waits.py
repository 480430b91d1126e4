"""What a thread waits for, and how long those wait who ask."""

from datetime import timedelta
from typing import Literal

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from aftersale.api.fields import Moment, Shape
from aftersale.support.waits import Waits

_CONTACT: JsonDict = {
    "thread": {"half_within_seconds": 18000, "is_at_least": False, "measured_on": 210},
    "mail": {"half_within_seconds": 1641600, "is_at_least": False, "measured_on": 40},
    "mail_address": "after-sale@marketplace.example",
}


class ThirdParty(Shape):
    """Whom a thread waits for, and until when at the latest: a moment within the next 90 days."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"whom": "courier", "until": "2026-06-04T09:00:00Z"}]}
    )

    whom: Literal["supplier", "courier", "bank"]
    until: Moment


class Wait(Shape):
    """Half of those who asked in the last 30 days were answered within this; who still waits counts, too."""

    half_within_seconds: int | None = Field(description="null where nobody has been answered yet")
    is_at_least: bool = Field(description="fewer than half were answered yet: it is longer than this")
    measured_on: int = Field(description="how many asked")


class Contact(Shape):
    """The ways to reach the marketplace, the fast one first."""

    model_config = ConfigDict(json_schema_extra={"examples": [_CONTACT]})

    thread: Wait = Field(description="open one with `open_thread`")
    mail: Wait
    mail_address: str


def told_contact(waits: Waits, mail_address: str) -> Contact:
    return Contact(
        thread=_wait(waits.threads, waits.of_threads, is_least=waits.threads_at_least),
        mail=_wait(waits.mail, waits.of_mail, is_least=waits.mail_at_least),
        mail_address=mail_address,
    )


def _wait(half: timedelta | None, of: int, *, is_least: bool) -> Wait:
    seconds = None if half is None else round(half.total_seconds())
    return Wait(half_within_seconds=seconds, is_at_least=is_least, measured_on=of)
