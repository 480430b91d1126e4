"""Ann's orders: one for each case that the policy tells apart. The codes are known to the documents."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from aftersale.config.demo.drafts import Box, Draft, Item
from aftersale.config.demo.goods import BY_SKU
from aftersale.config.demo.people import ANN, PLACES


def orders_of_ann(now: datetime) -> Iterator[Draft]:
    """Each case by its name."""
    made = _Made(now)
    yield from _by_rule(made)
    yield from _by_fate(made)


def _by_rule(made: "_Made") -> Iterator[Draft]:
    """What the policy tells apart by the means of payment, the days, the supplier."""
    # By card, in time, any_reason terms: refunded in full, whatever the reason.
    yield made.delivered("WM-10001", 12, [Item(BY_SKU["SK-611"])])
    # One of several is wrong, from a mainland supplier: by card it goes alone; for an RMA all go together.
    wrong = [Item(BY_SKU["LM-101"]), Item(BY_SKU["LM-114"]), Item(BY_SKU["LM-131"])]
    yield made.delivered("WM-10002", 9, wrong)
    # Unwanted, and the supplier takes back only what is defective or wrong: the supplier is asked.
    yield made.delivered("WM-10003", 20, [Item(BY_SKU["NO-701"])])
    # Paid from the balance: cannot be returned, and the page says what else helps.
    yield made.delivered("WM-10004", 6, [Item(BY_SKU["WL-204"])], shares=[("balance", 1000)])
    # By bank transfer, day 58: two more days for what is defective or wrong.
    yield made.delivered("WM-10005", 58, [Item(BY_SKU["YH-312"])], shares=[("bank_transfer", 1000)])
    # By bank transfer, day 61: one day too late, defective or not.
    yield made.delivered("WM-10006", 61, [Item(BY_SKU["YH-318"])], shares=[("bank_transfer", 1000)])
    # Balance and card: each decided by its own rule, exact to the cent.
    split = [("balance", 333), ("card", 667)]
    yield made.delivered("WM-10007", 15, [Item(BY_SKU["KA-401"]), Item(BY_SKU["KA-420"])], shares=split)
    # Three units of one line, at a price that three does not divide.
    yield made.delivered("WM-10008", 11, [Item(BY_SKU["SK-605"], 3, 7)])
    # In yen, delivered in Tokyo: no cents, another calendar day.
    yield made.delivered("WM-10009", 8, [Item(BY_SKU["NS-901"]), Item(BY_SKU["NS-907"], 2)], place="JP")
    # Marked delivered: the card rule has ended, though the 60 days have not.
    completed = made.delivered("WM-10010", 25, [Item(BY_SKU["UL-955"])])
    completed.marked_delivered_at = made.ago(10)
    yield completed
    # One of two is missing in the parcel, from a mainland supplier: the way to an RMA.
    yield made.delivered("WM-10011", 4, [Item(BY_SKU["LM-120"], 2)])
    # By card, day 61: late, but a mainland supplier may still issue an RMA for what is defective.
    yield made.delivered("WM-10016", 61, [Item(BY_SKU["YH-330"])])


def _by_fate(made: "_Made") -> Iterator[Draft]:
    """What became of the parcels."""
    # Left long ago, and the carrier never told of a delivery: the window has not begun.
    yield made.under_way("WM-10012", 33, [Item(BY_SKU["FC-501"])])
    # In transit: a tracking inquiry, not a return.
    yield made.under_way("WM-10013", 3, [Item(BY_SKU["SA-809"])])
    # Two suppliers, one order: two returns.
    yield made.two_suppliers("WM-10014", [Item(BY_SKU["LM-140"], 2), Item(BY_SKU["SK-618"])])
    # Just ordered: can be cancelled, and goes back whole.
    yield made.just_ordered("WM-10015", [Item(BY_SKU["KA-415"])])
    # Cancelled before it left.
    cancelled = made.just_ordered("WM-10017", [Item(BY_SKU["FC-519"])], days_ago=30)
    cancelled.cancelled_at = cancelled.ordered_at + timedelta(hours=6)
    yield cancelled
    # Not paid: its bank gives no reason, money lacks for an hour, nothing tried, the rest of a balance.
    for code, sku in (("WM-10018", "KA-420"), ("WM-10019", "LM-114"), ("WM-10020", "SA-809")):
        yield made.just_ordered(code, [Item(BY_SKU[sku])], days_ago=1, shares=[("unpaid", 1000)])
    rest = [("balance", 400), ("unpaid", 600)]
    yield made.just_ordered("WM-10021", [Item(BY_SKU["SK-618"], 2)], days_ago=1, shares=rest)


class _Made:
    def __init__(self, now: datetime) -> None:
        self._now = now

    def ago(self, days: int, place: str = "DE") -> datetime:
        """Noon, so many calendar days ago at that place: today is day `days` after it."""
        local = self._now.astimezone(ZoneInfo(PLACES[place].zone))
        return local.replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=days)

    def delivered(
        self,
        code: str,
        days_ago: int,
        items: list[Item],
        *,
        shares: list[tuple[str, int]] | None = None,
        place: str = "DE",
    ) -> Draft:
        """All in one parcel, delivered so many days ago."""
        sent_at, arrived_at = self.ago(days_ago + 4, place), self.ago(days_ago, place)
        box = Box(tuple(range(len(items))), sent_at, arrived_at)
        return self._draft(code, self.ago(days_ago + 6, place), items, [box], shares, place)

    def under_way(self, code: str, days_ago: int, items: list[Item]) -> Draft:
        box = Box(tuple(range(len(items))), self.ago(days_ago))
        return self._draft(code, self.ago(days_ago + 2), items, [box])

    def two_suppliers(self, code: str, items: list[Item]) -> Draft:
        boxes = [Box((0,), self.ago(20), self.ago(14)), Box((1,), self.ago(19), self.ago(17))]
        return self._draft(code, self.ago(21), items, boxes)

    def just_ordered(
        self,
        code: str,
        items: list[Item],
        *,
        days_ago: int = 0,
        shares: list[tuple[str, int]] | None = None,
    ) -> Draft:
        return self._draft(code, self._now - timedelta(days=days_ago, hours=2), items, [], shares)

    def _draft(
        self,
        code: str,
        ordered_at: datetime,
        items: list[Item],
        boxes: list[Box],
        shares: list[tuple[str, int]] | None = None,
        place: str = "DE",
    ) -> Draft:
        return Draft(
            code=code,
            buyer=ANN,
            place=PLACES[place],
            ordered_at=ordered_at,
            items=items,
            shares=shares or [("card", 1000)],
            boxes=boxes,
        )
