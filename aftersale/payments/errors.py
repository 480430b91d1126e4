"""Why a verb of this room refuses.

Refused
└── PaymentRefused
    ├── NotEnoughLeft   less is left of what was paid than was asked for
    ├── IntentTaken     this intent was used before, for something else
    └── NotNow          the refund is not in a state that allows it
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
