"""Reads about removals, and about what a card is in the middle of."""

from dataclasses import dataclass

from django.db.models import F, QuerySet

from aftersale.accounts.models import Role, User
from aftersale.base.errors import NotYours
from aftersale.cards.models import RemovalRequest
from aftersale.cards.states import ASKING, OPEN, WITH_TEAM, RemovalState
from aftersale.orders.models import Order, TenderKind
from aftersale.payments.card_models import SavedCard
from aftersale.payments.charge_models import Charge
from aftersale.payments.charge_queries import charges_touching, unpaid_orders
from aftersale.payments.models import Refund
from aftersale.payments.states import LIVE

TEAM = (Role.AGENT, Role.FINANCE)


@dataclass(frozen=True, slots=True)
class Touched:
    """What freezing or removing a card meets: orders that were paid with it, refunds on their way to it,
    charges of it that are under way or wait for their time, and orders that are not paid yet.
    """

    orders: tuple[Order, ...]
    refunds: tuple[Refund, ...]
    charges: tuple[Charge, ...]
    unpaid: tuple[Order, ...]

    @property
    def nothing(self) -> bool:
        return not (self.orders or self.refunds or self.charges or self.unpaid)


def removals_of(viewer: User) -> QuerySet[RemovalRequest]:
    """The requests that this person may see, newest first: one's own, or for the team those submitted."""
    rows = RemovalRequest.objects.select_related("card", "customer", "confirmed_by").order_by("-pk")
    if viewer.role in TEAM:
        return rows.exclude(state__in=ASKING).exclude(state=RemovalState.EXPIRED)
    return rows.filter(customer=viewer)


def removals_with_team() -> QuerySet[RemovalRequest]:
    """What the payments team has before it, the most urgent first."""
    rows = RemovalRequest.objects.select_related("card", "customer").filter(state__in=WITH_TEAM)
    return rows.order_by(F("team_due_at").asc(nulls_last=True), "pk")


def removal_for(viewer: User, reference: str) -> RemovalRequest:
    """The request of this name, if this person may see it. Raises NotYours."""
    found = removals_of(viewer).filter(reference=reference).first()
    if found is None:
        raise NotYours(f"there is no request {reference}")
    return found


def open_removal_of(card: SavedCard) -> RemovalRequest | None:
    """The open request for this card."""
    rows = RemovalRequest.objects.select_related("card", "customer")
    return rows.filter(card=card, state__in=OPEN).first()


def touched_by(card: SavedCard) -> Touched:
    """The customer's open orders that were paid with a card like this one, and refunds that go back to it."""
    orders = Order.objects.filter(
        customer=card.customer,
        cancelled_at=None,
        marked_delivered_at=None,
        **{f"tenders__{name}": value for name, value in like(card).items()},
    ).distinct()
    refunds = Refund.objects.filter(
        tender__order__customer=card.customer,
        state__in=LIVE,
        **{f"tender__{name}": value for name, value in like(card).items()},
    )
    return Touched(
        orders=tuple(orders[:20]),
        refunds=tuple(refunds.select_related("tender__order")[:20]),
        charges=tuple(charges_touching(card)),
        unpaid=tuple(unpaid_orders(card.customer)),
    )


def like(card: SavedCard) -> dict[str, str]:
    """What a tender says of a card such as this one; shops write brands in letters of their own."""
    return {"kind": TenderKind.CARD, "brand__iexact": card.brand, "last_four": card.last_four}
