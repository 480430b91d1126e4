"""Whatever a bad network loses between us and Stripe: money moves once, a card is gone, and we know it."""

import random
from datetime import timedelta

import pytest

from aftersale.cards.models import RemovalRequest
from aftersale.cards.services import detach_due_cards
from aftersale.cards.states import RemovalState
from aftersale.cards.tests.cast import submitted, the_cards
from aftersale.orders.models import Tender
from aftersale.payments.card_models import CardState
from aftersale.payments.charge_states import CHARGE_IN_FLIGHT, ChargeState
from aftersale.payments.models import ProviderRefund, TenderMoney
from aftersale.payments.saved_cards import finish_set_up, start_set_up
from aftersale.payments.states import IN_FLIGHT, NOT_SUBMITTED, State
from tests.money import shop
from tests.money.checks import breaches
from tests.money.till import Till, fresh
from tests.money.till import till as a_till
from tests.stripe.documented import give_card
from tests.stripe.proxy import Fault, Network, between
from tests.stripe.slot import slot

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
FAULTS = [fault for fault in Fault if fault != Fault.NONE]
KEYS_LAST = timedelta(days=1)


@pytest.fixture
def network(stripe):
    with between(stripe.address, Network()) as network:
        yield network


@pytest.fixture
def there(network):
    """The slot, with the bad network between."""
    return slot(network.address)


def first(fault, times, *, of="POST", path=""):
    """A plan: the first `times` requests of this kind meet the fault."""
    left = [times]

    def plan(method, asked):
        if method != of or not asked.startswith(path or "/") or not left[0]:
            return Fault.NONE
        left[0] -= 1
        return fault

    return plan


def at_random(seed, share=0.4):
    chance = random.Random(seed)
    return lambda _method, _path: chance.choice(FAULTS) if chance.random() < share else Fault.NONE


class Day:
    """Moves the clock of a desk, and Stripe's with it: after a day it knows no key any more."""

    def __init__(self, clock, stripe):
        self.clock, self.stripe, self.began = clock, stripe, clock.now()

    def passes(self, **by):
        self.clock.move(**by)
        if self.clock.now() - self.began >= KEYS_LAST:
            self.stripe.forget_keys()
            self.began = self.clock.now()


# ---- refunds ----


@pytest.fixture
def desk(there):
    desk = shop.desk()
    desk.providers = {"stripe": there.refunds}
    return desk


def wanted(desk, stripe, amount=40_00):
    """A refund of an order that Ann paid at Stripe."""
    charge = stripe.make("charge", "ch", currency="eur", amount=100_00, amount_captured=100_00)["id"]
    bought = shop.order(ports=desk.ports)
    Tender.objects.filter(order=bought).update(provider="stripe", reference=charge)
    return shop.refund(bought, amount, ports=desk.ports, intent="i")


def settle(desk, stripe, refund, **by):
    day = Day(desk.clock, stripe)
    for _ in range(60):
        desk.settle()
        desk.reconcile()
        refund.refresh_from_db()
        if refund.state not in (*IN_FLIGHT, *NOT_SUBMITTED):
            return refund
        day.passes(**by or {"minutes": 20})
    raise AssertionError(f"{refund} is {refund.state}")


def is_paid_once(desk, stripe, network, refund):
    assert refund.state == State.SUCCEEDED
    (theirs,) = stripe.all("refund")
    assert (theirs["amount"], refund.provider_reference) == (40_00, theirs["id"])
    assert (TenderMoney.objects.get().succeeded_minor, ProviderRefund.objects.count()) == (40_00, 0)
    network.plan = lambda *_asked: Fault.NONE
    assert breaches(desk) == []


@pytest.mark.parametrize("times", [1, 3])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_refund_is_paid_once_whatever_its_requests_meet(desk, stripe, network, fault, times):
    network.plan = first(fault, times, path="/v1/refunds")
    refund = settle(desk, stripe, wanted(desk, stripe))
    assert network.faults() >= 1
    is_paid_once(desk, stripe, network, refund)


@pytest.mark.parametrize("fault", [Fault.REQUEST_LOST, Fault.ANSWER_LOST])
def test_a_refund_is_paid_once_when_days_pass_and_the_key_is_forgotten(desk, stripe, network, fault):
    network.plan = first(fault, 2, path="/v1/refunds")
    refund = settle(desk, stripe, wanted(desk, stripe), hours=30)
    is_paid_once(desk, stripe, network, refund)


@pytest.mark.parametrize("seed", range(12))
def test_a_refund_is_paid_once_on_a_network_that_loses_what_it_likes(desk, stripe, network, seed):
    network.plan = at_random(seed)
    refund = settle(desk, stripe, wanted(desk, stripe), hours=7)
    is_paid_once(desk, stripe, network, refund)


def test_without_the_look_first_a_forgotten_key_would_pay_twice(desk, stripe, network):
    """The negative control: asked again after a day with nothing looked up, Stripe pays a second time."""
    refund = wanted(desk, stripe)
    slot_ = desk.providers["stripe"]
    for _ in range(2):
        slot_.refund(refund.tender.reference, refund.amount, key=refund.key)
        stripe.forget_keys()
    assert len(stripe.all("refund")) == 2


# ---- charges ----


@pytest.fixture
def till(there, stripe):
    till: Till = a_till()
    till.vaults, till.terminals = {"stripe": there.cards}, {"stripe": there.charges}
    return till


