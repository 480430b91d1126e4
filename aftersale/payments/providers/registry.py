"""The providers that are set up, by the name that a tender's row carries."""

from aftersale.base.ports import Clock, Ids
from aftersale.payments.providers import Provider
from aftersale.payments.providers.cards import CardProvider
from aftersale.payments.providers.sandbox.provider import Sandbox
from aftersale.payments.providers.sandbox.vault import Vault


def system_providers(*, clock: Clock, ids: Ids) -> dict[str, Provider]:
    """One of each provider; a new slot is a folder beside sandbox/ and a line here."""
    sandbox: Provider = Sandbox(clock=clock, ids=ids)
    return {sandbox.name: sandbox}


def system_card_providers(*, clock: Clock, ids: Ids) -> dict[str, CardProvider]:
    """The same, for saved cards."""
    vault: CardProvider = Vault(clock=clock, ids=ids)
    return {vault.name: vault}
