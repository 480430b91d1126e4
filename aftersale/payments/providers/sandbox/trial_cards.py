"""The cards that the sandbox's page offers. None has a number: one picks a card instead of typing it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TrialCard:
    """A card of the sandbox's bank; the same name is the same physical card, whoever saves it."""

    name: str
    brand: str
    last_four: str
    expiry_month: int
    expiry_year: int
    what: str


TRIAL_CARDS = {
    card.name: card
    for card in (
        TrialCard("visa-good", "visa", "4242", 8, 2031, "pays"),
        TrialCard("mastercard-good", "mastercard", "4444", 11, 2030, "pays"),
        TrialCard("unionpay-good", "unionpay", "0005", 4, 2032, "pays"),
        TrialCard("amex-good", "amex", "8431", 2, 2029, "pays"),
        TrialCard("visa-refused", "visa", "0002", 6, 2030, "is not taken by its bank when it is saved"),
    )
}
# The bank says no already on the provider's page.
REFUSED_AT_SET_UP = {"visa-refused": "card_declined"}
