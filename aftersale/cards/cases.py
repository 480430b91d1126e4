"""The one way in which a removal changes its state: behind its card's lock, by a conditional UPDATE."""

from typing import Any

from django.db.models import Q

from aftersale.base.moving import change_state
from aftersale.cards.models import RemovalRequest
from aftersale.cards.states import REMOVAL_TRANSITIONS, RemovalState
from aftersale.payments.card_models import CardState, FreezeReason
from aftersale.payments.saved_cards import locked_card, move_card


def locked(pk: int) -> RemovalRequest:
    """The request as it is now, with its card and customer; the card's lock comes first, as everywhere."""
    card = locked_card(RemovalRequest.objects.values_list("card", flat=True).get(pk=pk))
    request = RemovalRequest.objects.select_for_update(of=("self",)).get(pk=pk)
    request.card, request.customer = card, card.customer
    return request


def move(request: RemovalRequest, to: RemovalState, *, only: Q | None = None, **written: Any) -> bool:
    """Bring `request` from the state it was read in to `to`; False when it is no longer there."""
    return change_state(request, to, REMOVAL_TRANSITIONS, only=only, **written)


def keep_card_frozen(request: RemovalRequest) -> None:
    """A removal that was stopped leaves its card frozen, for the reason its owner gave before it."""
    reason = request.card.freeze_reason if request.card.was_reported else FreezeReason.STOPPED
    move_card(request.card, CardState.FROZEN, freeze_reason=reason)
