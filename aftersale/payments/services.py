"""Verbs about money that goes back. None of them moves it: the worker does, as settling.py tells."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Sum

from aftersale.accounts.models import User
from aftersale.base.errors import BadInput
from aftersale.base.ports import Ports
from aftersale.base.texts import clean_text
from aftersale.orders.models import Component, Order, Tender
from aftersale.payments.captures import take_in
from aftersale.payments.errors import IntentTaken, NotEnoughLeft, NotNow
from aftersale.payments.escrow import release_escrow, release_rest
from aftersale.payments.models import Refund, RefundPart, TenderMoney
from aftersale.payments.moves import locked, move
from aftersale.payments.provider_refunds import Reported, record_provider_refund
from aftersale.payments.settling import expect_news, reconcile_due_refunds, settle_due_refunds
from aftersale.payments.shares import cells_of
from aftersale.payments.states import COUNTED, NOT_SUBMITTED, State

__all__ = [
    "Part",
    "Reported",
    "expect_news",
    "open_tenders",
    "reconcile_due_refunds",
    "record_provider_refund",
    "release_escrow",
    "release_refund",
    "retry_refund",
    "settle_due_refunds",
    "take_refund",
    "want_refund",
]


@dataclass(frozen=True, slots=True)
class Part:
    """Units `units_from` to `units_to` of a component, and what they are worth to the tender."""

    component: Component
    units_from: int
    units_to: int
    amount_minor: int


@transaction.atomic
def open_tenders(*, ports: Ports, order: Order) -> None:
    """Take an imported order's payments into the books, once: what was captured lies in its escrow."""
    take_in(order, order.tenders.all(), at=ports.clock.now())


@transaction.atomic
def want_refund(*, ports: Ports, tender: Tender, parts: Sequence[Part], about: str, intent: str) -> Refund:
    """Reserve the money of `parts` for a refund by `tender`; the worker pays it. Once for each `intent`."""
    amount = _checked_total(tender, parts)
    now = ports.clock.now()
    # The row comes first: whoever has the same intent waits here for us, before any money is counted.
    refund, is_new = Refund.objects.get_or_create(
        intent=intent,
        defaults={
            "reference": ports.ids.reference("F"),
            "key": ports.ids.key(),
            "tender": tender,
            "amount_minor": amount,
            "about": about,
            "due_at": now,
            "created_at": now,
        },
    )
    if not is_new:
        return _same_as_before(refund, tender, parts, about)
    _reserve(tender, amount)
    RefundPart.objects.bulk_create(RefundPart(refund=refund, **_fields(part)) for part in parts)
    _refuse_more_than_was_paid(tender, parts)
    return refund


@transaction.atomic
def retry_refund(*, ports: Ports, refund: Refund, actor: User) -> Refund:
    """Let a held refund be tried again, by the key of its own row."""
    refund = locked(refund.pk)
    if refund.state != State.HELD or not move(refund, State.RESERVED, due_at=ports.clock.now(), person=actor):
        raise NotNow(f"refund {refund.reference} is {refund.get_state_display()}: it cannot be tried again")
    return refund


@transaction.atomic
def release_refund(*, ports: Ports, refund: Refund, reason: str, actor: User) -> Refund:
    """Give up a refund that was not asked of the provider; its money can be refunded otherwise."""
    why = "a sentence that says why the money is not to be paid, of at most 500 characters"
    reason = clean_text(reason, field="reason", longest=500, accepted=why)
    refund = locked(refund.pk)
    now = ports.clock.now()
    if refund.state not in NOT_SUBMITTED or not move(
        refund, State.RELEASED, due_at=None, person=actor, reason=reason, settled_at=now
    ):
        raise NotNow(f"refund {refund.reference} is {refund.get_state_display()}: it cannot be released")
    release_rest(order=refund.tender.order, at=now)
    return refund


@transaction.atomic
def take_refund(*, refund: Refund, actor: User) -> Refund:
    """Say who looks after a refund that waits for a person or for the provider."""
    refund = locked(refund.pk)
    if refund.settled_at is not None:
        raise NotNow(f"refund {refund.reference} is {refund.get_state_display()}: nothing is left to do")
    Refund.objects.filter(pk=refund.pk).update(person=actor)
    refund.person = actor
    return refund


def _checked_total(tender: Tender, parts: Sequence[Part]) -> int:
    if not parts:
        raise BadInput("parts", None, "at least one part of the order's price")
    for part in parts:
        if part.amount_minor <= 0:
            raise BadInput("amount_minor", part.amount_minor, "an amount above zero")
        if part.component.order_id != tender.order_id:
            raise BadInput("component", part.component.pk, f"a component of order {tender.order.code}")
        if not 1 <= part.units_from <= part.units_to:
            raise BadInput("units", f"{part.units_from}-{part.units_to}", "a range of units, counted from 1")
    return sum(part.amount_minor for part in parts)


def _reserve(tender: Tender, amount: int) -> None:
    """Set `amount` aside by one conditional UPDATE, which a CHECK of the table backs."""
    taken = sum(
        (F(name) for name in ("submitted_minor", "succeeded_minor", "external_minor", "lost_minor")),
        start=F("reserved_minor") + amount,
    )
    row = TenderMoney.objects.filter(tender=tender, captured_minor__gte=taken)
    if not row.update(reserved_minor=F("reserved_minor") + amount):
        money = TenderMoney.objects.get(tender=tender)
        asked, left = tender.order.money(amount), tender.order.money(money.left_minor)
        raise NotEnoughLeft(f"{asked} cannot be refunded by {tender}: {left} of it is left")


def _refuse_more_than_was_paid(tender: Tender, parts: Sequence[Part]) -> None:
    """No component gives back more by this tender than it paid; our reservation holds others off."""
    components, tenders = list(tender.order.components.all()), list(tender.order.tenders.all())
    column = [each.pk for each in tenders].index(tender.pk)
    paid = {component: row[column] for component, row in cells_of(components, tenders).items()}
    wanted = RefundPart.objects.filter(
        refund__tender=tender, refund__state__in=COUNTED, component__in={part.component.pk for part in parts}
    )
    for component, total in wanted.values_list("component").annotate(total=Sum("amount_minor")):
        if total > paid[component]:
            money = tender.order.money
            raise NotEnoughLeft(
                f"{money(total)} of one part of the price cannot be refunded by {tender}: "
                f"it paid {money(paid[component])} of it"
            )


def _same_as_before(refund: Refund, tender: Tender, parts: Sequence[Part], about: str) -> Refund:
    before = sorted(refund.parts.values_list("component", "units_from", "units_to", "amount_minor"))
    now = sorted((part.component.pk, part.units_from, part.units_to, part.amount_minor) for part in parts)
    if (refund.tender_id, refund.about, before) != (tender.pk, about, now):
        raise IntentTaken(
            f"`{refund.intent}` is refund {refund.reference} of {refund.amount}; it cannot be another as well"
        )
    return refund


def _fields(part: Part) -> dict[str, object]:
    return {
        "component": part.component,
        "units_from": part.units_from,
        "units_to": part.units_to,
        "amount_minor": part.amount_minor,
    }
