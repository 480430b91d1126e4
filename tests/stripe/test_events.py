"""What Stripe tells of by itself: signed events at the door, followed by the worker's looks at Stripe."""

import json
from datetime import UTC, datetime

import pytest
from django.test import Client

from aftersale.orders.models import Tender
from aftersale.payments.card_models import CardState, SavedCard
from aftersale.payments.charge_states import ChargeState
from aftersale.payments.hints import Slots, follow_due_hints, read_due_lists
from aftersale.payments.models import ProviderRefund
from aftersale.payments.providers.events import signed_header
from aftersale.payments.saved_cards import start_set_up
from aftersale.payments.states import State
from tests.money import shop
from tests.money.checks import breaches
from tests.money.till import Till, fresh
from tests.money.till import till as a_till
from tests.stripe.documented import confirm, give_card

pytestmark = pytest.mark.django_db
SECRET = "whsec_of_nobody"


@pytest.fixture
def till(here, settings):
    settings.STRIPE_SECRET_KEY = "sk_test_of_nobody"
    settings.STRIPE_WEBHOOK_SECRETS = [SECRET]
    # The door has the machine's own clock.
    till: Till = a_till(datetime.now(UTC))
    till.vaults, till.terminals = {"stripe": here.cards}, {"stripe": here.charges}
    return till


@pytest.fixture
def tell(till, here, stripe):
    """Stripe tells of a thing; then the worker follows."""

    told: list[str] = []

    def tell(kind, thing, *, times=1, **data):
        told.append(kind)
        event = {"id": f"evt_{len(told)}", "object": "event", "type": kind}
        raw = json.dumps(event | {"data": {"object": thing} | data}).encode()
        header = signed_header(raw, SECRET, at=datetime.now(UTC))
        for _ in range(times):
            answer = Client().post(
                "/providers/stripe/events/",
                raw,
                content_type="application/json",
                headers={"Stripe-Signature": header},
            )
            assert answer.status_code == 200
        till.clock.move(minutes=1)
        slots = Slots({"stripe": here.refunds}, {"stripe": here.cards})
        follow_due_hints(ports=till.ports, slots=slots)

    return tell


def desk_of(till, here):
    desk = shop.desk(till.clock.now())
    desk.clock, desk.providers = till.clock, {"stripe": here.refunds}
    return desk


def bought(till, stripe):
    charge = stripe.make("charge", "ch", currency="eur", amount=100_00, amount_captured=100_00)["id"]
    order = shop.order(ports=till.ports)
    Tender.objects.filter(order=order).update(provider="stripe", reference=charge)
    return order


def page(till):
    card, _ = start_set_up(
        ports=till.ports, providers=till.vaults, customer=shop.ann(), provider="stripe", return_to="/{card}/"
    )
    return card


def test_a_refund_that_fails_days_later_comes_back_into_the_books(till, here, stripe, tell):
    desk = desk_of(till, here)
    refund = shop.refund(bought(till, stripe), 40_00, ports=till.ports, intent="i")
    desk.settle()
    (theirs,) = stripe.all("refund")
    theirs |= {"status": "failed", "failure_reason": "expired_or_canceled_card"}
    tell("refund.failed", theirs, times=2)
    desk.reconcile()
    refund.refresh_from_db()
    assert (refund.state, refund.decline_code) == (State.REVERSED, "expired_or_canceled_card")
    assert breaches(desk) == []


def test_a_refund_started_on_stripes_own_pages_is_recorded_once(till, here, stripe, tell):
    order = bought(till, stripe)
    charge = order.tenders.get().reference
    theirs = stripe.make("refund", "re", charge=charge, amount=5_00, currency="eur")
    tell("refund.created", theirs, times=2)
    tell("refund.updated", theirs)
    slots = Slots({"stripe": here.refunds}, {})
    assert read_due_lists(ports=till.ports, slots=slots) == 1
    row = ProviderRefund.objects.get()
    assert (row.provider, row.reference, row.amount_minor) == ("stripe", theirs["id"], 5_00)
    assert breaches(desk_of(till, here)) == []


def test_an_event_that_says_more_than_is_true_changes_nothing(till, here, stripe, tell):
    order = bought(till, stripe)
    made_up = {"id": "re_made_up", "charge": order.tenders.get().reference, "amount": 100_00, "metadata": {}}
    tell("refund.created", made_up)
    assert not ProviderRefund.objects.exists()


def test_ann_confirmed_at_her_bank_and_never_came_back(till, stripe, tell):
    card = page(till)
    give_card(stripe, card.setup, trial="authentication_required")
    tell("checkout.session.completed", stripe.things[card.setup])
    card = SavedCard.objects.get()
    assert card.state == CardState.ACTIVE
    charge = till.pay(till.order(), card)
    assert charge.state == ChargeState.REQUIRES_ACTION
    (intent,) = stripe.all("payment_intent")
    confirm(stripe, intent["id"], yes=True)
    tell("payment_intent.succeeded", intent, times=2)
    till.look()
    assert fresh(charge).state == ChargeState.SUCCEEDED
    assert len(stripe.all("charge")) == 1


def test_a_card_that_was_taken_away_at_stripe_is_removed_here(till, stripe, tell):
    card = page(till)
    give_card(stripe, card.setup)
    tell("checkout.session.completed", stripe.things[card.setup])
    method = stripe.all("payment_method")[0]
    customer = method["customer"]
    tell("payment_method.detached", method, previous_attributes={"customer": customer})
    assert SavedCard.objects.get().state == CardState.ACTIVE
    method["customer"] = None
    tell("payment_method.detached", method, previous_attributes={"customer": customer})
    assert SavedCard.objects.get().state == CardState.DETACHED


@pytest.mark.parametrize("kind", ["payment_method.automatically_updated", "payment_method.updated"])
def test_a_card_that_its_bank_renewed_is_known_by_its_new_date(till, stripe, tell, kind):
    card = page(till)
    give_card(stripe, card.setup)
    tell("checkout.session.completed", stripe.things[card.setup])
    before = SavedCard.objects.get()
    method = stripe.all("payment_method")[0]
    method["card"] |= {"exp_month": 2, "exp_year": 2036, "last4": "1881", "fingerprint": "print-1881"}
    tell(kind, method)
    card = SavedCard.objects.get()
    assert (card.expiry_month, card.expiry_year, card.last_four) == (2, 2036, "1881")
    assert (card.state, card.token, card.fingerprint_hash) == (
        *(CardState.ACTIVE, before.token),
        before.fingerprint_hash,
    )


def test_a_card_given_on_a_page_that_we_had_given_up_is_let_go(till, stripe, tell):
    card = page(till)
    SavedCard.objects.filter(pk=card.pk).update(state=CardState.TOMBSTONE, setup="")
    give_card(stripe, card.setup)
    tell("checkout.session.completed", stripe.things[card.setup])
    assert stripe.all("payment_method")[0]["customer"] is None
    assert SavedCard.objects.get().state == CardState.TOMBSTONE
