"""When a card may be tried again for an order: by itself, by its customer, or never; by the decline table.

What a bank said never to ask again is `barred`: to the customer it goes on like a card whose bank gives no
reason, and nothing is asked of the bank any more.
"""

from datetime import date, datetime

from django.db.models import QuerySet

from aftersale.orders.models import Order
from aftersale.payments.budgets import budget_of
from aftersale.payments.card_models import SavedCard
from aftersale.payments.charge_models import Charge, Fingerprint
from aftersale.payments.charge_states import ChargeState
from aftersale.payments.declines import AddAgain, Answer, answer_of, is_final, retry_after, row_of
from aftersale.payments.errors import NotAgain, TooOften, TryLater
from aftersale.payments.fingerprints import fingerprint_of, was_reported
from aftersale.payments.providers import Declined

_REPORTED = Declined("reported_by_its_owner")


def refuse_what_cannot_help(order: Order, card: SavedCard, now: datetime) -> None:
    """Raise NotAgain where this card cannot help for this order now; the bank is not asked."""
    known_by = fingerprint_of(card)
    last = _declines(order, known_by).last()
    if last is not None and not _was_given_anew(card, last):
        _refuse_before_its_time(last, now)
    budget = budget_of(known_by, card.brand, now)
    if not budget.left:
        raise TooOften("this card was tried as often as its card network allows; use another one")


def own_try_at(charge: Charge) -> datetime | None:
    """From when on the customer may try the card of this failed charge again for its order; None: never."""
    answer = answer_to(charge)
    if answer.own_try_after is None or charge.settled_at is None:
        return None
    tried = sum(
        1
        for each in _declines(charge.order, charge.fingerprint_hash)
        if each.retry_of_id is not None and each.asked_by_id is not None and answer_to(each) == answer
    )
    if answer.own_tries is not None and tried >= answer.own_tries:
        return None
    return charge.settled_at + answer.own_try_after


def next_automatic(declined: Charge, now: datetime) -> datetime | None:
    """When a charge that has just been declined is tried again by itself; None: it is not."""
    if is_barred(declined) or not budget_of(declined.fingerprint_hash, declined.brand, now).left:
        return None
    wait = retry_after(
        declined_of(declined), declined.family, retry=automatic_so_far(declined) + 1, day=_day_of(declined)
    )
    return None if wait is None else now + wait


def automatic_so_far(charge: Charge) -> int:
    """How many retries of this card for this order were made by the schedule."""
    rows = Charge.objects.filter(order=charge.order_id, fingerprint_hash=charge.fingerprint_hash)
    return rows.filter(automatic_round__gt=0, submitted_at__isnull=False).count()


def is_barred(charge: Charge) -> bool:
    """Whether a bank or network said never to ask for this card again, at all or for this order.

    Or another customer said that this very card is lost or stolen.
    """
    if Fingerprint.objects.filter(hash=charge.fingerprint_hash, blocked_at__isnull=False).exists():
        return True
    if was_reported(charge.fingerprint_hash, not_by=charge.card.customer_id):
        return True
    return any(
        is_final(each.provider, declined_of(each), day=_day_of(each))
        for each in _declines(charge.order, charge.fingerprint_hash)
    )


def refusal_of(barred: Charge) -> Declined:
    """What the bank of a barred card said when it was asked last: it is not asked again.

    A card that only its owner reported has no such word; it gets one that no list knows.
    """
    finals = [each for each in _all_declines(barred.fingerprint_hash) if row_of(each.family).final]
    said = finals[-1] if finals else _declines(barred.order, barred.fingerprint_hash).last()
    return _REPORTED if said is None else declined_of(said)


def answer_to(charge: Charge) -> Answer:
    """All that its customer is told of a declined charge."""
    return answer_of(charge.provider, declined_of(charge), day=_day_of(charge))


def declined_of(charge: Charge) -> Declined:
    """The provider's own words, as they were written down."""
    return Declined(charge.decline_code, charge.decline_advice, charge.network_code, charge.network_advice)


def _was_given_anew(card: SavedCard, last: Charge) -> bool:
    """Whether it is the same card, typed again or renewed, where that helps."""
    return card.pk != last.card_id and answer_to(last).add_again != AddAgain.NO


def _refuse_before_its_time(last: Charge, now: datetime) -> None:
    at = own_try_at(last)
    if at is None:
        raise NotAgain(f"this card does not help for order {last.order.code}; pay by another one")
    if at > now:
        raise TryLater(f"this card can be tried again from {at:%Y-%m-%d %H:%M} UTC on", not_before=at)


def _declines(order: Order, known_by: str) -> QuerySet[Charge]:
    return _all_declines(known_by).filter(order=order)


def _all_declines(known_by: str) -> QuerySet[Charge]:
    rows = Charge.objects.filter(fingerprint_hash=known_by, state=ChargeState.DECLINED)
    return rows.select_related("order").order_by("pk")


def _day_of(charge: Charge) -> date:
    assert charge.settled_at is not None, f"{charge} is declined at no time"
    return charge.settled_at.date()
