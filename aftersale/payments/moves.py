"""The one way in which a refund changes its state: a conditional UPDATE, with its tender's counters."""

from typing import Any

from django.db.models import F, Q

from aftersale.base.moving import change_state
from aftersale.base.ports import Ids
from aftersale.payments.models import Refund, RefundPart, TenderMoney
from aftersale.payments.states import COUNTERS, TRANSITIONS, State


def locked(pk: int) -> Refund:
    """The refund as it is now, behind its tender's lock: all money of a tender moves one after the other."""
    lock_money(Refund.objects.values_list("tender", flat=True).get(pk=pk))
    return Refund.objects.select_related("tender__order").get(pk=pk)


def lock_money(tender: int) -> TenderMoney:
    """Wait for the tender's counters, which every transaction locks before its refunds and accounts."""
    return TenderMoney.objects.select_for_update(no_key=True).get(tender=tender)


def move(refund: Refund, to: State, *, only: Q | None = None, **written: Any) -> bool:
    """Bring `refund` from the state it was read in to `to`; False when it is no longer there."""
    before, after = COUNTERS.get(refund.state), COUNTERS.get(to)
    if not change_state(refund, to, TRANSITIONS, only=only, **written):
        return False
    if before != after:
        by = refund.amount_minor
        changes = {name: F(name) + sign * by for name, sign in ((before, -1), (after, 1)) if name}
        TenderMoney.objects.filter(tender=refund.tender_id).update(**changes)
    return True


def take_over(refund: Refund, *, ids: Ids, at: Any, amount_minor: int | None = None) -> Refund:
    """Open the row that goes on with an ended refund: a new key, its money reserved, waiting for a person."""
    amount = refund.amount_minor if amount_minor is None else amount_minor
    heir = Refund.objects.create(
        reference=ids.reference("F"),
        key=ids.key(),
        tender_id=refund.tender_id,
        amount_minor=amount,
        about=refund.about,
        state=State.HELD,
        replaces=refund,
        last_error=refund.last_error,
        decline_code=refund.decline_code,
        created_at=at,
    )
    RefundPart.objects.bulk_create(_parts_worth(refund, heir, amount))
    TenderMoney.objects.filter(tender=refund.tender_id).update(reserved_minor=F("reserved_minor") + amount)
    return heir


def _parts_worth(refund: Refund, heir: Refund, amount: int) -> list[RefundPart]:
    """The refund's parts for its heir, in order, as far as `amount` goes."""
    parts = []
    for part in refund.parts.all():
        worth = min(part.amount_minor, amount)
        amount -= worth
        if worth:
            parts.append(
                RefundPart(
                    refund=heir,
                    component_id=part.component_id,
                    units_from=part.units_from,
                    units_to=part.units_to,
                    amount_minor=worth,
                )
            )
    return parts
