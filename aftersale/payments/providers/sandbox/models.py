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

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(name="the_sandbox_pays_something", condition=Q(amount_minor__gt=0)),
        ]

    def __str__(self) -> str:
        return self.reference
