"""An entry is posted once for each intent, and balances never disagree with entries."""

from datetime import UTC, datetime

import pytest

from aftersale.base.money import Money
from aftersale.ledger import accounts
from aftersale.ledger.errors import IntentReused
from aftersale.ledger.models import Account, Entry
from aftersale.ledger.services import Posting, post, post_all, reverse

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 1, tzinfo=UTC)
TEN = Money(10_00, "EUR")


def pay(amount=TEN, *, intent="capture:1", about="order:M-1001"):
    return post(
        at=NOW,
        debit=accounts.provider_clearing("sandbox", "EUR"),
        credit=accounts.escrow_of("M-1001", "EUR"),
        amount=amount,
        about=about,
        intent_key=intent,
    )


def balances():
    return dict(Account.objects.values_list("kind", "balance_minor"))


def test_an_entry_moves_money_from_one_account_to_another():
    entry = pay()
    assert str(entry) == "10.00 EUR for order:M-1001"
    assert balances() == {"provider_clearing": -10_00, "escrow": 10_00}
    assert str(Account.objects.get(kind="escrow").balance) == "10.00 EUR"


def test_posted_twice_with_one_intent_it_is_one_entry():
    assert pay() == pay()
    assert balances()["escrow"] == 10_00


@pytest.mark.parametrize("other", [{"amount": Money(9_99, "EUR")}, {"about": "order:M-1002"}])
def test_one_intent_is_never_two_things(other):
    pay()
    with pytest.raises(IntentReused):
        pay(**other)
    assert balances()["escrow"] == 10_00


def test_a_reversal_is_the_opposite_once():
    entry = pay()
    first = reverse(entry, at=NOW, about="order:M-1001")
    assert reverse(entry, at=NOW, about="order:M-1001") == first
    assert balances() == {"provider_clearing": 0, "escrow": 0}
    assert Entry.objects.count() == 2


def test_postings_that_belong_together_are_all_made_or_none():
    pay()
    escrow, fees = accounts.escrow_of("M-1001", "EUR"), accounts.fees("EUR")
    good = Posting(escrow, fees, Money(1_00, "EUR"), "x", "fee")
    wrong = Posting(escrow, fees, Money(2_00, "EUR"), "x", "capture:1")
    with pytest.raises(IntentReused):
        post_all([good, wrong], at=NOW)
    assert Entry.objects.count() == 1
    assert balances()["fees"] == 0


@pytest.mark.parametrize("amount", [Money(0, "EUR"), Money(-1, "EUR"), Money(5, "JPY")])
def test_nothing_less_and_another_currency_are_our_own_mistake(amount):
    with pytest.raises(AssertionError):
        pay(amount)
    assert not Entry.objects.exists()
