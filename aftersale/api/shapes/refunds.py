"""Refunds: for the customer, and with what finance needs to know besides."""

from datetime import datetime
from typing import Literal

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from aftersale.accounts.models import Role, User
from aftersale.api.fields import PLAIN, Money, Shape, told_money
from aftersale.payments.models import Refund as RefundRow

RefundState = Literal[
    "reserved", "held", "submitted", "unknown", "succeeded", "failed", "released", "reversed"
]

_REFUND: JsonDict = {
    "reference": "F7K2M9-XQD41",
    "order": "WM-1",
    "tender": 1,
    "about": "return:R7K2M9-XQD41",
    "amount": {"minor": 6000, "currency": "EUR"},
    "state": "succeeded",
    "created_at": "2026-06-08T09:00:00Z",
    "submitted_at": "2026-06-08T09:00:05Z",
    "settled_at": "2026-06-08T09:00:06Z",
}


class Refund(Shape):
    """Money that goes back by one tender. `unknown` is neither paid nor failed: the provider is asked."""

    model_config = ConfigDict(json_schema_extra={"examples": [_REFUND]})

    reference: str
    order: str
    tender: int = Field(description="the number of the order's tender that gives it back")
    about: str = Field(description="what it is for, such as return: and the return's reference")
    amount: Money
    state: RefundState
    created_at: datetime
    submitted_at: datetime | None = Field(description="when the provider was last asked")
    settled_at: datetime | None = Field(description="when it succeeded, failed or was released")


class FinanceRefund(Refund):
    """A refund, with what those who look after it need to know."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    **_REFUND,
                    "attempts": 1,
                    "provider_reference": "re_1",
                    "last_error": "",
                    "decline_code": "",
                    "reason": "",
                    "replaces": None,
                    "looked_after_by": None,
                }
            ]
        }
    )

    attempts: int
    provider_reference: str
    last_error: str
    decline_code: str
    reason: str = Field(description="why it was released")
    replaces: str | None = Field(description="the refund whose money this one took over")
    looked_after_by: str | None


class Refunds(Shape):
    """A page of refunds, newest first. `next_cursor` is null on the last page."""

    items: list[FinanceRefund] | list[Refund]
    next_cursor: str | None


class Release(Shape):
    """Why the money is not to be paid."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "Paid in cash at the counter."}]})

    reason: str = Field(min_length=1, max_length=500, pattern=PLAIN)


def told_refund(refund: RefundRow, viewer: User) -> Refund:
    """As much of a refund as `viewer` may know."""
    plain = {
        "reference": refund.reference,
        "order": refund.tender.order.code,
        "tender": refund.tender.number,
        "about": refund.about,
        "amount": told_money(refund.amount),
        "state": refund.state,
        "created_at": refund.created_at,
        "submitted_at": refund.submitted_at,
        "settled_at": refund.settled_at,
    }
    if viewer.role not in (Role.AGENT, Role.FINANCE):
        return Refund.model_validate(plain)
    return FinanceRefund.model_validate(
        plain
        | {
            "attempts": refund.attempts,
            "provider_reference": refund.provider_reference,
            "last_error": refund.last_error,
            "decline_code": refund.decline_code,
            "reason": refund.reason,
            "replaces": refund.replaces.reference if refund.replaces else None,
            "looked_after_by": refund.person.name if refund.person else None,
        }
    )
