"""The ledger: accounts, and movements between two of them. Entries are written once and never changed."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact

from aftersale.base.money import Money


class AccountKind(models.TextChoices):
    CUSTOMER_BALANCE = "customer_balance"
    ESCROW = "escrow"
    SUPPLIER_PAYABLE = "supplier_payable"
    PROVIDER_CLEARING = "provider_clearing"
    BANK_CLEARING = "bank_clearing"
    REFUNDS = "refunds"
    FEES = "fees"


class Account(models.Model):
    """A pot of money in one currency. Its balance is what was credited less what was debited."""

    name = models.CharField(max_length=200, unique=True, help_text="such as escrow:order:M-1001")
    kind = models.CharField(max_length=20, choices=AccountKind)
    currency = models.CharField(max_length=3)
    balance_minor = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(name="an_account_has_a_currency", condition=Exact(Length("currency"), 3)),
            models.CheckConstraint(
                name="escrow_is_never_overdrawn", condition=~Q(kind="escrow") | Q(balance_minor__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def balance(self) -> Money:
        return Money(self.balance_minor, self.currency)


class Entry(models.Model):
    """One movement: `debit` gives, `credit` takes. Balanced by its shape; corrected only by its reverse."""

    debit = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="debits")
    credit = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="credits")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    about = models.CharField(max_length=200, help_text="such as refund:F7K2M-9XQD4")
    intent_key = models.CharField(max_length=200, unique=True, help_text="what is posted once")
    at = models.DateTimeField()
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversed_by"
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(name="an_entry_moves_something", condition=Q(amount_minor__gt=0)),
            models.CheckConstraint(
                name="an_entry_moves_between_two_accounts", condition=~Q(debit=F("credit"))
            ),
            models.CheckConstraint(name="an_entry_has_a_currency", condition=Exact(Length("currency"), 3)),
        ]
        indexes = [models.Index(fields=["about"], name="entry_about")]

    def __str__(self) -> str:
        return f"{self.amount} for {self.about}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)
