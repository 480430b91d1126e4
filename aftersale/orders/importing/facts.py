"""The facts of one order as imported, and the fingerprint by which they are known again."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aftersale.base.money import Money
from aftersale.orders.importing.tables import (
    ComponentRow,
    EventRow,
    LineRow,
    OrderRow,
    ParcelRow,
    TenderRow,
)


@dataclass(frozen=True, slots=True)
class GroupFacts:
    """One supplier's part of an order, with its country and terms when it was ordered."""

    supplier: str
    country: str
    terms: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFacts:
    """Everything an import says about one order. Parcels and events may grow later; the rest may not."""

    order: OrderRow
    groups: tuple[GroupFacts, ...]
    lines: tuple[LineRow, ...]
    components: tuple[ComponentRow, ...]
    tenders: tuple[TenderRow, ...]
    parcels: tuple[ParcelRow, ...] = ()
    events: tuple[EventRow, ...] = ()

    @property
    def code(self) -> str:
        return self.order.code

    @property
    def price(self) -> Money:
        """What the components cost together."""
        return Money(sum(c.net + c.tax - c.discount for c in self.components), self.order.currency)

    @property
    def paid(self) -> Money:
        """What the tenders paid together."""
        return Money(sum(tender.captured for tender in self.tenders), self.order.currency)

    @property
    def unpaid(self) -> Money:
        """What the customer has still to pay."""
        return Money(self.order.unpaid, self.order.currency)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of what never changes: no parcels, no cancellation, no completion."""
        text = json.dumps(self.parts(), ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def parts(self) -> dict[str, list[Any]]:
        """The unchanging facts by table, in an order that does not depend on the files."""
        order = self.order
        # Orders that came in before there was such a column keep their fingerprints.
        unpaid = [order.unpaid] if order.unpaid else []
        return {
            "orders": [order.customer, order.currency, order.zone, _utc(order.ordered_at), *unpaid],
            "suppliers": _sorted([g.supplier, g.country, g.terms] for g in self.groups),
            "lines": _sorted([x.number, x.supplier, x.sku, x.title, x.units] for x in self.lines),
            "components": _sorted(
                [c.kind, c.line or 0, c.supplier or "", c.net, c.tax, c.discount] for c in self.components
            ),
            "tenders": _sorted(
                [t.number, t.kind, t.captured, t.provider, t.reference, t.brand, t.last_four]
                for t in self.tenders
            ),
        }


def _sorted(rows: Iterable[list[Any]]) -> list[list[Any]]:
    return sorted(rows)


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
