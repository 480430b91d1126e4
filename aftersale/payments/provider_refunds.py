"""Refunds that were started at the provider: matched to ours first, else recorded, whatever the sums."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from aftersale.accounts.models import Role
from aftersale.base.errors import BadInput
from aftersale.base.money import Money
from aftersale.base.ports import Ports
from aftersale.orders.models import Tender
from aftersale.payments.escrow import post_provider_refund, release_rest
from aftersale.payments.models import ProviderRefund, Refund, TenderMoney
from aftersale.payments.moves import lock_money, move, take_over
from aftersale.payments.redirecting import ask_where_to_if_lost
from aftersale.payments.states import COUNTED, NOT_SUBMITTED, State

# Finance has this long to get an excess back.
EXCESS_DUE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Reported:
    """A refund as the provider's list or message tells it; `key` is empty when it was not started by us."""

    reference: str
    amount: Money
    key: str = ""


@transaction.atomic
def record_provider_refund(*, ports: Ports, tender: Tender, reported: Reported) -> ProviderRefund | None:
    """Record money that left by the provider, once; None when it is one of our own refunds, and counted."""
    if reported.amount.currency != tender.order.currency or reported.amount.minor <= 0:
        raise BadInput("amount", str(reported.amount), f"an amount above zero in {tender.order.currency}")
    money, now = lock_money(tender.pk), ports.clock.now()
    ours = _ours(tender, reported)
    if ours is not None and ours.state in COUNTED and ours.state not in NOT_SUBMITTED:
        return None
    known = ProviderRefund.objects.filter(provider=tender.provider, reference=reported.reference).first()
    if known is not None:
        return known
    _make_room(tender, reported.amount.minor, ours, ports=ports)
    money.refresh_from_db()
    within = min(reported.amount.minor, money.left_minor)
    excess = reported.amount.minor - within
    row = ProviderRefund.objects.create(
        provider=tender.provider,
        reference=reported.reference,
        tender=tender,
        refund=ours,
        amount_minor=reported.amount.minor,
        excess_minor=excess,
        owner=Role.FINANCE if excess else "",
        due_at=now + EXCESS_DUE if excess else None,
        recorded_at=now,
    )
    TenderMoney.objects.filter(pk=money.pk).update(
        external_minor=F("external_minor") + within, excess_minor=F("excess_minor") + excess
    )
    post_provider_refund(row, at=now)
    release_rest(order=tender.order, at=now)
    return row


def _ours(tender: Tender, reported: Reported) -> Refund | None:
    """Our row for it: by its key, or by the provider's own name for it."""
    rows = Refund.objects.filter(tender=tender)
    by_key = rows.filter(key=reported.key).first() if reported.key else None
    return by_key or rows.filter(provider_reference=reported.reference).first()


def _make_room(tender: Tender, amount: int, ours: Refund | None, *, ports: Ports) -> None:
    """Release reservations that were not submitted, the newest first, as far as the money is needed."""
    now = ports.clock.now()
    paid_after_all = _heir_of(ours)
    if paid_after_all is not None:
        _release(paid_after_all, now)
    for refund in Refund.objects.filter(tender=tender, state__in=NOT_SUBMITTED).order_by("-pk"):
        lacking = amount - TenderMoney.objects.get(tender=tender).left_minor
        if lacking <= 0:
            return
        _release(refund, now)
        if refund.amount_minor > lacking:
            rest = refund.amount_minor - lacking
            heir = take_over(refund, ids=ports.ids, at=now, amount_minor=rest)
            ask_where_to_if_lost(heir, ports=ports)


def _heir_of(refund: Refund | None) -> Refund | None:
    """The row that took the reservation of a refund over, if it still waits: it would pay a second time."""
    while refund is not None:
        if refund.state in NOT_SUBMITTED:
            return refund
        refund = Refund.objects.filter(replaces=refund).first()
    return None


def _release(refund: Refund, now: datetime) -> None:
    reason = "the provider paid money back without us"
    move(refund, State.RELEASED, due_at=None, reason=reason, settled_at=now)
