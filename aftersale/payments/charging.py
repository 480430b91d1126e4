"""Verbs about paying what an order still owes by a saved card. The worker has charge_settling.py.

They are called outside any transaction, as they ask the payment provider; the charge they answer says how it
stands: `succeeded`, `declined`, `requires_action` (send the customer to its `action_address`), `pending` or
`unknown` (it is being looked into: nothing else may be paid meanwhile).
"""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from aftersale.accounts.models import User
from aftersale.base.errors import NotYours
from aftersale.base.ports import Ports, assert_outside_transaction
from aftersale.orders.models import Order
from aftersale.payments.card_models import SavedCard
from aftersale.payments.charge_models import Charge
from aftersale.payments.charge_moves import locked_charge, locked_order, move_charge
from aftersale.payments.charge_queries import live_charge, owes_for
from aftersale.payments.charge_settling import (
    LEASE,
    ask_for,
    charge_due,
    expect_charge_news,
    look_at,
    reconcile_due_charges,
)
from aftersale.payments.charge_states import CHARGE_IN_FLIGHT, ChargeState, GivenUp
from aftersale.payments.errors import CardNotChargeable, ChargeUnderWay, NothingOwed, NotNow, TooOften
from aftersale.payments.fingerprints import fingerprint_of
from aftersale.payments.providers.charges import ChargeProvider
from aftersale.payments.retrying import refuse_what_cannot_help
from aftersale.payments.saved_cards import chargeable_card

__all__ = [
    "charge_due",
    "expect_charge_news",
    "finish_authentication",
    "give_up_charge",
    "pay_order",
    "reconcile_due_charges",
    "try_again",
]


def pay_order(
    *,
    ports: Ports,
    providers: Mapping[str, ChargeProvider],
    order: Order,
    card: SavedCard,
    by: User,
    return_to: str,
) -> Charge:
    """Charge `card` for all that `order` still owes, with its customer at the page; answers the charge.

    `return_to` is where the bank's page leads back to; `{charge}` in it stands for the charge's reference. A
    retry that waits for its time is given up for it. Raises NotYours when order and card are not `by`'s own,
    NothingOwed, ChargeUnderWay, CardNotChargeable, and NotAgain where this card cannot help for this order
    now: TryLater names the moment from which on it may, TooOften when its network allows no more attempts.
    """
    assert_outside_transaction("a payment provider")
    if order.customer_id != by.pk or card.customer_id != by.pk:
        raise NotYours(f"there is no order {order.code} with a card {card.reference}")
    charge = _record(order.pk, card, by, return_to, ports=ports)
    ask_for(charge.pk, ports=ports, providers=providers, at_once=True)
    return _as_it_stands(charge)


def try_again(
    *,
    ports: Ports,
    providers: Mapping[str, ChargeProvider],
    charge: Charge,
    by: User,
    return_to: str,
) -> Charge:
    """Charge the same card again for the order of a charge that failed; answers the new charge.

    Takes and raises what `pay_order` does; NotNow where that charge did not fail.
    """
    charge = _fresh(charge)
    if charge.state not in (ChargeState.DECLINED, ChargeState.RELEASED) and not charge.is_scheduled:
        raise NotNow(f"charge {charge.reference} is {charge.get_state_display()}: it did not fail")
    return pay_order(
        ports=ports, providers=providers, order=charge.order, card=charge.card, by=by, return_to=return_to
    )


def finish_authentication(*, ports: Ports, providers: Mapping[str, ChargeProvider], charge: Charge) -> Charge:
    """Read at the provider what became of a charge, when its customer is back from the bank's page.

    Answers the charge as it stands; asking again, or for one that is over, changes nothing.
    """
    assert_outside_transaction("a payment provider")
    if _fresh(charge).state in CHARGE_IN_FLIGHT:
        look_at(charge.pk, ports=ports, providers=providers, at_once=True)
    return _fresh(charge)


def give_up_charge(
    *, ports: Ports, providers: Mapping[str, ChargeProvider], charge: Charge, by: User
) -> Charge:
    """The customer wants no more of a charge that waits: for its time, or to be confirmed with the bank.

    What the provider says counts: it may have been paid meanwhile. Raises NotYours, and NotNow for a charge
    that is over, or whose outcome only the provider knows.
    """
    assert_outside_transaction("a payment provider")
    if charge.order.customer_id != by.pk:
        raise NotYours(f"there is no charge {charge.reference}")
    if _fresh(charge).state == ChargeState.REQUIRES_ACTION:
        look_at(charge.pk, ports=ports, providers=providers, at_once=True, give_up=GivenUp.CUSTOMER)
        return _fresh(charge)
    return _unschedule(charge.pk, ports.clock.now())


@transaction.atomic
def _record(order: int, card: SavedCard, by: User, return_to: str, *, ports: Ports) -> Charge:
    bought, now = locked_order(order), ports.clock.now()
    owed = owes_for(bought)
    if not owed.minor:
        raise NothingOwed(f"nothing is to be paid for order {bought.code}")
    live = live_charge(bought)
    if live is not None and not live.is_scheduled:
        why = f"a payment for order {bought.code} is {live.get_state_display()}; do not pay again meanwhile"
        raise ChargeUnderWay(why, charge=live.reference)
    card = chargeable_card(card.pk)
    refuse_what_cannot_help(bought, card, now)
    if live is not None:
        move_charge(live, ChargeState.RELEASED, reason=GivenUp.PAID, settled_at=now, due_at=None)
    reference = ports.ids.reference("H")
    known_by = fingerprint_of(card)
    return Charge.objects.create(
        reference=reference,
        key=ports.ids.key(),
        order=bought,
        card=card,
        provider=card.provider,
        fingerprint_hash=known_by,
        brand=card.brand,
        last_four=card.last_four,
        amount_minor=owed.minor,
        customer_present=True,
        return_to=return_to.replace("{charge}", reference),
        asked_by=by,
        retry_of=_last_decline(bought, known_by),
        # Its own process asks for it now; should that die before, a worker does.
        due_at=now + LEASE,
        created_at=now,
    )


def _last_decline(order: Order, known_by: str) -> Charge | None:
    rows = Charge.objects.filter(order=order, fingerprint_hash=known_by, state=ChargeState.DECLINED)
    return rows.order_by("pk").last()


def _as_it_stands(charge: Charge) -> Charge:
    """The charge after it was asked for; where something came between, why it was not."""
    charge = _fresh(charge)
    if charge.state != ChargeState.RELEASED or charge.submitted_at is not None:
        return charge
    match charge.reason:
        case GivenUp.CARD:
            raise CardNotChargeable(f"card {charge.card.reference} was frozen meanwhile: it was not charged")
        case GivenUp.BUDGET:
            raise TooOften("this card was tried as often as its card network allows; use another one")
        case _:
            raise NothingOwed(f"nothing is to be paid for order {charge.order.code} any more")


def _fresh(charge: Charge) -> Charge:
    return Charge.objects.select_related("order__customer", "card").get(pk=charge.pk)


@transaction.atomic
def _unschedule(pk: int, now: datetime) -> Charge:
    charge = locked_charge(pk)
    if not charge.is_scheduled:
        raise NotNow(f"charge {charge.reference} is {charge.get_state_display()}: it cannot be given up")
    move_charge(charge, ChargeState.RELEASED, reason=GivenUp.CUSTOMER, settled_at=now, due_at=None)
    return charge
