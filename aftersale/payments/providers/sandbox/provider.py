"""The embedded provider: in process, persistent in its own tables, as faulty as each charge is told to be.

It is the reference for real providers: a key is for one refund for ever, whatever was answered; a refund
never exceeds its charge; what it did is written before it answers.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from aftersale.base.money import Money
from aftersale.base.ports import Clock, Ids, assert_outside_transaction
from aftersale.payments.providers import (
    Absent,
    BadRequest,
    Declined,
    IdempotencyConflict,
    Listed,
    Pending,
    RefundOutcome,
    Succeeded,
    Unavailable,
)
from aftersale.payments.providers.sandbox.models import Behaviour, Charge, RefundStatus, SandboxRefund
from aftersale.payments.providers.sandbox.services import NAME

_LATE = timedelta(days=1)
_SOON = timedelta(hours=1)
# What a list tells of a refund, read without loading rows as objects: there may be very many.
_COLUMNS = [
    "reference",
    "charge__reference",
    "amount_minor",
    "charge__currency",
    "key",
    "created_at",
    "status",
]
# behaviour -> the status a new refund gets, and what it turns into and when
_COURSES = {
    Behaviour.FAILS_LATE: (RefundStatus.SUCCEEDED, RefundStatus.FAILED, _LATE),
    Behaviour.PENDING: (RefundStatus.PENDING, RefundStatus.SUCCEEDED, _SOON),
}


class Sandbox:
    name = NAME

    def __init__(self, *, clock: Clock, ids: Ids) -> None:
        self._clock, self._ids = clock, ids

    def refund(self, charge: str, amount: Money, *, key: str) -> RefundOutcome:
        assert_outside_transaction("the sandbox")
        known = _charge(charge)
        behaviour = _behaviour_now(known)
        if behaviour in (Behaviour.TIMES_OUT_BEFORE, Behaviour.OUTAGE):
            raise Unavailable("the sandbox did not answer in time")
        outcome = self._refund_once(known, amount, key, behaviour)
        if behaviour == Behaviour.TIMES_OUT_AFTER:
            raise Unavailable("the sandbox did not answer in time")
        return outcome

    def find_refund(self, charge: str, *, key: str) -> RefundOutcome | Absent:
        assert_outside_transaction("the sandbox")
        known = _charge(charge)
        if known.behaviour == Behaviour.OUTAGE and _behaviour_now(known) == Behaviour.OUTAGE:
            raise Unavailable("the sandbox did not answer in time")
        let_time_pass(known, self._clock)
        row = SandboxRefund.objects.filter(charge=known, key=key).first()
        return Absent() if row is None else _outcome(row)

    def refunds(self, *, since: datetime | None = None) -> Iterator[Listed]:
        assert_outside_transaction("the sandbox")
        rows = SandboxRefund.objects.filter(created_at__gte=since) if since else SandboxRefund.objects.all()
        for columns in rows.order_by("pk").values_list(*_COLUMNS).iterator():
            yield _listed(columns)

    def look_at_refund(self, reference: str) -> Listed | None:
        assert_outside_transaction("the sandbox")
        row = SandboxRefund.objects.filter(reference=reference).select_related("charge").first()
        if row is None:
            return None
        if row.charge.behaviour == Behaviour.OUTAGE and _behaviour_now(row.charge) == Behaviour.OUTAGE:
            raise Unavailable("the sandbox did not answer in time")
        let_time_pass(row.charge, self._clock)
        return _listed(SandboxRefund.objects.values_list(*_COLUMNS).get(pk=row.pk))

    @transaction.atomic
    def _refund_once(self, charge: Charge, amount: Money, key: str, behaviour: Behaviour) -> RefundOutcome:
        # The charge's row makes two calls with one key wait for each other.
        charge = Charge.objects.select_for_update().get(pk=charge.pk)
        row = SandboxRefund.objects.filter(key=key).first()
        if row is not None:
            if (row.charge_id, row.amount_minor) != (charge.pk, amount.minor):
                raise IdempotencyConflict(f"key {key} was used for another refund")
            return _outcome(row)
        if amount.currency != charge.currency or amount.minor <= 0:
            raise BadRequest(f"{amount} cannot be refunded of a charge in {charge.currency}")
        return _outcome(self._new_refund(charge, amount, key, behaviour))

    def _new_refund(self, charge: Charge, amount: Money, key: str, behaviour: Behaviour) -> SandboxRefund:
        status, into, after = _COURSES.get(behaviour, (RefundStatus.SUCCEEDED, "", None))
        code = "account_closed" if into == RefundStatus.FAILED else ""
        if behaviour == Behaviour.DECLINES:
            status, code = RefundStatus.DECLINED, "refused_by_bank"
        elif not _take(charge, amount.minor):
            status, code, into, after = RefundStatus.DECLINED, "more_than_the_charge", "", None
        now = self._clock.now()
        return SandboxRefund.objects.create(
            charge=charge,
            reference=self._ids.reference("S"),
            key=key,
            amount_minor=amount.minor,
            status=status,
            code=code,
            turns_at=now + after if after else None,
            turns_into=into,
            created_at=now,
        )


@transaction.atomic
def let_time_pass(charge: Charge, clock: Clock) -> None:
    """Turn what is due to turn; money that comes back from the bank is the charge's again."""
    charge = Charge.objects.select_for_update().get(pk=charge.pk)
    for row in charge.refunds.filter(turns_at__lte=clock.now()):
        if row.turns_into == RefundStatus.FAILED:
            _take(charge, -row.amount_minor)
        SandboxRefund.objects.filter(pk=row.pk).update(status=row.turns_into, turns_at=None)


def _charge(reference: str) -> Charge:
    charge = Charge.objects.filter(reference=reference).first()
    if charge is None:
        raise BadRequest(f"the sandbox knows no charge {reference}")
    return charge


def _behaviour_now(charge: Charge) -> Behaviour:
    """How the charge behaves in this call, which may be the last that does so."""
    if charge.behaves_for is None:
        return Behaviour(charge.behaviour)
    left = Charge.objects.filter(pk=charge.pk, behaves_for__gt=0)
    taken = left.update(behaves_for=F("behaves_for") - 1)
    return Behaviour(charge.behaviour) if taken else Behaviour.SUCCEEDS


def _take(charge: Charge, minor: int) -> bool:
    """Count `minor` as refunded, where the charge has that much left."""
    enough = Charge.objects.filter(pk=charge.pk, captured_minor__gte=F("refunded_minor") + minor)
    return bool(enough.update(refunded_minor=F("refunded_minor") + minor))


def _listed(columns: tuple[Any, ...]) -> Listed:
    reference, charge, minor, currency, key, at, status = columns
    paid = status in (RefundStatus.SUCCEEDED, RefundStatus.PENDING)
    return Listed(reference, charge, Money(minor, currency), key or "", at, paid=paid)


def _outcome(row: SandboxRefund) -> RefundOutcome:
    match row.status:
        case RefundStatus.SUCCEEDED:
            return Succeeded(row.reference)
        case RefundStatus.PENDING:
            return Pending(row.reference)
        case _:
            return Declined(row.code)
