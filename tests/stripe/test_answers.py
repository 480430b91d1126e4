"""What was written by hand names nothing that Stripe does not have: held against its own library."""

import json
import typing
from pathlib import Path

import pytest
import stripe
from stripe import params
from stripe.params import checkout

from tests.stripe import documented

ANSWERS = Path(__file__).parent / "answers"
OBJECTS = {
    "refund": stripe.Refund,
    "charge": stripe.Charge,
    "payment_intent": stripe.PaymentIntent,
    "payment_method": stripe.PaymentMethod,
    "setup_intent": stripe.SetupIntent,
    "checkout_session": stripe.checkout.Session,
}
REQUESTS = {
    "_create_refund": params.RefundCreateParams,
    "_list_refunds": params.RefundListParams,
    "_create_intent": params.PaymentIntentCreateParams,
    "_search_intents": params.PaymentIntentSearchParams,
    "_create_session": checkout.SessionCreateParams,
}


@pytest.mark.parametrize("name", sorted(path.stem for path in ANSWERS.glob("*.json")))
def test_each_answer_says_where_and_when_it_was_read(name):
    told = json.loads((ANSWERS / f"{name}.json").read_text(encoding="utf-8"))
    assert "https://docs.stripe.com/" in told["source"]
    assert told["read"] >= "2026-11-24"


@pytest.mark.parametrize("name", OBJECTS)
def test_an_answer_has_the_fields_of_the_librarys_object(name):
    assert set(documented.written(name)["body"]) <= set(OBJECTS[name].__annotations__) | {"object"}


def test_the_statuses_that_we_tell_apart_are_all_that_stripe_has():
    known = set(typing.get_args(typing.get_args(stripe.PaymentIntent.__annotations__["status"])[0]))
    told_apart = {"succeeded", "processing", "requires_action", "requires_payment_method", "canceled"}
    assert known == told_apart | {"requires_capture", "requires_confirmation"}


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_is_accepted_with_parameters_of_the_librarys_alone(name, monkeypatch):
    accepted: list[str] = []

    def note(_asked, *known):
        accepted.extend(known)
        raise Noted

    monkeypatch.setattr(documented, "_only", note)
    with pytest.raises(Noted):
        getattr(documented, name)(documented.Documented(), {})
    assert accepted
    assert set(accepted) <= set(REQUESTS[name].__annotations__)


class Noted(Exception): ...
