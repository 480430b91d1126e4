"""An order while it is made up: priced to the cent, and written as a document of our own JSON Lines."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from aftersale.base.money import Money
from aftersale.config.demo.goods import Goods
from aftersale.config.demo.people import Buyer, Place

# Minor units of a currency for 1000 euro cents.
_FOR_1000_CENTS = {"EUR": 1000, "CNY": 7831, "BRL": 6173, "JPY": 1634}
_CARDS = {
    "card": ("Visa", "4242"),
    "card-2": ("Mastercard", "4444"),
    "card-3": ("UnionPay", "0005"),
}


@dataclass(frozen=True, slots=True)
class Item:
    """So many units of one article."""

    goods: Goods
    units: int = 1
    discount_percent: int = 0


@dataclass(frozen=True, slots=True)
class Box:
    """A parcel: which items (by place, from 0), when it left, arrived or was lost; None for not yet."""

    items: tuple[int, ...]
    dispatched_at: datetime
    delivered_at: datetime | None = None
    lost_at: datetime | None = None


@dataclass(slots=True)
class Draft:
    """A made-up order. `shares` are its means of payment with their parts per thousand of the total.

    The share `unpaid` is still to be paid.
    """

    code: str
    buyer: Buyer
    place: Place
    ordered_at: datetime
    items: Sequence[Item]
    shares: Sequence[tuple[str, int]]
    boxes: Sequence[Box] = ()
    cancelled_at: datetime | None = None
    marked_delivered_at: datetime | None = None
    shipping_cents: int = 490
    fee_cents: int = 0
    _total: int = field(default=0, init=False)

    def document(self) -> dict[str, Any]:
        """The order as one line of an import file."""
        self._total = 0
        priced = {
            "lines": [self._line(number, item) for number, item in enumerate(self.items, 1)],
            "shipping": [{"supplier": one, **self._price(self.shipping_cents)} for one in self._suppliers()],
            "fees": [self._price(self.fee_cents)] if self.fee_cents else [],
        }
        paid, unpaid = self._paid()
        return {
            "type": "order",
            "code": self.code,
            "customer": self.buyer.code,
            "currency": self.place.currency,
            "zone": self.place.zone,
            "ordered_at": _told(self.ordered_at),
            "cancelled_at": _told(self.cancelled_at),
            "marked_delivered_at": _told(self.marked_delivered_at),
            "unpaid": self._amount(unpaid) if unpaid else None,
            **priced,
            "tenders": paid,
            "parcels": [self._parcel(number, box) for number, box in enumerate(self.boxes, 1)],
        }

    def _suppliers(self) -> list[str]:
        return list(dict.fromkeys(item.goods.supplier for item in self.items))

    def _line(self, number: int, item: Item) -> dict[str, Any]:
        return {
            "number": number,
            "supplier": item.goods.supplier,
            "sku": item.goods.sku,
            "title": item.goods.title,
            "units": item.units,
            **self._price(item.goods.cents, units=item.units, discount_percent=item.discount_percent),
        }

    def _price(self, cents: int, *, units: int = 1, discount_percent: int = 0) -> dict[str, str]:
        """Net, tax and discount of so many units; what they leave to pay is added to the total."""
        gross = cents * _FOR_1000_CENTS[self.place.currency] // 1000 * units
        net = gross * 100 // (100 + self.place.tax_percent)
        discount = gross * discount_percent // 100
        self._total += gross - discount
        return {
            "net": self._amount(net),
            "tax": self._amount(gross - net),
            "discount": self._amount(discount),
        }

    def _paid(self) -> tuple[list[dict[str, Any]], int]:
        """The payments, and what is unpaid. The last share takes what those before it leave."""
        left, tenders, unpaid = self._total, list[dict[str, Any]](), 0
        for number, (kind, share) in enumerate(self.shares, 1):
            paid = left if number == len(self.shares) else self._total * share // 1000
            left -= paid
            if kind == "unpaid":
                unpaid += paid
                continue
            brand, last_four = _CARDS.get(kind, ("", ""))
            tenders.append(
                {
                    "number": number,
                    "kind": "card" if brand else kind,
                    "captured": self._amount(paid),
                    "reference": f"ch_{self.code}_{number}",
                    "brand": brand or None,
                    "last_four": last_four or None,
                }
            )
        return tenders, unpaid

    def _parcel(self, number: int, box: Box) -> dict[str, Any]:
        carrier = self.place.carriers[number % len(self.place.carriers)]
        events = [("dispatched", box.dispatched_at), ("delivered", box.delivered_at), ("lost", box.lost_at)]
        if box.delivered_at and box.delivered_at - box.dispatched_at > timedelta(days=2):
            events.insert(1, ("out_for_delivery", box.delivered_at - timedelta(hours=5)))
        return {
            "code": f"P{number}",
            "supplier": self.items[box.items[0]].goods.supplier,
            "carrier": carrier,
            "tracking_number": f"{carrier[:2].upper()}{self.code.removeprefix('WM-')}0{number}",
            "lines": [item + 1 for item in box.items],
            "events": [{"kind": kind, "at": _told(at), "source": "carrier"} for kind, at in events if at],
        }

    def _amount(self, minor: int) -> str:
        return str(Money(minor, self.place.currency).decimal)


def _told(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="minutes") if moment else None
