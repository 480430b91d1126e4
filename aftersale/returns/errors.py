"""Why a verb of this room refuses.

Refused
└── ReturnRefused
    ├── UnitsTaken      fewer units are left than were asked for
    ├── NotNow          the return is not at the step that this verb needs
    ├── RmaBarred       the policy gives an RMA number no effect here; names the clause
    └── RmaTaken        the supplier has used this number before
"""

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
