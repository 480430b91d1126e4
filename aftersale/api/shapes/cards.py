"""Saved cards and their removal: what a person may know of them, and never more than the last four digits."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from aftersale.accounts.models import User
from aftersale.api.fields import PLAIN, RETURN_TO, Money, Shape, told_money
from aftersale.cards.models import RemovalRequest
from aftersale.cards.proofs import proofs_of
from aftersale.cards.queries import TEAM, like, open_removal_of, touched_by
from aftersale.cards.states import ASKING, WITH_TEAM, RemovalState
from aftersale.cards.unfreezing import unfreezing_proofs
from aftersale.payments.card_models import SavedCard
from aftersale.returns.queries import open_returns_paid_by

CardStateName = Literal["setup_pending", "active", "frozen", "removal_pending", "detached", "tombstone"]
RemovalStateName = Literal[
    "draft", "proven", "submitted", "detaching", "verified", "confirmed", "closed",
    "vetoed", "withdrawn", "expired", "needs_staff",
]  # fmt: skip
ProofName = Literal["password", "birthdate", "code"]
Email = Annotated[
    str, Field(min_length=1, max_length=254, pattern=PLAIN, description="the e-mail tied to the card")
]
Given = Annotated[str, Field(min_length=1, max_length=200, pattern=PLAIN, description="a date as 1990-05-17")]

_CARD: JsonDict = {
    "reference": "K7K2M9-XQD41",
    "provider": "sandbox",
    "brand": "visa",
    "last_four": "4242",
    "expires": "2031-08",
    "state": "active",
    "freeze_reason": None,
    "frozen_at": None,
    "created_at": "2026-06-01T09:00:00Z",
}
_REMOVAL: JsonDict = {
    "reference": "C7K2M9-XQD41",
    "card": _CARD,
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


class Card(Shape):
    """A saved card. Only an `active` one can be charged."""

    model_config = ConfigDict(json_schema_extra={"examples": [_CARD]})

    reference: str
    provider: str
    brand: str = Field(description="empty before the card was given, and after its particulars were erased")
    last_four: str
    expires: str | None = Field(description="year and month")
    state: CardStateName
    freeze_reason: Literal["lost", "stolen", "removal", "stopped"] | None
    frozen_at: datetime | None
    created_at: datetime


class Cards(Shape):
    """The customer's cards, oldest first."""

    items: list[Card]


class TouchedRefund(Shape):
    """A refund that still reaches the card's account."""

    reference: str
    order: str
    amount: Money


class TouchedCharge(Shape):
    """A charge of the card: one under way ends as the bank says, a scheduled one is not tried again."""

    order: str
    amount: Money
    is_scheduled: bool


class Touches(Shape):
    """What freezing or removing the card meets. Refunds still reach the card's account."""

    orders: list[str] = Field(description="open orders that were paid with such a card")
    returns: list[str] = Field(description="open returns of such orders")
    refunds: list[TouchedRefund]
    charges: list[TouchedCharge]
    unpaid: list[str] = Field(description="orders that are not paid yet: they can be paid otherwise")


class OneCard(Card):
    """A card, with what freezing or removing it touches, and what would prove it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    **_CARD,
                    "touches": {
                        "orders": ["WM-1"],
                        "returns": [],
                        "refunds": [],
                        "charges": [],
                        "unpaid": [],
                    },
                    "removal_proofs": ["password"],
                    "unfreezing_proofs": [],
                    "removal": None,
                    "is_blocked_at_the_bank": False,
                }
            ]
        }
    )

    touches: Touches
    removal_proofs: list[ProofName] = Field(description="by what its owner proves a removal")
    unfreezing_proofs: list[ProofName] = Field(description="by what it is unfrozen; empty where it cannot be")
    removal: str | None = Field(description="the removal that is on its way")
    is_blocked_at_the_bank: Literal[False] = Field(
        description="nothing here blocks the card at the bank: call the bank to have that done"
    )


class NewCard(Shape):
    """Where the provider's page leads back to."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"return_to": "https://shop.example/cards/{card}/added"}]}
    )

    return_to: str = Field(
        max_length=400,
        pattern=RETURN_TO,
        description="an https address of your own; `{card}` in it stands for the card's reference",
    )


class CardPage(Shape):
    """A card that waits to be given, and the provider's own page where that is done."""

    card: Card
    page: str = Field(description="lead the customer there; then finish the card")


class Freeze(Shape):
    """Why the card is frozen."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "stolen"}]})

    reason: Literal["lost", "stolen"]


class CodeWanted(Shape):
    """What the code is for."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"purpose": "removal"}]})

    purpose: Literal["removal", "unfreezing"]


class CodeMailed(Shape):
    """A code is on its way to the e-mail tied to the card."""

    good_until: datetime


class Unfreezing(Shape):
    """A proof that the card is the customer's: stronger than the freeze took."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"email": "ann@example.com", "kind": "code", "given": "402117"}]}
    )

    email: Email
    kind: ProofName
    given: Given


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


def told_card(card: SavedCard) -> Card:
    return Card.model_validate(_plain(card))


def told_one_card(card: SavedCard) -> OneCard:
    removal = open_removal_of(card)
    is_on_its_way = removal is not None and removal.state not in ASKING
    return OneCard.model_validate(
        _plain(card)
        | {
            "touches": _touches(card),
            "removal_proofs": list(proofs_of(card.customer)),
            "unfreezing_proofs": list(unfreezing_proofs(card)),
            "removal": removal.reference if removal is not None and is_on_its_way else None,
            "is_blocked_at_the_bank": False,
        }
    )


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


def _touches(card: SavedCard) -> Touches:
    touched, returns = touched_by(card), open_returns_paid_by(card.customer, like(card))[:20]
    return Touches(
        orders=[order.code for order in touched.orders],
        returns=[case.reference for case in returns],
        refunds=[
            TouchedRefund(
                reference=refund.reference,
                order=refund.tender.order.code,
                amount=told_money(refund.amount),
            )
            for refund in touched.refunds
        ],
        charges=[
            TouchedCharge(
                order=charge.order.code,
                amount=told_money(charge.amount),
                is_scheduled=charge.is_scheduled,
            )
            for charge in touched.charges
        ],
        unpaid=[order.code for order in touched.unpaid],
    )


def _plain(card: SavedCard) -> dict[str, Any]:
    return {
        "reference": card.reference,
        "provider": card.provider,
        "brand": card.brand,
        "last_four": card.last_four,
        "expires": f"{card.expiry_year}-{card.expiry_month:02}" if card.expiry_month else None,
        "state": card.state,
        "freeze_reason": card.freeze_reason or None,
        "frozen_at": card.frozen_at,
        "created_at": card.created_at,
    }


def _plain_removal(request: RemovalRequest, now: datetime) -> dict[str, Any]:
    waits = request.state == RemovalState.SUBMITTED and request.due_at is not None and request.due_at > now
    due = request.team_due_at
    return {
        "reference": request.reference,
        "card": _plain(request.card),
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
