"""What a provider is asked about saved cards. Outcomes are values; ProviderFailed when nothing is known.

The card is typed on the provider's own page: no call of ours carries a card number, in or out.
"""

from dataclasses import dataclass, field
from typing import Protocol

from aftersale.payments.providers import Declined


@dataclass(frozen=True, slots=True)
class SetUpPage:
    """The provider's own page where a card is typed, and the provider's name for this set-up."""

    reference: str
    address: str


@dataclass(frozen=True, slots=True)
class KeptCard:
    """A card that the provider keeps for us. Its fingerprint is the same for the same physical card."""

    token: str
    brand: str
    last_four: str
    expiry_month: int
    expiry_year: int
    email: str
    fingerprint: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class NoCardYet:
    """The page is open still, or was left without a card."""


@dataclass(frozen=True, slots=True)
class Detached:
    """The provider let the card go, now."""


@dataclass(frozen=True, slots=True)
class Gone:
    """The provider has no such card for us: it was let go before, or never was."""


type SetUpOutcome = KeptCard | NoCardYet | Declined
type DetachOutcome = Detached | Gone


class CardProvider(Protocol):
    """The card part of a slot. Its calls go out of the house: never inside a transaction."""

    @property
    def name(self) -> str: ...

    def set_up_card(self, *, key: str, return_to: str) -> SetUpPage:
        """Open a page for one new card; it leads back to `return_to`. The same key answers the same page."""

    def find_set_up(self, reference: str) -> SetUpOutcome:
        """What became of the page."""

    def detach_card(self, token: str) -> DetachOutcome:
        """Let the card go for good: it can be neither charged nor taken back. Asking again is harmless."""

    def find_card(self, token: str) -> KeptCard | Gone:
        """The card as the provider has it now."""
