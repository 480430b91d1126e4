"""A return's rows: the case, its lines and units, what was decided, the supplier's number, the timeline."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from aftersale.accounts.models import Supplier, User
from aftersale.orders.models import EventSource, Line, Order, SupplierGroup, Tender


class PolicyVersion(models.Model):
    """A policy document as it was published: never edited, named by the hash of its normal form.

    Only its translations can be corrected; PolicyCorrection keeps what they were.
    """

    hash = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=200, help_text="the document's file name")
    text = models.TextField()
    translations = models.JSONField(default=dict, help_text="language -> the translation's text")
    in_force_from = models.DateField()
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="null: at start-up"
    )
    review: Any = models.JSONField(default=dict, help_text="what was proved and priced when it was published")

    class Meta:
        ordering = ["in_force_from", "pk"]

    def __str__(self) -> str:
        return f"{self.name} {self.hash[:8]}"


class PolicyCorrection(models.Model):
    """The translations of a version before and after a correction: what it decides stays as it was."""

    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="corrections")
    before: Any = models.JSONField(help_text="language -> the translation's text")
    after: Any = models.JSONField(help_text="language -> the translation's text")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="null: at start-up"
    )

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"correction of {self.version_id}"


class PolicyDraft(models.Model):
    """What a policy owner is writing: no version yet, and nobody else's."""

    owner = models.OneToOneField(User, on_delete=models.PROTECT, related_name="policy_draft")
    text = models.TextField()
    translations: Any = models.JSONField(default=dict, help_text="language -> the translation's text")
    saved_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"draft of {self.owner_id}"


class Party(models.TextChoices):
    """Who acts: on an event, or next."""

    CUSTOMER = "customer", _("the customer")
    SUPPLIER = "supplier", _("the supplier")
    AGENT = "agent", _("our staff")
    CARRIER = "carrier", _("the carrier")
    DESK = "desk", _("Aftersale")
    NOBODY = "", _("nobody")


class Return(models.Model):
    """The case: units of one supplier's part of one order. Its state is computed from its lines."""

    reference = models.CharField(max_length=16, unique=True)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="returns")
    group = models.ForeignKey(SupplierGroup, on_delete=models.PROTECT, related_name="returns")
    policy = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="returns")
    intent = models.CharField(
        max_length=100, unique=True, help_text="one for each submit: a second one is the same"
    )
    note = models.TextField(blank=True, max_length=2000, help_text="what the customer wrote to it")
    requested_at = models.DateTimeField()
    handed_over_at = models.DateTimeField(null=True, blank=True)
    handed_over_source = models.CharField(max_length=16, choices=EventSource, blank=True)
    carrier = models.CharField(max_length=100, blank=True)
    tracking_number = models.CharField(max_length=100, blank=True)
    received_at = models.DateTimeField(null=True, blank=True)
    inspected_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    waiting_on = models.CharField(max_length=16, choices=Party, blank=True)
    due_at = models.DateTimeField(
        null=True, blank=True, help_text="when the waiting ends; what then: on_expiry"
    )
    on_expiry = models.CharField(max_length=32, blank=True, help_text="expire, escalate or nothing")
    reminded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-requested_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="an_open_return_waits_on_one_party_until_a_date",
                condition=Q(closed_at__isnull=False)
                | (~Q(waiting_on="") & Q(due_at__isnull=False) & ~Q(on_expiry="")),
            ),
        ]
        indexes = [models.Index(fields=["waiting_on", "due_at"], name="return_due")]

    def __str__(self) -> str:
        return self.reference

    @property
    def about(self) -> str:
        """The name under which the refunds of this return are kept."""
        return f"return:{self.reference}"


class Reason(models.TextChoices):
    UNWANTED = "unwanted", _("I changed my mind")
    DEFECTIVE = "defective", _("It is defective")
    WRONG = "wrong", _("It is not what I ordered")
    MISSING = "missing", _("It was not in the parcel")


class LineState(models.TextChoices):
    AUTHORISED = "authorised", _("to be sent back")
    WAITING_SUPPLIER = "waiting_supplier", _("the supplier is asked")
    WAITING_ALL = "waiting_all", _("everything is to come back together")
    CLAIM = "claim", _("looked into")
    REFUSED = "refused", _("refused")
    SENT = "sent", _("on its way back")
    RECEIVED = "received", _("arrived")
    INSPECTED = "inspected", _("inspected")
    SETTLED = "settled", _("settled")
    EXPIRED = "expired", _("not sent in time")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Settlement(models.TextChoices):
    REFUNDED = "refunded", _("refunded")
    SENT_BACK = "sent_back", _("goes back to the customer")
    NOT_RECEIVED = "not_received", _("was not in the parcel")


