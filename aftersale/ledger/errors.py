"""Why the ledger refuses.

Refused
└── IntentReused    this intent was posted before, with other content
"""

from aftersale.base.errors import Refused


class IntentReused(Refused):
    code = "intent_reused"
