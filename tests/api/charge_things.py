"""Of the matrix of who may: the rows of charges, and charges of Ann's that stand in every way."""

from typing import Any

from aftersale.cards.tests.cast import a_card
from aftersale.orders.models import Order
from aftersale.payments.charge_models import Charge
from aftersale.payments.charging import pay_order
from aftersale.payments.providers.registry import system_charge_providers
from aftersale.returns.tests.cast import World, an_order

EXPECTED: dict[str, tuple[int, ...]] = {
    #                               anon cust other  supp other agent fin  owner
    "list_owed":                   (401, 200, 200,   403, 403,  403,  403, 403),
    "get_ways_to_pay":             (401, 200, 404,   403, 403,  403,  403, 403),
    "pay_order":                   (401, 201, 404,   403, 403,  403,  403, 403),
    "list_charges":                (401, 200, 200,   403, 403,  200,  200, 403),
    "get_charge":                  (401, 200, 404,   403, 403,  200,  200, 403),
    "retry_charge":                (401, 201, 404,   403, 403,  403,  403, 403),
    "read_charge_outcome":         (401, 200, 404,   403, 403,  403,  403, 403),
    "give_charge_up":              (401, 200, 404,   403, 403,  403,  403, 403),
    "get_adding_verdict":          (401, 200, 404,   403, 403,  403,  403, 403),
    "add_card_after_failure":      (401, 201, 404,   403, 403,  403,  403, 403),
    "get_decline_table":           (401, 403, 403,   403, 403,  200,  200, 403),
    "list_failed_payment_answers": (200, 200, 200,   200, 200,  200,  200, 200),
}  # fmt: skip

BACK = "https://shop.example/paid/{charge}"
REQUESTS: dict[str, tuple[str, Any]] = {
    "get_ways_to_pay": ("{unpaid}", None),
    "pay_order": ("{unpaid}", {"card": "{good_card}", "return_to": BACK}),
    "get_charge": ("{failed}", None),
    "retry_charge": ("{failed}", {"return_to": BACK}),
    "read_charge_outcome": ("{unconfirmed}", None),
    "give_charge_up": ("{unconfirmed}", None),
    "get_adding_verdict": ("{failed}", None),
    "add_card_after_failure": ("{failed}", {"card": None, "return_to": "https://shop.example/{card}"}),
}


def charge_things(world: World) -> dict[str, Any]:
    return {
        "unpaid": an_unpaid_order(world).code,
        "good_card": a_card(world.ports, world.ann, "visa-good", "ann@example.com").reference,
        "failed": a_charge(world, "visa-funds").reference,
        "unconfirmed": a_charge(world, "visa-confirm").reference,
    }


def an_unpaid_order(world: World) -> Order:
    """Of Ann's, from Li, not sent yet."""
    return an_order(world, tenders=(), unpaid=6000, delivered_days_ago=None)


def a_charge(world: World, trial_card: str, order: Order | None = None) -> Charge:
    """Ann pays an order by a card that goes as its name says."""
    return pay_order(
        ports=world.ports,
        providers=system_charge_providers(clock=world.clock, ids=world.ports.ids),
        order=order or an_unpaid_order(world),
        card=a_card(world.ports, world.ann, trial_card, "ann@example.com"),
        by=world.ann,
        return_to="https://shop.example/paid/{charge}",
    )
