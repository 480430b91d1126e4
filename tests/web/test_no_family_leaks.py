"""Whoever pays with a reported card sees, byte for byte, what a bank that gives no reason makes one see.

Each word that means `hidden` or `revoked`, and each that forbids another try, is played through against
`generic_decline`: pages, parts of pages, headers, redirects, messages, mails and the API, at the same moments
by the clock. Only names, tokens and nonces are taken out, which differ between any two payments.
"""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.utils.translation import gettext_lazy

from aftersale.api.tests.cast import Machine, a_wish, machine
from aftersale.base.models import Notification
from aftersale.base.services import rendered
from aftersale.cards.tests.cast import a_card
from aftersale.payments.charge_models import Charge
from aftersale.payments.declines import TABLE, Family
from aftersale.payments.providers import Declined
from aftersale.payments.providers.sandbox.models import VaultSetUp
from aftersale.payments.providers.sandbox.trial_cards import TRIAL_CARDS, Course, TrialCard
from aftersale.returns.tests.cast import World, a_world, an_order
from tests.api.charge_things import BACK

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
SILENT = Declined("generic_decline")
SECRET = (Family.HIDDEN, Family.REVOKED)
_VARIES = re.compile(
    r"\b[A-Z][0-9A-Z]{5}-[0-9A-Z]{5}\b|\b(TR)?WM-\d+"  # names of charges and cards, of orders
    r"|\b[\w-]{64}\b|nonce=\"[^\"]*\"|nonce-[\w+/=-]+"  # a form's token, a page's nonce
    r"|\bk[0-9a-z]{26}\b|from-\d+|notification-\d+|\b[0-9a-f]{32}\b"  # a form's intent, keys of rows
)


def words_that_tell_too_much() -> list[Declined]:
    rows = [row for row in TABLE.codes if row.family in SECRET or row.final]
    words = [
        Declined(row.code) if row.list == "stripe" else Declined("generic_decline", network_code=row.code)
        for row in rows
    ]
    never = [row for row in TABLE.advice if row.says == "never"]
    words += [
        Declined("generic_decline", row.code)
        if row.list == "provider"
        else Declined("insufficient_funds", network_advice=row.code)
        for row in never
    ]
    return [*words, Declined("stolen_card", "do_not_try_again", "43", "03"), Declined("fraudulent")]


def test_every_word_that_tells_too_much_is_played_through():
    assert len(words_that_tell_too_much()) > 20


@pytest.mark.parametrize("declined", words_that_tell_too_much(), ids=str)
def test_nobody_outside_can_tell_it_from_a_bank_that_gives_no_reason(declined, monkeypatch):
    seen, expected = played(declined, monkeypatch), played(SILENT, monkeypatch)
    for (what, told), (_, silent) in zip(seen, expected, strict=True):
        assert told == silent, what


def test_the_comparison_finds_what_is_told(monkeypatch):
    """Its negative control: a reason that may be told differs on the page, in the mail and in the API."""
    seen, expected = played(Declined("insufficient_funds"), monkeypatch), played(SILENT, monkeypatch)
    differing = {what for (what, told), (_, silent) in zip(seen, expected, strict=False) if told != silent}
    assert {"page of the payment", "mails", "api: the charge"} <= differing


def test_the_way_leads_through_everything(monkeypatch):
    told = dict(played(SILENT, monkeypatch))
    assert "Your bank declined the payment" in told["page of the payment"]
    assert "You can try this card once more from" in told["part of the page"]
    assert told["adding the same"].startswith("409") and told["adding another"].startswith("302")
    assert "this is the card whose payment failed" in told["ways to pay, then"].lower()
    assert "cannot be tried again yet" in told["told so"]
    assert "Try this card again" in told["a day later"]
    assert "cannot help for this order" in told["not any more"]
    assert '"code": "not_again"' in told["api: again"] and '"code": "pointless_card"' in told["api: adding"]
    assert "What is wrong with my card?" in told["the thread"]
    assert told["mails"].count("Nothing was charged") == 6  # three mails, each as text and as HTML
    assert "Your bank declined the payment" in told["page of the next"]


def played(declined: Declined, monkeypatch) -> list[tuple[str, str]]:
    """All that Ann and her programs are told while she pays with a card that is declined so."""
    card = TrialCard(
        "visa-trial", "visa", "0003", 9, 2031, gettext_lazy("is declined"), Course.DECLINES, declined
    )
    monkeypatch.setitem(TRIAL_CARDS, "visa-trial", card)
    if declined == SILENT and _silent:
        return _silent
    # A savepoint and no transaction of ours: providers are asked, which none may be open for.
    before = transaction.savepoint_create()
    seen = Play().all()
    transaction.savepoint_rollback(before)
    if declined == SILENT:
        _silent.extend(seen)
    return seen


_silent: list[tuple[str, str]] = []


