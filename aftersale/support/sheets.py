"""The facts beside a thread: frozen when it is opened, and what has happened to them since."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from aftersale.accounts.models import User
from aftersale.base.money import Money
from aftersale.cards.models import RemovalRequest
from aftersale.orders.models import Order, Parcel, ParcelEvent
from aftersale.orders.queries import order_total
from aftersale.payments.card_models import SavedCard
from aftersale.payments.charge_models import Charge
from aftersale.payments.charge_states import ChargeState
from aftersale.payments.declines import TABLE, Answer
from aftersale.payments.models import Refund
from aftersale.payments.retrying import answer_to
from aftersale.returns.models import Decision, Return, ReturnEvent
from aftersale.returns.queries import state_of
from aftersale.support.models import EventKind, FactSheet, Thread, ThreadEvent
from aftersale.support.queries import Viewer, is_team
from aftersale.support.tracking import usual_days

# Of each sort, so many of the newest are told.
_AT_MOST = 50
_UNSURE = (ChargeState.SUBMITTED, ChargeState.PENDING, ChargeState.UNKNOWN)
_TOLD = (EventKind.SOLVED, EventKind.REOPENED, EventKind.CLOSED)


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened to what a thread is about: `name` is the parcel, return, refund, … it is of."""

    at: datetime
    about: str
    kind: str
    name: str
    row: Any
    amount: Money | None = None


def sees_the_deal(viewer: Viewer, thread: Thread) -> bool:
    """Whether the facts beside a thread are for this person: its opener's and our staff's alone."""
    return is_team(viewer) or (isinstance(viewer, User) and viewer.pk == thread.opener_id)


def freeze(thread: Thread, *, now: datetime) -> FactSheet | None:
    """Keep what is known now of what the thread touches; nothing where it touches nothing."""
    facts: dict[str, Any] = {}
    if thread.order is not None:
        facts["order"] = _order(thread.order, now)
    if thread.line is not None:
        facts["line"] = thread.line.number
    if thread.case is not None:
        facts["return"] = _return(thread.case)
    if thread.charge is not None:
        facts["charge"] = _charge(thread.charge)
    if thread.card is not None:
        facts["card"] = _card(thread.card)
    return FactSheet.objects.create(thread=thread, taken_at=now, facts=facts) if facts else None


def answer_told(charge: Charge) -> Answer | None:
    """What the customer is told of a charge that has not paid; nothing of one that has."""
    if charge.state == ChargeState.DECLINED:
        return answer_to(charge)
    return TABLE.answers["being_checked"] if charge.state in _UNSURE else None


def since(viewer: Viewer, thread: Thread) -> list[Happening]:
    """What happened to the matter after the thread was opened, the oldest first, for who sees the deal."""
    if not sees_the_deal(viewer, thread):
        return []
    found = [*_of_the_thread(thread), *_of_the_card(thread)]
    if thread.order is not None:
        found += [*_of_parcels(thread), *_of_returns(thread), *_of_refunds(thread), *_of_charges(thread)]
    return sorted(found, key=lambda one: one.at)


def _order(order: Order, now: datetime) -> dict[str, Any]:
    parcels = Parcel.objects.filter(group__order=order).select_related("group__supplier")
    return {
        "code": order.code,
        "ordered_at": _moment(order.ordered_at),
        "completed_at": _moment(order.marked_delivered_at),
        "cancelled_at": _moment(order.cancelled_at),
        "total": _money(order_total(order)),
        "tenders": [
            {
                "kind": tender.kind,
                "brand": tender.brand,
                "last_four": tender.last_four,
                "paid": _money(tender.captured),
            }
            for tender in order.tenders.all()
        ],
        "lines": [
            {"number": line.number, "title": line.title, "units": line.units} for line in order.lines.all()
        ],
        "parcels": [_parcel(parcel, now) for parcel in parcels.prefetch_related("events")],
    }


def _parcel(parcel: Parcel, now: datetime) -> dict[str, Any]:
    return {
        "code": parcel.code,
        "carrier": parcel.carrier,
        "tracking_number": parcel.tracking_number,
        "supplier": parcel.group.supplier.name,
        "usual_days": usual_days(parcel.group.supplier, now),
        "events": [
            {"kind": event.kind, "at": _moment(event.at), "source": event.source}
            for event in parcel.events.all()
        ],
    }


