"""The demo's saved cards: Ann has four, two of which her bank declines; Carol has one, and a birthdate."""

from datetime import date

from aftersale.accounts.models import User
from aftersale.accounts.services import set_birthdate
from aftersale.base.ports import Ports
from aftersale.config.demo.people import ANN, CAROL
from aftersale.orders.models import Order
from aftersale.payments.card_models import SavedCard
from aftersale.payments.charge_states import ChargeState
from aftersale.payments.charging import pay_order
from aftersale.payments.providers.registry import system_card_providers, system_charge_providers
from aftersale.payments.providers.sandbox.vault import give_card
from aftersale.payments.saved_cards import finish_set_up, start_set_up

# Known to the documents: a demo has no secrets.
CAROLS_BIRTHDATE = date(1990, 5, 17)
_CARDS = (
    (ANN, "visa-good", "ann@example.com"),
    (ANN, "mastercard-good", "ann.becker@work.example"),
    (ANN, "visa-declined", "ann@example.com"),
    (ANN, "mastercard-funds-hour", "ann@example.com"),
    (CAROL, "visa-good", "carol@example.com"),
)


def make_cards(*, ports: Ports) -> None:
    """Save the cards as people do, on the sandbox's page; outside any transaction, as for any provider."""
    vaults = system_card_providers(clock=ports.clock, ids=ports.ids)
    for buyer, trial_card, email in _CARDS:
        customer = User.objects.get(customer_code=buyer.code)
        card, _page = start_set_up(
            ports=ports, providers=vaults, customer=customer, provider="sandbox", return_to="/account/cards/"
        )
        give_card(clock=ports.clock, ids=ports.ids, set_up=card.setup, trial_card=trial_card, email=email)
        finish_set_up(ports=ports, providers=vaults, card=card)
    set_birthdate(person=CAROL.code, birthdate=CAROLS_BIRTHDATE)
    _fail_to_pay(ports)


def _fail_to_pay(ports: Ports) -> None:
    """Ann's bank says no twice: once for no reason, once for want of money, which it will have in an hour."""
    terminals = system_charge_providers(clock=ports.clock, ids=ports.ids)
    ann = User.objects.get(customer_code=ANN.code)
    for code, last_four in (("WM-10018", "0003"), ("WM-10019", "5924")):
        charge = pay_order(
            ports=ports,
            providers=terminals,
            order=Order.objects.get(code=code),
            card=SavedCard.objects.get(customer=ann, last_four=last_four),
            by=ann,
            return_to="/account/payments/{charge}/back/",
        )
        assert charge.state == ChargeState.DECLINED, f"{charge} is {charge.state}"
