"""A charge's states, as data: what may follow what."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ChargeState(models.TextChoices):
    CREATED = "created", _("about to be asked for")
    SUBMITTED = "submitted", _("asked of the payment provider")
    REQUIRES_ACTION = "requires_action", _("to be confirmed with the bank")
    PENDING = "pending", _("under way at the payment provider")
    UNKNOWN = "unknown", _("the payment provider's answer is awaited")
    SUCCEEDED = "succeeded", _("paid")
    DECLINED = "declined", _("declined")
    RELEASED = "released", _("given up")


class GivenUp(models.TextChoices):
    """Why a charge was given up."""

    CARD = "card", _("the card is frozen or removed")
    BUDGET = "budget", _("the card was tried as often as its network allows")
    PAID = "paid", _("the order was paid otherwise, or owes nothing any more")
    CUSTOMER = "customer", _("the customer chose so")
    UNCONFIRMED = "unconfirmed", _("it was not confirmed with the bank in time")
    LOST = "lost", _("the request never arrived, and the card can no longer be charged")


S = ChargeState
# The last line of each: a provider may say yes after a no, or to a request that we had given up as lost.
CHARGE_TRANSITIONS: dict[str, tuple[str, ...]] = {
    S.CREATED: (S.SUBMITTED, S.RELEASED),
    S.SUBMITTED: (S.SUBMITTED, S.REQUIRES_ACTION, S.PENDING, S.UNKNOWN, S.SUCCEEDED, S.DECLINED, S.RELEASED),
    S.REQUIRES_ACTION: (S.REQUIRES_ACTION, S.PENDING, S.UNKNOWN, S.SUCCEEDED, S.DECLINED, S.RELEASED),
    S.PENDING: (S.PENDING, S.REQUIRES_ACTION, S.UNKNOWN, S.SUCCEEDED, S.DECLINED, S.RELEASED),
    S.UNKNOWN: (S.UNKNOWN, S.SUBMITTED, S.REQUIRES_ACTION, S.PENDING, S.SUCCEEDED, S.DECLINED, S.RELEASED),
    S.SUCCEEDED: (),
    S.DECLINED: (S.DECLINED, S.SUCCEEDED),
    S.RELEASED: (S.RELEASED, S.SUCCEEDED),
}

# Asked of the provider, and not over: only the provider can say how it ends.
CHARGE_IN_FLIGHT = (S.SUBMITTED, S.REQUIRES_ACTION, S.PENDING, S.UNKNOWN)
# Of these an order has one at most.
CHARGE_LIVE = (S.CREATED, *CHARGE_IN_FLIGHT)
CHARGE_OVER = (S.SUCCEEDED, S.DECLINED, S.RELEASED)
