"""Refunds that cannot be paid to their card any more, and where they go instead."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, ConfigDict, Field
from pydantic.config import JsonDict

from aftersale.accounts.models import User
from aftersale.accounts.proving import way_of
from aftersale.api.fields import PLAIN, Money, Shape, told_money
from aftersale.payments.models import Redirect as RedirectRow
from aftersale.payments.redirecting import iban_for

Target = Literal["bank", "balance"]
Words = Annotated[str, Field(min_length=1, max_length=500, pattern=PLAIN)]

_REDIRECT: JsonDict = {
    "reference": "W7K2M9-XQD41",
    "refund": "F7K2M9-XQD41",
    "order": "WM-1",
    "amount": {"minor": 6000, "currency": "EUR"},
    "state": "chosen",
    "proof": "password",
    "target": "bank",
    "holder": "Ann Example",
    "iban": "DE •••• 3000",
    "note": "",
    "asked_at": "2026-06-01T09:00:00Z",
    "chosen_at": "2026-06-02T09:00:00Z",
    "approved_by": None,
    "approved_at": None,
    "released_by": None,
    "released_at": None,
    "bank_reference": "",
    "paid_at": None,
}


class Redirect(Shape):
    """Where one refund goes instead of its card: the customer's choice, and who of finance did what."""

    model_config = ConfigDict(json_schema_extra={"examples": [_REDIRECT]})

    reference: str
    refund: str = Field(description="the refund whose money it is")
    order: str
    amount: Money
    state: Literal["asked", "chosen", "approved", "paying", "paid", "sent_back"]
    proof: Literal["password", "code"] = Field(description="what the customer proves the choice with")
    target: Target | None
    holder: str
    iban: str = Field(description="masked, but for finance while the state is `paying`")
    note: str = Field(description="why finance asked again")
    asked_at: datetime
    chosen_at: datetime | None
    approved_by: str | None
    approved_at: datetime | None
    released_by: str | None = Field(description="never who approved it")
    released_at: datetime | None
    bank_reference: str
    paid_at: datetime | None


class Redirects(Shape):
    """A page of them, newest first. `next_cursor` is null on the last page."""

    items: list[Redirect]
    next_cursor: str | None


class NewChoice(Shape):
    """Where the money shall go, with consent and a proof. A bank account has a holder and an IBAN."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "target": "bank",
                    "holder": "Ann Example",
                    "iban": "DE89 3704 0044 0532 0130 00",
                    "agreed": True,
                    "proof": "123456",
                }
            ]
        }
    )

    target: Target
    holder: str = Field("", max_length=140, pattern=PLAIN)
    iban: str = Field("", max_length=60, pattern=PLAIN)
    agreed: bool = Field(description="true: it goes there, and not to the card it came from")
    proof: str = Field(max_length=200, pattern=PLAIN, description="the password, or the mailed code")


class Looked(Shape):
    """Which of the customer's choices was looked at: a newer one is not meant."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"chosen_at": "2026-06-02T09:00:00Z"}]})

    chosen_at: AwareDatetime = Field(description="`chosen_at` of the redirect as it was read")


class RedirectQuestion(Shape):
    """Why it is not paid to there; the customer reads it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"why": "The holder is somebody else."}]})

    why: Words


class BankPayment(Shape):
    """The bank's own reference of the transfer."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"bank_reference": "B-77"}]})

    bank_reference: str = Field(min_length=1, max_length=64, pattern=PLAIN)


def told_redirect(row: RedirectRow, viewer: User) -> Redirect:
    """As much of it as `viewer` may know."""
    order = row.refund.tender.order
    return Redirect.model_validate(
        {
            "reference": row.reference,
            "refund": row.refund.reference,
            "order": order.code,
            "amount": told_money(row.refund.amount),
            "state": row.state,
            "proof": way_of(order.customer),
            "target": row.target or None,
            "holder": row.holder,
            "iban": iban_for(row, viewer),
            "note": row.note,
            "asked_at": row.asked_at,
            "chosen_at": row.chosen_at,
            "approved_by": row.approved_by.name if row.approved_by else None,
            "approved_at": row.approved_at,
            "released_by": row.released_by.name if row.released_by else None,
            "released_at": row.released_at,
            "bank_reference": row.bank_reference,
            "paid_at": row.paid_at,
        }
    )
