"""Money going back: what each tender has left, refunds with their states, and refunds started elsewhere."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from aftersale.accounts.models import Role, User
from aftersale.base.money import Money
from aftersale.orders.models import Component, Tender
from aftersale.payments.card_models import SavedCard
from aftersale.payments.charge_models import Charge, Fingerprint
from aftersale.payments.event_models import ProviderEvent, ProviderList
from aftersale.payments.redirect_models import Redirect
from aftersale.payments.states import State

__all__ = [
    "Charge",
    "Fingerprint",
    "ProviderEvent",
    "ProviderList",
    "ProviderRefund",
    "Redirect",
    "Refund",
    "RefundPart",
    "SavedCard",
    "TenderMoney",
]


class TenderMoney(models.Model):
    """Where a tender's captured money is now. The counters are changed together with the refunds' states."""

    tender = models.OneToOneField(Tender, on_delete=models.PROTECT, related_name="counters")
    captured_minor = models.BigIntegerField()
    reserved_minor = models.BigIntegerField(default=0)
    submitted_minor = models.BigIntegerField(default=0, help_text="asked for, answer known or not")
    succeeded_minor = models.BigIntegerField(default=0)
    external_minor = models.BigIntegerField(default=0, help_text="refunded by others at the provider")
    lost_minor = models.BigIntegerField(default=0, help_text="taken back in disputes")
    excess_minor = models.BigIntegerField(default=0, help_text="refunded beyond what was captured")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="counters_are_not_negative",
                condition=Q(
                    captured_minor__gte=0,
                    reserved_minor__gte=0,
                    submitted_minor__gte=0,
                    succeeded_minor__gte=0,
                    external_minor__gte=0,
                    lost_minor__gte=0,
                    excess_minor__gte=0,
                ),
            ),
            models.CheckConstraint(
                name="no_more_goes_back_than_was_captured",
                condition=Q(
                    captured_minor__gte=F("reserved_minor")
                    + F("submitted_minor")
                    + F("succeeded_minor")
                    + F("external_minor")
                    + F("lost_minor")
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"money of {self.tender}"

    @property
    def taken_minor(self) -> int:
        """What is gone, or set aside to go."""
        going = self.reserved_minor + self.submitted_minor
        return going + self.succeeded_minor + self.external_minor + self.lost_minor

    @property
    def left_minor(self) -> int:
        """What can still be refunded."""
        return self.captured_minor - self.taken_minor


class Refund(models.Model):
    """Money that goes back by one tender. A row is one attempt: its key never changes, the row never goes."""

    reference = models.CharField(max_length=16, unique=True)
    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="refunds")
    amount_minor = models.BigIntegerField()
    about = models.CharField(max_length=100, help_text="such as return:R7K2M-9XQD4")
    intent = models.CharField(max_length=200, unique=True, null=True, help_text="what is wanted once")
    key = models.CharField(max_length=64, unique=True, help_text="what the provider knows it by")
    state = models.CharField(max_length=12, choices=State, default=State.RESERVED)
    replaces = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        related_name="replaced_by",
        help_text="the row whose reservation this one took over",
    )
    provider_reference = models.CharField(max_length=128, blank=True)
    attempts = models.PositiveIntegerField(default=0, help_text="how often the provider was asked")
    due_at = models.DateTimeField(null=True, help_text="not before; also the end of a worker's lease")
    last_error = models.TextField(blank=True)
    decline_code = models.CharField(max_length=64, blank=True)
    reason = models.CharField(max_length=500, blank=True, help_text="why it was released")
    person = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="refunds", help_text="who looks after it"
    )
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, help_text="when it was last asked for")
    settled_at = models.DateTimeField(null=True, help_text="when it succeeded, failed or was released")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(name="a_refund_moves_something", condition=Q(amount_minor__gt=0)),
            models.CheckConstraint(
                name="a_refund_is_in_a_state_it_can_be_in", condition=Q(state__in=State.values)
            ),
            models.CheckConstraint(
                name="a_refund_has_an_intent_or_replaces_one",
                condition=Q(intent__isnull=False, replaces__isnull=True)
                | Q(intent__isnull=True, replaces__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["state", "due_at"], name="refund_due"),
            models.Index(fields=["about"], name="refund_about"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def amount(self) -> Money:
        return self.tender.order.money(self.amount_minor)


class RefundPart(models.Model):
    """Which units of which component a refund pays back, and how much of it they are."""

    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="parts")
    component = models.ForeignKey(Component, on_delete=models.PROTECT, related_name="refund_parts")
    units_from = models.PositiveIntegerField()
    units_to = models.PositiveIntegerField()
    amount_minor = models.BigIntegerField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(name="a_part_moves_something", condition=Q(amount_minor__gt=0)),
            models.CheckConstraint(
                name="a_part_has_units", condition=Q(units_from__gte=1, units_to__gte=F("units_from"))
            ),
        ]

    def __str__(self) -> str:
        return f"units {self.units_from} to {self.units_to} of {self.component}"


class ProviderRefund(models.Model):
    """A refund that was started at the provider, not by us: recorded whatever it does to the sums."""

    provider = models.CharField(max_length=32)
    reference = models.CharField(max_length=128, help_text="the provider's name for it")
    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="provider_refunds")
    refund = models.ForeignKey(
        Refund,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text="our row that carries its key, had failed by our books and was paid after all",
    )
    amount_minor = models.BigIntegerField()
    excess_minor = models.BigIntegerField(default=0, help_text="the part beyond what was captured")
    owner = models.CharField(max_length=16, choices=Role, blank=True, help_text="who gets the excess back")
    due_at = models.DateTimeField(null=True, help_text="until when")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["provider", "reference"], name="one_row_a_provider_refund"),
            models.CheckConstraint(
                name="a_provider_refund_moves_something",
                condition=Q(amount_minor__gt=0, excess_minor__gte=0, excess_minor__lte=F("amount_minor")),
            ),
            models.CheckConstraint(
                name="an_excess_has_an_owner_and_a_date",
                condition=Q(excess_minor=0) | (~Q(owner="") & Q(due_at__isnull=False)),
            ),
        ]
        verbose_name = _("refund started at the provider")

    def __str__(self) -> str:
        return f"{self.provider} {self.reference}"
