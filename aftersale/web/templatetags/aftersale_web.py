"""How pages write amounts and days, and the small sums that components need."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from babel import Locale
from babel.dates import format_date, format_time
from django import template
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, to_locale
from django.utils.translation import gettext_lazy as _

from aftersale.base.money import Money
from aftersale.support.clocks import desk_calendar

register = template.Library()

_CARD_BRANDS = {
    "amex": "American Express",
    "diners": "Diners Club",
    "discover": "Discover",
    "jcb": "JCB",
    "mastercard": "Mastercard",
    "unionpay": "UnionPay",
    "visa": "Visa",
}


@register.filter
def money(value: Any) -> SafeString | str:
    """Write a Money in the reader's language with exactly its currency's digits; leave words as they are."""
    if not isinstance(value, Money):
        return "" if value is None else str(value)
    return format_html('<span class="money">{}</span>', value.told(get_language() or "en"))


@register.filter
def day(value: Any) -> str:
    """Write a day as the reader does: 23 January 2027, 2027年1月23日."""
    found = _local(value)
    return found if isinstance(found, str) else format_date(found, _long(), locale=_locale())


@register.filter
def moment(value: Any) -> str:
    """Write a day and the time of the day: 23 January 2027, 14:05."""
    found = _local(value)
    if not isinstance(found, datetime):
        return day(value)
    between = " " if _is_chinese() else ", "
    return day(found) + between + format_time(found, "HH:mm", locale=_locale())


@register.filter
def clock(value: Any) -> SafeString | str:
    """A moment by the desk's clock, which is named: 23 January 2027, 14:05 UTC+1."""
    if not _is_moment(value):
        return moment(value)
    with timezone.override(desk_calendar().zone):
        return _timed(value, clock_words(value))


@register.filter
def clock_words(value: Any) -> str:
    """The same where no element may stand."""
    if not _is_moment(value):
        return moment(value)
    with timezone.override(desk_calendar().zone):
        return f"{moment(value)} {_zone_of(timezone.localtime(value))}"


@register.filter
def clock_day(value: Any) -> SafeString | str:
    """The day of a moment by the desk's clock."""
    if not _is_moment(value):
        return day(value)
    with timezone.override(desk_calendar().zone):
        return _timed(value, day(value))


@register.filter
def told(value: Any) -> SafeString | str:
    """Write whatever it is as the reader does: an amount, a moment, a day, yes or no, a number, words."""
    if isinstance(value, Money):
        return money(value)
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return day(value)
    if value is None:
        return gettext("not known")
    return value if isinstance(value, SafeString) else str(value)


@register.filter
def iso(value: Any) -> str:
    """The machine's form of a day or a moment, for <time datetime>; nothing for words."""
    return value.isoformat() if isinstance(value, date) else ""


@register.filter
def brand_name(value: str) -> str:
    """A card brand as it writes itself: visa is Visa, unionpay is UnionPay."""
    return _CARD_BRANDS.get(str(value).lower(), str(value))


@dataclass(frozen=True, slots=True)
class Segment:
    """One part of a split bar, in thousandths of its width."""

    label: str
    amount: Money
    part: int
    x: int
    width: int


@register.filter
def segments(parts: Iterable[tuple[str, Money]]) -> list[Segment]:
    """Lay (label, Money) pairs side by side on a bar of 1000."""
    pairs = list(parts)
    total = sum(amount.minor for _label, amount in pairs) or 1
    laid, before = [], 0
    for number, (label, amount) in enumerate(pairs):
        x, end = 1000 * before // total, 1000 * (before + amount.minor) // total
        laid.append(Segment(label, amount, number % 4 + 1, x, end - x))
        before += amount.minor
    return laid


@register.filter
def total(parts: Iterable[tuple[str, Money]]) -> Money | None:
    """The sum of (label, Money) pairs of one currency."""
    amounts = [amount for _label, amount in parts]
    return sum(amounts[1:], amounts[0]) if amounts else None


RETURN_STEPS: Sequence[tuple[str, Promise]] = (
    ("asked", _("Asked")),
    ("sent", _("Sent")),
    ("received", _("Received")),
    ("inspected", _("Inspected")),
    ("paid", _("Paid")),
)
PARCEL_STEPS: Sequence[tuple[str, Promise]] = (
    ("packed", _("Packed")),
    ("dispatched", _("Dispatched")),
    ("in_transit", _("On its way")),
    ("delivered", _("Delivered")),
)
_NAMED_STEPS = {"return": RETURN_STEPS, "parcel": PARCEL_STEPS}


@dataclass(frozen=True, slots=True)
class Step:
    """One dot of a progress line: done, now, next or stopped."""

    name: str
    word: str
    place: str
    when: str = ""


@register.simple_tag
def progress(steps: Any, current: str, stopped: object, finished: object) -> list[Step]:
    """Place `steps` ("return", "parcel" or (name, word[, when]) rows) before, at or after `current`.

    The last of the named steps is something that happened; that of other rows may be asked for now.
    """
    rows: list[Any] = list(_NAMED_STEPS[steps] if isinstance(steps, str) else steps)
    at = next((number for number, row in enumerate(rows) if row[0] == current), len(rows))
    ends = isinstance(steps, str) and not stopped
    placed = []
    for number, row in enumerate(rows):
        place = "done" if number < at else "now" if number == at else "next"
        if number == at and (finished or (ends and number == len(rows) - 1)):
            place = "done"
        if number == at and stopped:
            place = "stopped"
        placed.append(Step(row[0], str(row[1]), place, day(row[2]) if len(row) > 2 else ""))
    return placed


def _local(value: Any) -> date | datetime | str:
    if isinstance(value, datetime):
        return timezone.localtime(value) if timezone.is_aware(value) else value
    return value if isinstance(value, date) else "" if value is None else str(value)


def _is_moment(value: Any) -> bool:
    return isinstance(value, datetime) and timezone.is_aware(value)


def _timed(at: datetime, text: str) -> SafeString:
    return format_html('<time datetime="{}">{}</time>', timezone.localtime(at).isoformat(), text)


def _zone_of(at: datetime) -> str:
    """The same in every language, and the only one of its name: UTC, UTC+1, UTC+5:30."""
    minutes = int((at.utcoffset() or timedelta()).total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    return "UTC" + (
        f"{'+' if minutes > 0 else '−'}{hours}" + (f":{rest:02}" if rest else "") if minutes else ""
    )


def _locale() -> Locale:
    return Locale.parse(to_locale(get_language() or "en"))


def _long() -> str:
    return "long" if _is_chinese() else "d MMMM y"


def _is_chinese() -> bool:
    return (get_language() or "en").startswith("zh")