class ReturnLine(models.Model):
    """Some units of one order line, with one reason: as said by the customer, and as found."""

    case = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="return_lines")
    units = models.PositiveIntegerField()
    reason = models.CharField(max_length=16, choices=Reason, help_text="as the customer says")
    reason_found = models.CharField(
        max_length=16, choices=Reason, blank=True, help_text="as inspection found"
    )
    units_found = models.PositiveIntegerField(null=True, blank=True)
    condition = models.CharField(max_length=500, blank=True, help_text="what inspection wrote down")
    state = models.CharField(max_length=20, choices=LineState)
    settlement = models.CharField(max_length=16, choices=Settlement, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(name="a_return_line_has_units", condition=Q(units__gt=0)),
            models.UniqueConstraint(fields=["case", "line", "reason"], name="one_return_line_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.units} × {self.line.title}"


class ReturnUnit(models.Model):
    """One unit of an order line, by its number. Held by one return at most, for as long as that lives."""

    return_line = models.ForeignKey(ReturnLine, on_delete=models.PROTECT, related_name="unit_rows")
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="returned_units")
    number = models.PositiveIntegerField(help_text="1 to the line's units")
    held = models.BooleanField(
        default=True, help_text="no longer, once refused, withdrawn, expired or sent back"
    )

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["line", "number"], condition=Q(held=True), name="a_unit_is_in_one_live_return"
            ),
            models.CheckConstraint(name="units_are_numbered_from_one", condition=Q(number__gte=1)),
        ]

    def __str__(self) -> str:
        return f"unit {self.number} of {self.line}"


class Stage(models.TextChoices):
    PROMISE = "promise", _("on what is known so far")
    FINAL = "final", _("final")


class Decision(models.Model):
    """What the policy answered for one return line and one tender: enough to answer the same again."""

    return_line = models.ForeignKey(ReturnLine, on_delete=models.PROTECT, related_name="decisions")
    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="decisions")
    stage = models.CharField(max_length=8, choices=Stage)
    policy = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="decisions")
    facts = models.JSONField(help_text="every fact of the policy, as it was")
    sources = models.JSONField(help_text="fact -> who says so")
    outcome = models.CharField(max_length=64)
    clause = models.CharField(max_length=100)
    leaf = models.PositiveIntegerField()
    decisive = models.JSONField(help_text="the facts that decided")
    units = models.PositiveIntegerField()
    amount_minor = models.BigIntegerField(help_text="what this tender gives back for these units")
    last_day = models.DateField(null=True, blank=True, help_text="until when the answer holds")
    last_day_by = models.CharField(max_length=16, blank=True, help_text="policy, completion or rma")
    because = models.CharField(max_length=32, help_text="what made us decide: requested, sent, rma_issued, …")
    decided_at = models.DateTimeField()
    supersedes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(name="a_decision_is_not_negative", condition=Q(amount_minor__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} by {self.clause}"


class Rma(models.Model):
    """A supplier's number for one return: a promise that names its case, ends, and is used once."""

    case = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="rmas")
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, related_name="rmas")
    number = models.CharField(max_length=64, help_text="letters and digits only, in capitals")
    as_written = models.CharField(max_length=64)
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    expires_on = models.DateField(help_text="the last day, in the order's zone")
    revoked_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["supplier", "number"], name="an_rma_number_is_a_supplier_s_once"),
            models.UniqueConstraint(
                fields=["case"], condition=Q(revoked_at__isnull=True), name="one_live_rma_a_return"
            ),
        ]

    def __str__(self) -> str:
        return self.as_written


class ReturnEvent(models.Model):
    """One step of the timeline. Appended in the transaction of what it tells; never edited."""

    case = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=32)
    at = models.DateTimeField()
    party = models.CharField(max_length=16, choices=Party)
    actor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    words: Any = models.JSONField(default=dict)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.case} {self.kind}"


class Backtest(models.Model):
    """A text of the policy beside a version over the decisions of the past, worked through in slices."""

    reference = models.CharField(max_length=16, unique=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    text = models.TextField(help_text="the document that is tried")
    name = models.CharField(max_length=100)
    hash = models.CharField(max_length=64)
    is_draft = models.BooleanField()
    against = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="+")
    last = models.BigIntegerField(help_text="the newest decision that counts: later ones are not looked at")
    reached = models.BigIntegerField(default=0, help_text="the newest decision that is counted")
    total = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    cells: Any = models.JSONField(default=dict, help_text="what is counted so far (returns/backtests.py)")
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.reference
