"""The slot, put together: three parts over one client."""

from dataclasses import dataclass

from aftersale.base.ports import Ids
from aftersale.payments.providers.stripe.cards import Cards
from aftersale.payments.providers.stripe.charges import Charges
from aftersale.payments.providers.stripe.client import Client, Http, system_http
from aftersale.payments.providers.stripe.refunds import Refunds

__all__ = ["Slot", "stripe_slot", "system_http"]


@dataclass(frozen=True, slots=True)
class Slot:
    refunds: Refunds
    cards: Cards
    charges: Charges


def stripe_slot(secret_key: str, *, ids: Ids, site: str, http: Http, api_base: str = "") -> Slot:
    """`site` is where a customer comes back to; `api_base` another address than Stripe's own, for trials."""
    client = Client(secret_key, http=http, api_base=api_base)
    return Slot(Refunds(client), Cards(client, ids=ids, site=site), Charges(client, ids=ids, site=site))
