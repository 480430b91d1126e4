"""The months of the past as plots, with the same figures as tables."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from babel.dates import format_skeleton
from django.utils.translation import get_language, to_locale

from aftersale.base.money import Money
from aftersale.returns.months import Month
from aftersale.returns.publishing import OUTCOMES
from aftersale.web.doors import language_now
from aftersale.web.plots import Plot, Stack, stacked, steps_to
from aftersale.web.templatetags.aftersale_states import state_word


def past_shown(months: Sequence[Month]) -> dict[str, Any]:
    """The plots and tables of the history page."""
    known = {outcome for month in months for outcome in month.outcomes}
    outcomes = [name for name in OUTCOMES if name in known] + sorted(known.difference(OUTCOMES))
    currencies = sorted({currency for month in months for currency in month.refunded})
    return {
        "outcomes": outcomes,
        "decided": _decided(months, outcomes),
        "decided_rows": [
            (name_of(m), [(state_word(name), m.outcomes[name]) for name in outcomes]) for m in months
        ],
        "refunded": [(currency, _refunded(months, currency)) for currency in currencies],
        "currencies": currencies,
        "refunded_rows": [
            (name_of(m), [m.refunded.get(one, Money(0, one)) for one in currencies]) for m in months
        ],
    }


def name_of(month: Month) -> str:
    """A month in little room: Apr 2026, 2026年4月."""
    return month_name(month.name)


def month_name(name: str) -> str:
    """The month that `2026-04` names."""
    year, number = name.split("-")
    locale = to_locale(get_language() or "en")
    return format_skeleton("yMMM", date(int(year), int(number), 1), locale=locale)


def _decided(months: Sequence[Month], outcomes: Sequence[str]) -> Plot:
    stacks = [
        Stack(
            name_of(month),
            {name: month.outcomes[name] for name in outcomes},
            {name: f"{name_of(month)} · {state_word(name)}: {month.outcomes[name]}" for name in outcomes},
        )
        for month in months
    ]
    highest = max((month.outcomes.total() for month in months), default=0)
    return stacked(stacks, [(level, str(level)) for level in steps_to(highest)])


def _refunded(months: Sequence[Month], currency: str) -> Plot:
    language, nothing = language_now(), Money(0, currency)
    amounts = [(name_of(month), month.refunded.get(currency, nothing)) for month in months]
    stacks = [
        Stack(name, {"refund": amount.minor}, {"refund": f"{name} · {amount.told(language)}"})
        for name, amount in amounts
    ]
    highest = max((amount.minor for _name, amount in amounts), default=0)
    levels = [(level, Money(level, currency).told(language)) for level in steps_to(highest)]
    return stacked(stacks, levels)
