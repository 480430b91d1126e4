"""Whether adding a card again can help after a failed charge: mostly not, as limits follow the card itself.

Asked twice: when a customer names the card before going to the provider's page, which costs nothing; and by
its fingerprint when it comes back from there, before it could ever be charged.
"""

from aftersale.accounts.models import User
from aftersale.payments.card_models import SavedCard
from aftersale.payments.charge_models import Charge
from aftersale.payments.charge_queries import owes_for
from aftersale.payments.charge_states import ChargeState
from aftersale.payments.declines import AddAgain
from aftersale.payments.fingerprints import fingerprint_of, was_reported
from aftersale.payments.retrying import answer_to


def may_add_card(customer: User, charge: Charge, card: SavedCard | None) -> AddAgain:
    """Whether the card that a customer names after a failed charge may be added: `card`, or None for another.

    `no`: it is the card that failed, and adding it again cannot help. Nobody outside is asked.
    """
    assert charge.order.customer_id == customer.pk, f"{charge} is not this customer's"
    is_failed = card is not None and card.customer_id == customer.pk and _is_same(card, charge)
    if not is_failed or charge.state != ChargeState.DECLINED:
        return AddAgain.YES
    return answer_to(charge).add_again


def cannot_help(card: SavedCard, known_by: str) -> bool:
    """Whether a card that came back from the provider's page is one whose charge failed, or was reported.

    Its customer has an order that still waits for money, and adding this card again does not help it; or this
    customer said that it is lost or stolen. A card that its bank, or another customer, reported is kept like
    one whose bank gives no reason, and its bank is not asked: whoever tries a found card learns nothing.
    """
    if was_reported(known_by, by=card.customer_id):
        return True
    return any(answer_to(each).add_again == AddAgain.NO for each in _waiting_failures(card, known_by))


def _is_same(card: SavedCard, charge: Charge) -> bool:
    return card.pk == charge.card_id or fingerprint_of(card) == charge.fingerprint_hash


def _waiting_failures(card: SavedCard, known_by: str) -> list[Charge]:
    """The newest failure of this physical card for each of the customer's orders that still owe."""
    rows = Charge.objects.filter(
        order__customer=card.customer_id, fingerprint_hash=known_by, state=ChargeState.DECLINED
    )
    newest = {each.order_id: each for each in rows.select_related("order").order_by("pk")}
    return [each for each in newest.values() if owes_for(each.order).minor]
