"""The states of a request to remove a card, as data: what may follow what."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RemovalState(models.TextChoices):
    DRAFT = "draft", _("being asked for")
    PROVEN = "proven", _("proven, not submitted yet")
    SUBMITTED = "submitted", _("submitted")
    DETACHING = "detaching", _("being removed at the payment provider")
    VERIFIED = "verified", _("gone at the payment provider")
    CONFIRMED = "confirmed", _("confirmed by the payments team")
    CLOSED = "closed", _("done")
    VETOED = "vetoed", _("stopped from the card's e-mail")
    WITHDRAWN = "withdrawn", _("withdrawn")
    EXPIRED = "expired", _("not finished in time")
    NEEDS_STAFF = "needs_staff", _("with our staff")


S = RemovalState
REMOVAL_TRANSITIONS: dict[str, tuple[str, ...]] = {
    S.DRAFT: (S.DRAFT, S.PROVEN, S.EXPIRED),
    S.PROVEN: (S.SUBMITTED, S.EXPIRED),
    S.SUBMITTED: (S.DETACHING, S.VETOED, S.WITHDRAWN),
    S.DETACHING: (S.DETACHING, S.VERIFIED, S.NEEDS_STAFF),
    S.NEEDS_STAFF: (S.NEEDS_STAFF, S.VERIFIED),
    S.VERIFIED: (S.CONFIRMED,),
    S.CONFIRMED: (S.CLOSED,),
    S.CLOSED: (),
    S.VETOED: (),
    S.WITHDRAWN: (),
    S.EXPIRED: (),
}
# Before it is submitted, nothing has happened to the card.
ASKING = (S.DRAFT, S.PROVEN)
# The card is frozen, and the provider is or will be asked.
REMOVING = (S.SUBMITTED, S.DETACHING, S.NEEDS_STAFF)
# The team has something to do, by a date.
WITH_TEAM = (*REMOVING, S.VERIFIED)
OPEN = (*ASKING, *WITH_TEAM, S.CONFIRMED)
DONE = (S.VERIFIED, S.CONFIRMED, S.CLOSED)
STOPPED = (S.VETOED, S.WITHDRAWN)


class Proof(models.TextChoices):
    PASSWORD = "password", _("the password")
    BIRTHDATE = "birthdate", _("the birthdate")
    CODE = "code", _("a mailed code")
