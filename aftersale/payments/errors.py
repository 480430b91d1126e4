"""Why a verb of this room refuses.

Refused
└── PaymentRefused
    ├── NotEnoughLeft   less is left of what was paid than was asked for
    ├── IntentTaken     this intent was used before, for something else
    ├── NotNow          the refund, or the card, is not in a state that allows it
    ├── CardNotSetUp    the provider's page brought no card
    └── CardNotChargeable  the card is frozen, removed or not set up
"""

from aftersale.base.errors import Refused


class PaymentRefused(Refused):
    code = "payment_refused"


class NotEnoughLeft(PaymentRefused):
    code = "not_enough_left"


class IntentTaken(PaymentRefused):
    code = "intent_taken"


class NotNow(PaymentRefused):
    code = "not_now"


class CardNotSetUp(PaymentRefused):
    code = "card_not_set_up"


class CardNotChargeable(PaymentRefused):
    code = "card_not_chargeable"
