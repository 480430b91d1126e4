"""Ann at the till: an order of hers that still owes, her saved cards, and a desk that charges them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from aftersale.accounts.models import User
from aftersale.base.ports import FixedClock, Ports, RandomIds
from aftersale.orders.models import Order
from aftersale.payments.card_models import SavedCard
from aftersale.payments.charge_models import Charge
from aftersale.payments.charging import (
    charge_due,
    finish_authentication,
    pay_order,
    reconcile_due_charges,
    try_again,
)
from aftersale.payments.providers.cards import CardProvider
from aftersale.payments.providers.charges import ChargeProvider
from aftersale.payments.providers.registry import system_card_providers, system_charge_providers
from aftersale.payments.providers.sandbox.vault import give_card
from aftersale.payments.saved_cards import finish_set_up, start_set_up
from tests.money import shop


@dataclass
class Till:
    """Ports and providers, whose clock stands until it is moved."""

    clock: FixedClock
    ids: RandomIds
    vaults: dict[str, CardProvider]
    terminals: dict[str, ChargeProvider]

    @property
    def ports(self) -> Ports:
        return Ports(clock=self.clock, ids=self.ids)

    @property
    def desk(self) -> shop.Desk:
        return shop.desk(self.clock.now())

    def order(self, code: str = "M-1001", *, unpaid: int = 100_00, **facts) -> Order:
        return shop.order(code, ports=self.ports, paid=facts.pop("paid", ()), unpaid=unpaid, **facts)

    def card(self, trial_card: str = "visa-good", *, of: User | None = None) -> SavedCard:
        """A card of Ann's, saved on the sandbox's page."""
        card, _page = start_set_up(
            ports=self.ports,
            providers=self.vaults,
            customer=of or shop.ann(),
            provider="sandbox",
            return_to="/account/cards/{card}/",
        )
        return self.given(card, trial_card)

    def given(self, card: SavedCard, trial_card: str) -> SavedCard:
        give_card(clock=self.clock, ids=self.ids, set_up=card.setup, trial_card=trial_card)
        return finish_set_up(ports=self.ports, providers=self.vaults, card=card)

    def pay(self, order: Order, card: SavedCard) -> Charge:
        return pay_order(
            ports=self.ports,
            providers=self.terminals,
            order=order,
            card=card,
            by=order.customer,
            return_to="/back/{charge}/",
        )

    def again(self, charge: Charge) -> Charge:
        return try_again(
            ports=self.ports,
            providers=self.terminals,
            charge=charge,
            by=charge.order.customer,
            return_to="/back/{charge}/",
        )

    def back_from_the_bank(self, charge: Charge) -> Charge:
        return finish_authentication(ports=self.ports, providers=self.terminals, charge=charge)

    def work(self) -> int:
        """What a worker does now, until nothing is due."""
        done = 0
        while now := charge_due(ports=self.ports, providers=self.terminals) + self.look():
            done += now
        return done

    def look(self) -> int:
        return reconcile_due_charges(ports=self.ports, providers=self.terminals)

    def wait(self, **by: float) -> int:
        """Time passes in one step, and then the worker works."""
        self.clock.move(**by)
        return self.work()


def till(at: datetime = shop.NOON) -> Till:
    clock, ids = FixedClock(at), RandomIds()
    return Till(
        clock, ids, system_card_providers(clock=clock, ids=ids), system_charge_providers(clock=clock, ids=ids)
    )


def fresh(charge: Charge) -> Charge:
    return Charge.objects.select_related("order__customer", "card").get(pk=charge.pk)


def bob() -> User:
    person, _ = User.objects.get_or_create(email="bob@example.com", defaults={"name": "Bob"})
    return person


MINUTE = timedelta(minutes=1)
