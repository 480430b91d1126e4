"""The Stripe slot as the house puts it together, led to an address of this machine."""

from aftersale.base.ports import RandomIds
from aftersale.payments.providers.stripe.client import system_http
from aftersale.payments.providers.stripe.slot import Slot, stripe_slot
from tests.stripe.documented import SECRET_KEY

SITE = "https://desk.example"


def slot(address: str, *, secret_key: str = SECRET_KEY) -> Slot:
    return stripe_slot(secret_key, ids=RandomIds(), site=SITE, http=system_http(), api_base=address)
