"""Ann saves a card by way of Stripe's page, and it is removed there, as the pages and the worker do it."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from aftersale.base.ports import RandomIds, SystemClock
from aftersale.cards.services import detach_due_cards
from aftersale.cards.tests.cast import submitted, the_cards
from aftersale.payments.card_models import CardState, SavedCard
from aftersale.payments.providers.registry import (
    system_card_providers,
    system_charge_providers,
    system_providers,
    where_cards_are_saved,
)
from tests.stripe.documented import SECRET_KEY, give_card

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(stripe, settings):
    settings.STRIPE_SECRET_KEY = SECRET_KEY
    settings.STRIPE_API_BASE = stripe.address
    settings.SITE_ADDRESS = "https://desk.example"
    return the_cards(datetime.now(UTC))


def saved_by_ann(world, stripe) -> SavedCard:
    browser = Client()
    browser.force_login(world.ann)
    onward = browser.post("/account/cards/add/").content.decode()
    (page,) = stripe.all("checkout.session")
    assert f'content="0;url={page["url"]}"' in onward
    give_card(stripe, page["id"])
    assert page["success_url"].startswith("https://desk.example/account/cards/")
    browser.get(page["success_url"].removeprefix("https://desk.example"))
    world.clock.move(minutes=1)  # the page had the machine's own clock
    return SavedCard.objects.get(provider="stripe")


def test_without_a_key_stripe_is_not_there(settings):
    settings.STRIPE_SECRET_KEY = ""
    for providers in (system_providers, system_card_providers, system_charge_providers):
        assert "stripe" not in providers(clock=SystemClock(), ids=RandomIds())
    assert where_cards_are_saved() == "sandbox"
    settings.PRODUCTION = True
    assert where_cards_are_saved() == ""


def test_anns_card_is_saved_on_stripes_page_and_no_number_passes_us(world, stripe):
    card = saved_by_ann(world, stripe)
    assert (card.state, card.brand, card.last_four) == (CardState.ACTIVE, "visa", "4242")
    assert card.email == "ann@example.com"
    method = stripe.things[card.token.partition("/")[2]]
    assert card.token == f"{method['customer']}/{method['id']}"


def test_a_removed_card_is_gone_at_stripe(world, stripe):
    card = saved_by_ann(world, stripe)
    submitted(world, card)
    vaults = system_card_providers(clock=world.clock, ids=world.ports.ids)
    assert detach_due_cards(ports=world.ports, providers=vaults) == 1
    card.refresh_from_db()
    assert card.state == CardState.DETACHED
    assert stripe.all("payment_method")[0]["customer"] is None


def test_stripe_stands_beside_the_sandbox_and_each_has_its_contract_test(world):
    ports = {"clock": world.clock, "ids": world.ports.ids}
    for providers in (system_providers, system_card_providers, system_charge_providers):
        assert list(providers(**ports)) == ["sandbox", "stripe"]
    assert where_cards_are_saved() == "stripe"