def saved(till, stripe, network, trial=""):
    plan, network.plan = network.plan, lambda *_asked: Fault.NONE
    card, _ = start_set_up(
        ports=till.ports,
        providers=till.vaults,
        customer=shop.ann(),
        provider="stripe",
        return_to="/account/cards/{card}/",
    )
    give_card(stripe, card.setup, trial=trial)
    card = finish_set_up(ports=till.ports, providers=till.vaults, card=card)
    network.plan = plan
    return card


def charged(till, stripe, charge, **by):
    day = Day(till.clock, stripe)
    for _ in range(60):
        till.work()
        charge = fresh(charge)
        if charge.state not in CHARGE_IN_FLIGHT:
            return charge
        day.passes(**by or {"minutes": 20})
    raise AssertionError(f"{charge} is {charge.state}")


def is_charged_once(till, stripe, charge):
    assert charge.state == ChargeState.SUCCEEDED
    (intent,) = stripe.all("payment_intent")
    assert intent["status"] == "succeeded"
    assert charge.tender.reference == intent["latest_charge"]
    assert [each["amount"] for each in stripe.all("charge")] == [100_00]


@pytest.mark.parametrize("times", [1, 3])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_card_is_charged_once_whatever_its_requests_meet(till, stripe, network, fault, times):
    card = saved(till, stripe, network)
    network.plan = first(fault, times, path="/v1/payment_intents")
    is_charged_once(till, stripe, charged(till, stripe, till.pay(till.order(), card)))
    assert network.faults() >= 1


@pytest.mark.parametrize("fault", [Fault.REQUEST_LOST, Fault.ANSWER_LOST])
def test_a_card_is_charged_once_when_days_pass_and_the_key_is_forgotten(till, stripe, network, fault):
    card = saved(till, stripe, network)
    network.plan = first(fault, 2, path="/v1/payment_intents")
    charge = till.pay(till.order(), card)
    is_charged_once(till, stripe, charged(till, stripe, charge, hours=30))


def test_a_card_is_charged_once_while_the_search_is_late_and_the_answer_lost(till, stripe, network):
    card = saved(till, stripe, network)
    network.plan = first(Fault.ANSWER_LOST, 1, path="/v1/payment_intents")
    stripe.search_is_late = True
    is_charged_once(till, stripe, charged(till, stripe, till.pay(till.order(), card)))


@pytest.mark.parametrize("seed", range(12))
def test_a_card_is_charged_once_on_a_network_that_loses_what_it_likes(till, stripe, network, seed):
    card = saved(till, stripe, network)
    network.plan = at_random(seed)
    charge = till.pay(till.order(), card)
    is_charged_once(till, stripe, charged(till, stripe, charge, hours=7))


@pytest.mark.parametrize("fault", FAULTS)
def test_a_decline_is_one_attempt_and_takes_nothing(till, stripe, network, fault):
    card = saved(till, stripe, network, "lost_card")
    network.plan = first(fault, 2, path="/v1/payment_intents")
    charge = charged(till, stripe, till.pay(till.order(), card))
    assert (charge.state, charge.decline_code) == (ChargeState.DECLINED, "lost_card")
    assert len(stripe.all("payment_intent")) == 1
    assert stripe.all("charge") == []


# ---- cards ----


def removed(world, vaults, stripe):
    day = Day(world.clock, stripe)
    for _ in range(60):
        detach_due_cards(ports=world.ports, providers=vaults)
        request = RemovalRequest.objects.get()
        if request.state == RemovalState.VERIFIED:
            return request
        world.visa.refresh_from_db()
        assert world.visa.state == CardState.REMOVAL_PENDING
        day.passes(minutes=10)
    raise AssertionError("the card is not gone")


@pytest.fixture
def world(stripe, network, there):
    world = the_cards()
    card = saved(_Vaults(world, there), stripe, network)
    card.customer = world.ann
    card.save(update_fields=["customer"])
    world.visa = card
    return world


class _Vaults:
    def __init__(self, world, there):
        self.ports, self.vaults = world.ports, {"stripe": there.cards}


def is_gone_once(world, stripe, request):
    world.visa.refresh_from_db()
    assert world.visa.state == CardState.DETACHED
    (method,) = stripe.all("payment_method")
    assert method["customer"] is None
    assert request.provider_answer in ("detached", "already_gone")


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("of", ["POST", "GET"])
def test_a_removed_card_is_gone_whatever_the_requests_meet(world, stripe, network, there, fault, of):
    submitted(world, world.visa)
    network.plan = first(fault, 2, of=of, path="/v1/payment_methods")
    is_gone_once(world, stripe, removed(world, {"stripe": there.cards}, stripe))
    assert network.faults() >= 1


@pytest.mark.parametrize("seed", range(6))
def test_a_removed_card_is_gone_on_a_network_that_loses_what_it_likes(world, stripe, network, there, seed):
    submitted(world, world.visa)
    network.plan = at_random(seed)
    is_gone_once(world, stripe, removed(world, {"stripe": there.cards}, stripe))


def test_a_refund_of_another_shops_charge_at_the_same_account_is_none_of_ours(desk, stripe):
    wanted(desk, stripe)
    other = stripe.make("charge", "ch", currency="eur", amount=9_00, amount_captured=9_00)["id"]
    stripe.make("refund", "re", charge=other, amount=9_00, currency="eur")
    assert breaches(desk) == []
    ours = Tender.objects.get().reference
    stripe.make("refund", "re", charge=ours, amount=1_00, currency="eur")
    assert len(breaches(desk)) == 1
