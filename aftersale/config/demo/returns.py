"""Returns in every state, made through the verbs that people use, at the times at which they would have."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from aftersale.accounts.models import User
from aftersale.base.ports import FixedClock, Ports
from aftersale.config.demo.drafts import Box, Draft, Item
from aftersale.config.demo.goods import BY_SKU
from aftersale.config.demo.people import BUYERS, PLACES
from aftersale.orders.models import EventSource, Order
from aftersale.returns.models import Return
from aftersale.returns.services import (
    Finding,
    Wish,
    hand_over,
    inspect_return,
    issue_rma,
    receive_return,
    refuse_rma,
    request_return,
)


@dataclass(frozen=True, slots=True)
class Story:
    """An order, what its buyer asks back, and how far that has come. Each number is days ago."""

    code: str
    buyer: str
    sku: str
    reason: str
    delivered: int
    asked: int
    units: int = 1
    pays_by: tuple[tuple[str, int], ...] = (("card", 1000),)
    supplier_says: str = ""
    answered: int = 0
    sent: int = 0
    received: int = 0
    inspected: int = 0


STORIES = [
    # To be sent back.
    Story("WM-11001", "bob@example.com", "SK-618", "unwanted", delivered=14, asked=2),
    # On its way back, with a price that its two units do not share evenly.
    Story("WM-11002", "bob@example.com", "LM-101", "defective", delivered=18, asked=9, sent=3, units=2),
    # Arrived at the supplier, who has to look at it.
    Story("WM-11003", "greta@example.com", "NO-722", "defective", delivered=21, asked=15, sent=9, received=2),
    # Looked at: the refund is on its way, to balance and card.
    Story(
        "WM-11004",
        "jonas@example.com",
        "SK-605",
        "wrong",
        delivered=30,
        asked=24,
        sent=20,
        received=12,
        inspected=1,
        units=3,
    ),
    # The supplier in mainland China has to answer.
    Story("WM-11005", "wang.li@example.com", "LM-131", "unwanted", delivered=11, asked=1),
    # The supplier said no.
    Story(
        "WM-11006",
        "beatriz@example.com",
        "KA-409",
        "unwanted",
        delivered=17,
        asked=8,
        supplier_says="no",
        answered=6,
    ),
    # The supplier issued a number.
    Story(
        "WM-11007",
        "chen.wei@example.com",
        "YH-312",
        "unwanted",
        delivered=13,
        asked=7,
        supplier_says="yes",
        answered=5,
    ),
    # Paid from the balance: refused at once, with the reason.
    Story(
        "WM-11008",
        "elena@example.com",
        "UL-951",
        "defective",
        delivered=5,
        asked=1,
        pays_by=(("balance", 1000),),
    ),
    # Missing, from a supplier elsewhere: a claim, taken up in a thread.
    Story("WM-11009", "tanaka@example.com", "KA-420", "missing", delivered=6, asked=2),
    # Part balance, part card: the card's part comes back.
    Story(
        "WM-11010",
        "carol@example.com",
        "FC-507",
        "unwanted",
        delivered=10,
        asked=3,
        pays_by=(("balance", 333), ("card", 667)),
    ),
]


def orders_to_return(now: datetime) -> Iterator[Draft]:
    """The orders of the stories."""
    buyers = {buyer.email: buyer for buyer in BUYERS}
    for story in STORIES:
        buyer = buyers[story.buyer]
        delivered_at = _ago(now, story.delivered)
        yield Draft(
            code=story.code,
            buyer=buyer,
            place=PLACES[buyer.place],
            ordered_at=delivered_at - timedelta(days=6),
            items=[Item(BY_SKU[story.sku], story.units)],
            shares=story.pays_by,
            boxes=[Box((0,), delivered_at - timedelta(days=4), delivered_at)],
        )


def make_returns(*, ports: Ports) -> None:
    """Tell every story as far as it has come."""
    for story in STORIES:
        _Telling(story, ports).tell()


def _ago(now: datetime, days: int) -> datetime:
    """So many days ago, two hours before the time it is now."""
    return now.replace(second=0, microsecond=0) - timedelta(days=days, hours=2)


class _Telling:
    def __init__(self, story: Story, ports: Ports) -> None:
        self._story, self._ports = story, ports
        self._order = Order.objects.select_related("customer").get(code=story.code)
        self._supplier = self._order.groups.select_related("supplier").get().supplier

    def tell(self) -> None:
        story = self._story
        case = request_return(
            ports=self._at(story.asked),
            by=self._order.customer,
            order=self._order,
            supplier=self._supplier.code,
            wishes=[Wish(1, story.units, story.reason)],
            intent=f"demo:{story.code}",
        )
        if story.supplier_says == "yes":
            ports = self._at(story.answered)
            issue_rma(ports=ports, by=self._person(), case=case, number=f"RMA-{story.code[-4:]}")
        if story.supplier_says == "no":
            answer = "The seal is broken: we cannot sell it as new."
            refuse_rma(ports=self._at(story.answered), by=self._person(), case=case, answer=answer)
        if story.sent:
            self._send(case)

    def _send(self, case: Return) -> None:
        story, ports = self._story, self._at(self._story.sent)
        hand_over(
            ports=ports,
            by=self._order.customer,
            case=case,
            at=ports.clock.now(),
            source=EventSource.CUSTOMER,
            carrier="DHL",
            tracking_number=f"RT{story.code[-5:]}",
        )
        if story.received:
            receive_return(ports=self._at(story.received), by=self._person(), case=case)
        if story.inspected:
            findings = [Finding(row.pk, row.units, row.reason) for row in case.lines.all()]
            inspect_return(ports=self._at(story.inspected), by=self._person(), case=case, findings=findings)

    def _person(self) -> User:
        """Someone of the supplier's, else the marketplace's agent."""
        theirs = User.objects.filter(supplier=self._supplier).order_by("pk").first()
        return theirs or User.objects.get(email="mia@example.com")

    def _at(self, days_ago: int) -> Ports:
        return Ports(FixedClock(_ago(self._ports.clock.now(), days_ago)), self._ports.ids)
