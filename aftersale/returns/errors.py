"""Why a verb of this room refuses.

Refused
└── ReturnRefused
    ├── UnitsTaken      fewer units are left than were asked for
    ├── NotNow          the return is not at the step that this verb needs
    ├── RmaBarred       the policy gives an RMA number no effect here; names the clause
    ├── RmaTaken        the supplier has used this number before
    ├── ProofsMissing   the package that proves a policy is not installed
    ├── ProofsBusy      others' proofs take so long that ours did not get their turn
    └── PublishRefused  a policy may not become a version: names every reason
"""

from collections.abc import Sequence
from typing import NamedTuple

from aftersale.base.errors import Refused


class ReturnRefused(Refused):
    code = "return_refused"


class UnitsTaken(ReturnRefused):
    code = "units_taken"


class NotNow(ReturnRefused):
    code = "not_now"


class RmaBarred(ReturnRefused):
    code = "rma_barred"


class RmaTaken(ReturnRefused):
    code = "rma_taken"


class ProofsMissing(ReturnRefused):
    code = "proofs_missing"


class ProofsBusy(ReturnRefused):
    code = "proofs_busy"


class Obstacle(NamedTuple):
    """One reason against publishing: `code` for machines, `text` for people."""

    code: str
    text: str


class PublishRefused(ReturnRefused):
    """Nothing was published; `obstacles` are all that stands against it."""

    code = "publish_refused"

    def __init__(self, obstacles: Sequence[Obstacle]) -> None:
        self.obstacles = tuple(obstacles)
        super().__init__("Nothing was published: " + "; ".join(one.text for one in obstacles))
