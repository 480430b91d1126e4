"""When Stripe says no to a request, or nothing at all: an error of ours, and no secret in it."""

import logging
import threading
from socketserver import BaseRequestHandler, TCPServer

import pytest

from aftersale.base.money import Money
from aftersale.base.ports import RandomIds
from aftersale.payments.providers import (
    BadRequest,
    Declined,
    IdempotencyConflict,
    Misconfigured,
    RateLimited,
    Unavailable,
)
from aftersale.payments.providers.stripe.client import Client, system_http
from aftersale.payments.providers.stripe.slot import stripe_slot
from tests.stripe.documented import SECRET_KEY, give_card
from tests.stripe.slot import slot


@pytest.mark.parametrize(
    ("told", "raised"),
    [
        ("unauthorized", Misconfigured),
        ("forbidden", Misconfigured),
        ("too_many", RateLimited),
        ("mismatch", IdempotencyConflict),
        ("in_use", Unavailable),
        ("broken", Unavailable),
        ("unknown_parameter", BadRequest),
    ],
)
def test_each_error_of_stripes_is_one_of_ours(here, stripe, told, raised):
    stripe.only_answer = told
    with pytest.raises(raised) as error:
        here.cards.set_up_card(key="k-one", return_to="/")
    assert type(error.value) is raised or raised is BadRequest
    assert str(error.value).startswith("stripe answered 4") or told == "broken"
    assert "req_" in str(error.value)


def test_nobody_at_the_address_is_unavailable():
    with pytest.raises(Unavailable, match="did not answer"):
        slot("http://127.0.0.1:9").cards.find_card("cus_1/pm_1")


def test_an_answer_that_is_no_json_is_unavailable():
    class Gibberish(BaseRequestHandler):
        def handle(self):
            self.request.recv(65536)
            self.request.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n<html")

    with TCPServer(("127.0.0.1", 0), Gibberish) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        with pytest.raises(Unavailable):
            slot(f"http://127.0.0.1:{server.server_address[1]}").cards.find_card("cus_1/pm_1")
        thread.join()


def test_the_library_tries_once(here, stripe):
    stripe.only_answer = "broken"
    with pytest.raises(Unavailable):
        here.cards.set_up_card(key="k-one", return_to="/")
    assert stripe.requests == ["POST /v1/checkout/sessions"]


def test_the_secret_key_is_in_no_repr_no_error_and_no_log(stripe, caplog):
    caplog.set_level(logging.DEBUG)
    wrong = SECRET_KEY + "_wrong"
    client = Client(wrong, http=system_http(), api_base=stripe.address)
    assert "sk_" not in repr(client)
    with pytest.raises(Misconfigured) as error:
        slot(stripe.address, secret_key=wrong).cards.find_card("cus_1/pm_1")
    assert "sk_" not in str(error.value)
    assert "sk_" not in "".join(record.getMessage() for record in caplog.records)
    assert "sk_" not in repr(stripe_slot(wrong, ids=RandomIds(), site="", http=system_http()))


def test_a_card_of_a_page_that_said_no_cannot_come_in_afterwards(here, stripe):
    page = here.cards.set_up_card(key="k-one", return_to="/")
    give_card(stripe, page.reference, refused="generic_decline")
    assert isinstance(here.cards.find_set_up(page.reference), Declined)
    assert stripe.things[page.reference]["status"] == "expired"
    give_card(stripe, page.reference)
    assert isinstance(here.cards.find_set_up(page.reference), Declined)


def test_a_refund_that_was_paid_and_forgotten_is_found_before_it_is_called_refused(here, stripe):
    charge = stripe.make("charge", "ch", currency="eur", amount=100_00, amount_captured=100_00)["id"]
    first = here.refunds.refund(charge, Money(100_00, "EUR"), key="k-one")
    stripe.forget_keys()
    assert here.refunds.refund(charge, Money(100_00, "EUR"), key="k-one") == first
    assert len(stripe.all("refund")) == 1


@pytest.mark.parametrize("status", ["failed", "canceled"])
def test_a_refund_that_failed_later_is_declined_with_the_reason(here, stripe, status):
    charge = stripe.make("charge", "ch", currency="eur", amount=100_00, amount_captured=100_00)["id"]
    done = here.refunds.refund(charge, Money(40_00, "EUR"), key="k-one")
    stripe.things[done.reference] |= {"status": status, "failure_reason": "lost_or_stolen_card"}
    assert here.refunds.find_refund(charge, key="k-one") == Declined("lost_or_stolen_card")


def test_a_disputed_charge_is_refunded_no_more(here, stripe):
    known = {"currency": "eur", "amount": 100_00, "amount_captured": 100_00, "disputed": True}
    charge = stripe.make("charge", "ch", **known)["id"]
    refused = here.refunds.refund(charge, Money(1, "EUR"), key="k-one")
    assert refused == Declined("charge_disputed")


def test_a_list_longer_than_a_page_is_read_to_its_end(here, stripe):
    charge = stripe.make("charge", "ch", currency="eur", amount=1000_00, amount_captured=1000_00)["id"]
    for number in range(205):
        stripe.make(
            "refund", "re", charge=charge, amount=1, currency="eur", metadata={"aftersale_key": f"k-{number}"}
        )
    assert len(list(here.refunds.refunds())) == 205
    assert here.refunds.find_refund(charge, key="k-0") != here.refunds.find_refund(charge, key="k-1")
