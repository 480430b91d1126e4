"""Amounts in Stripe's smallest units, as docs.stripe.com/currencies tells them."""

import pytest
from babel.numbers import list_currencies
from hypothesis import given
from hypothesis import strategies as st

from aftersale.base.money import Money
from aftersale.payments.providers import BadRequest
from aftersale.payments.providers.stripe.amounts import from_stripe, to_stripe

# currency, what we count, what Stripe is told
ROWS = [
    ("USD", 10_00, 1000),
    ("JPY", 500, 500),
    ("KRW", 500, 500),
    ("MGA", 500, 500),
    ("ISK", 5, 500),
    ("UGX", 5, 500),
    ("HUF", 10_45, 1045),
    ("TWD", 800_45, 80045),
    ("RSD", 12, 1200),
    ("KWD", 5_120, 5120),
    ("BHD", 5_130, 5130),
]


@pytest.mark.parametrize(("currency", "ours", "theirs"), ROWS)
def test_an_amount_is_told_as_stripe_counts_it_and_comes_back_the_same(currency, ours, theirs):
    assert to_stripe(Money(ours, currency)) == theirs
    assert from_stripe(theirs, currency.lower()) == Money(ours, currency)


def test_what_is_too_exact_for_stripe_is_not_sent():
    with pytest.raises(BadRequest):
        to_stripe(Money(5_124, "KWD"))


def test_what_is_too_exact_for_us_is_no_money_of_ours():
    assert from_stripe(1250, "rsd") is None


@given(st.sampled_from(sorted(list_currencies())), st.integers(1, 10**12))
def test_no_amount_changes_on_its_way(currency, minor):
    try:
        theirs = to_stripe(Money(minor, currency))
    except BadRequest:
        return
    assert from_stripe(theirs, currency.lower()) == Money(minor, currency)
