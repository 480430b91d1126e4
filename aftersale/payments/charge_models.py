"""A charge of a saved card for an order, and what is known of a card across all tokens of it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from aftersale.accounts.models import User
from aftersale.base.money import Money
from aftersale.orders.models import Order, Tender
from aftersale.payments.card_models import SavedCard
from aftersale.payments.charge_states import (
    CHARGE_IN_FLIGHT,
    CHARGE_LIVE,
    CHARGE_OVER,
    CHARGE_TRANSITIONS,
    ChargeState,
    GivenUp,
)

__all__ = [
    "CHARGE_IN_FLIGHT",
    "CHARGE_LIVE",
    "CHARGE_OVER",
    "CHARGE_TRANSITIONS",
    "Charge",
    "ChargeState",
    "Fingerprint",
    "GivenUp",
]


class Fingerprint(models.Model):
    """A physical card, whoever saved it and how often. Its row's lock lets attempts be counted one by one."""

    hash = models.CharField(max_length=64, primary_key=True, help_text="as SavedCard.fingerprint_hash")
    blocked_at = models.DateTimeField(null=True, help_text="its bank said that it is never to be asked again")

    class Meta:
        verbose_name = _("card")

    def __str__(self) -> str:
        return self.hash[:8]


class Charge(models.Model):
    """One attempt to charge a card for what an order still owes. Its key never changes, the row never goes.

    Tried again, it is another row with a key of its own; a scheduled retry is a row in `created` whose
    `due_at` is still to come.
    """

    reference = models.CharField(max_length=16, unique=True)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="charges")
    card = models.ForeignKey(SavedCard, on_delete=models.PROTECT, related_name="charges")
    provider = models.CharField(max_length=32)
    fingerprint_hash = models.CharField(max_length=64, blank=True, db_index=True)
    brand = models.CharField(max_length=32, blank=True)
    last_four = models.CharField(max_length=4, blank=True)
    amount_minor = models.BigIntegerField()
    key = models.CharField(max_length=64, unique=True, help_text="what the provider knows it by")
    customer_present = models.BooleanField()
    return_to = models.CharField(max_length=500, blank=True, help_text="where the bank's page leads back to")
    asked_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", help_text="nobody: by the schedule"
    )
    retry_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="retries", help_text="the declined one"
    )
    automatic_round = models.PositiveSmallIntegerField(
        default=0, help_text="1, 2, … where it is a retry by the schedule"
    )
    state = models.CharField(max_length=16, choices=ChargeState, default=ChargeState.CREATED)
    tender = models.OneToOneField(
        Tender, on_delete=models.PROTECT, null=True, related_name="charge", help_text="what it paid"
    )
    provider_reference = models.CharField(max_length=128, blank=True)
    action_address = models.CharField(max_length=2000, blank=True, help_text="the bank's page")
    family = models.CharField(max_length=16, blank=True, help_text="of the decline table; never shown raw")
    decline_code = models.CharField(max_length=64, blank=True)
    decline_advice = models.CharField(max_length=64, blank=True)
    network_code = models.CharField(max_length=64, blank=True)
    network_advice = models.CharField(max_length=64, blank=True)
    reason = models.CharField(max_length=16, choices=GivenUp, blank=True, help_text="why it was given up")
    barred = models.BooleanField(
        default=False, help_text="the bank was not asked, as it had said never to; nobody outside is told"
    )
    attempts = models.PositiveIntegerField(default=0, help_text="how often a worker took it")
    due_at = models.DateTimeField(null=True, help_text="not before; also the end of a worker's lease")
    last_error = models.TextField(blank=True)
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, help_text="when it was first asked for")
    settled_at = models.DateTimeField(null=True, help_text="when it succeeded, was declined or given up")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["order"], condition=Q(state__in=CHARGE_LIVE), name="one_live_charge_an_order"
            ),
            models.CheckConstraint(name="a_charge_moves_something", condition=Q(amount_minor__gt=0)),
            models.CheckConstraint(
                name="a_charge_is_in_a_state_it_can_be_in", condition=Q(state__in=ChargeState.values)
            ),
            models.CheckConstraint(
                name="a_charge_that_succeeded_paid_by_a_tender",
                condition=Q(state=ChargeState.SUCCEEDED, tender__isnull=False)
                | (~Q(state=ChargeState.SUCCEEDED) & Q(tender__isnull=True)),
            ),
            models.CheckConstraint(
                name="a_declined_charge_has_a_family",
                condition=~Q(state=ChargeState.DECLINED) | ~Q(family=""),
            ),
            models.CheckConstraint(
                name="a_charge_given_up_says_why",
                condition=Q(state=ChargeState.RELEASED) & ~Q(reason="")
                | (~Q(state=ChargeState.RELEASED) & Q(reason="")),
            ),
            models.CheckConstraint(
                name="a_charge_in_flight_was_asked_for",
                condition=~Q(state__in=(*CHARGE_IN_FLIGHT, ChargeState.SUCCEEDED))
                | Q(submitted_at__isnull=False),
            ),
            models.CheckConstraint(
                name="a_charge_not_asked_for_yet_was_not",
                condition=~Q(state=ChargeState.CREATED) | Q(submitted_at__isnull=True),
            ),
            models.CheckConstraint(
                name="a_charge_is_settled_when_it_is_over",
                condition=Q(state__in=CHARGE_OVER, settled_at__isnull=False)
                | (~Q(state__in=CHARGE_OVER) & Q(settled_at__isnull=True)),
            ),
        ]
        indexes = [
            models.Index(fields=["state", "due_at"], name="charge_due"),
            models.Index(fields=["fingerprint_hash", "submitted_at"], name="charge_of_card"),
        ]
        verbose_name = _("charge")

    def __str__(self) -> str:
        return self.reference

    @property
    def amount(self) -> Money:
        return self.order.money(self.amount_minor)

    @property
    def is_scheduled(self) -> bool:
        """Whether it waits for its time: a retry that nobody has to press for."""
        return self.state == ChargeState.CREATED and self.automatic_round > 0
