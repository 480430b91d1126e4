"""How the text of one column is read: exactly, or refused with what would be accepted."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from aftersale.base.errors import BadInput
from aftersale.base.money import check_currency, digits_of, parse_money


@dataclass(frozen=True, slots=True)
class Setting:
    """What a column's meaning may depend on: the profile's zone, the time, the order's currency."""

    zone: ZoneInfo | None
    now: datetime
    currency: str = ""


type Reader = Callable[[str, str, Setting], object]

# Far above any order, far below the 64 bits of a column, and within the digits that decimals keep exactly.
_MOST_MINOR = 10**15
# Names of territories that are not countries, or not real ones.
_NO_COUNTRIES = {"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"}
_CARD_NUMBER = re.compile(r"(?:\d[ -]?){12,18}\d")


def words(longest: int) -> Reader:
    """A text of 1 to `longest` characters on one line."""

    def read(text: str, field: str, _setting: Setting) -> str:
        text = text.strip()
        if not text or len(text) > longest or not text.isprintable():
            raise BadInput(field, text, f"a text of 1 to {longest} characters on one line")
        return text

    return read


def lines_of_text(text: str, _field: str, _setting: Setting) -> str:
    return text.strip()


def no_card_number(longest: int) -> Reader:
    """Like `words`, but never a whole card number: what is not stored cannot leak."""
    plain = words(longest)

    def read(text: str, field: str, setting: Setting) -> object:
        if _looks_like_a_card_number(text):
            shown = f"…{text.strip()[-4:]}"
            raise BadInput(field, shown, "the provider's name for the charge, never a card's number")
        return plain(text, field, setting)

    return read


def last_four(text: str, field: str, _setting: Setting) -> str:
    if not re.fullmatch(r"[0-9]{4}", text.strip()):
        raise BadInput(field, text[-4:], "the card's last four digits")
    return text.strip()


def whole(least: int, most: int) -> Reader:
    def read(text: str, field: str, _setting: Setting) -> int:
        number = int(text) if re.fullmatch(r"\s*[0-9]{1,9}\s*", text) else None
        if number is None or not least <= number <= most:
            raise BadInput(field, text, f"a whole number from {least} to {most}")
        return number

    return read


def whole_list(text: str, field: str, _setting: Setting) -> tuple[int, ...]:
    """Numbers of lines, as `1, 3` or `[1, 3]`, in rising order."""
    if not re.fullmatch(r"\s*\[?\s*[0-9]{1,9}(\s*,\s*[0-9]{1,9})*\s*\]?\s*", text):
        raise BadInput(field, text, "numbers of lines parted by commas, such as 1, 3")
    return tuple(sorted({int(number) for number in re.findall(r"[0-9]+", text)}))


def one_of(values: list[str]) -> Reader:
    def read(text: str, field: str, _setting: Setting) -> str:
        if text.strip() not in values:
            raise BadInput(field, text, f"one of {', '.join(values)}")
        return text.strip()

    return read


def language(text: str, field: str, setting: Setting) -> object:
    return one_of([code for code, _ in settings.LANGUAGES])(text, field, setting)


def country(text: str, field: str, _setting: Setting) -> str:
    if text.strip() not in _countries():
        raise BadInput(field, text, "a country's two letters (ISO 3166-1), such as CN")
    return text.strip()


def zone(text: str, field: str, _setting: Setting) -> str:
    return read_zone(text, field)


def read_zone(text: str, field: str) -> str:
    """The name of a time zone that this machine knows; raises BadInput."""
    if not _is_zone(text.strip()):
        raise BadInput(field, text, "a time zone of the tz database, such as Asia/Shanghai")
    return text.strip()


def currency(text: str, field: str, _setting: Setting) -> str:
    return check_currency(text.strip(), field=field)


def email(text: str, field: str, _setting: Setting) -> str:
    text = text.strip().lower()
    try:
        validate_email(text)
    except ValidationError:
        raise BadInput(field, text, "an e-mail address, or nothing") from None
    return text


def amount(text: str, field: str, setting: Setting) -> int:
    """A decimal amount of the order's currency, in minor units; never rounded."""
    if len(text.strip()) <= 20:
        minor = parse_money(text, setting.currency, field=field).minor
        if 0 <= minor <= _MOST_MINOR:
            return minor
    digits = digits_of(setting.currency)
    accepted = f"an amount in {setting.currency} from 0 up, with at most {digits} digits after the point"
    raise BadInput(field, text, accepted)


def moment(text: str, field: str, setting: Setting) -> datetime:
    """A moment that has passed; without a zone of its own it is read in the profile's."""
    example = "2026-03-01T12:00:00+08:00"
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        raise BadInput(field, text, f"a moment such as {example}") from None
    if at.tzinfo is None:
        if setting.zone is None:
            raise BadInput(field, text, f"a moment with its zone, such as {example}")
        at = at.replace(tzinfo=setting.zone)
    if at.year < 1970 or at > setting.now:
        now = f"{setting.now:%Y-%m-%d %H:%M} UTC"
        raise BadInput(field, text, f"a moment from 1970 until now, and it is {now}")
    return at


@cache
def _countries() -> frozenset[str]:
    codes = map(str, Locale("en").territories)
    return frozenset(code for code in codes if len(code) == 2) - _NO_COUNTRIES


@cache
def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return bool(name)


def _looks_like_a_card_number(text: str) -> bool:
    if not _CARD_NUMBER.fullmatch(text.strip()):
        return False
    digits = [int(sign) for sign in reversed(text) if sign.isdigit()]
    doubled = [digit * 2 - 9 * (digit > 4) for digit in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0
