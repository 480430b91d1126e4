"""Reads about money that goes back, for pages, the API and the rooms above."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet, Sum

from aftersale.base.money import Money
from aftersale.orders.models import Order, Tender
from aftersale.payments.models import Refund, TenderMoney
from aftersale.payments.states import IN_FLIGHT, State

# A refund without an answer for this long needs a person.
LONG_UNKNOWN = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class MoneyFacts:
    """What an order's tenders captured, and where it is: all of one currency."""

    captured: Money
    refunded: Money
    reserved: Money
    left: Money


def refunds_about(about: str) -> QuerySet[Refund]:
    """The refunds about `about` or a part of it (`about:…`), oldest first; never those of a longer name."""
    wanted = Refund.objects.filter(Q(about=about) | Q(about__startswith=f"{about}:"))
    return wanted.select_related("tender__order").order_by("pk")


def latest(refund: Refund) -> Refund:
    """The row that a refund goes on as, after failures: itself, when none has replaced it."""
    while (heir := Refund.objects.filter(replaces=refund).first()) is not None:
        refund = heir
    return refund


def left_to_refund(order: Order) -> dict[int, Money]:
    """What each tender of `order` can still give back, by the tender's key."""
    counters = TenderMoney.objects.filter(tender__order=order).order_by("tender__number")
    return {money.tender_id: order.money(money.left_minor) for money in counters}


def money_of_tender(tender: Tender) -> MoneyFacts:
    return _facts(tender.order, TenderMoney.objects.filter(tender=tender)[:1])


def money_of(orders: Iterable[Order]) -> dict[int, MoneyFacts]:
    """The money facts of many orders in one query, by the order's key."""
    wanted = {order.pk: order for order in orders}
    found: dict[int, list[TenderMoney]] = {pk: [] for pk in wanted}
    for money in TenderMoney.objects.filter(tender__order__in=wanted).select_related("tender"):
        found[money.tender.order_id].append(money)
    return {pk: _facts(order, found[pk]) for pk, order in wanted.items()}


def refunds_for_finance(state: str = "") -> QuerySet[Refund]:
    """All refunds, newest first, of one state when it is given."""
    rows = Refund.objects.select_related("tender__order__customer", "person").order_by("-pk")
    return rows.filter(state=state) if state else rows


def refunds_needing_a_person(now: datetime) -> QuerySet[Refund]:
    """Held ones, and those that a provider has left unanswered for too long; oldest first."""
    unanswered = Q(state__in=IN_FLIGHT, created_at__lte=now - LONG_UNKNOWN)
    rows = Refund.objects.filter(Q(state=State.HELD) | unanswered)
    return rows.select_related("tender__order__customer", "person", "redirect").order_by("created_at", "pk")


def sum_by_state() -> dict[tuple[str, str], Money]:
    """The refunds' sums by currency and state, for finance."""
    rows = Refund.objects.values_list("tender__order__currency", "state").annotate(Sum("amount_minor"))
    return {(currency, state): Money(total, currency) for currency, state, total in rows}


def _facts(order: Order, counters: Iterable[TenderMoney]) -> MoneyFacts:
    rows = list(counters)
    return MoneyFacts(
        captured=order.money(sum(row.captured_minor for row in rows)),
        refunded=order.money(sum(row.succeeded_minor + row.external_minor for row in rows)),
        reserved=order.money(sum(row.reserved_minor + row.submitted_minor for row in rows)),
        left=order.money(sum(row.left_minor for row in rows)),
    )
