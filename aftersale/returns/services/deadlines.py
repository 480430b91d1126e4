"""Time passes: reminders, returns not sent in time, duties that lapse, completion of orders."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from aftersale.accounts.models import User
from aftersale.base.errors import NotYours
from aftersale.base.ports import Ports
from aftersale.orders.models import Order, Parcel
from aftersale.orders.queries import deliveries
from aftersale.payments.services import release_escrow
from aftersale.returns.errors import NotNow
from aftersale.returns.models import LineState, Party, Return
from aftersale.returns.notices import tell_the_customer
from aftersale.returns.services._case import AGENT_DAYS, EXPIRE, Actor, end_lines, lock, note, wait

REMIND_BEFORE = timedelta(days=3)


def keep_deadlines(*, ports: Ports, at_most: int = 20) -> int:
    """Remind, expire and escalate what is due; return how many returns were touched."""
    now = ports.clock.now()
    late = list(Return.objects.filter(closed_at=None, due_at__lte=now).order_by("due_at", "pk")[:at_most])
    for case in late:
        _lapse(case, ports=ports)
    soon = Return.objects.filter(
        closed_at=None,
        reminded_at=None,
        waiting_on=Party.CUSTOMER,
        due_at__gt=now,
        due_at__lte=now + REMIND_BEFORE,
        lines__state=LineState.AUTHORISED,
    ).distinct()
    reminded = list(soon.order_by("due_at", "pk")[:at_most])
    for case in reminded:
        _remind(case, ports=ports)
    return len(late) + len(reminded)


@transaction.atomic
def _remind(case: Return, *, ports: Ports) -> None:
    now = ports.clock.now()
    case = lock(case)
    waiting = Return.objects.filter(pk=case.pk, closed_at=None, waiting_on=Party.CUSTOMER)
    if waiting.filter(reminded_at=None).update(reminded_at=now):
        tell_the_customer(case, "return-reminder", ports=ports)


@transaction.atomic
def _lapse(case: Return, *, ports: Ports) -> None:
    """The customer's own step expires; a duty of the supplier's or ours escalates and never denies."""
    now = ports.clock.now()
    case = lock(case)
    if case.closed_at is not None or case.due_at is None or case.due_at > now:
        return
    if case.on_expiry == EXPIRE:
        states = (LineState.AUTHORISED, LineState.WAITING_ALL)
        end_lines(case.lines.filter(state__in=states), LineState.EXPIRED)
        case.rmas.filter(revoked_at=None, used_at=None).update(revoked_at=now)
        wait(case, now=now)
        note(case, "expired", now=now, by=Actor(Party.DESK))
        tell_the_customer(case, "return-expired", ports=ports)
    else:
        case.waiting_on, case.due_at = Party.AGENT, now + timedelta(days=AGENT_DAYS)
        case.save(update_fields=["waiting_on", "due_at"])
        note(case, "escalated", now=now, by=Actor(Party.DESK))


@transaction.atomic
def complete_order(*, ports: Ports, by: User, order: Order) -> Order:
    """The customer says that all is well: marks the order delivered and lets the suppliers have the money.

    Done twice, it stays as it was done first. NotNow while a return is open, or when the order was cancelled.
    """
    if order.customer_id != by.pk:
        raise NotYours
    _complete(order, now=ports.clock.now(), ports=ports)
    order.refresh_from_db()
    return order


def complete_due_orders(*, ports: Ports, at_most: int = 20) -> int:
    """Complete the orders whose days after delivery have run out; return how many."""
    now = ports.clock.now()
    due = list(_due_for_completion(now)[:at_most])
    for order in due:
        _complete_if_due(order, now=now, ports=ports)
    return len(due)


@transaction.atomic
def _complete_if_due(order: Order, *, now: datetime, ports: Ports) -> None:
    """Behind the order's lock it is asked again: a return may have been opened meanwhile."""
    Order.objects.select_for_update().get(pk=order.pk)
    if _due_for_completion(now).filter(pk=order.pk).exists():
        _complete(order, now=now, ports=ports)


def _complete(order: Order, *, now: datetime, ports: Ports) -> None:
    order = Order.objects.select_for_update().get(pk=order.pk)
    if order.marked_delivered_at is not None:
        return
    if order.cancelled_at is not None:
        raise NotNow(f"Order {order.code} was cancelled.")
    if order.returns.filter(closed_at=None).exists():
        raise NotNow(f"Order {order.code} has an open return; finish or withdraw it first.")
    order.marked_delivered_at = now
    order.save(update_fields=["marked_delivered_at"])
    release_escrow(ports=ports, order=order)


def _due_for_completion(now: datetime) -> QuerySet[Order]:
    """Orders whose every parcel was delivered long enough ago, with no open return that holds the timer."""
    before = now - timedelta(days=settings.COMPLETION_DAYS + 1)
    delivered = deliveries().filter(parcel=OuterRef("pk"), at__lte=before)
    parcels = Parcel.objects.filter(group__order=OuterRef("pk"))
    return (
        Order.objects.filter(marked_delivered_at=None, cancelled_at=None)
        .filter(Exists(parcels), ~Exists(parcels.filter(~Exists(delivered))))
        .filter(~Exists(Return.objects.filter(order=OuterRef("pk"), closed_at=None)))
        .order_by("pk")
    )
