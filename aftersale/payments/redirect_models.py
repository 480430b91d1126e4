"""A refund that cannot be paid to its card any more, and where it goes instead."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from aftersale.accounts.models import User


class RedirectState(models.TextChoices):
    ASKED = "asked", _("the customer is asked where to")
    CHOSEN = "chosen", _("waiting for a first person of finance")
    APPROVED = "approved", _("waiting for a second person of finance")
    PAYING = "paying", _("to be sent from our bank")
    PAID = "paid", _("paid")
    SENT_BACK = "sent_back", _("came back from the bank")


class Target(models.TextChoices):
    BANK = "bank", _("bank account")
    BALANCE = "balance", _("stored balance")


TRANSITIONS: dict[str, tuple[str, ...]] = {
    RedirectState.ASKED: (RedirectState.CHOSEN,),
    RedirectState.CHOSEN: (RedirectState.CHOSEN, RedirectState.APPROVED, RedirectState.ASKED),
    RedirectState.APPROVED: (RedirectState.ASKED, RedirectState.PAYING, RedirectState.PAID),
    RedirectState.PAYING: (RedirectState.PAID,),
    RedirectState.PAID: (RedirectState.SENT_BACK,),
    RedirectState.SENT_BACK: (),
}
# The customer has chosen, and finance has not begun to pay.
WITH_FINANCE = (RedirectState.CHOSEN, RedirectState.APPROVED, RedirectState.PAYING)
_GONE = (RedirectState.PAYING, RedirectState.PAID, RedirectState.SENT_BACK)


class Redirect(models.Model):
    """Where the money of one refund goes instead: chosen and proved by the customer, paid by two people."""

    reference = models.CharField(max_length=16, unique=True)
    refund = models.OneToOneField("payments.Refund", on_delete=models.PROTECT, related_name="redirect")
    state = models.CharField(max_length=12, choices=RedirectState, default=RedirectState.ASKED)
    target = models.CharField(max_length=8, choices=Target, blank=True)
    holder = models.CharField(max_length=140, blank=True, help_text="whose bank account it is")
    iban_sealed = models.TextField(blank=True, help_text="to be read by who pays, and by nobody else")
    iban_shown = models.CharField(max_length=16, blank=True, help_text="country and last four signs")
    note = models.CharField(max_length=500, blank=True, help_text="why finance asked again")
    asked_at = models.DateTimeField()
    chosen_at = models.DateTimeField(null=True, help_text="when the customer agreed, and proved to be it")
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    released_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    released_at = models.DateTimeField(null=True)
    bank_reference = models.CharField(max_length=64, blank=True, help_text="the bank's own, once it is sent")
    paid_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="a_redirect_is_in_a_state_it_can_be_in", condition=Q(state__in=RedirectState.values)
            ),
            models.CheckConstraint(
                name="a_redirect_is_released_by_another_than_approved_it",
                condition=Q(released_by__isnull=True)
                | Q(approved_by__isnull=False) & ~Q(released_by=F("approved_by")),
            ),
            models.CheckConstraint(
                name="a_redirect_that_pays_was_chosen_approved_and_released",
                condition=~Q(state__in=_GONE)
                | Q(chosen_at__isnull=False, approved_by__isnull=False, released_by__isnull=False)
                & ~Q(target=""),
            ),
            models.CheckConstraint(
                name="a_redirect_to_a_bank_has_an_account",
                condition=~Q(target=Target.BANK) | ~Q(holder="") & ~Q(iban_shown=""),
            ),
            models.CheckConstraint(
                name="a_redirect_paid_by_the_bank_has_its_reference",
                condition=~Q(state=RedirectState.PAID, target=Target.BANK) | ~Q(bank_reference=""),
            ),
        ]

    def __str__(self) -> str:
        return self.reference
