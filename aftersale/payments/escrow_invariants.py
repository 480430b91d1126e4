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
from django.db.models.functions import Coalesce, Concat, Substr

from aftersale.base.invariants import Checked, first_few
from aftersale.ledger.models import Account, AccountKind, Entry
from aftersale.orders.models import Order
from aftersale.payments.models import TenderMoney

_SUPPLIERS = (AccountKind.SUPPLIER_PAYABLE, AccountKind.FEES)
_NAME = "escrow:order:"


def look() -> Checked:
    """Compare each escrow's balance with its order's counters and what its suppliers got."""
    escrows = Account.objects.filter(kind=AccountKind.ESCROW)
    # The order's code is cut out of the account's name, not the name put together: so both find an index.
    counters = TenderMoney.objects.filter(tender__order__code=Substr(OuterRef("name"), len(_NAME) + 1))
    kept = F("captured_minor") - F("succeeded_minor") - F("external_minor") - F("lost_minor")
    out = Entry.objects.filter(debit=OuterRef("pk"), credit__kind__in=_SUPPLIERS)
    back = Entry.objects.filter(credit=OuterRef("pk"), debit__kind__in=_SUPPLIERS)
    wrong = escrows.annotate(
        should=_sum(counters, "tender__order", kept)
        - _sum(out, "debit", F("amount_minor"))
        + _sum(back, "credit", F("amount_minor"))
    ).exclude(balance_minor=F("should"))
    return Checked(escrows.count(), first_few([*_wrong(wrong), *_unopened()]))


def _wrong(escrows: "QuerySet[Any]") -> Iterator[tuple[str, str]]:
    for each in escrows.order_by("pk")[:20]:
        yield (
            each.name,
            f"it holds {each.balance_minor}, its order's payments and refunds leave {each.should}",
        )


def _unopened() -> Iterator[tuple[str, str]]:
    escrow = Account.objects.filter(name=Concat(Value(_NAME), OuterRef("code")))
    paid = Exists(TenderMoney.objects.filter(tender__order=OuterRef("pk"), captured_minor__gt=0))
    for order in Order.objects.filter(paid, ~Exists(escrow)).order_by("pk")[:20]:
        yield f"order {order.code}", "it was paid, and there is no escrow of it"


def _sum(rows: "QuerySet[Any]", by: str, what: Any) -> Coalesce:
    total = rows.order_by().values(by).annotate(total=Sum(ExpressionWrapper(what, BigIntegerField())))
    return Coalesce(Subquery(total.values("total")), 0, output_field=BigIntegerField())
