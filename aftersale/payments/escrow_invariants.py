"""Escrow holds, for each order, what was captured and neither went back nor on to the suppliers."""

from collections.abc import Iterator
from typing import Any

from django.db.models import (
    BigIntegerField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce, Concat

from aftersale.base.invariants import Checked, first_few
from aftersale.ledger.models import Account, AccountKind, Entry
from aftersale.orders.models import Order
from aftersale.payments.models import TenderMoney

_SUPPLIERS = (AccountKind.SUPPLIER_PAYABLE, AccountKind.FEES)
_NAME = "escrow:order:"


def look() -> Checked:
    escrows = Account.objects.filter(kind=AccountKind.ESCROW)
    held = F("captured_minor") - F("succeeded_minor") - F("external_minor") - F("lost_minor")
    counters: QuerySet[Any] = TenderMoney.objects.annotate(
        escrow=Concat(Value(_NAME), "tender__order__code")
    ).filter(escrow=OuterRef("name"))
    wrong = escrows.annotate(
        held=_sum(counters, "escrow", held),
        out=_sum(
            Entry.objects.filter(debit=OuterRef("pk"), credit__kind__in=_SUPPLIERS),
            "debit",
            F("amount_minor"),
        ),
        back=_sum(
            Entry.objects.filter(credit=OuterRef("pk"), debit__kind__in=_SUPPLIERS),
            "credit",
            F("amount_minor"),
        ),
    ).exclude(balance_minor=F("held") - F("out") + F("back"))
    return Checked(escrows.count(), first_few([*_wrong(wrong), *_unopened()]))


def _wrong(escrows: "QuerySet[Any]") -> Iterator[tuple[str, str]]:
    for each in first_few_of(escrows):
        should = each.held - each.out + each.back
        yield each.name, f"it holds {each.balance_minor}, its order's payments and refunds leave {should}"


def first_few_of(rows: "QuerySet[Any]") -> "QuerySet[Any]":
    return rows.order_by("pk")[:20]


def _unopened() -> Iterator[tuple[str, str]]:
    escrow = Account.objects.filter(name=Concat(Value(_NAME), OuterRef("code")))
    paid = Exists(TenderMoney.objects.filter(tender__order=OuterRef("pk"), captured_minor__gt=0))
    for order in Order.objects.filter(paid, ~Exists(escrow)).order_by("pk")[:20]:
        yield f"order {order.code}", "it was paid, and there is no escrow of it"


def _sum(rows: "QuerySet[Any]", by: str, what: Any) -> Coalesce:
    total = rows.order_by().values(by).annotate(total=Sum(ExpressionWrapper(what, BigIntegerField())))
    return Coalesce(Subquery(total.values("total")), 0, output_field=BigIntegerField())
