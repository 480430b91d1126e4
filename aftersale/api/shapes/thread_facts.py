"""The facts kept with a thread, what happened since, what Aftersale answered, and related threads."""

from datetime import date, datetime
from typing import Any

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from aftersale.accounts.models import User
from aftersale.api.fields import PLAIN, Money, Shape, told_money
from aftersale.api.shapes.threads import Thread, told_thread
from aftersale.support.models import FactSheet
from aftersale.support.sheets import Happening

_ANSWER: JsonDict = {
    "about": "return",
    "items": ["1 × Lamp 1"],
    "reasons": ["defective", "wrong"],
    "paid_by": "card 4242",
    "outcome": "refund",
    "meaning": "a full refund",
    "because": "You paid by card: …",
    "clause": "card-in-time",
    "clause_title": "In time, paid by card",
    "policy": "aa7c1fb26ece",
    "amount": {"minor": 6000, "currency": "EUR"},
    "last_day": "2026-07-21",
    "change": "",
    "add_again": None,
    "helps": [],
    "late_days": None,
    "usual_days": None,
    "path": "/account/orders/WM-1/return/LI/",
}


class FirstAnswer(Shape):
    """What Aftersale itself answered at once: the policy's decision, a parcel's way, or a charge's cause."""

    model_config = ConfigDict(json_schema_extra={"examples": [_ANSWER]})

    about: str = Field(description="return, charge or parcel")
    items: list[str]
    reasons: list[str] = Field(description="of a return: for which it is the answer")
    paid_by: str
    outcome: str = Field(description="of the policy; a charge's answer; arrived, lost, late or under_way")
    meaning: str
    because: str = Field(description="the clause's own words, or what happened")
    clause: str
    clause_title: str
    policy: str = Field(description="the hash of the version that decides")
    amount: Money | None
    last_day: date | None
    change: str = Field(description="what would give more")
    add_again: str | None = Field(description="whether it helps to add the card again")
    helps: list[str]
    late_days: int | None
    usual_days: int | None = Field(description="within which nine of ten such parcels arrive, as measured")
    path: str = Field(description="the page to go on from")


class Since(Shape):
    """One thing that happened after the thread was opened."""

    at: datetime
    about: str = Field(description="parcel, return, refund, charge, card or thread")
    kind: str
    name: str
    amount: Money | None


class ThreadFacts(Shape):
    """What was known when the thread was opened, as it stood; and what happened since."""

    taken_at: datetime | None
    facts: dict[str, Any] = Field(description="order, return, charge, card: what the thread touches")
    answers: list[FirstAnswer]
    answered_in: int | None = Field(description="the number of the post that says them")
    since: list[Since]


class BegunQuestion(Shape):
    """A question that is being written, and the order that it is about."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"text": "Which bulb fits the lamp?", "order": "WM-1"}]}
    )

    text: str = Field(pattern=PLAIN, max_length=20_200)
    order: str | None = Field(None, pattern=PLAIN, max_length=64)


class RelatedThreads(Shape):
    """Solved threads of the forum that may answer it, and one's own that are still open about the order."""

    answers: list[Thread]
    asked: list[Thread]


class NewReview(Shape):
    """The title and the text as they are to be read; names and numbers are taken out of them."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"subject": "A fine lamp", "body": "It came whole, and is bright."}]}
    )

    subject: str = Field(pattern=PLAIN)
    body: str = Field(pattern=PLAIN)


class Withdrawn(Shape):
    """It is not public any more."""

    withdrawn: bool


def told_facts(sheet: FactSheet | None, happened: list[Happening]) -> ThreadFacts:
    return ThreadFacts(
        taken_at=sheet.taken_at if sheet else None,
        facts=sheet.facts if sheet else {},
        answers=[_answer(one) for one in sheet.answers] if sheet else [],
        answered_in=sheet.post.number if sheet and sheet.post else None,
        since=[_since(one) for one in happened],
    )


def told_related(answers: list[Any], asked: list[Any], viewer: User) -> RelatedThreads:
    """Threads that came through `with_unread`."""
    return RelatedThreads(
        answers=[told_thread(row, viewer) for row in answers],
        asked=[told_thread(row, viewer) for row in asked],
    )


def _since(one: Happening) -> Since:
    return Since(
        at=one.at,
        about=one.about,
        kind=one.kind,
        name=one.name,
        amount=told_money(one.amount) if one.amount else None,
    )


def _answer(one: dict[str, Any]) -> FirstAnswer:
    blank: dict[str, Any] = dict.fromkeys(("paid_by", "clause", "clause_title", "policy", "change"), "")
    blank |= dict.fromkeys(("amount", "last_day", "add_again", "late_days", "usual_days"))
    blank |= {"reasons": [], "helps": []}
    return FirstAnswer(**blank | {name: one[name] for name in FirstAnswer.model_fields if name in one})
