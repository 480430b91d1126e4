"""The removal of a saved card as a case, and the tries and codes to prove that it is one's own."""

from django.db import models
from django.db.models import Q

from aftersale.accounts.models import User
from aftersale.cards.states import ASKING, DONE, OPEN, Proof, RemovalState
from aftersale.payments.card_models import SavedCard


class RemovalRequest(models.Model):
    """A customer wants a card gone. One is open for a card at a time."""

    reference = models.CharField(max_length=16, unique=True)
    card = models.ForeignKey(SavedCard, on_delete=models.PROTECT, related_name="removals")
    customer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="removals")
    state = models.CharField(max_length=12, choices=RemovalState, default=RemovalState.DRAFT)
    email_hash = models.CharField(max_length=64, help_text="keyed hash of the e-mail as it was typed")
    proof = models.CharField(max_length=12, choices=Proof, blank=True)
    veto_hash = models.CharField(max_length=64, blank=True, db_index=True, help_text="of the link's secret")
    due_at = models.DateTimeField(
        null=True, help_text="not before; also the end of a worker's lease, or of a draft"
    )
    team_due_at = models.DateTimeField(null=True, help_text="until when the payments team has finished")
    attempts = models.PositiveIntegerField(default=0, help_text="how often the provider was asked")
    last_error = models.TextField(blank=True)
    provider_answer = models.CharField(max_length=16, blank=True, help_text="detached, or already_gone")
    confirmed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="removals_confirmed"
    )
    note = models.CharField(max_length=500, blank=True, help_text="the payments team's own")
    receipt = models.TextField(blank=True, help_text="the signed statement, byte for byte")
    created_at = models.DateTimeField()
    proven_at = models.DateTimeField(null=True)
    submitted_at = models.DateTimeField(null=True)
    detaching_at = models.DateTimeField(null=True, help_text="when the provider was first asked")
    verified_at = models.DateTimeField(null=True, help_text="when the provider was seen not to have it")
    confirmed_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True, help_text="when it was closed, stopped or expired")

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="a_removal_is_in_a_state_it_can_be_in", condition=Q(state__in=RemovalState.values)
            ),
            models.UniqueConstraint(
                name="one_open_removal_a_card", fields=["card"], condition=Q(state__in=OPEN)
            ),
            models.CheckConstraint(
                name="a_removal_is_proven_before_it_is_submitted",
                condition=Q(state__in=(*ASKING, RemovalState.EXPIRED))
                | (~Q(proof="") & Q(proven_at__isnull=False, submitted_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="a_removal_that_is_done_was_seen_at_the_provider",
                condition=~Q(state__in=DONE) | (Q(verified_at__isnull=False) & ~Q(provider_answer="")),
            ),
            models.CheckConstraint(
                name="a_closed_removal_has_a_receipt",
                condition=~Q(state=RemovalState.CLOSED) | ~Q(receipt=""),
            ),
        ]
        indexes = [models.Index(fields=["state", "due_at"], name="removal_due")]

    def __str__(self) -> str:
        return self.reference


class ProofTry(models.Model):
    """One of the few tries that an account has for a card; using it is writing the moment down."""

    card = models.ForeignKey(SavedCard, on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["card", "customer", "number"], name="one_row_a_try"),
        ]

    def __str__(self) -> str:
        return f"try {self.number} for {self.card}"


class MailedCode(models.Model):
    """A code that was mailed to the e-mail tied to a card; the newest for a purpose counts, once."""

    card = models.ForeignKey(SavedCard, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=12, help_text="removal, or unfreezing")
    code_hash = models.CharField(max_length=64, help_text="keyed hash of the digits")
    sent_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"code {self.pk} for {self.card}"
