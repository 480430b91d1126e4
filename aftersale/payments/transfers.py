"""Paying by bank transfer: where to, how much, and the words by which the money is recognised."""

from dataclasses import dataclass

from django.conf import settings

from aftersale.base.money import Money
from aftersale.orders.models import Order
from aftersale.payments.charge_queries import owes_for


@dataclass(frozen=True, slots=True)
class Transfer:
    """What the customer types at the own bank."""

    holder: str
    account: str
    bank: str
    amount: Money
    reference: str


def takes_transfers() -> bool:
    """Whether the marketplace has said to which account transfers go."""
    return bool(settings.BANK_ACCOUNT)


def transfer_for(order: Order) -> Transfer | None:
    """How to pay what `order` owes by bank transfer; None where it owes nothing or no account is set up."""
    owed = owes_for(order)
    if not owed.minor or not takes_transfers():
        return None
    holder = settings.BANK_ACCOUNT_HOLDER or settings.MARKETPLACE_NAME
    return Transfer(holder, settings.BANK_ACCOUNT, settings.BANK_NAME, owed, reference_of(order))


def reference_of(order: Order) -> str:
    """What stands in the transfer's text: the order's code, which is printed on all that the customer has."""
    return order.code
