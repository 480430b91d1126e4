"""Order facts, as imported and never edited. What happens later is an event, or belongs to a room above."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from aftersale.accounts.models import Supplier, User
from aftersale.base.money import Money


class Order(models.Model):
    """One purchase by one customer, in one currency; amounts are minor units of it."""

    code = models.CharField(max_length=64, unique=True, help_text="the marketplace's own number")
    customer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="orders")
    currency = models.CharField(max_length=3)
    zone = models.CharField(
        max_length=64, help_text="the delivery address's time zone, such as Asia/Shanghai"
    )
    ordered_at = models.DateTimeField()
    unpaid_minor = models.BigIntegerField(
        default=0, help_text="what was still to be paid when the order was brought in"
    )
    cancelled_at = models.DateTimeField(null=True, blank=True)
    marked_delivered_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="completion: by the customer's word or the timer, never the carrier's scan",
    )
    source = models.CharField(max_length=32, help_text="the import profile that brought it")
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of the imported facts")

    class Meta:
        ordering = ["-ordered_at", "code"]
        constraints = [
            models.CheckConstraint(name="unpaid_is_not_negative", condition=Q(unpaid_minor__gte=0)),
        ]

    def __str__(self) -> str:
        return self.code

    def day_of(self, moment: datetime) -> date:
        """The calendar day of `moment` where the order was delivered."""
        return moment.astimezone(ZoneInfo(self.zone)).date()

    def money(self, minor: int) -> Money:
        return Money(minor, self.currency)


class Terms(models.TextChoices):
    ANY_REASON = "any_reason", _("takes everything back")
    DEFECTIVE_OR_WRONG = "defective_or_wrong", _("takes back what is defective or wrong")


class SupplierGroup(models.Model):
    """The part of an order that one supplier sends, with that supplier's terms and country at order time."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="groups")
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, related_name="groups")
    country = models.CharField(max_length=2)
    terms = models.CharField(max_length=20, choices=Terms, default=Terms.DEFECTIVE_OR_WRONG)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["order", "supplier"], name="one_group_a_supplier")]

    def __str__(self) -> str:
        return f"{self.order} from {self.supplier}"


class Line(models.Model):
    """So many units of one article, from one supplier."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="lines")
    group = models.ForeignKey(SupplierGroup, on_delete=models.PROTECT, related_name="lines")
    number = models.PositiveIntegerField(help_text="1, 2, … within the order")
    sku = models.CharField(max_length=100)
    title = models.CharField(max_length=300)
    units = models.PositiveIntegerField()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["order", "number"], name="one_line_a_number"),
            models.CheckConstraint(name="a_line_has_units", condition=Q(units__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.units} × {self.title}"


class ComponentKind(models.TextChoices):
    LINE = "line", _("goods")
    SHIPPING = "shipping", _("shipping")
    FEE = "fee", _("fee")


class Component(models.Model):
    """A part of the order's price: a line's goods, a supplier group's shipping, or a fee of the order."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="components")
    kind = models.CharField(max_length=8, choices=ComponentKind)
    line = models.OneToOneField(
        Line, on_delete=models.PROTECT, null=True, blank=True, related_name="component"
    )
    group = models.ForeignKey(
        SupplierGroup, on_delete=models.PROTECT, null=True, blank=True, related_name="components"
    )
    net_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField(default=0)
    discount_minor = models.BigIntegerField(
        default=0, help_text="its share of the discounts, as a positive number"
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="a_component_is_not_negative",
                condition=Q(
                    net_minor__gte=0,
                    tax_minor__gte=0,
                    discount_minor__gte=0,
                    discount_minor__lte=F("net_minor") + F("tax_minor"),
                ),
            ),
            models.CheckConstraint(
                name="a_component_belongs",
                condition=(
                    Q(kind="line", line__isnull=False, group__isnull=False)
                    | Q(kind="shipping", line__isnull=True, group__isnull=False)
                    | Q(kind="fee", line__isnull=True, group__isnull=True)
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.order}"

    @property
    def paid_minor(self) -> int:
        """What this component cost the customer: net and tax, less its share of the discounts."""
        return self.net_minor + self.tax_minor - self.discount_minor


class TenderKind(models.TextChoices):
    CARD = "card", _("card")
    BALANCE = "balance", _("stored balance")
    BANK_TRANSFER = "bank_transfer", _("bank transfer")


class Tender(models.Model):
    """A means that paid part of an order; `reference` names the charge at the provider for ever."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="tenders")
    number = models.PositiveSmallIntegerField(help_text="1, 2, … within the order")
    kind = models.CharField(max_length=16, choices=TenderKind)
    captured_minor = models.BigIntegerField()
    provider = models.CharField(max_length=32, help_text="the slot that moves this money, such as sandbox")
    reference = models.CharField(max_length=128)
    brand = models.CharField(max_length=32, blank=True)
    last_four = models.CharField(max_length=4, blank=True)
    added_at = models.DateTimeField(
        null=True, blank=True, help_text="when it was paid here; empty where the order came with it"
    )

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["order", "number"], name="one_tender_a_number"),
            models.CheckConstraint(name="captured_is_not_negative", condition=Q(captured_minor__gte=0)),
        ]
        indexes = [models.Index(fields=["provider", "reference"], name="tender_at_provider")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.last_four}".strip()

    @property
    def captured(self) -> Money:
        return self.order.money(self.captured_minor)


class Parcel(models.Model):
    """What one supplier handed to a carrier for this order, in one box."""

    group = models.ForeignKey(SupplierGroup, on_delete=models.PROTECT, related_name="parcels")
    code = models.CharField(max_length=64, help_text="unique within the order")
    carrier = models.CharField(max_length=100, blank=True)
    tracking_number = models.CharField(max_length=100, blank=True)
    lines = models.ManyToManyField(Line, related_name="parcels")

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["group", "code"], name="one_parcel_a_code")]

    def __str__(self) -> str:
        return self.tracking_number or self.code


class ParcelEventKind(models.TextChoices):
    DISPATCHED = "dispatched", _("handed to the carrier")
    IN_TRANSIT = "in_transit", _("on its way")
    OUT_FOR_DELIVERY = "out_for_delivery", _("out for delivery")
    DELIVERED = "delivered", _("delivered")
    LOST = "lost", _("lost")


class EventSource(models.TextChoices):
    CARRIER = "carrier", _("the carrier")
    CUSTOMER = "customer", _("the customer")
    SUPPLIER = "supplier", _("the supplier")
    AGENT = "agent", _("our staff")
    IMPORT = "import", _("the marketplace's records")


class ParcelEvent(models.Model):
    """Something that happened to a parcel, as `source` says. Appended, never edited."""

    parcel = models.ForeignKey(Parcel, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=20, choices=ParcelEventKind)
    at = models.DateTimeField()
    source = models.CharField(max_length=16, choices=EventSource)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["parcel", "kind", "at", "source"], name="an_event_is_told_once")
        ]

    def __str__(self) -> str:
        return f"{self.parcel} {self.kind}"
