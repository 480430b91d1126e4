"""A refund's states, as data: what may follow what, and which of its tender's counters holds the money."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    RESERVED = "reserved", _("about to be paid")
    HELD = "held", _("waiting for our staff")
    SUBMITTED = "submitted", _("asked of the payment provider")
    UNKNOWN = "unknown", _("the payment provider's answer is awaited")
    SUCCEEDED = "succeeded", _("paid back")
    FAILED = "failed", _("refused by the payment provider")
    RELEASED = "released", _("not to be paid")
    REVERSED = "reversed", _("came back from the bank")


TRANSITIONS: dict[str, tuple[str, ...]] = {
    State.RESERVED: (State.SUBMITTED, State.HELD, State.RELEASED),
    # The last two: a redirected refund is paid by finance, not by the provider.
    State.HELD: (State.RESERVED, State.RELEASED, State.SUBMITTED, State.SUCCEEDED),
    State.SUBMITTED: (State.SUBMITTED, State.UNKNOWN, State.SUCCEEDED, State.FAILED),
    State.UNKNOWN: (State.UNKNOWN, State.SUBMITTED, State.SUCCEEDED, State.FAILED),
    State.SUCCEEDED: (State.SUCCEEDED, State.REVERSED),
    State.FAILED: (),
    State.RELEASED: (),
    State.REVERSED: (),
}

# Where the money of a refund in this state is counted; the states left out count nowhere.
COUNTERS: dict[str, str] = {
    State.RESERVED: "reserved_minor",
    State.HELD: "reserved_minor",
    State.SUBMITTED: "submitted_minor",
    State.UNKNOWN: "submitted_minor",
    State.SUCCEEDED: "succeeded_minor",
}

# Money that is set aside but has not gone, as far as we know.
LIVE = (State.RESERVED, State.HELD, State.SUBMITTED, State.UNKNOWN)
NOT_SUBMITTED = (State.RESERVED, State.HELD)
IN_FLIGHT = (State.SUBMITTED, State.UNKNOWN)
COUNTED = (*LIVE, State.SUCCEEDED)
