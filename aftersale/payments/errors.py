"""Why a verb of this room refuses.

Refused
└── PaymentRefused
    ├── NotEnoughLeft   less is left of what was paid than was asked for
    ├── IntentTaken     this intent was used before, for something else
    ├── NotNow          the refund, or the card, is not in a state that allows it
    ├── SamePerson      what takes two people was tried by one
    ├── CardNotSetUp    the provider's page brought no card
    │   └── PointlessCard  it brought, or would bring, the card that cannot help
    ├── CardNotChargeable  the card is frozen, removed or not set up
    ├── NothingOwed     the order is paid, cancelled, or part of it went back
    ├── ChargeUnderWay  a charge of the order has no outcome yet: names it
    └── NotAgain        this card does not help for this order now
        ├── TryLater    it may from a moment on
        └── TooOften    its card network allows no more attempts for now
"""

from datetime import datetime

from aftersale.base.errors import Refused


class PaymentRefused(Refused):
    code = "payment_refused"


class NotEnoughLeft(PaymentRefused):
    code = "not_enough_left"


class IntentTaken(PaymentRefused):
    code = "intent_taken"


class NotNow(PaymentRefused):
    code = "not_now"


class SamePerson(PaymentRefused):
    code = "same_person"


class CardNotSetUp(PaymentRefused):
    code = "card_not_set_up"


class CardNotChargeable(PaymentRefused):
    code = "card_not_chargeable"


class NothingOwed(PaymentRefused):
    code = "nothing_owed"


class ChargeUnderWay(PaymentRefused):
    code = "charge_under_way"

    def __init__(self, message: str, *, charge: str) -> None:
        self.charge = charge
        super().__init__(message)


class NotAgain(PaymentRefused):
    code = "not_again"


class TryLater(NotAgain):
    code = "try_later"

    def __init__(self, message: str, *, not_before: datetime) -> None:
        self.not_before = not_before
        super().__init__(message)


class TooOften(NotAgain):
    code = "too_often"


class PointlessCard(CardNotSetUp):
    """The card whose payment failed was named, or came back; adding it again cannot help."""

    code = "pointless_card"