def _return(case: Return) -> dict[str, Any]:
    current = Decision.objects.filter(return_line__case=case, superseded_by=None)
    return {
        "reference": case.reference,
        "state": state_of(case),
        "decisions": [
            {
                "line": row.return_line.line.number,
                "tender": row.tender.number,
                "units": row.units,
                "outcome": row.outcome,
                "clause": row.clause,
                "amount": _money(row.tender.order.money(row.amount_minor)),
                "last_day": row.last_day.isoformat() if row.last_day else None,
                "stage": row.stage,
                "policy": row.policy.hash,
            }
            for row in current.select_related("return_line__line", "tender__order", "policy")
        ],
    }


def _charge(charge: Charge) -> dict[str, Any]:
    answer = answer_told(charge)
    return {
        "reference": charge.reference,
        "state": charge.state,
        "amount": _money(charge.amount),
        "brand": charge.brand,
        "last_four": charge.last_four,
        "created_at": _moment(charge.created_at),
        "answer": answer.name if answer else None,
        "add_again": answer.add_again if answer else None,
    }


def _card(card: SavedCard) -> dict[str, Any]:
    return {
        "reference": card.reference,
        "brand": card.brand,
        "last_four": card.last_four,
        "state": card.state,
        "freeze_reason": card.freeze_reason,
        "frozen_at": _moment(card.frozen_at),
    }


def _of_the_thread(thread: Thread) -> Iterator[Happening]:
    for row in ThreadEvent.objects.filter(thread=thread, kind__in=_TOLD).order_by("-at")[:_AT_MOST]:
        yield Happening(row.at, "thread", row.kind, thread.reference, row)


def _of_parcels(thread: Thread) -> Iterator[Happening]:
    rows = ParcelEvent.objects.filter(parcel__group__order=thread.order, at__gt=thread.opened_at)
    if thread.line_id is not None:
        rows = rows.filter(parcel__lines=thread.line_id)
    for row in rows.select_related("parcel").order_by("-at")[:_AT_MOST]:
        yield Happening(row.at, "parcel", row.kind, str(row.parcel), row)


def _of_returns(thread: Thread) -> Iterator[Happening]:
    about = Q(case=thread.case_id) if thread.case_id else Q(case__order=thread.order)
    rows = ReturnEvent.objects.filter(about, at__gt=thread.opened_at).select_related("case")
    for row in rows.order_by("-at")[:_AT_MOST]:
        kind = "final" if row.words.get("final") else row.kind
        yield Happening(row.at, "return", kind, row.case.reference, row)


def _of_refunds(thread: Thread) -> Iterator[Happening]:
    rows = Refund.objects.filter(tender__order=thread.order, settled_at__gt=thread.opened_at)
    if thread.case is not None:
        rows = rows.filter(about=thread.case.about)
    for row in rows.select_related("tender__order").order_by("-settled_at")[:_AT_MOST]:
        assert row.settled_at is not None, "it was asked for by when it was settled"
        amount = row.tender.order.money(row.amount_minor)
        yield Happening(row.settled_at, "refund", row.state, row.reference, row, amount)


def _of_charges(thread: Thread) -> Iterator[Happening]:
    rows = Charge.objects.filter(order=thread.order, settled_at__gt=thread.opened_at)
    for row in rows.order_by("-settled_at")[:_AT_MOST]:
        assert row.settled_at is not None, "it was asked for by when it was settled"
        yield Happening(row.settled_at, "charge", row.state, row.reference, row, row.amount)


def _of_the_card(thread: Thread) -> Iterator[Happening]:
    card = thread.card
    if card is None:
        return
    steps: list[tuple[datetime | None, str, str, Any]] = [(card.frozen_at, "frozen", card.reference, card)]
    for row in RemovalRequest.objects.filter(card=card).order_by("-pk")[:_AT_MOST]:
        ended = row.ended_at if row.state not in ("closed", "expired") else None
        steps += [
            (row.submitted_at, "submitted", row.reference, row),
            (row.verified_at, "verified", row.reference, row),
            (row.confirmed_at, "confirmed", row.reference, row),
            (ended, row.state, row.reference, row),
        ]
    for at, kind, name, about in steps:
        if at is not None and at > thread.opened_at:
            yield Happening(at, "card", kind, name, about)


def _money(amount: Money) -> dict[str, Any]:
    return {"minor": amount.minor, "currency": amount.currency}


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
