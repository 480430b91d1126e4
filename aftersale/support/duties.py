"""What ends before a person can be erased: money owed either way, goods under way, saved cards."""

from collections.abc import Iterator
from dataclasses import dataclass

from aftersale.accounts.models import User
from aftersale.cards.models import RemovalRequest
from aftersale.cards.states import OPEN as OPEN_REMOVALS
from aftersale.payments.card_models import ON_LIST, SavedCard
from aftersale.payments.charge_models import Charge
from aftersale.payments.charge_queries import unpaid_orders
from aftersale.payments.charge_states import CHARGE_LIVE
from aftersale.payments.models import Refund
from aftersale.payments.redirect_models import Redirect, RedirectState
from aftersale.payments.states import LIVE
from aftersale.returns.models import Return

_AT_MOST = 20
_PAID = (RedirectState.PAID, RedirectState.SENT_BACK)


@dataclass(frozen=True, slots=True)
class Duty:
    """One thing that is not over: `kind` is return, refund, redirect, charge, order, removal or card."""

    kind: str
    name: str
    path: str


def duties_of(person: User) -> list[Duty]:
    """All that stands against erasing this person now, of each kind the first twenty."""
    return list(_duties(person))


def _duties(person: User) -> Iterator[Duty]:
    for case in Return.objects.filter(order__customer=person, closed_at=None)[:_AT_MOST]:
        yield Duty("return", case.reference, f"/account/returns/{case.reference}/")
    mine = Refund.objects.filter(tender__order__customer=person)
    for refund in mine.filter(state__in=LIVE).select_related("tender__order")[:_AT_MOST]:
        yield Duty("refund", refund.reference, f"/account/orders/{refund.tender.order.code}/")
    redirects = Redirect.objects.filter(refund__in=mine).exclude(state__in=_PAID)
    for redirect in redirects.select_related("refund__tender__order")[:_AT_MOST]:
        yield Duty("redirect", redirect.reference, f"/account/orders/{redirect.refund.tender.order.code}/")
    for charge in Charge.objects.filter(order__customer=person, state__in=CHARGE_LIVE)[:_AT_MOST]:
        yield Duty("charge", charge.reference, f"/account/payments/{charge.reference}/")
    for order in unpaid_orders(person)[:_AT_MOST]:
        yield Duty("order", order.code, f"/account/orders/{order.code}/pay/")
    open_removals = RemovalRequest.objects.filter(customer=person, state__in=OPEN_REMOVALS)
    for removal in open_removals[:_AT_MOST]:
        yield Duty("removal", removal.reference, f"/account/cards/removals/{removal.reference}/")
    removing = open_removals.values("card")
    for card in SavedCard.objects.filter(customer=person, state__in=ON_LIST).exclude(pk__in=removing)[
        :_AT_MOST
    ]:
        yield Duty("card", card.reference, f"/account/cards/{card.reference}/remove/")
