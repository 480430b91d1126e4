"""The removal of a saved card: from the request over its proof to the signed receipt."""

from datetime import datetime
from typing import Any, Literal

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from aftersale.accounts.models import User
from aftersale.api.fields import PLAIN, Shape
from aftersale.api.shapes.cards import CARD_EXAMPLE, Card, Email, Given, ProofName, plain_card
from aftersale.cards.models import RemovalRequest
from aftersale.cards.proofs import proofs_of
from aftersale.cards.queries import TEAM
from aftersale.cards.states import WITH_TEAM, RemovalState

RemovalStateName = Literal[
    "draft", "proven", "submitted", "detaching", "verified", "confirmed", "closed",
    "vetoed", "withdrawn", "expired", "needs_staff",
]  # fmt: skip

_REMOVAL: JsonDict = {
    "reference": "C7K2M9-XQD41",
    "card": CARD_EXAMPLE,
    "state": "submitted",
    "accepted_proofs": [],
    "proof": "birthdate",
    "can_be_stopped_until": "2026-06-02T09:00:00Z",
    "due_at": "2026-06-05T09:00:00Z",
    "is_overdue": False,
    "created_at": "2026-06-01T08:58:00Z",
    "submitted_at": "2026-06-01T09:00:00Z",
    "provider_asked_at": None,
    "provider_answer": None,
    "gone_at": None,
    "confirmed_at": None,
    "ended_at": None,
    "has_receipt": False,
}


class NewRemoval(Shape):
    """The e-mail tied to the card; whether it is right is said together with the proof."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"email": "ann@example.com"}]})

    email: Email


class ProofGiven(Shape):
    """The password, the birthdate or the mailed code."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"kind": "birthdate", "given": "1990-05-17"}]})

    kind: ProofName
    given: Given


class Stop(Shape):
    """The last part of the link in the mail to the card's e-mail."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"secret": "k5d0t7m9"}]})

    secret: str = Field(min_length=1, max_length=64, pattern=PLAIN)


class Confirmation(Shape):
    """A note for the team itself."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"note": "Looked through the exports."}]})

    note: str = Field("", max_length=500, pattern=PLAIN)


class Removal(Shape):
    """A card's removal, from the request to the receipt."""

    model_config = ConfigDict(json_schema_extra={"examples": [_REMOVAL]})

    reference: str
    card: Card
    state: RemovalStateName
    accepted_proofs: list[ProofName] = Field(description="while it is a draft: by what it can be proven")
    proof: ProofName | None
    can_be_stopped_until: datetime | None = Field(description="by the link in the card's e-mail")
    due_at: datetime | None = Field(description="until when the payments team has finished")
    is_overdue: bool
    created_at: datetime
    submitted_at: datetime | None
    provider_asked_at: datetime | None
    provider_answer: Literal["detached", "already_gone"] | None
    gone_at: datetime | None = Field(description="when the provider was looked at and had no such card")
    confirmed_at: datetime | None
    ended_at: datetime | None
    has_receipt: bool


class TeamRemoval(Removal):
    """A removal, with what the payments team needs to know."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    **_REMOVAL,
                    "customer": "Ann",
                    "attempts": 0,
                    "last_error": "",
                    "escalated_at": None,
                    "confirmed_by": None,
                    "note": "",
                }
            ]
        }
    )

    customer: str
    attempts: int = Field(description="how often the provider was asked")
    last_error: str
    escalated_at: datetime | None
    confirmed_by: str | None
    note: str


class Removals(Shape):
    """A page of removals, newest first. `next_cursor` is null on the last page."""

    items: list[TeamRemoval] | list[Removal]
    next_cursor: str | None


class Receipt(Shape):
    """The signed statement. Keep its bytes as they are: only they verify."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "key": "92510f9d8a89e98f",
                    "signature": "1f0c…",
                    "statement": {"request": "C7K2M9-XQD41", "…": "…"},
                }
            ]
        }
    )

    key: str
    signature: str
    statement: dict[str, Any]


class ReceiptKey(Shape):
    """The public key of receipts; publish it where people find it without this API, too."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "92510f9d8a89e98f", "pem": "-----BEGIN PUBLIC KEY-----\n…"}]}
    )

    name: str
    pem: str


def told_removal(request: RemovalRequest, viewer: User, now: datetime) -> Removal:
    """As much of a removal as `viewer` may know."""
    plain = _plain_removal(request, now)
    if viewer.role not in TEAM:
        return Removal.model_validate(plain)
    return TeamRemoval.model_validate(
        plain
        | {
            "customer": request.customer.name,
            "attempts": request.attempts,
            "last_error": request.last_error,
            "escalated_at": request.escalated_at,
            "confirmed_by": request.confirmed_by.name if request.confirmed_by else None,
            "note": request.note,
        }
    )


def _plain_removal(request: RemovalRequest, now: datetime) -> dict[str, Any]:
    waits = request.state == RemovalState.SUBMITTED and request.due_at is not None and request.due_at > now
    due = request.team_due_at
    return {
        "reference": request.reference,
        "card": plain_card(request.card),
        "state": request.state,
        "accepted_proofs": list(proofs_of(request.customer)) if request.state == RemovalState.DRAFT else [],
        "proof": request.proof or None,
        "can_be_stopped_until": request.due_at if waits and request.veto_hash else None,
        "due_at": due,
        "is_overdue": request.state in WITH_TEAM and due is not None and due <= now,
        "created_at": request.created_at,
        "submitted_at": request.submitted_at,
        "provider_asked_at": request.detaching_at,
        "provider_answer": request.provider_answer or None,
        "gone_at": request.verified_at,
        "confirmed_at": request.confirmed_at,
        "ended_at": request.ended_at,
        "has_receipt": bool(request.receipt),
    }
