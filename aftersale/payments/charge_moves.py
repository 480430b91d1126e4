"""The one way in which a charge changes its state, and the order in which its rows are locked.

Every transaction about charges locks the order, then the card, then the charge, then the fingerprint, and
only then money: so nobody waits in a circle, and whoever comes second sees what the first one did.
"""

from typing import Any

from django.db.models import Q

from aftersale.base.moving import change_state
from aftersale.orders.models import Order
from aftersale.payments.charge_models import Charge, Fingerprint
from aftersale.payments.charge_states import CHARGE_TRANSITIONS, ChargeState
from aftersale.payments.saved_cards import locked_card


def locked_charge(pk: int) -> Charge:
    """The charge as it is now, behind the locks of its order and its card; both come with it as they are."""
    order, card = Charge.objects.values_list("order", "card").get(pk=pk)
    bought, held = locked_order(order), locked_card(card)
    charge = Charge.objects.select_for_update().get(pk=pk)
    charge.order, charge.card = bought, held
    return charge


def locked_order(pk: int) -> Order:
    return Order.objects.select_for_update(of=("self",)).select_related("customer").get(pk=pk)


def locked_fingerprint(known_by: str) -> Fingerprint:
    """The physical card behind its lock: its attempts are counted and made one after the other."""
    while True:  # a row that nothing names any more may go at any moment
        Fingerprint.objects.get_or_create(hash=known_by)
        row = Fingerprint.objects.select_for_update().filter(hash=known_by).first()
        if row is not None:
            return row


def move_charge(charge: Charge, to: ChargeState, *, only: Q | None = None, **written: Any) -> bool:
    """Bring `charge` from the state it was read in to `to`; False when it is no longer there."""
    return change_state(charge, to, CHARGE_TRANSITIONS, only=only, **written)
