"""The payment that a new one seems to repeat."""

from datetime import timedelta

from django.db.models import Q

from aftersale.payments.charge_models import Charge
from aftersale.payments.charge_states import CHARGE_IN_FLIGHT, ChargeState

_SHORTLY = timedelta(days=2)


def earlier_like(charge: Charge) -> list[Charge]:
    """What the same customer paid, or may have, of the same amount: for this order, or shortly before."""
    alike = Q(order=charge.order_id) | Q(created_at__gte=charge.created_at - _SHORTLY)
    rows = Charge.objects.filter(
        alike,
        order__customer=charge.order.customer_id,
        order__currency=charge.order.currency,
        amount_minor=charge.amount_minor,
        state__in=(ChargeState.SUCCEEDED, *CHARGE_IN_FLIGHT),
        pk__lt=charge.pk,
    )
    return list(rows.select_related("order", "card").order_by("-pk")[:3])
