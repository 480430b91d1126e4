"""Where a person is signed in."""

from datetime import datetime

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from aftersale.accounts.sessions import SignedIn
from aftersale.api.fields import Shape

_SESSION: JsonDict = {
    "reference": "S7K2M9-XQD41",
    "browser": "Firefox, Windows",
    "address": "203.0.113.9",
    "since": "2026-06-01T09:00:00Z",
    "seen_at": "2026-06-02T18:30:00Z",
}


class Session(Shape):
    """A browser in which the key's user is signed in. A key itself is no session."""

    model_config = ConfigDict(json_schema_extra={"examples": [_SESSION]})

    reference: str
    browser: str = Field(description="as it calls itself; empty for one that says nothing known")
    address: str = Field(description="the network address that it was last seen at")
    since: datetime
    seen_at: datetime = Field(description="when it was last used, to ten minutes")


class Sessions(Shape):
    """All of them, the latest used first."""

    items: list[Session]


def told_session(session: SignedIn) -> Session:
    return Session(
        reference=session.reference,
        browser=session.browser,
        address=session.address,
        since=session.since,
        seen_at=session.seen_at,
    )
