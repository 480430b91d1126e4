"""The Stripe slot against localstripe, over real HTTP, in what localstripe does as Stripe does."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from aftersale.base.money import Money
from aftersale.base.ports import SystemClock
from aftersale.payments.providers import Succeeded
from aftersale.payments.providers.cards import Detached, Gone, KeptCard
from aftersale.payments.providers.events import EventReader, Hint, NotSigned, Topic
from aftersale.payments.tests.contract import RefundContract, Subject, paid
from tests.stripe.localstripe import running
from tests.stripe.slot import slot

pytestmark = [pytest.mark.localstripe, pytest.mark.slow]


@pytest.fixture(scope="module")
def localstripe(tmp_path_factory):
    with running(tmp_path_factory.mktemp("localstripe")) as server:
        yield server


@pytest.fixture
def here(localstripe):
    return slot(localstripe.address)


class TestRefunds:
    """Of the contract of all providers, what localstripe does as Stripe; test_documented.py has all of it."""

    @pytest.fixture
    def subject(self, localstripe, here):
        return Subject(here.refunds, localstripe.charge(100_00))

    test_paid_and_found = RefundContract.test_a_refund_is_paid_and_found_by_its_key
    test_two_keys = RefundContract.test_two_keys_are_two_refunds
    test_unknown_key = RefundContract.test_an_unknown_key_is_absent
    test_unknown_charge = RefundContract.test_a_charge_it_does_not_know_fails
    test_list = RefundContract.test_its_list_names_charge_amount_and_key
    test_look = RefundContract.test_a_refund_is_looked_at_by_the_name_that_the_list_tells

    @pytest.mark.parametrize("amount", [Money(0, "EUR"), Money(-1, "EUR"), Money(1, "JPY")])
    def test_nothing_less_and_foreign_money(self, subject, amount):
        RefundContract.test_nothing_less_and_foreign_money_fail(self, subject, amount)

    def test_what_localstripe_does_not_do_as_stripe_does(self, subject):
        """The day this fails, more of the contract can run here: see docs/stripe.md."""
        for _ in range(2):
            assert isinstance(
                subject.provider.refund(subject.charge, Money(60_00, "EUR"), key="k-one"), Succeeded
            )
        assert paid(subject) == 120_00


def test_a_kept_card_is_told_let_go_and_gone(localstripe, here):
    card = localstripe.card()
    token = f"{card['customer']}/{card['id']}"
    found = here.cards.find_card(token)
    assert isinstance(found, KeptCard)
    assert (found.token, found.brand, found.last_four) == (token, "visa", "4242")
    assert here.cards.detach_card(token) == Detached()
    assert here.cards.find_card(token) == Gone()


def test_a_card_that_never_was_is_gone(here):
    assert here.cards.find_card("cus_nobody/pm_nobody") == Gone()
    assert here.cards.detach_card("cus_nobody/pm_nobody") == Gone()


def test_its_signed_events_are_read_and_those_of_others_are_not(localstripe):
    raw, headers = _event_of_ours(localstripe, lambda: localstripe.charge(5_00, aftersale_charge="C1"))
    reader = EventReader("stripe", "Stripe-Signature", ("whsec_of_nobody",), SystemClock())
    hint = reader.read(raw, headers)
    assert isinstance(hint, Hint)
    assert (hint.topic, hint.ours) == (Topic.CHARGE, "C1")
    with pytest.raises(NotSigned):
        EventReader("stripe", "Stripe-Signature", ("whsec_other",), SystemClock()).read(raw, headers)


def test_it_listens_here_alone_and_keeps_no_file(localstripe):
    port = int(localstripe.address.rpartition(":")[2])
    listening = [
        line.split()[1]
        for table in ("/proc/net/tcp", "/proc/net/tcp6")
        if Path(table).exists()
        for line in Path(table).read_text(encoding="ascii").splitlines()[1:]
        if line.split()[3] == "0A" and line.split()[1].endswith(f":{port:04X}")
    ]
    assert listening in ([], [f"0100007F:{port:04X}"])


def _event_of_ours(localstripe, act):
    """The event of a payment of ours that succeeded, as it came over the network."""
    came: list[tuple[bytes, dict[str, str]]] = []
    arrived = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            if b'"payment_intent.succeeded"' in raw and b"aftersale_charge" in raw:
                came.append((raw, dict(self.headers.items())))
                arrived.set()
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args): ...

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            here = f"http://127.0.0.1:{server.server_address[1]}/"
            localstripe.post("/_config/webhooks/ours", url=here, secret="whsec_of_nobody")
            act()
            assert arrived.wait(30), "no event came"
        finally:
            server.shutdown()
            thread.join()
    return came[0]
