"""How the policy's pages name reasons, means of payment and last days."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from django import template
from django.utils.functional import Promise
from django.utils.translation import get_language_info, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from aftersale.base.money import Money
from aftersale.orders.models import Line, Tender
from aftersale.returns.past import InCurrency
from aftersale.returns.rights import Right, Today
from aftersale.web import words
from aftersale.web.doors import language_now
from aftersale.web.policy_review import verdict_words
from aftersale.web.templatetags.aftersale_states import state_word
from aftersale.web.why_not import ClauseNot, kinder_clauses

register = template.Library()

_ICONS = {"card": "card", "balance": "wallet", "bank_transfer": "bank"}
_MEANS: dict[str, Promise] = {
    "card": gettext_lazy("By credit or debit card"),
    "balance": gettext_lazy("From your stored balance"),
    "bank_transfer": gettext_lazy("By bank transfer"),
}


@register.filter
def value_of(value: Any, fact: str) -> str:
    """A fact's value in words, with a capital letter."""
    told = words.fact_value(fact, value)
    return told[:1].upper() + told[1:]


@register.filter
def tender_icon(tender: str) -> str:
    return _ICONS.get(tender, "coins")


@register.filter
def means_title(tender: str) -> str:
    """A means of payment as a heading says it."""
    return str(_MEANS.get(tender) or words.fact_value("tender", tender))


@register.filter
def until_told(right: Right) -> str:
    """Until when a right holds, in words."""
    if right.days is None:
        return _("until the order is marked as delivered") if right.until_completion else ""
    days = ngettext(
        "within %(count)d day after delivery", "within %(count)d days after delivery", right.days
    ) % {"count": right.days}
    if right.until_completion:
        return _("%(days)s, and before the order is marked as delivered") % {"days": days}
    return days


@register.filter
def by_tender(answers: Sequence[Today]) -> list[tuple[Tender, list[Today]]]:
    """The answers of a part of an order, each tender's together."""
    return [(tender, list(rows)) for tender, rows in groupby(answers, key=lambda answer: answer.tender)]


@register.filter
def reasons_told(reasons: Sequence[str]) -> str:
    """Some reasons in one line: `Defective, not what was ordered`."""
    told = _(", ").join(words.fact_value("reason", reason) for reason in reasons)
    return told[:1].upper() + told[1:]


@register.filter
def why_nots(today: Today) -> list[ClauseNot]:
    """What the clauses that would give more than today's answer ask for."""
    words = {"outcome": today.outcome, "language": language_now(), "version": today.version}
    return kinder_clauses(today.decided_by, today.facts, **words)


@register.filter
def titles(lines: Sequence[Line]) -> str:
    return _(", ").join(line.title for line in lines)


@register.filter
def state_told(outcome: str) -> str:
    return state_word(outcome)


@register.filter
def verdict_told(verdict: str) -> str:
    return verdict_words(verdict)


@register.filter
def language_told(code: str) -> str:
    """A language by its own name: 简体中文."""
    return str(get_language_info(code)["name_local"])


@register.filter
def money_then(review: dict[str, Any]) -> list[InCurrency]:
    """What the past cost under both versions, as it was when a version was published."""
    rows = review.get("price", {}).get("money", [])
    return [
        InCurrency(Money(row["before"], row["currency"]), Money(row["after"], row["currency"]))
        for row in rows
    ]
