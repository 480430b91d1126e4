"""Ann pays an order by Stripe: the charge verbs from the first no to the paid order, over real HTTP."""

from datetime import UTC, datetime

import pytest

from aftersale.payments.card_models import SavedCard
from aftersale.payments.charge_queries import owes_for
from aftersale.payments.charge_states import ChargeState
from aftersale.payments.errors import TryLater
from aftersale.payments.saved_cards import finish_set_up, start_set_up
from tests.money import shop
from tests.money.checks import breaches
from tests.money.till import Till, fresh
from tests.money.till import till as a_till
from tests.stripe.documented import give_card

pytestmark = pytest.mark.django_db


@pytest.fixture
def till(here) -> Till:
    till = a_till(datetime(2026, 11, 20, 9, tzinfo=UTC))
    till.vaults, till.terminals = {"stripe": here.cards}, {"stripe": here.charges}
    return till


def saved(till, stripe, trial="") -> SavedCard:
    card, _page = start_set_up(
        ports=till.ports, providers=till.vaults, customer=shop.ann(), provider="stripe", return_to="/{card}/"
    )
    give_card(stripe, card.setup, trial=trial)
    return finish_set_up(ports=till.ports, providers=till.vaults, card=card)


def banks_word(stripe, card, word):
    stripe.things[card.token.partition("/")[2]]["trial"] = word


def books(till, here):
    desk = till.desk
    desk.providers = {"stripe": here.refunds}
    return desk


def intents(stripe):
    return stripe.all("payment_intent")


def test_ann_s_bank_says_no_she_waits_a_day_and_has_paid_once(till, here, stripe):
    order, card = till.order(), saved(till, stripe, "generic_decline")
    declined = till.pay(order, card)
    assert (declined.state, declined.family) == (ChargeState.DECLINED, "silent")
    with pytest.raises(TryLater):
        till.again(declined)
    assert len(intents(stripe)) == 1
    banks_word(stripe, card, "")
    till.wait(hours=25)
    assert len(intents(stripe)) == 1  # nothing by itself
    paid = till.again(declined)
    assert (paid.state, paid.retry_of) == (ChargeState.SUCCEEDED, declined)
    assert paid.tender.reference == intents(stripe)[0]["latest_charge"]
    assert owes_for(order).minor == 0
    assert [each["status"] for each in intents(stripe)] == ["succeeded", "requires_payment_method"]
    assert breaches(books(till, here)) == []


def test_a_lost_answer_of_a_paid_order_is_looked_up_and_not_asked_for_again(till, here, stripe, monkeypatch):
    order, card = till.order(), saved(till, stripe)
    answer = stripe.answer

    def lost(method, target, body, headers):
        answered = answer(method, target, body, headers)
        return (500, {"error": {"type": "api_error"}}) if target == "/v1/payment_intents" else answered

    monkeypatch.setattr(stripe, "answer", lost)
    charge = till.pay(order, card)
    assert charge.state == ChargeState.UNKNOWN
    monkeypatch.setattr(stripe, "answer", answer)
    till.wait(minutes=5)
    assert fresh(charge).state == ChargeState.SUCCEEDED
    assert len(intents(stripe)) == 1
    assert breaches(books(till, here)) == []
