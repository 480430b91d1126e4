"""The sandbox charges the cards in its vault: what comes of it follows from which trial card it is.

It is the reference for real providers: a key is for one charge for ever, whatever was answered; what it did
is written before it answers; a card that was let go is charged no more.
"""

from datetime import timedelta
from typing import Any

from django.db import transaction

from aftersale.base.ports import Clock, Ids, assert_outside_transaction
from aftersale.payments.providers import (
    Absent,
    BadRequest,
    Declined,
    IdempotencyConflict,
    Pending,
    Succeeded,
    Unavailable,
)
from aftersale.payments.providers.charges import CANCELLED, ChargeOutcome, ChargeRequest, RequiresAction
from aftersale.payments.providers.sandbox.models import (
    CardBehaviour,
    CardCharge,
    CardChargeStatus,
    Charge,
    VaultCard,
)
from aftersale.payments.providers.sandbox.services import NAME
from aftersale.payments.providers.sandbox.trial_cards import TRIAL_CARDS, Course, TrialCard
from aftersale.payments.providers.sandbox.vault import SILENT, behaviour_now

_SOON = timedelta(hours=1)
NOT_CONFIRMED = Declined("payment_intent_authentication_failure")


class Terminal:
    name = NAME

    def __init__(self, *, clock: Clock, ids: Ids) -> None:
        self._clock, self._ids = clock, ids

    def charge(self, request: ChargeRequest, *, key: str) -> ChargeOutcome:
        assert_outside_transaction("the sandbox")
        card = VaultCard.objects.filter(token=request.token).first()
        if card is None:
            raise BadRequest("the sandbox keeps no such card")
        behaviour = behaviour_now(card)
        if behaviour in (CardBehaviour.TIMES_OUT_BEFORE, CardBehaviour.OUTAGE):
            raise Unavailable(SILENT)
        row, is_new = self._charge_once(card, request, key)
        lost = is_new and TRIAL_CARDS[card.trial_card].course == Course.ANSWER_LOST
        if lost or row.status == CardChargeStatus.LOST or behaviour == CardBehaviour.TIMES_OUT_AFTER:
            raise Unavailable(SILENT)
        return _outcome(row)

    def find_charge(self, reference: str, *, key: str) -> ChargeOutcome | Absent:
        assert_outside_transaction("the sandbox")
        row = _known(reference, key)
        if row is None:
            return Absent()
        if row.card.behaviour == CardBehaviour.OUTAGE and behaviour_now(row.card) == CardBehaviour.OUTAGE:
            raise Unavailable(SILENT)
        return _outcome(let_time_pass(row.pk, self._clock))

    def cancel_charge(self, reference: str, *, key: str) -> ChargeOutcome | Absent:
        found = self.find_charge(reference, key=key)
        if isinstance(found, RequiresAction):
            return _outcome(_settle(found.reference, Declined(CANCELLED)))
        return found

    @transaction.atomic
    def _charge_once(self, card: VaultCard, request: ChargeRequest, key: str) -> tuple[CardCharge, bool]:
        # The card's row makes two calls with one key wait for each other, and a charge for a detachment.
        card = VaultCard.objects.select_for_update().get(pk=card.pk)
        asked = _content(card, request)
        row = CardCharge.objects.select_for_update().filter(key=key).first()
        if row is not None and any(getattr(row, name) != value for name, value in asked.items()):
            raise IdempotencyConflict(f"key {key} was used for another charge")
        if row is not None and row.status != CardChargeStatus.LOST:
            return row, False
        if card.detached_at is not None or request.amount.minor <= 0:
            raise BadRequest(f"{request.amount} cannot be charged to a card that was let go")
        return self._new_charge(card, asked, key, before=row), True

    def _new_charge(
        self, card: VaultCard, asked: dict[str, Any], key: str, *, before: CardCharge | None
    ) -> CardCharge:
        trial, now = TRIAL_CARDS[card.trial_card], self._clock.now()
        if trial.course == Course.REQUEST_LOST and before is None:
            course: dict[str, Any] = {"status": CardChargeStatus.LOST}
        else:
            course = _course(trial, asked["customer_present"], _charges_before(card))
        if course.get("turns_into"):
            course["turns_at"] = now + _SOON
        if before is not None:
            CardCharge.objects.filter(pk=before.pk).update(**course)
            row = CardCharge.objects.get(pk=before.pk)
        else:
            row = CardCharge.objects.create(
                reference=self._ids.reference("S"), key=key, created_at=now, **asked, **course
            )
        _capture(row)
        return row


