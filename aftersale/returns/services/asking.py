"""The customer asks to send something back; the policy answers at once."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from aftersale.accounts.models import User
from aftersale.base.errors import NotYours
from aftersale.base.ports import Ports
from aftersale.base.texts import clean_text
from aftersale.orders.models import EventSource, Line, Order, Parcel, ParcelEventKind, SupplierGroup
from aftersale.orders.queries import deliveries
from aftersale.orders.services import record_parcel_event
from aftersale.returns.deciding import Units
from aftersale.returns.errors import NotNow
from aftersale.returns.models import LineState, Party, Return, ReturnLine, ReturnUnit
from aftersale.returns.notices import ask_the_supplier, tell_the_customer
from aftersale.returns.policies import version_for
from aftersale.returns.services._case import (
    ESCALATE,
    Actor,
    actor_of,
    end_lines,
    follow,
    free_units,
    lock,
    may_act_for_customer,
    note,
    redecide,
    wait,
)
from aftersale.returns.states import ASKING
from aftersale.returns.wishes import Wish, checked_wishes, receipt_moment, units_for

NOTE_LENGTH = 2000


@transaction.atomic
def request_return(
    *,
    ports: Ports,
    by: User,
    order: Order,
    supplier: str,
    wishes: Sequence[Wish],
    intent: str,
    note_text: str = "",
    received_on: date | None = None,
    replaces: str = "",
) -> Return:
    """Open a return of one supplier's part of `order` with the policy's answer to each line and tender.

    A second call with the same `intent` gives the same return. `received_on` is the customer's own word that
    the goods arrived, where the carrier says nothing. `replaces` withdraws an earlier return not sent yet.
    Raises BadInput, NotYours, UnitsTaken, NotNow; then nothing is kept.
    """
    now = ports.clock.now()
    may_act_for_customer(order, by)
    order = Order.objects.select_for_update().get(pk=order.pk)
    intent = clean_text(intent, field="intent", longest=100)
    if known := Return.objects.filter(intent=intent).first():
        return _same(known, order)
    group, checked = checked_wishes(order, supplier, wishes)
    note_text = clean_text(note_text, field="note", longest=NOTE_LENGTH)
    if order.cancelled_at is not None:
        raise NotNow(f"Order {order.code} was cancelled; there is nothing to send back.")
    if not order.tenders.filter(captured_minor__gt=0).exists():
        raise NotNow(f"Nothing of order {order.code} is paid yet, so nothing can come back for it.")
    if replaces:
        _replace(order, replaces, by=by, now=now)
    if received_on is not None:
        _believe_receipt([line for line, _wish in checked], received_on, ports=ports)

    case = _open(group, checked, intent=intent, note_text=note_text, ports=ports)
    _answer(case, by=by, ports=ports)
    return case


@transaction.atomic
def withdraw_return(*, ports: Ports, by: User, case: Return) -> Return:
    """The customer keeps the goods after all; NotNow once they are on their way."""
    now = ports.clock.now()
    may_act_for_customer(case.order, by)
    case = lock(case)
    _withdraw(case, by=by, now=now)
    return case


def _withdraw(case: Return, *, by: User, now: datetime) -> None:
    rows = list(case.lines.all())
    if case.handed_over_at is not None or not any(row.state in ASKING for row in rows):
        raise NotNow(f"Return {case.reference} cannot be withdrawn now.")
    end_lines([row for row in rows if row.state in ASKING], LineState.WITHDRAWN)
    case.rmas.filter(revoked_at=None).update(revoked_at=now)
    note(case, "withdrawn", now=now, by=actor_of(by))
    wait(case, now=now)


def _same(known: Return, order: Order) -> Return:
    if known.order_id != order.pk:
        raise NotNow("This form was sent for another order already; please start again.")
    return known


def _answer(case: Return, *, by: User, ports: Ports) -> None:
    """The policy's answer, at once: where each line goes, who acts next, and who is told."""
    now = ports.clock.now()
    follow(case, redecide(case, now=now, because="requested"))
    free_units(case.lines.filter(state=LineState.REFUSED))
    wait(case, now=now)
    note(case, "requested", now=now, by=actor_of(by))
    note(case, "decided", now=now, by=Actor(Party.DESK))
    tell_the_customer(case, "return-decided", ports=ports)
    ask_the_supplier(case, ports=ports)


def _open(
    group: SupplierGroup, checked: Sequence[tuple[Line, Wish]], *, intent: str, note_text: str, ports: Ports
) -> Return:
    """The case with its lines, holding their units; nobody has answered yet."""
    order, now = group.order, ports.clock.now()
    case = Return.objects.create(
        reference=ports.ids.reference("R"),
        order=order,
        group=group,
        policy=version_for(order.day_of(order.ordered_at)),
        intent=intent,
        note=note_text,
        requested_at=now,
        waiting_on=Party.DESK,
        due_at=now,
        on_expiry=ESCALATE,
    )
    for units in units_for(checked):
        _hold(case, units)
    return case


def _hold(case: Return, units: Units) -> None:
    """Take the units out of everyone else's reach; the database holds each in one live return."""
    asked = units.asked
    row = ReturnLine.objects.create(
        case=case, line=asked.line, units=asked.units, reason=asked.reason, state=LineState.WAITING_SUPPLIER
    )
    ReturnUnit.objects.bulk_create(
        ReturnUnit(return_line=row, line=asked.line, number=number) for number in units.numbers
    )


def _replace(order: Order, reference: str, *, by: User, now: datetime) -> None:
    earlier = order.returns.filter(reference=reference, closed_at=None).first()
    if earlier is None:
        raise NotYours
    _withdraw(earlier, by=by, now=now)


def _believe_receipt(lines: Sequence[Line], received_on: date, *, ports: Ports) -> None:
    """The customer's word starts the days of what goes back, where nobody else has seen it arrive."""
    at = receipt_moment(lines[0].order, received_on, now=ports.clock.now())
    unseen = Parcel.objects.filter(~Exists(deliveries().filter(parcel=OuterRef("pk"))), lines__in=lines)
    for parcel in unseen.distinct():
        record_parcel_event(
            ports=ports, parcel=parcel, kind=ParcelEventKind.DELIVERED, at=at, source=EventSource.CUSTOMER
        )
