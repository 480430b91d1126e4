"""Amounts as Stripe counts them, which is not always as we do.

Source: docs.stripe.com/currencies, "Minor units in API amounts" and "Special cases", as of September 2026.
Its icelandic króna and ugandan shilling are whole units with two noughts behind them, and it knows two digits
of many currencies that have none in daily life, which is how we count those.
"""

from aftersale.base.money import Money, digits_of
from aftersale.payments.providers import BadRequest

_NO_DIGITS = frozenset("BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".split())
_THREE_DIGITS = frozenset("BHD JOD KWD OMR TND".split())


def to_stripe(amount: Money) -> int:
    """The amount in Stripe's smallest units. Raises BadRequest where it cannot be said in them, exactly."""
    minor, rest = _scaled(amount.minor, _digits(amount.currency) - digits_of(amount.currency))
    if rest or (amount.currency in _THREE_DIGITS and minor % 10):
        raise BadRequest(f"stripe takes no amount of {amount}: it is too exact")
    return minor


def from_stripe(minor: int, currency: str) -> Money | None:
    """Stripe's amount as ours; None where our smallest unit is too coarse: such money is never ours."""
    code = currency.upper()
    ours, rest = _scaled(minor, digits_of(code) - _digits(code))
    return None if rest else Money(ours, code)


def _digits(currency: str) -> int:
    if currency in _NO_DIGITS:
        return 0
    return 3 if currency in _THREE_DIGITS else 2


def _scaled(minor: int, digits: int) -> tuple[int, int]:
    """`minor` with so many digits more or less, and what does not fit."""
    return (minor * 10**digits, 0) if digits >= 0 else divmod(minor, 10**-digits)
