"""The Stripe slot keeps the contract of all providers, against Stripe as its documentation tells it."""

import pytest

from aftersale.payments.tests.card_contract import CardContract, CardSubject
from aftersale.payments.tests.charge_contract import ChargeContract, ChargeSubject
from aftersale.payments.tests.contract import RefundContract, Subject
from tests.stripe.documented import confirm, give_card
from tests.stripe.slot import slot


class TestRefunds(RefundContract):
    @pytest.fixture
    def subject(self, stripe):
        charge = stripe.make("charge", "ch", currency="eur", amount=100_00, amount_captured=100_00)
        return Subject(slot(stripe.address).refunds, charge["id"])


class TestRefundsOfAPaymentIntent(RefundContract):
    @pytest.fixture
    def subject(self, stripe):
        known = {"currency": "eur", "amount": 100_00}
        intent = stripe.make("payment_intent", "pi", status="succeeded", **known)
        charge = stripe.make("charge", "ch", payment_intent=intent["id"], amount_captured=100_00, **known)
        intent["latest_charge"] = charge["id"]
        return Subject(slot(stripe.address).refunds, intent["id"])


class TestCards(CardContract):
    @pytest.fixture
    def subject(self, stripe):
        def give(page, good):
            give_card(stripe, page, refused="" if good else "generic_decline")

        return CardSubject(slot(stripe.address).cards, give)


class TestCharges(ChargeContract):
    @pytest.fixture
    def subject(self, stripe, here):
        def card(name, trial=""):
            page = here.cards.set_up_card(key=f"k-{name}", return_to="/")
            give_card(stripe, page.reference, trial=trial)
            return here.cards.find_set_up(page.reference).token

        def taken(token):
            of = token.partition("/")[0]
            paid = [each for each in stripe.all("payment_intent") if each["customer"] == of]
            return sum(
                stripe.things[each["latest_charge"]]["amount"] for each in paid if each["latest_charge"]
            )

        def let_go(token):
            here.cards.detach_card(token)

        return ChargeSubject(
            provider=here.charges,
            good=card("good"),
            poor=card("poor", "insufficient_funds"),
            strict=card("strict", "authentication_required"),
            confirm=lambda reference, yes: confirm(stripe, reference, yes=yes),
            let_go=let_go,
            taken=taken,
        )
