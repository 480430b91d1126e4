"""The sandbox's own books, as a provider keeps them: we read them through the provider's calls alone."""

from django.db import models
from django.db.models import F, Q


class Behaviour(models.TextChoices):
    """How the provider treats refunds of a charge."""

    SUCCEEDS = "succeeds"
    DECLINES = "declines"
    TIMES_OUT_BEFORE = "times_out_before"  # the request is lost
    TIMES_OUT_AFTER = "times_out_after"  # the answer is lost
    FAILS_LATE = "fails_late"  # succeeds; a day later the bank sends it back
    PENDING = "pending"  # taken on; succeeds an hour later
    OUTAGE = "outage"  # answers nothing at all, look-ups neither


class Charge(models.Model):
    """A payment that the provider captured."""

    reference = models.CharField(max_length=128, unique=True)
    currency = models.CharField(max_length=3)
    captured_minor = models.BigIntegerField()
    refunded_minor = models.BigIntegerField(default=0)
    behaviour = models.CharField(max_length=20, choices=Behaviour, default=Behaviour.SUCCEEDS)
    behaves_for = models.PositiveIntegerField(
        null=True, help_text="this many calls more, then as usual; for ever where it is empty"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="the_sandbox_pays_back_what_it_captured",
                condition=Q(refunded_minor__gte=0, captured_minor__gte=F("refunded_minor")),
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class RefundStatus(models.TextChoices):
    SUCCEEDED = "succeeded"
    PENDING = "pending"
    DECLINED = "declined"
    FAILED = "failed"


class SandboxRefund(models.Model):
    """A refund by its idempotency key, or by none when it was started on the provider's own pages."""

    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, related_name="refunds")
    reference = models.CharField(max_length=32, unique=True)
    key = models.CharField(max_length=64, unique=True, null=True)
    amount_minor = models.BigIntegerField()
    status = models.CharField(max_length=12, choices=RefundStatus)
    code = models.CharField(max_length=64, blank=True, help_text="why it was declined or failed")
    turns_at = models.DateTimeField(null=True, help_text="when a pending or late status changes")
    turns_into = models.CharField(max_length=12, choices=RefundStatus, blank=True)
    created_at = models.DateTimeField()
    told = models.CharField(max_length=16, blank=True, help_text="what the last event about it said")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(name="the_sandbox_pays_something", condition=Q(amount_minor__gt=0)),
        ]

    def __str__(self) -> str:
        return self.reference


class CardBehaviour(models.TextChoices):
    """How the provider answers calls about a card that it keeps."""

    SUCCEEDS = "succeeds"
    TIMES_OUT_BEFORE = "times_out_before"  # the request is lost
    TIMES_OUT_AFTER = "times_out_after"  # the answer is lost
    OUTAGE = "outage"  # answers nothing at all, look-ups neither
    STAYS = "stays"  # says that it let the card go, and did not


class VaultCard(models.Model):
    """A card in the provider's vault, by its token. What it can do follows from which trial card it is."""

    token = models.CharField(max_length=128, unique=True)
    trial_card = models.CharField(max_length=32)
    email = models.EmailField(blank=True)
    behaviour = models.CharField(max_length=20, choices=CardBehaviour, default=CardBehaviour.SUCCEEDS)
    behaves_for = models.PositiveIntegerField(
        null=True, help_text="this many calls more, then as usual; for ever where it is empty"
    )
    created_at = models.DateTimeField()
    detached_at = models.DateTimeField(null=True)
    told = models.CharField(max_length=16, blank=True, help_text="what the last event about it said")

    def __str__(self) -> str:
        return self.token


class SetUpStatus(models.TextChoices):
    OPEN = "open"
    DONE = "done"
    DECLINED = "declined"


class VaultSetUp(models.Model):
    """One page of the provider's for one new card."""

    reference = models.CharField(max_length=32, unique=True)
    key = models.CharField(max_length=64, unique=True)
    return_to = models.CharField(max_length=500)
    status = models.CharField(max_length=12, choices=SetUpStatus, default=SetUpStatus.OPEN)
    code = models.CharField(max_length=64, blank=True, help_text="why it was declined")
    card = models.OneToOneField(VaultCard, on_delete=models.PROTECT, null=True, related_name="set_up")
    created_at = models.DateTimeField()
    told = models.CharField(max_length=16, blank=True, help_text="what the last event about it said")

    def __str__(self) -> str:
        return self.reference


class CardChargeStatus(models.TextChoices):
    LOST = "lost"  # the request never arrived: nobody but this row knows of it
    REQUIRES_ACTION = "requires_action"
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    DECLINED = "declined"


class CardCharge(models.Model):
    """What was asked for a kept card, by its idempotency key; once it succeeded there is a Charge of it."""

    reference = models.CharField(max_length=32, unique=True, help_text="the provider's own name for it")
    theirs = models.CharField(max_length=64, unique=True, help_text="the name that the shop gave it")
    key = models.CharField(max_length=64, unique=True)
    card = models.ForeignKey(VaultCard, on_delete=models.PROTECT, related_name="charges")
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    customer_present = models.BooleanField()
    return_to = models.CharField(max_length=500, blank=True)
    status = models.CharField(max_length=16, choices=CardChargeStatus)
    code = models.CharField(max_length=64, blank=True)
    advice = models.CharField(max_length=64, blank=True)
    network_code = models.CharField(max_length=64, blank=True)
    network_advice = models.CharField(max_length=64, blank=True)
    turns_at = models.DateTimeField(null=True, help_text="when a pending status changes")
    turns_into = models.CharField(max_length=16, choices=CardChargeStatus, blank=True)
    created_at = models.DateTimeField()
    told = models.CharField(max_length=16, blank=True, help_text="what the last event about it said")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(name="the_sandbox_charges_something", condition=Q(amount_minor__gt=0)),
        ]

    def __str__(self) -> str:
        return self.reference


class Delivery(models.Model):
    """One sending of an event: there are two of each, and neither is in a hurry."""

    event = models.CharField(max_length=64)
    body = models.TextField()
    due_at = models.DateTimeField(db_index=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "deliveries"

    def __str__(self) -> str:
        return self.event
