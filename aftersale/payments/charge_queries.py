"""Reads about what orders still owe and the charges for it, for pages, the API and the rooms above."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from aftersale.accounts.models import Role, User
from aftersale.base.errors import NotYours
from aftersale.base.money import Money
from aftersale.orders.models import Order
from aftersale.orders.queries import owed_by
from aftersale.payments.budgets import budget_of
from aftersale.payments.card_models import SavedCard
from aftersale.payments.charge_models import Charge
from aftersale.payments.charge_states import CHARGE_LIVE, ChargeState
from aftersale.payments.models import Refund
from aftersale.payments.states import COUNTED

TEAM = (Role.AGENT, Role.FINANCE)


@dataclass(frozen=True, slots=True)
class Schedule:
    """What happens to an order's failed payment by itself, and how often its card may still be tried."""

    next_retry_at: datetime | None
    attempts_left: int
    again_at: datetime | None


def owes_for(order: Order) -> Money:
    """What may be charged for `order` now: what it owes, and nothing once a part of it goes or went back."""
    if Refund.objects.filter(tender__order=order, state__in=COUNTED).exists():
        return order.money(0)
    return owed_by(order)


def unpaid_orders(customer: User) -> list[Order]:
    """The customer's orders that still owe something, newest first."""
    paid = Coalesce(Sum("tenders__captured_minor", filter=Q(tenders__added_at__isnull=False)), 0)
    rows = Order.objects.filter(customer=customer, cancelled_at=None, unpaid_minor__gt=0)
    rows = rows.annotate(paid_since=paid).filter(unpaid_minor__gt=F("paid_since"))
    rows = rows.order_by("-ordered_at", "code")  # a sum forgets the order that orders have
    return [order for order in rows.prefetch_related("tenders") if owes_for(order).minor]


def charges_for(viewer: User) -> QuerySet[Charge]:
    """The charges that this person may see, newest first: one's own, or for the team everybody's."""
    rows = Charge.objects.select_related("order__customer", "card", "retry_of").order_by("-pk")
    if viewer.role in TEAM:
        return rows
    return rows.filter(order__customer=viewer) if viewer.role == Role.CUSTOMER else rows.none()


def charge_for(viewer: User, reference: str) -> Charge:
    """The charge of this name, if this person may see it. Raises NotYours."""
    found = charges_for(viewer).filter(reference=reference).first()
    if found is None:
        raise NotYours(f"there is no charge {reference}")
    return found


def charges_of(order: Order) -> QuerySet[Charge]:
    """All charges for `order`, oldest first."""
    return Charge.objects.filter(order=order).select_related("card", "order__customer").order_by("pk")


def live_charge(order: Order) -> Charge | None:
    """The charge of `order` that is not over: under way, to be confirmed, or waiting for its time."""
    return charges_of(order).filter(state__in=CHARGE_LIVE).first()


def last_asked(order: Order) -> Charge | None:
    """The newest charge of `order` that is more than a retry waiting for its time."""
    return charges_of(order).exclude(state=ChargeState.CREATED, automatic_round__gt=0).last()


def schedule_of(charge: Charge, now: datetime) -> Schedule:
    """The retry of this charge that waits, and what the network's limits leave of its card's attempts."""
    waiting = charge if charge.is_scheduled else charge.retries.filter(state=ChargeState.CREATED).first()
    budget = budget_of(charge.fingerprint_hash, charge.brand, now)
    return Schedule(waiting.due_at if waiting else None, budget.left, budget.again_at)


def charges_touching(card: SavedCard) -> list[Charge]:
    """The charges of `card` that are under way or wait for their time: what freezing it meets."""
    rows = Charge.objects.filter(card=card, state__in=CHARGE_LIVE).select_related("order")
    return list(rows.order_by("pk"))


def charges_of_orders(orders: Iterable[Order]) -> dict[int, list[Charge]]:
    """The charges of many orders in one query, by the order's key, oldest first."""
    found: dict[int, list[Charge]] = {order.pk: [] for order in orders}
    for charge in Charge.objects.filter(order__in=found).select_related("card").order_by("pk"):
        found[charge.order_id].append(charge)
    return found
