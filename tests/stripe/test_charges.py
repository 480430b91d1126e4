"""Charges of saved cards through the Stripe slot: what each answer of Stripe's means to us."""

import pytest

from aftersale.base.money import Money
from aftersale.payments.providers import (
    Absent,
    BadRequest,
    Declined,
    IdempotencyConflict,
    Pending,
    ProviderFailed,
    Succeeded,
)
from aftersale.payments.providers.cards import KeptCard
from aftersale.payments.providers.charges import CANCELLED, ChargeRequest, RequiresAction
from tests.stripe.documented import decline, give_card, paid


def saved(here, stripe, trial="", **given):
    page = here.cards.set_up_card(key=f"s-{len(stripe.things)}", return_to="/account/cards/")
    give_card(stripe, page.reference, trial=trial, **given)
    card = here.cards.find_set_up(page.reference)
    assert isinstance(card, KeptCard)
    return card.token


def wish(token, amount=40_00, *, present=False, currency="EUR", reference="C7K2M-9XQD4"):
    return ChargeRequest(token, Money(amount, currency), reference, present, "/account/charges/C1/")


def charge(here, request, key="k-one"):
    return here.charges.charge(request, key=key)


def intents(stripe):
    return stripe.all("payment_intent")


def test_a_card_pays_and_the_charge_is_found_by_our_reference(here, stripe):
    outcome = charge(here, wish(saved(here, stripe)))
    assert isinstance(outcome, Succeeded)
    assert stripe.things[outcome.reference]["object"] == "charge"
    assert here.charges.find_charge("C7K2M-9XQD4", key="k-one") == outcome
    assert here.charges.find_charge("C7K2M-9XQD4", key="k-two") == Absent()


def test_what_was_charged_can_be_refunded_by_the_name_that_came_back(here, stripe):
    outcome = charge(here, wish(saved(here, stripe)))
    refunded = here.refunds.refund(outcome.reference, Money(40_00, "EUR"), key="k-refund")
    assert isinstance(refunded, Succeeded)


def test_the_same_key_again_charges_nothing_more(here, stripe):
    request = wish(saved(here, stripe))
    assert charge(here, request) == charge(here, request)
    assert len(intents(stripe)) == 1
    with pytest.raises(IdempotencyConflict):
        charge(here, wish(request.token, 41_00))
    assert len(intents(stripe)) == 1


def test_a_charge_asked_again_after_its_card_was_removed_answers_what_it_did(here, stripe):
    request = wish(saved(here, stripe))
    first = charge(here, request)
    here.cards.detach_card(request.token)
    assert charge(here, request) == first


def test_a_removed_card_is_not_charged(here, stripe):
    request = wish(saved(here, stripe))
    here.cards.detach_card(request.token)
    with pytest.raises(BadRequest):
        charge(here, request)
    assert intents(stripe) == []


@pytest.mark.parametrize(
    ("trial", "declined"),
    [
        ("insufficient_funds", Declined("insufficient_funds", "try_again_later", "51", "24")),
        ("lost_card", Declined("lost_card", "do_not_try_again", "41", "")),
        ("generic_decline", Declined("generic_decline", "try_again_later", "01", "")),
        ("incorrect_cvc", Declined("incorrect_cvc", "confirm_card_data", "", "")),
        ("expired_card", Declined("expired_card", "", "", "")),
        ("authentication_required", Declined("authentication_required", "", "", "")),
    ],
)
def test_a_decline_tells_its_code_the_advice_and_what_the_network_said(here, stripe, trial, declined):
    request = wish(saved(here, stripe, trial))
    assert charge(here, request) == declined
    assert charge(here, request) == declined
    assert here.charges.find_charge(request.reference, key="k-one") == declined
    assert len(intents(stripe)) == 1


def test_a_present_customer_is_led_to_the_bank_and_an_absent_one_is_not(here, stripe):
    token = saved(here, stripe, "authentication_required")
    outcome = charge(here, wish(token, present=True))
    assert isinstance(outcome, RequiresAction)
    assert outcome.address.startswith("https://")
    assert here.charges.find_charge("C7K2M-9XQD4", key="k-one") == outcome
    paid(stripe, stripe.things[outcome.reference])
    assert isinstance(here.charges.find_charge("C7K2M-9XQD4", key="k-one"), Succeeded)


def test_a_confirmation_that_failed_is_a_decline(here, stripe):
    outcome = charge(here, wish(saved(here, stripe, "authentication_required"), present=True))
    decline(stripe.things[outcome.reference], "generic_decline")
    found = here.charges.find_charge("C7K2M-9XQD4", key="k-one")
    assert isinstance(found, Declined)
    assert found.code == "generic_decline"


def test_a_charge_that_waits_can_be_given_up_and_a_paid_one_cannot(here, stripe):
    waiting = charge(here, wish(saved(here, stripe, "authentication_required"), present=True))
    assert here.charges.cancel_charge("C7K2M-9XQD4", key="k-one") == Declined(CANCELLED)
    assert here.charges.cancel_charge("C7K2M-9XQD4", key="k-one") == Declined(CANCELLED)
    assert stripe.things[waiting.reference]["status"] == "canceled"
    bought = charge(here, wish(saved(here, stripe), reference="C2"), "k-two")
    assert here.charges.cancel_charge("C2", key="k-two") == bought
    assert here.charges.cancel_charge("C3", key="k-three") == Absent()


def test_a_payment_under_way_is_pending(here, stripe):
    outcome = charge(here, wish(saved(here, stripe, "processing")))
    assert isinstance(outcome, Pending)


def test_a_day_later_the_reference_still_finds_what_the_key_no_longer_protects(here, stripe):
    request = wish(saved(here, stripe))
    first = charge(here, request)
    stripe.forget_keys()
    assert here.charges.find_charge(request.reference, key="k-one") == first


def test_while_the_search_is_late_the_key_protects(here, stripe):
    request = wish(saved(here, stripe))
    first = charge(here, request)
    stripe.search_is_late = True
    assert here.charges.find_charge(request.reference, key="k-one") == Absent()
    assert charge(here, request) == first
    assert len(intents(stripe)) == 1


def test_less_than_stripe_takes_is_declined_and_nothing_happened(here, stripe):
    assert charge(here, wish(saved(here, stripe), 1)) == Declined("invalid_amount")
    assert intents(stripe) == []


def test_an_amount_that_stripe_cannot_say_is_never_sent(here, stripe):
    token = saved(here, stripe)
    before = len(stripe.requests)
    with pytest.raises(ProviderFailed):
        charge(here, wish(token, 5_123, currency="KWD"))
    assert len(stripe.requests) == before


def test_yen_and_kronas_are_charged_as_stripe_counts_them(here, stripe):
    charge(here, wish(saved(here, stripe), 500, currency="JPY"), "k-jpy")
    charge(here, wish(saved(here, stripe), 500, currency="ISK"), "k-isk")
    assert [(each["currency"], each["amount"]) for each in reversed(intents(stripe))] == [
        ("jpy", 500),
        ("isk", 500_00),
    ]
