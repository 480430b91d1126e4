"""What orders owe, the ways to pay, and charges: a customer is told the answer of a decline, no more."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from django.conf import settings
from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from aftersale.accounts.models import User
from aftersale.api.fields import RETURN_TO, Money, Shape, told_money
from aftersale.api.shapes.rights import Means, told_means
from aftersale.orders.models import Order
from aftersale.payments.card_models import SavedCard
from aftersale.payments.charge_models import Charge as ChargeRow
from aftersale.payments.charge_queries import TEAM, live_charge, owes_for, schedule_of
from aftersale.payments.charge_states import ChargeState
from aftersale.payments.declines import Answer as AnswerFound
from aftersale.payments.declines.words import helps_of, said_of, verdict_of
from aftersale.payments.errors import NotAgain, TryLater
from aftersale.payments.retrying import answer_to, is_barred, own_try_at, refuse_what_cannot_help
from aftersale.payments.transfers import Transfer as TransferFound
from aftersale.returns.paying import PartRights

AddAgainName = Literal["no", "yes", "update"]
ActionName = Literal[
    "ask_bank", "pay_otherwise", "try_later", "correct", "update", "confirm", "see_earlier", "wait"
]  # fmt: skip
ChargeStateName = Literal[
    "created", "submitted", "requires_action", "pending", "unknown", "succeeded", "declined", "released"
]  # fmt: skip
GivenUpName = Literal["card", "budget", "paid", "customer", "unconfirmed", "lost"]

_ANSWER: JsonDict = {
    "name": "not_enough_funds",
    "title": "Not enough money, or a limit was reached",
    "text": "Your bank says that there was not enough money for this payment.",
    "actions": ["pay_otherwise", "try_later"],
    "helps": ["Pay with another card, or by bank transfer."],
    "add_again": "no",
    "verdict": "No: do not add this card again",
    "because": "To your bank it is the same card, however often you add it here.",
}
_CHARGE: JsonDict = {
    "reference": "H7K2M9-XQD41",
    "order": "WM-1",
    "card": "K7K2M9-XQD41",
    "brand": "mastercard",
    "last_four": "5924",
    "amount": {"minor": 6000, "currency": "EUR"},
    "state": "declined",
    "is_automatic": False,
    "answer": _ANSWER,
    "given_up": None,
    "confirm_at": None,
    "next_retry_at": "2026-06-01T10:00:00Z",
    "own_try_at": "2026-06-01T09:00:00Z",
    "created_at": "2026-06-01T09:00:00Z",
    "settled_at": "2026-06-01T09:00:00Z",
}


class ChargeAnswer(Shape):
    """What is told of a failed charge. Everything but `name` follows from it; nothing tells more."""

    model_config = ConfigDict(json_schema_extra={"examples": [_ANSWER]})

    name: str
    title: str
    text: str
    actions: list[ActionName] = Field(description="what helps, the best first")
    helps: list[str] = Field(description="the same in words")
    add_again: AddAgainName = Field(description="whether to add the same card again")
    verdict: str
    because: str


class Charge(Shape):
    """One attempt to charge a card for what an order owes. `unknown` is neither paid nor failed: wait."""

    model_config = ConfigDict(json_schema_extra={"examples": [_CHARGE]})

    reference: str
    order: str
    card: str = Field(description="the saved card's reference")
    brand: str
    last_four: str
    amount: Money
    state: ChargeStateName
    is_automatic: bool = Field(description="a retry by the schedule; `created`: it waits for its time")
    answer: ChargeAnswer | None = Field(description="what a declined charge means for its customer")
    given_up: GivenUpName | None = Field(description="why a `released` charge was given up")
    confirm_at: str | None = Field(description="the bank's page where the customer confirms it")
    next_retry_at: datetime | None = Field(description="when it is tried again by itself")
    own_try_at: datetime | None = Field(description="from when on the customer may try the card again")
    created_at: datetime
    settled_at: datetime | None = Field(description="when it succeeded, was declined or given up")


class StaffCharge(Charge):
    """A charge with what the marketplace's team must know, and must not tell its customer."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                _CHARGE
                | {
                    "family": "funds",
                    "decline_code": "insufficient_funds",
                    "decline_advice": "try_again_later",
                    "network_code": "51",
                    "network_advice": "24",
                    "is_barred": False,
                    "attempts_left": 9,
                    "attempts_again_at": None,
                    "last_error": "",
                }
            ]
        }
    )

    family: str | None
    decline_code: str
    decline_advice: str
    network_code: str
    network_advice: str
    is_barred: bool = Field(description="the bank or its network said never again: it is not asked")
    attempts_left: int = Field(description="how often the card network allows this card to be tried still")
    attempts_again_at: datetime | None = Field(
        description="when there is an attempt again where none is left"
    )
    last_error: str


