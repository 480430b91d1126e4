"""Saved cards: what a person may know of them, and never more than the last four digits."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from aftersale.api.fields import PLAIN, RETURN_TO, Money, Shape, told_money
from aftersale.cards.proofs import proofs_of
from aftersale.cards.queries import like, open_removal_of, touched_by
from aftersale.cards.states import ASKING
from aftersale.cards.unfreezing import unfreezing_proofs
from aftersale.payments.card_models import SavedCard
from aftersale.returns.queries import open_returns_paid_by

CardStateName = Literal["setup_pending", "active", "frozen", "removal_pending", "detached", "tombstone"]
ProofName = Literal["password", "birthdate", "code"]
Email = Annotated[
    str, Field(min_length=1, max_length=254, pattern=PLAIN, description="the e-mail tied to the card")
]
Given = Annotated[str, Field(min_length=1, max_length=200, pattern=PLAIN, description="a date as 1990-05-17")]

CARD_EXAMPLE: JsonDict = {
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


class Card(Shape):
    """A saved card. Only an `active` one can be charged."""

    model_config = ConfigDict(json_schema_extra={"examples": [CARD_EXAMPLE]})

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
                    **CARD_EXAMPLE,
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


def told_card(card: SavedCard) -> Card:
    return Card.model_validate(plain_card(card))


def told_one_card(card: SavedCard) -> OneCard:
    removal = open_removal_of(card)
    is_on_its_way = removal is not None and removal.state not in ASKING
    return OneCard.model_validate(
        plain_card(card)
        | {
            "touches": _touches(card),
            "removal_proofs": list(proofs_of(card.customer)),
            "unfreezing_proofs": list(unfreezing_proofs(card)),
            "removal": removal.reference if removal is not None and is_on_its_way else None,
            "is_blocked_at_the_bank": False,
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


def plain_card(card: SavedCard) -> dict[str, Any]:
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