class Play:
    """One way through everything that a failed payment leads to."""

    def __init__(self) -> None:
        self.world: World = a_world()
        self.start = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
        self.seen: list[tuple[str, str]] = []
        self.browser = Client()

    def all(self) -> list[tuple[str, str]]:
        with time_machine.travel(self.start, tick=False):
            self.world.clock.move(seconds=(self.start - self.world.clock.now()).total_seconds())
            self.order = an_order(self.world, tenders=(), unpaid=6000, delivered_days_ago=None)
            self.next = an_order(self.world, tenders=(), unpaid=6000, delivered_days_ago=None)
            self.card = a_card(self.world.ports, self.world.ann, "visa-trial", "ann@example.com")
            self.browser.force_login(self.world.ann)
            self._fails()
            self._is_added_again()
            self._is_tried_too_early()
        with time_machine.travel(self.start + timedelta(hours=25), tick=False):
            self._is_tried_once_more()
            self._pays_another_order()
            self._asks_in_a_thread()
            self._is_asked_for_by_a_program(machine(self.world, self.world.ann))
            self._mails()
        return self.seen

    def _fails(self) -> None:
        pay = f"/account/orders/{self.order.code}/pay/"
        self._see("paying", self.browser.post(pay, {"card": self.card.reference}))
        self.charge = Charge.objects.latest("pk").reference
        self._pages()

    def _pages(self, when: str = "") -> None:
        payment = f"/account/payments/{self.charge}/"
        self._see(f"{when}page of the payment", self.browser.get(payment))
        self._see(f"{when}part of the page", self.browser.get(payment, headers={"HX-Request": "true"}))
        self._see(f"{when}ways to pay", self.browser.get(f"/account/orders/{self.order.code}/pay/"))
        for path in ("/account/", "/account/orders/", f"/account/orders/{self.order.code}/"):
            self._see(when + path.replace(self.order.code, "order"), self.browser.get(path))

    def _is_added_again(self) -> None:
        address = f"/account/payments/{self.charge}/add-card/"
        self._see("adding", self.browser.get(address))
        self._see("adding the same", self.browser.post(address, {"which": "same"}))
        self._see("adding another", self.browser.post(address, {"which": "other"}))
        page = VaultSetUp.objects.latest("pk")
        given = self.browser.post(f"/sandbox/cards/{page.reference}/", {"card": "visa-trial"})
        self._see("coming back with the same", self.browser.get(given["Location"]))
        self._see("ways to pay, then", self.browser.get(f"/account/orders/{self.order.code}/pay/"))
        self._see("cards", self.browser.get("/account/cards/"))

    def _is_tried_too_early(self) -> None:
        self._see("too early", self.browser.post(f"/account/payments/{self.charge}/again/"))
        self._see("told so", self.browser.get(f"/account/payments/{self.charge}/"))

    def _is_tried_once_more(self) -> None:
        self._see("a day later", self.browser.get(f"/account/payments/{self.charge}/"))
        self._see("once more", self.browser.post(f"/account/payments/{self.charge}/again/"))
        self.charge = Charge.objects.latest("pk").reference
        self._pages("again: ")
        self._see("and again", self.browser.post(f"/account/payments/{self.charge}/again/"))
        self._see("not any more", self.browser.get(f"/account/payments/{self.charge}/"))

    def _pays_another_order(self) -> None:
        """Where a reported card is not asked for any more, and any other is."""
        self._see("ways to pay the next", self.browser.get(f"/account/orders/{self.next.code}/pay/"))
        body = {"card": self.card.reference}
        answer = self.browser.post(f"/account/orders/{self.next.code}/pay/", body)
        self._see("paying the next", answer)
        self._see("page of the next", self.browser.get(answer["Location"]))

    def _asks_in_a_thread(self) -> None:
        address = f"/threads/ask/?charge={self.charge}"
        self._see("asking", self.browser.get(address))
        words = {"kind": "charge", "subject": "My payment", "body": "What is wrong with my card?"}
        opened = self.browser.post(address, words | {"charge": self.charge, "intent": "ask"})
        self._see("asked", opened)
        self._see("the thread", self.browser.get(opened["Location"]))

    def _is_asked_for_by_a_program(self, program: Machine) -> None:
        charge, order = f"/charges/{self.charge}", f"/orders/{self.order.code}"
        self._see("api: the charge", program.get(charge))
        self._see("api: charges", program.get("/charges?limit=2"))
        self._see("api: ways to pay", program.get(f"{order}/ways-to-pay"))
        self._see("api: verdict", program.get(f"{charge}/adding-a-card?card={self.card.reference}"))
        body = {"card": self.card.reference, "return_to": BACK}
        self._see("api: adding", program.post(f"{charge}/cards", body))
        self._see("api: paying", program.post(f"{order}/charges", body, wish=a_wish()))
        self._see("api: again", program.post(f"{charge}/retry", {"return_to": BACK}, wish=a_wish()))
        self._see("api: the card", program.get(f"/cards/{self.card.reference}"))

    def _mails(self) -> None:
        codes = (self.order.code, self.next.code)
        mails = [rendered(row) for row in Notification.objects.filter(words__order__in=codes)]
        told = "\n".join(f"{mail.recipient}\n{mail.subject}\n{mail.text}\n{mail.html}" for mail in mails)
        assert told, "a failed payment is told by mail"
        self.seen.append(("mails", _VARIES.sub("", told)))

    def _see(self, what: str, answer) -> None:
        head = "\n".join(f"{name}: {value}" for name, value in sorted(answer.headers.items()))
        cookies = "\n".join(sorted(answer.cookies))
        body = _VARIES.sub("", answer.content.decode())
        head = re.sub(r"Content-Length: \d+", "", _VARIES.sub("", head))
        self.seen.append((what, f"{answer.status_code}\n{head}\n{cookies}\n{body}"))
