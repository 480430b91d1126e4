"""What freezing or removing a card does to its charges, within the same transaction and behind its lock."""

from datetime import datetime

from aftersale.payments.card_models import SavedCard
from aftersale.payments.charge_models import Charge
from aftersale.payments.charge_states import CHARGE_IN_FLIGHT, ChargeState, GivenUp


def cancel_retries(card: SavedCard, *, at: datetime) -> int:
    """Give up every charge of `card` that was not asked for yet; returns how many. Its lock must be held.

    What was asked for before goes on to its own end, with the same key and nothing new: the worker looks at
    it at once, and gives up at the provider what still waits for the customer's confirmation.
    """
    rows = Charge.objects.filter(card=card)
    given_up = rows.filter(state=ChargeState.CREATED).update(
        state=ChargeState.RELEASED, reason=GivenUp.CARD, settled_at=at, due_at=None
    )
    rows.filter(state__in=CHARGE_IN_FLIGHT, due_at__gt=at).exclude(state=ChargeState.SUBMITTED).update(
        due_at=at
    )
    return given_up
