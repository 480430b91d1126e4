"""Why a verb of this room refuses.

Refused
└── RemovalRefused
    ├── ProofFailed     whatever was wrong with the proof: nobody is told what
    ├── NotNow          the request, or the card, is not in a state that allows it
    └── TooManyCodes    codes were mailed for this card too often
"""

from aftersale.base.errors import Refused


class RemovalRefused(Refused):
    code = "removal_refused"


class ProofFailed(RemovalRefused):
    code = "proof_failed"

    def __init__(self) -> None:
        super().__init__("this does not prove that the card is yours, or there were too many tries today")


class NotNow(RemovalRefused):
    code = "not_now"


class TooManyCodes(RemovalRefused):
    code = "too_many_codes"
