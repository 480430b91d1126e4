"""The providers that are set up, by the name that a tender's row carries."""

from aftersale.base.ports import Clock, Ids
from aftersale.payments.providers import Provider
from aftersale.payments.providers.sandbox.provider import Sandbox


def system_providers(*, clock: Clock, ids: Ids) -> dict[str, Provider]:
    """One of each provider; a new slot is a folder beside sandbox/ and a line here."""
    sandbox: Provider = Sandbox(clock=clock, ids=ids)
    return {sandbox.name: sandbox}
