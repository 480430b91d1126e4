"""The many orders of the demo's customers: every means of payment, every fate of a parcel, from one seed."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from random import Random

from aftersale.config.demo.drafts import Box, Draft, Item
from aftersale.config.demo.goods import ALL_GOODS
from aftersale.config.demo.people import ANN, BUYERS, PLACES, Buyer

ORDERS = 280

_WAYS_TO_PAY: list[tuple[int, Sequence[tuple[str, int]]]] = [
    (50, [("card", 1000)]),
    (10, [("card-2", 1000)]),
    (14, [("bank_transfer", 1000)]),
    (10, [("balance", 1000)]),
    (9, [("balance", 333), ("card", 667)]),
    (3, [("balance", 128), ("bank_transfer", 872)]),
    (2, [("card", 500), ("card-3", 500)]),
    (2, [("balance", 77), ("card", 411), ("bank_transfer", 512)]),
]


class Crowd:
    """Makes up orders up to `now`."""

    def __init__(self, *, now: datetime, seed: int) -> None:
        self._now = now
        self._random = Random(seed)  # noqa: S311 - the same demo for everybody
        self._fates: list[tuple[int, Callable[[Draft], None]]] = [
            (34, self._delivered_lately),
            (14, self._delivered_long_ago),
            (15, self._completed),
            (12, self._in_transit),
            (7, self._not_dispatched),
            (8, self._split_into_parcels),
            (5, self._cancelled),
            (3, self._without_delivery_date),
            (2, self._lost),
        ]

    def orders(self) -> Iterator[Draft]:
        buyers = [buyer for buyer in BUYERS if buyer != ANN]
        for number in range(ORDERS):
            yield self._order(f"WM-{20417 + number * 13}", self._random.choice(buyers))

    def _order(self, code: str, buyer: Buyer) -> Draft:
        draft = Draft(
            code=code,
            buyer=buyer,
            place=PLACES[buyer.place],
            ordered_at=self._now,
            items=self._items(),
            shares=self._pick(_WAYS_TO_PAY),
            shipping_cents=self._random.choice([0, 390, 490, 795]),
            fee_cents=self._random.choice([0, 0, 0, 0, 99]),
        )
        self._pick(self._fates)(draft)
        return draft

    def _items(self) -> list[Item]:
        """One to four articles, now and then of several suppliers, some more than once."""
        first = self._random.choice(ALL_GOODS)
        shelf = [goods for goods in ALL_GOODS if goods.supplier == first.supplier]
        if self._random.random() < 0.25:
            shelf = ALL_GOODS
        more = [goods for goods in shelf if goods != first]
        chosen = [first, *self._random.sample(more, min(len(more), self._pick([(60, 0), (25, 1), (15, 2)])))]
        return [
            Item(goods, self._pick([(75, 1), (15, 2), (10, 3)]), self._pick([(80, 0), (12, 7), (8, 15)]))
            for goods in chosen
        ]

    def _pick[Choice](self, weighted: list[tuple[int, Choice]]) -> Choice:
        weights = [weight for weight, _ in weighted]
        return self._random.choices([choice for _, choice in weighted], weights)[0]

    def _ago(self, least: int, most: int) -> datetime:
        """A moment so many days ago, at some minute of that day."""
        minutes = self._random.randrange(least * 1440, most * 1440)
        return (self._now - timedelta(minutes=minutes)).replace(second=0, microsecond=0)

    def _delivered(self, draft: Draft, delivered_at: datetime) -> None:
        """One parcel from each supplier, all on the same way; the last arrives at `delivered_at`."""
        draft.ordered_at = delivered_at - timedelta(days=self._random.randint(3, 12), hours=5)
        dispatched_at = draft.ordered_at + timedelta(hours=self._random.randint(20, 50))
        draft.boxes = [
            Box(items, dispatched_at, max(dispatched_at, delivered_at - timedelta(hours=3 * place)))
            for place, items in enumerate(_by_supplier(draft))
        ]

    def _delivered_lately(self, draft: Draft) -> None:
        self._delivered(draft, self._ago(1, 50))

    def _delivered_long_ago(self, draft: Draft) -> None:
        self._delivered(draft, self._ago(58, 74))

    def _completed(self, draft: Draft) -> None:
        delivered_at = self._ago(20, 108)
        self._delivered(draft, delivered_at)
        draft.marked_delivered_at = delivered_at + timedelta(days=self._random.randint(1, 14), minutes=37)

    def _in_transit(self, draft: Draft) -> None:
        dispatched_at = self._ago(1, 9)
        draft.ordered_at = dispatched_at - timedelta(hours=self._random.randint(18, 60))
        draft.boxes = [Box(items, dispatched_at) for items in _by_supplier(draft)]

    def _not_dispatched(self, draft: Draft) -> None:
        draft.ordered_at = self._ago(0, 3)

    def _split_into_parcels(self, draft: Draft) -> None:
        """One parcel an article; of several, the last is still under way."""
        dispatched_at = self._ago(6, 20)
        draft.ordered_at = dispatched_at - timedelta(hours=30)
        arrivals = [dispatched_at + timedelta(days=4, hours=7 * place) for place in range(len(draft.items))]
        draft.boxes = [Box((place,), dispatched_at, at) for place, at in enumerate(arrivals)]
        if len(draft.items) > 1:
            draft.boxes[-1] = Box((len(draft.items) - 1,), dispatched_at)

    def _cancelled(self, draft: Draft) -> None:
        draft.ordered_at = self._ago(4, 100)
        draft.cancelled_at = draft.ordered_at + timedelta(hours=self._random.randint(1, 30))

    def _without_delivery_date(self, draft: Draft) -> None:
        dispatched_at = self._ago(25, 60)
        draft.ordered_at = dispatched_at - timedelta(hours=40)
        draft.boxes = [Box(items, dispatched_at) for items in _by_supplier(draft)]

    def _lost(self, draft: Draft) -> None:
        dispatched_at = self._ago(15, 40)
        draft.ordered_at = dispatched_at - timedelta(hours=33)
        lost_at = dispatched_at + timedelta(days=9)
        draft.boxes = [Box(items, dispatched_at, lost_at=lost_at) for items in _by_supplier(draft)]


def _by_supplier(draft: Draft) -> list[tuple[int, ...]]:
    """The places of the items that each supplier sends."""
    sent: dict[str, list[int]] = {}
    for place, item in enumerate(draft.items):
        sent.setdefault(item.goods.supplier, []).append(place)
    return [tuple(places) for places in sent.values()]
