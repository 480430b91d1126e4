"""What a payment provider is asked and may answer. Outcomes are values; an exception is a broken world.

PortFailed
└── ProviderFailed              nothing is known about what was asked
    ├── Unavailable             no answer, or a broken one
    ├── RateLimited             asked too often
    ├── IdempotencyConflict     this key was used with other content
    ├── Misconfigured           our keys or settings are not accepted
    └── BadRequest              it does not understand us
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from aftersale.base.errors import PortFailed
from aftersale.base.money import Money


@dataclass(frozen=True, slots=True)
class Succeeded:
    reference: str


@dataclass(frozen=True, slots=True)
class Pending:
    """Taken on, not done: ask again later."""

    reference: str


@dataclass(frozen=True, slots=True)
class Declined:
    """Refused for good, or failed later: nothing was paid, or it came back.

    `code` is the provider's word. Of a charge there may also be the provider's advice on trying again, the
    card network's own code, and the network's advice (Mastercard's merchant advice code, such as 24).
    """

    code: str
    advice: str = ""
    network_code: str = ""
    network_advice: str = ""


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may have happened or not."""

    why: str


@dataclass(frozen=True, slots=True)
class Absent:
    """The provider knows no such key; the request may still be on its way."""


type RefundOutcome = Succeeded | Pending | Declined | Unknown


@dataclass(frozen=True, slots=True)
class Listed:
    """A refund as the provider's own list shows it; without a key it was not started by us.

    `also_named` are further names by which the provider knows the charge.
    """

    reference: str
    charge: str
    amount: Money
    key: str
    at: datetime
    paid: bool
    also_named: tuple[str, ...] = ()


class Provider(Protocol):
    """A slot. Its calls go out of the house: never inside a transaction. Each may raise ProviderFailed."""

    @property
    def name(self) -> str: ...

    def refund(self, charge: str, amount: Money, *, key: str) -> RefundOutcome:
        """Pay `amount` of `charge` back. The same key again answers the same and pays nothing more."""

    def find_refund(self, charge: str, *, key: str) -> RefundOutcome | Absent:
        """What became of the refund with this key."""

    def refunds(self, *, since: datetime | None = None) -> Iterator[Listed]:
        """Every refund the provider knows of, or those made since then, in the provider's own order."""

    def look_at_refund(self, reference: str) -> Listed | None:
        """The refund that the provider names so; None when it knows no such one."""


class ProviderFailed(PortFailed):
    """The root: after it, nothing is known about what was asked."""


class Unavailable(ProviderFailed): ...


class RateLimited(ProviderFailed): ...


class IdempotencyConflict(ProviderFailed): ...


class Misconfigured(ProviderFailed): ...


class BadRequest(ProviderFailed): ...