class ChargeSummary(Shape):
    """A charge in a list; by itself it tells what helps and what happens next."""

    reference: str
    order: str
    card: str
    brand: str
    last_four: str
    amount: Money
    state: ChargeStateName
    is_automatic: bool
    answer: str | None = Field(description="the name of what a declined charge means for its customer")
    created_at: datetime
    settled_at: datetime | None


class StaffChargeSummary(ChargeSummary):
    """The same for the marketplace's team, with why it failed."""

    family: str | None
    decline_code: str


class Charges(Shape):
    """A page of charges, newest first. `next_cursor` is null on the last page."""

    items: list[StaffChargeSummary] | list[ChargeSummary]
    next_cursor: str | None


class Owed(Shape):
    """An order that owes something, and the payment that is under way or waits for its time."""

    order: str
    owed: Money
    charge: str | None


class AllOwed(Shape):
    """The customer's orders that owe something, newest first."""

    items: list[Owed]


class CardWay(Shape):
    """A saved card as a way to pay."""

    card: str
    brand: str
    last_four: str
    can_pay: bool = Field(description="whether it may be charged for this order now")
    not_before: datetime | None = Field(description="from when on it may be tried again")


class Transfer(Shape):
    """What the customer types at the own bank. The reference is all by which the money is recognised."""

    holder: str
    account: str
    bank: str
    reference: str


class Part(Shape):
    """The rights by each means of payment for the goods of these suppliers."""

    suppliers: list[str]
    means: list[Means]


class WaysToPay(Shape):
    """What an order owes, by what it can be paid, and what can come back later, by each of these means."""

    order: str
    owed: Money
    charge: str | None = Field(description="a payment that is under way: nothing else can be paid meanwhile")
    cards: list[CardWay]
    can_add_card: bool
    transfer: Transfer | None
    rights: list[Part]


class Payment(Shape):
    """Which saved card pays; `{charge}` in `return_to` becomes the charge's reference."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"card": "K7K2M9-XQD41", "return_to": "https://shop.example/paid/{charge}"}]
        }
    )

    card: str = Field(min_length=1, max_length=64, pattern=r"^[A-Z0-9]{1,8}-[A-Z0-9]{1,8}$")
    return_to: str = Field(pattern=RETURN_TO, description="where the bank's page leads back to")


class Retry(Shape):
    """Where the bank's page leads back to, should the bank want the customer."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"return_to": "https://shop.example/paid/{charge}"}]}
    )

    return_to: str = Field(pattern=RETURN_TO)


