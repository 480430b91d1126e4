"""Money: a whole number of minor units and a currency. No float ever, no tolerance of a cent."""

import re
from dataclasses import dataclass
from decimal import Decimal

from babel.numbers import format_currency, get_currency_precision, is_currency

from aftersale.base.errors import BadInput

_AMOUNT = re.compile(r"-?\d+(\.\d+)?")


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount in minor units (cents for EUR, yen for JPY) of one ISO 4217 currency."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        assert isinstance(self.minor, int), f"money is whole minor units, not {self.minor!r}"
        assert len(self.currency) == 3, f"a currency has three letters, not {self.currency!r}"

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other).minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other).minor, self.currency)

    def __bool__(self) -> bool:
        return self.minor != 0

    def __str__(self) -> str:
        return f"{self.decimal} {self.currency}"

    @property
    def decimal(self) -> Decimal:
        """The amount in major units, exact: 1050 minor units of EUR are Decimal('10.50')."""
        digits = digits_of(self.currency)
        return Decimal(self.minor).scaleb(-digits) if digits else Decimal(self.minor)

    def told(self, language: str) -> str:
        """The amount as a reader of `language` (`en`, `zh-hans`) writes it."""
        return format_currency(self.decimal, self.currency, locale=_LOCALES.get(language, "en"))

    def _same(self, other: "Money") -> "Money":
        assert self.currency == other.currency, f"{self.currency} and {other.currency} cannot be added"
        return other


_LOCALES = {"en": "en", "zh-hans": "zh_Hans_CN"}


def digits_of(currency: str) -> int:
    """How many digits the minor unit of `currency` has: 2 for EUR, 0 for JPY, 3 for KWD."""
    return get_currency_precision(currency)


def percent_of(minor: int, percent: int) -> int:
    """So many percent of an amount that is not negative, in whole minor units: half of one is rounded up."""
    return (2 * minor * percent + 100) // 200


def check_currency(currency: str, *, field: str = "currency") -> str:
    """Return `currency` when ISO 4217 knows it; raise BadInput naming `field` when not."""
    if not (isinstance(currency, str) and currency.isupper() and is_currency(currency)):
        raise BadInput(field, currency, "a currency of three letters (ISO 4217), such as EUR")
    return currency


def parse_money(text: str, currency: str, *, field: str = "amount") -> Money:
    """Read "12.50" as exact minor units; raise BadInput when the currency has no such fraction."""
    digits = digits_of(check_currency(currency))
    accepted = f"an amount in {currency} with at most {digits} digits after the point"
    if not _AMOUNT.fullmatch(text.strip()):
        raise BadInput(field, text, accepted)
    scaled = Decimal(text.strip()).scaleb(digits)
    if scaled != scaled.to_integral_value():
        raise BadInput(field, text, accepted)
    return Money(int(scaled), currency)
