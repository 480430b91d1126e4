"""A saved card: the provider's token and what a person knows the card by. Its number is never with us."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from aftersale.accounts.models import User


class CardState(models.TextChoices):
    SETUP_PENDING = "setup_pending", _("being set up")
    ACTIVE = "active", _("active")
    FROZEN = "frozen", _("frozen")
    REMOVAL_PENDING = "removal_pending", _("being removed")
    DETACHED = "detached", _("removed")
    TOMBSTONE = "tombstone", _("removed")


class FreezeReason(models.TextChoices):
    LOST = "lost", _("lost")
    STOLEN = "stolen", _("stolen")
    REMOVAL = "removal", _("asked to be removed")
    STOPPED = "stopped", _("its removal was stopped")


# Nothing comes back from `detached`: a tombstone is what is left of it when its particulars are erased.
CARD_TRANSITIONS: dict[str, tuple[str, ...]] = {
    CardState.SETUP_PENDING: (CardState.ACTIVE, CardState.DETACHED, CardState.TOMBSTONE),
    CardState.ACTIVE: (CardState.ACTIVE, CardState.FROZEN, CardState.REMOVAL_PENDING),
    CardState.FROZEN: (CardState.FROZEN, CardState.ACTIVE, CardState.REMOVAL_PENDING),
    CardState.REMOVAL_PENDING: (CardState.FROZEN, CardState.DETACHED),
    CardState.DETACHED: (CardState.TOMBSTONE,),
    CardState.TOMBSTONE: (),
}
CHARGEABLE = (CardState.ACTIVE,)
ON_LIST = (CardState.ACTIVE, CardState.FROZEN, CardState.REMOVAL_PENDING)


class SavedCard(models.Model):
    """A card that its owner saved at a provider. Only `active` may be charged."""

    reference = models.CharField(max_length=16, unique=True)
    customer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="saved_cards")
    provider = models.CharField(max_length=32)
    key = models.CharField(max_length=64, unique=True, help_text="what the provider knows its set-up by")
    setup = models.CharField(max_length=128, blank=True, help_text="the provider's name for the set-up")
    token = models.CharField(max_length=128, null=True, help_text="the provider's name for the card")
    brand = models.CharField(max_length=32, blank=True)
    last_four = models.CharField(max_length=4, blank=True)
    expiry_month = models.PositiveSmallIntegerField(null=True)
    expiry_year = models.PositiveSmallIntegerField(null=True)
    email = models.EmailField(blank=True, help_text="the e-mail tied to the card")
    fingerprint_hash = models.CharField(
        max_length=64, blank=True, db_index=True, help_text="keyed hash of the provider's fingerprint"
    )
    state = models.CharField(max_length=16, choices=CardState, default=CardState.SETUP_PENDING)
    freeze_reason = models.CharField(max_length=16, choices=FreezeReason, blank=True)
    created_at = models.DateTimeField()
    frozen_at = models.DateTimeField(null=True)
    detached_at = models.DateTimeField(null=True, help_text="when the provider was seen not to have it")
    let_go_at = models.DateTimeField(
        null=True, help_text="when the provider is asked to let go of a card that was not kept"
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["provider", "token"], name="one_row_a_token"),
            models.CheckConstraint(
                name="a_card_is_in_a_state_it_can_be_in", condition=Q(state__in=CardState.values)
            ),
            models.CheckConstraint(
                name="a_card_that_was_set_up_has_a_token",
                condition=Q(state__in=(CardState.SETUP_PENDING, CardState.TOMBSTONE))
                | Q(token__isnull=False),
            ),
            models.CheckConstraint(
                name="a_frozen_card_says_why",
                condition=~Q(state__in=(CardState.FROZEN, CardState.REMOVAL_PENDING))
                | (~Q(freeze_reason="") & Q(frozen_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="an_active_card_is_not_frozen",
                condition=~Q(state=CardState.ACTIVE) | Q(freeze_reason=""),
            ),
            models.CheckConstraint(
                name="a_card_is_detached_after_it_was_saved",
                condition=Q(detached_at=None) | Q(detached_at__gte=F("created_at")),
            ),
        ]
        verbose_name = _("saved card")

    def __str__(self) -> str:
        return self.reference

    @property
    def may_be_charged(self) -> bool:
        return self.state in CHARGEABLE

    @property
    def was_reported(self) -> bool:
        """Whether its owner said that it is lost or stolen."""
        return self.freeze_reason in (FreezeReason.LOST, FreezeReason.STOLEN)