def answer_the_bank(reference: str, *, confirmed: bool) -> CardCharge:
    """What the customer does on the bank's page; a page that was answered stays as it is."""
    return _settle(reference, None if confirmed else NOT_CONFIRMED)


def _content(card: VaultCard, request: ChargeRequest) -> dict[str, Any]:
    """What a key stands for."""
    return {
        "theirs": request.reference,
        "card_id": card.pk,
        "currency": request.amount.currency,
        "amount_minor": request.amount.minor,
        "customer_present": request.customer_present,
        "return_to": request.return_to,
    }


def _course(trial: TrialCard, customer_present: bool, before: int) -> dict[str, Any]:
    """What comes of a charge of this card that arrived, after so many others of it."""
    if trial.times is not None and before >= trial.times:
        return {"status": CardChargeStatus.SUCCEEDED}
    match trial.course:
        case Course.DECLINES:
            return _declined(trial.decline)
        case Course.ASKS_CUSTOMER if customer_present:
            return {"status": CardChargeStatus.REQUIRES_ACTION}
        case Course.ASKS_CUSTOMER:
            return _declined(trial.decline)
        case Course.PAYS_LATER:
            return {"status": CardChargeStatus.PENDING, "turns_into": CardChargeStatus.SUCCEEDED}
        case Course.DECLINES_LATER:
            turned = _declined(trial.decline)
            into = turned.pop("status")
            return {**turned, "status": CardChargeStatus.PENDING, "turns_into": into}
        case _:
            return {"status": CardChargeStatus.SUCCEEDED}


def _declined(decline: Declined | None) -> dict[str, Any]:
    assert decline is not None, "a card that declines says why"
    return {
        "status": CardChargeStatus.DECLINED,
        "code": decline.code,
        "advice": decline.advice,
        "network_code": decline.network_code,
        "network_advice": decline.network_advice,
    }


def _charges_before(card: VaultCard) -> int:
    return CardCharge.objects.filter(card=card).exclude(status=CardChargeStatus.LOST).count()


def _known(reference: str, key: str) -> CardCharge | None:
    rows = CardCharge.objects.select_related("card").filter(theirs=reference, key=key)
    return rows.exclude(status=CardChargeStatus.LOST).first()


@transaction.atomic
def let_time_pass(pk: int, clock: Clock) -> CardCharge:
    row = CardCharge.objects.select_for_update().get(pk=pk)
    if row.turns_at is not None and row.turns_at <= clock.now():
        row.status, row.turns_at = row.turns_into, None
        row.save(update_fields=["status", "turns_at"])
        _capture(row)
    return row


@transaction.atomic
def _settle(reference: str, decline: Declined | None) -> CardCharge:
    """End a charge that waits for its customer."""
    row = CardCharge.objects.select_for_update().get(reference=reference)
    if row.status == CardChargeStatus.REQUIRES_ACTION:
        ends = {"status": CardChargeStatus.SUCCEEDED} if decline is None else _declined(decline)
        for name, value in ends.items():
            setattr(row, name, value)
        row.save(update_fields=list(ends))
        _capture(row)
    return row


def _capture(row: CardCharge) -> None:
    if row.status == CardChargeStatus.SUCCEEDED:
        Charge.objects.create(reference=row.reference, currency=row.currency, captured_minor=row.amount_minor)


def _outcome(row: CardCharge) -> ChargeOutcome:
    match row.status:
        case CardChargeStatus.SUCCEEDED:
            return Succeeded(row.reference)
        case CardChargeStatus.PENDING:
            return Pending(row.reference)
        case CardChargeStatus.REQUIRES_ACTION:
            return RequiresAction(row.reference, f"/sandbox/bank/{row.reference}/")
        case _:
            return Declined(row.code, row.advice, row.network_code, row.network_advice)
