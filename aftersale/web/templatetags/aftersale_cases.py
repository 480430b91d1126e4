"""How lists and pages name a return, a refund and the means that paid."""

from datetime import date
from typing import Any

from django import template

from aftersale.orders.models import Tender
from aftersale.returns.models import Return
from aftersale.web import words

register = template.Library()


@register.filter
def goods(case: Return) -> str:
    """What a return is about: `2 × Lamp, Saucer`."""
    rows = case.lines.all()
    return ", ".join(row.line.title if row.units == 1 else f"{row.units} × {row.line.title}" for row in rows)


@register.filter
def case_badge(case: Return) -> str:
    return words.badge(case)


@register.filter
def due_for(case: Return, party: str) -> date | None:
    """The day until which `party` must act; nothing while it is another's turn."""
    return words.due_day(case) if case.waiting_on == party else None


@register.filter
def destination(tender: Tender) -> str:
    return words.destination(tender)


@register.filter
def tender_name(tender: Tender) -> str:
    return words.tender_name(tender)


@register.filter
def refund_words(state: str) -> str:
    return words.refund_words(state)


@register.filter
def supplier_badge(case: Return) -> str:
    """The badge without a word of money: a supplier sees a closed case, not what was paid."""
    state = words.badge(case)
    return {"refunded": "closed", "ask_supplier": "waiting"}.get(state, state)


@register.filter
def reason_word(reason: str) -> str:
    """A reason as somebody finds it, not as the customer says it."""
    return words.fact_value("reason", reason)


@register.filter
def refund_state(state: str) -> str:
    """A refund's state in a word or two, for finance."""
    return words.refund_state(state)


@register.filter
def of(typed: Any, name: str) -> str:
    """What was typed into the field `name`, to be shown again."""
    return str(typed.get(name, "")) if hasattr(typed, "get") else ""
