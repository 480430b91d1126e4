"""What a provider is asked about charges of saved cards. Outcomes are values; ProviderFailed: none known.

A charge is found again by our own reference long after the provider has forgotten its idempotency key.
"""

from dataclasses import dataclass
from typing import Protocol

from aftersale.base.money import Money
from aftersale.payments.providers import Absent, Declined, Pending, Succeeded, Unknown


@dataclass(frozen=True, slots=True)
class ChargeRequest:
    """`amount` of the card behind `token`, for our charge `reference`.

    `customer_present`: the customer is at the page and can be led to the bank and back to `return_to`;
    otherwise the marketplace asks by itself, and a bank that wants the customer declines.
    """

    token: str
    amount: Money
    reference: str
    customer_present: bool
    return_to: str = ""


@dataclass(frozen=True, slots=True)
class RequiresAction:
    """The customer's bank wants to hear from the customer, at `address`; nothing was paid yet."""

    reference: str
    address: str


# The code of a charge that we gave up ourselves: see ChargeProvider.cancel_charge.
CANCELLED = "cancelled"

type ChargeOutcome = Succeeded | RequiresAction | Pending | Declined | Unknown


class ChargeProvider(Protocol):
    """The charging part of a slot. Its calls go out of the house: never inside a transaction."""

    @property
    def name(self) -> str: ...

    def charge(self, request: ChargeRequest, *, key: str) -> ChargeOutcome:
        """Charge the card. The same key again answers the same and takes nothing more."""

    def find_charge(self, reference: str, *, key: str) -> ChargeOutcome | Absent:
        """What became of our charge `reference`, which was asked for with this key."""

    def cancel_charge(self, reference: str, *, key: str) -> ChargeOutcome | Absent:
        """Give up a charge that waits for the customer's confirmation, so that nobody can confirm it later.

        Answers what became of it: Declined(CANCELLED) when it was given up, now or before; as `find_charge`
        does when it was paid, declined or taken on meanwhile. Asking again is harmless.
        """
