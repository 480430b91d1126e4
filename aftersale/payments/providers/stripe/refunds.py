"""Refunds at Stripe. Each carries our key in its metadata, by which it is found for ever.

Stripe forgets an idempotency key after a day; its list of a charge's refunds forgets nothing.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from aftersale.base.money import Money
from aftersale.base.ports import assert_outside_transaction
from aftersale.payments.providers import (
    Absent,
    BadRequest,
    Declined,
    Listed,
    Pending,
    RefundOutcome,
    Succeeded,
)
from aftersale.payments.providers.stripe import NAME
from aftersale.payments.providers.stripe.amounts import from_stripe, to_stripe
from aftersale.payments.providers.stripe.client import Client, Rejected

KEY = "aftersale_key"
_PAGE = 100
_ON_ITS_WAY = ("pending", "requires_action")
_PAID = ("succeeded", *_ON_ITS_WAY)


class Refunds:
    name = NAME

    def __init__(self, client: Client) -> None:
        self._client = client

    def refund(self, charge: str, amount: Money, *, key: str) -> RefundOutcome:
        assert_outside_transaction("Stripe")
        if amount.minor <= 0 or self._charge(charge).currency.upper() != amount.currency:
            raise BadRequest(f"{amount} cannot be refunded of {charge}")
        try:
            with self._client.asked() as stripe:
                made = stripe.v1.refunds.create(_wish(charge, amount, key), {"idempotency_key": key})
        except Rejected as rejected:
            return self._why_not(charge, amount, key, rejected)
        return _outcome(made)

    def find_refund(self, charge: str, *, key: str) -> RefundOutcome | Absent:
        assert_outside_transaction("Stripe")
        with self._client.asked() as stripe:
            for refund in stripe.v1.refunds.list(_of(charge)).auto_paging_iter():
                if key_of(refund) == key:
                    return _outcome(refund)
        return Absent()

    def refunds(self, *, since: datetime | None = None) -> Iterator[Listed]:
        assert_outside_transaction("Stripe")
        with self._client.asked() as stripe:
            made: Any = {"created": {"gte": int(since.timestamp())}} if since else {}
            for refund in stripe.v1.refunds.list(made | {"limit": _PAGE}).auto_paging_iter():
                if (told := _listed(refund)) is not None:
                    yield told

    def look_at_refund(self, reference: str) -> Listed | None:
        assert_outside_transaction("Stripe")
        try:
            with self._client.asked() as stripe:
                return _listed(stripe.v1.refunds.retrieve(reference))
        except Rejected as rejected:
            if rejected.status == 404:
                return None
            raise

    def _why_not(self, charge: str, amount: Money, key: str, rejected: Rejected) -> RefundOutcome:
        """Stripe took no refund: because it has ours already, or the charge has too little, or we are wrong.

        Its sentences are not read: the refund and the charge are looked at.
        """
        found = self.find_refund(charge, key=key)
        if not isinstance(found, Absent):
            return found
        known = self._charge(charge)
        if known.amount_captured - known.amount_refunded < to_stripe(amount):
            return Declined(rejected.code or "more_than_the_charge")
        if known.disputed:
            return Declined(rejected.code or "charge_disputed")
        raise rejected

    def _charge(self, reference: str) -> Any:
        """The charge of this name, or the one that paid the payment intent of this name."""
        with self._client.asked() as stripe:
            if not _is_intent(reference):
                return stripe.v1.charges.retrieve(reference)
            intent = stripe.v1.payment_intents.retrieve(reference, {"expand": ["latest_charge"]})
        if intent.latest_charge is None:
            raise BadRequest(f"{reference} was never paid")
        return intent.latest_charge


def _is_intent(reference: str) -> bool:
    return reference.startswith("pi_")


def _of(charge: str) -> Any:
    return {"payment_intent" if _is_intent(charge) else "charge": charge, "limit": _PAGE}


def _wish(charge: str, amount: Money, key: str) -> Any:
    named = "payment_intent" if _is_intent(charge) else "charge"
    return {named: charge, "amount": to_stripe(amount), "metadata": {KEY: key}}


def key_of(thing: Any) -> str:
    """Our key, in what Stripe made for us; empty where others made it."""
    return str(getattr(thing.metadata, KEY, None) or "")


def _outcome(refund: Any) -> RefundOutcome:
    if refund.status == "succeeded":
        return Succeeded(refund.id)
    if refund.status in _ON_ITS_WAY:
        return Pending(refund.id)
    return Declined(str(getattr(refund, "failure_reason", None) or refund.status))


def _listed(refund: Any) -> Listed | None:
    amount = from_stripe(refund.amount, refund.currency)
    names = [str(name) for name in (refund.charge, getattr(refund, "payment_intent", None)) if name]
    if amount is None or not names:
        return None
    return Listed(
        reference=refund.id,
        charge=names[0],
        amount=amount,
        key=key_of(refund),
        at=datetime.fromtimestamp(refund.created, UTC),
        paid=refund.status in _PAID,
        also_named=tuple(names[1:]),
    )