class CardNamed(Shape):
    """The card that the customer wants to add after a failure: one of the list, or null for another one."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"card": "K7K2M9-XQD41", "return_to": "https://shop.example/{card}"}]}
    )

    card: str | None = Field(pattern=r"^[A-Z0-9]{1,8}-[A-Z0-9]{1,8}$")
    return_to: str = Field(pattern=RETURN_TO, description="`{card}` becomes the new card's reference")


class Verdict(Shape):
    """Whether adding that card can help after this failure. Asking costs nothing: nobody outside is asked."""

    add_again: AddAgainName
    verdict: str
    because: str


def told_answer(answer: AnswerFound) -> ChargeAnswer:
    said, verdict = said_of(answer), verdict_of(answer)
    return ChargeAnswer.model_validate(
        {
            "name": answer.name,
            "title": str(said.title),
            "text": str(said.text),
            "actions": [str(action) for action in answer.actions],
            "helps": [str(help) for help in helps_of(answer)],
            "add_again": str(answer.add_again),
            "verdict": str(verdict.title),
            "because": str(verdict.text),
        }
    )


def told_charge_summary(charge: ChargeRow, viewer: User) -> ChargeSummary:
    """As much of a charge in a list as `viewer` may know."""
    plain = _facts(charge) | {
        "answer": answer_to(charge).name if charge.state == ChargeState.DECLINED else None
    }
    if viewer.role not in TEAM:
        return ChargeSummary.model_validate(plain)
    inside = {"family": charge.family or None, "decline_code": charge.decline_code}
    return StaffChargeSummary.model_validate(plain | inside)


def told_charge(charge: ChargeRow, viewer: User, now: datetime) -> Charge:
    """As much of a charge as `viewer` may know."""
    plain = _plain(charge, now)
    if viewer.role not in TEAM:
        return Charge.model_validate(plain)
    schedule = schedule_of(charge, now)
    return StaffCharge.model_validate(
        plain
        | {
            "family": charge.family or None,
            "decline_code": charge.decline_code,
            "decline_advice": charge.decline_advice,
            "network_code": charge.network_code,
            "network_advice": charge.network_advice,
            "is_barred": is_barred(charge),
            "attempts_left": schedule.attempts_left,
            "attempts_again_at": schedule.again_at,
            "last_error": charge.last_error,
        }
    )


def _plain(charge: ChargeRow, now: datetime) -> dict[str, Any]:
    failed = charge.state == ChargeState.DECLINED
    address = charge.action_address if charge.state == ChargeState.REQUIRES_ACTION else ""
    return _facts(charge) | {
        "answer": told_answer(answer_to(charge)) if failed else None,
        "given_up": charge.reason or None,
        "confirm_at": (settings.SITE_ADDRESS + address if address.startswith("/") else address) or None,
        "next_retry_at": schedule_of(charge, now).next_retry_at,
        "own_try_at": own_try_at(charge) if failed else None,
    }


def _facts(charge: ChargeRow) -> dict[str, Any]:
    """What the row itself says, and everybody may know who sees it at all."""
    return {
        "reference": charge.reference,
        "order": charge.order.code,
        "card": charge.card.reference,
        "brand": charge.brand,
        "last_four": charge.last_four,
        "amount": told_money(charge.amount),
        "state": charge.state,
        "is_automatic": charge.automatic_round > 0,
        "created_at": charge.created_at,
        "settled_at": charge.settled_at,
    }


def told_owed(order: Order) -> Owed:
    live = live_charge(order)
    return Owed(order=order.code, owed=told_money(owes_for(order)), charge=live.reference if live else None)


def told_ways(
    order: Order,
    cards: Sequence[SavedCard],
    *,
    can_add: bool,
    transfer: TransferFound | None,
    parts: Sequence[PartRights],
    now: datetime,
) -> WaysToPay:
    """All that one needs to know before paying."""
    owed = told_owed(order)
    return WaysToPay(
        order=order.code,
        owed=owed.owed,
        charge=owed.charge,
        cards=[_told_way(card, order, now) for card in cards],
        can_add_card=can_add,
        transfer=None
        if transfer is None
        else Transfer(
            holder=transfer.holder,
            account=transfer.account,
            bank=transfer.bank,
            reference=transfer.reference,
        ),
        rights=[
            Part(suppliers=list(part.suppliers), means=[told_means(one) for one in part.means])
            for part in parts
        ],
    )


def _told_way(card: SavedCard, order: Order, now: datetime) -> CardWay:
    can_pay, not_before = card.may_be_charged, None
    try:
        refuse_what_cannot_help(order, card, now)
    except TryLater as error:
        can_pay, not_before = False, error.not_before
    except NotAgain:
        can_pay = False
    return CardWay(
        card=card.reference,
        brand=card.brand,
        last_four=card.last_four,
        can_pay=can_pay,
        not_before=not_before,
    )
