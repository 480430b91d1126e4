"""Saved cards at Stripe: typed on Checkout's own page, kept with a customer of its own, detached for good.

Checkout makes one customer a card, so a card's token names both: `cus_…/pm_…`. A charge needs the two, and
asks with the same words however often it is asked, whatever became of the card meanwhile.
"""

from typing import Any
from urllib.parse import urljoin

from aftersale.base.ports import Ids, assert_outside_transaction
from aftersale.payments.providers import BadRequest
from aftersale.payments.providers.cards import (
    Detached,
    DetachOutcome,
    Gone,
    KeptCard,
    NoCardYet,
    SetUpOutcome,
    SetUpPage,
)
from aftersale.payments.providers.stripe import NAME
from aftersale.payments.providers.stripe.client import Client, Refusal, Rejected

SET_UP = "aftersale_set_up"


class Cards:
    name = NAME

    def __init__(self, client: Client, *, ids: Ids, site: str) -> None:
        self._client, self._ids, self._site = client, ids, site

    def set_up_card(self, *, key: str, return_to: str) -> SetUpPage:
        assert_outside_transaction("Stripe")
        back = urljoin(self._site, return_to)
        with self._client.asked() as stripe:
            page = stripe.v1.checkout.sessions.create(
                {
                    "mode": "setup",
                    "allowed_payment_method_types": ["card"],
                    "customer_creation": "always",
                    "client_reference_id": key,
                    "metadata": {SET_UP: key},
                    "success_url": back,
                    "cancel_url": back,
                },
                {"idempotency_key": key},
            )
        if not page.url:
            raise BadRequest(f"stripe opened no page for {page.id}")
        return SetUpPage(page.id, page.url)

    def find_set_up(self, reference: str) -> SetUpOutcome:
        assert_outside_transaction("Stripe")
        page = self._page(reference)
        if page.status == "open" and _said_no(page):
            page = self._closed(reference)
        if page.status == "complete":
            return _given(page)
        refused = _said_no(page)
        return Refusal(refused).declined if refused else NoCardYet()

    def detach_card(self, token: str) -> DetachOutcome:
        assert_outside_transaction("Stripe")
        try:
            with self._client.asked() as stripe:
                # A fresh key each time: asking again is harmless, and Stripe would repeat an old error.
                stripe.v1.payment_methods.detach(
                    method_of(token), options={"idempotency_key": self._ids.key()}
                )
        except Rejected:
            if isinstance(self.find_card(token), Gone):
                return Gone()
            raise
        return Detached()

    def find_card(self, token: str) -> KeptCard | Gone:
        assert_outside_transaction("Stripe")
        try:
            with self._client.asked() as stripe:
                method = stripe.v1.payment_methods.retrieve(method_of(token))
        except Rejected as rejected:
            if rejected.status == 404:
                return Gone()
            raise
        return _kept(method) or Gone()

    def _page(self, reference: str) -> Any:
        with self._client.asked() as stripe:
            return stripe.v1.checkout.sessions.retrieve(
                reference, {"expand": ["setup_intent.payment_method"]}
            )

    def _closed(self, reference: str) -> Any:
        """The page once nobody can give a card there any more: a no of ours is not overtaken by a card."""
        try:
            with self._client.asked() as stripe:
                stripe.v1.checkout.sessions.expire(reference, options={"idempotency_key": self._ids.key()})
        except Rejected:
            pass  # it was finished, or closed, meanwhile
        return self._page(reference)


def method_of(token: str) -> str:
    return token.rpartition("/")[2]


def customer_of(token: str) -> str:
    return token.partition("/")[0]


def _said_no(page: Any) -> Any:
    return getattr(page.setup_intent, "last_setup_error", None) if page.setup_intent else None


def _given(page: Any) -> SetUpOutcome:
    method = page.setup_intent.payment_method if page.setup_intent else None
    kept = _kept(method, page) if method else None
    return kept or NoCardYet()


def _kept(method: Any, page: Any = None) -> KeptCard | None:
    card = getattr(method, "card", None)
    if not method.customer or card is None:
        return None
    typed = getattr(method.billing_details, "email", None)
    asked = getattr(getattr(page, "customer_details", None), "email", None)
    return KeptCard(
        token=f"{method.customer}/{method.id}",
        brand=card.brand.lower(),
        last_four=card.last4,
        expiry_month=card.exp_month,
        expiry_year=card.exp_year,
        email=typed or asked or "",
        fingerprint=getattr(card, "fingerprint", None) or "",
    )
