"""Charges of saved cards at Stripe: one payment intent a charge, which carries our reference and our key.

Within a day the key protects: the same request again answers the same. After that the intent is found by our
reference. Stripe's search may lag by an hour at worst, which is long before the key is forgotten.
"""

from typing import Any
from urllib.parse import urljoin

from aftersale.base.ports import Ids, assert_outside_transaction
from aftersale.payments.providers import Absent, Declined, Pending, Succeeded, Unknown
from aftersale.payments.providers.charges import CANCELLED, ChargeOutcome, ChargeRequest, RequiresAction
from aftersale.payments.providers.stripe import NAME
from aftersale.payments.providers.stripe.amounts import to_stripe
from aftersale.payments.providers.stripe.cards import customer_of, method_of
from aftersale.payments.providers.stripe.client import CardRefused, Client, Refusal, Rejected
from aftersale.payments.providers.stripe.refunds import KEY, key_of

CHARGE = "aftersale_charge"
# Less, or more, than Stripe takes in one payment.
_NO_SUCH_AMOUNT = ("amount_too_small", "amount_too_large")
_CAN_BE_GIVEN_UP = ("requires_action", "requires_confirmation")


class Charges:
    name = NAME

    def __init__(self, client: Client, *, ids: Ids, site: str) -> None:
        self._client, self._ids, self._site = client, ids, site

    def charge(self, request: ChargeRequest, *, key: str) -> ChargeOutcome:
        assert_outside_transaction("Stripe")
        try:
            with self._client.asked() as stripe:
                made = stripe.v1.payment_intents.create(self._wish(request, key), {"idempotency_key": key})
        except CardRefused as refused:
            return refused.declined
        except Rejected as rejected:
            if rejected.code in _NO_SUCH_AMOUNT:
                return Declined("invalid_amount")
            raise
        return _outcome(made)

    def find_charge(self, reference: str, *, key: str) -> ChargeOutcome | Absent:
        assert_outside_transaction("Stripe")
        intent = self._intent(reference, key)
        return Absent() if intent is None else _outcome(intent)

    def cancel_charge(self, reference: str, *, key: str) -> ChargeOutcome | Absent:
        assert_outside_transaction("Stripe")
        intent = self._intent(reference, key)
        if intent is None:
            return Absent()
        if intent.status not in _CAN_BE_GIVEN_UP:
            return _outcome(intent)
        try:
            with self._client.asked() as stripe:
                return _outcome(
                    stripe.v1.payment_intents.cancel(intent.id, options={"idempotency_key": self._ids.key()})
                )
        except Rejected:  # it was confirmed, or given up, meanwhile
            return _outcome(self._again(intent.id))

    def _wish(self, request: ChargeRequest, key: str) -> Any:
        presence: dict[str, Any] = {"off_session": True}
        if request.customer_present:
            presence = {"return_url": urljoin(self._site, request.return_to)}
        return {
            "amount": to_stripe(request.amount),
            "currency": request.amount.currency.lower(),
            "customer": customer_of(request.token),
            "payment_method": method_of(request.token),
            "allowed_payment_method_types": ["card"],
            "confirm": True,
            "metadata": {CHARGE: request.reference, KEY: key},
            **presence,
        }

    def _intent(self, reference: str, key: str) -> Any:
        """The intent of our charge, as it is now: the search may show it as it was a minute ago."""
        assert "'" not in reference, f"{reference} is no reference of ours"
        with self._client.asked() as stripe:
            found = stripe.v1.payment_intents.search(
                {"query": f"metadata['{CHARGE}']:'{reference}'", "limit": 100}
            )
            for intent in found.auto_paging_iter():
                if key_of(intent) == key:
                    return self._again(intent.id)
        return None

    def _again(self, intent: str) -> Any:
        with self._client.asked() as stripe:
            return stripe.v1.payment_intents.retrieve(intent)


def _outcome(intent: Any) -> ChargeOutcome:
    match intent.status:
        case "succeeded":
            return Succeeded(str(intent.latest_charge))
        case "processing" | "requires_capture":
            return Pending(intent.id)
        case "canceled":
            return Declined(CANCELLED)
        case "requires_action":
            page = getattr(intent.next_action, "redirect_to_url", None)
            # Without a page of the bank's there is nothing that the customer could confirm on.
            return RequiresAction(intent.id, page.url) if page else Declined("authentication_required")
        case "requires_payment_method":
            return Refusal(intent.last_payment_error).declined
    return Unknown(f"stripe has {intent.id} as {intent.status}")
