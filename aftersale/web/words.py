"""Facts, sources, moments and states in people's words: the one place where a page takes them from."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from babel.dates import format_date, format_skeleton
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext, to_locale
from django.utils.translation import gettext as _

from aftersale.orders.models import Tender, TenderKind
from aftersale.policy.change import Change
from aftersale.returns.models import Party, Return, Settlement
from aftersale.returns.queries import state_of
from aftersale.web.templatetags.aftersale_states import state_word
from aftersale.web.templatetags.aftersale_web import brand_name

type FactRow = tuple[str, str, str]

_FACTS: dict[str, Promise] = {
    "tender": gettext_lazy("Paid by"),
    "reason": gettext_lazy("Reason"),
    "days": gettext_lazy("Time since delivery"),
    "marked_delivered": gettext_lazy("Order marked as delivered"),
    "supplier_terms": gettext_lazy("The supplier takes back"),
    "mainland_supplier": gettext_lazy("Supplier in mainland China"),
    "rma": gettext_lazy("Valid RMA number"),
    "units_with_customer": gettext_lazy("Units you have from this supplier"),
    "units_returned": gettext_lazy("Units going back now"),
}
_VALUES: dict[tuple[str, Any], Promise] = {
    ("tender", "card"): gettext_lazy("card"),
    ("tender", "balance"): gettext_lazy("stored balance"),
    ("tender", "bank_transfer"): gettext_lazy("bank transfer"),
    ("reason", "unwanted"): gettext_lazy("not wanted any more"),
    ("reason", "defective"): gettext_lazy("defective"),
    ("reason", "wrong"): gettext_lazy("not what was ordered"),
    ("reason", "missing"): gettext_lazy("not in the parcel"),
    ("supplier_terms", "any_reason"): gettext_lazy("everything"),
    ("supplier_terms", "defective_or_wrong"): gettext_lazy("only what is defective or wrong"),
    ("days", None): gettext_lazy("no delivery date yet"),
}
_SOURCES: dict[str, Promise] = {
    "carrier": gettext_lazy("the carrier's scan"),
    "customer": gettext_lazy("the customer's word"),
    "supplier": gettext_lazy("the supplier"),
    "agent": gettext_lazy("our staff"),
    "desk": gettext_lazy("our own records"),
    "import": gettext_lazy("the marketplace's records"),
}
# The kinder facts stand behind those that narrow it down most.
_ORDER = tuple(_FACTS)


def fact_rows(decisive: Mapping[str, Any], sources: Mapping[str, str] | None = None) -> list[FactRow]:
    """The facts that decided as (name, value, who says so), in an order that reads well."""
    known = [name for name in _ORDER if name in decisive]
    known += [name for name in decisive if name not in _FACTS]
    told = sources or {}
    return [(fact_name(name), fact_value(name, decisive[name]), source(told.get(name, ""))) for name in known]


def fact_name(name: str) -> str:
    return str(_FACTS[name]) if name in _FACTS else name.replace("_", " ").capitalize()


def fact_value(name: str, value: Any) -> str:
    if (word := _VALUES.get((name, value))) is not None:
        return str(word)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name == "days":
        return ngettext("%(count)d day", "%(count)d days", value) % {"count": value}
    return _("not known") if value is None else str(value)


def source(name: str) -> str:
    """Who says so; two of them where a fact was counted between two moments (`carrier+desk`)."""
    parts = dict.fromkeys(part for part in name.split("+") if part)
    return " · ".join(str(_SOURCES.get(part, part)) for part in parts)


def destination(tender: Tender) -> str:
    """Where money by this tender goes back to."""
    if tender.kind == TenderKind.CARD:
        brand = brand_name(tender.brand) if tender.brand else _("the card")
        if tender.last_four:
            return _("%(brand)s ending in %(four)s") % {"brand": brand, "four": tender.last_four}
        return brand
    if tender.kind == TenderKind.BANK_TRANSFER:
        return _("the bank account it was paid from")
    return _("your stored balance")


def tender_name(tender: Tender) -> str:
    """A means of payment as a person calls it."""
    if tender.kind == TenderKind.CARD:
        return destination(tender)
    return _("Bank transfer") if tender.kind == TenderKind.BANK_TRANSFER else _("Stored balance")


def means_of(tender: Tender) -> str:
    """The same within a sentence."""
    return destination(tender) if tender.kind == TenderKind.CARD else fact_value("tender", tender.kind)


def changes_told(changes: Sequence[Change]) -> str:
    """What would give the customer more, and how much more; or that nothing would."""
    if not changes:
        return _("nothing that you or the supplier could do gives more.")
    told = [
        _("with %(change)s the answer is “%(outcome)s”")
        % {
            "change": ", ".join(_change_told(name, value) for name, value in change.facts.items()),
            "outcome": state_word(change.outcome),
        }
        for change in changes
    ]
    return _("%(changes)s.") % {"changes": _("; ").join(told)}


def _change_told(name: str, value: Any) -> str:
    if name == "rma" and value:
        return _("an RMA number from the supplier")
    if name == "units_returned":
        return ngettext("%(units)d unit in this return", "%(units)d units in this return", value) % {
            "units": value
        }
    return f"{fact_name(name)}: {fact_value(name, value)}"


_CLOCKS: dict[str, Promise] = {
    "policy": gettext_lazy("the policy's last day"),
    "completion": gettext_lazy("then the order counts as delivered"),
    "rma": gettext_lazy("the last day of the RMA number"),
}


def clock(last_day_by: str) -> str:
    """Which clock ends an answer."""
    return str(_CLOCKS.get(last_day_by, ""))


def due_day(case: Return) -> date | None:
    """The last day on which the party may still act: midnight at its end belongs to it."""
    return case.order.day_of(case.due_at - timedelta(seconds=1)) if case.due_at else None


def short_day(day: date) -> str:
    """A day in little room: 24 Nov, 11月24日."""
    locale = to_locale(get_language() or "en")
    return (
        format_date(day, "d MMM", locale=locale)
        if locale == "en"
        else format_skeleton("MMMd", day, locale=locale)
    )


# line state -> a state that the badge draws (templatetags/aftersale_states.py)
_BADGES = {
    "waiting_supplier": "ask_supplier",
    "waiting_all": "return_all",
    "claim": "claim",
}


def badge(case: Return) -> str:
    state = state_of(case)
    if state == "settled" and not any(row.settlement == Settlement.REFUNDED for row in case.lines.all()):
        return "closed"
    return "refunded" if state == "settled" else _BADGES.get(state, state)


_PARTIES: dict[str, Promise] = {
    Party.CUSTOMER: gettext_lazy("The customer"),
    Party.SUPPLIER: gettext_lazy("The supplier"),
    Party.AGENT: gettext_lazy("Our staff"),
    Party.CARRIER: gettext_lazy("The carrier"),
    Party.DESK: gettext_lazy("Aftersale"),
}


def party(name: str) -> str:
    return str(_PARTIES.get(name, ""))


_BECAUSE: dict[str, Promise] = {
    "requested": gettext_lazy("when you asked"),
    "rma_issued": gettext_lazy("the supplier issued an RMA number"),
    "rma_revoked": gettext_lazy("the supplier took its RMA number back"),
    "sent": gettext_lazy("the parcel was handed over"),
    "inspected": gettext_lazy("the parcel was inspected"),
    "delivery_corrected": gettext_lazy("the delivery date was corrected"),
}


def because(kind: str) -> str:
    """What made us decide."""
    return str(_BECAUSE.get(kind, kind.replace("_", " ")))


_REFUNDS: dict[str, Promise] = {
    "reserved": gettext_lazy("set aside for you; the payment provider is asked next"),
    "held": gettext_lazy("set aside for you; our staff look after it"),
    "submitted": gettext_lazy("on its way: the payment provider was asked"),
    "unknown": gettext_lazy("on its way: we wait for the payment provider's answer"),
    "succeeded": gettext_lazy("paid back; your bank shows it within a few days"),
    "failed": gettext_lazy("the payment provider could not pay it; our staff look after it"),
    "released": gettext_lazy("not paid"),
    "reversed": gettext_lazy("came back from the bank; our staff look after it"),
}


_REFUND_STATES: dict[str, Promise] = {
    "reserved": gettext_lazy("Reserved"),
    "held": gettext_lazy("With our staff"),
    "submitted": gettext_lazy("Asked of the provider"),
    "unknown": gettext_lazy("Being checked"),
    "succeeded": gettext_lazy("Paid out"),
    "failed": gettext_lazy("Failed"),
    "released": gettext_lazy("Released"),
    "reversed": gettext_lazy("Came back"),
}


def refund_state(state: str) -> str:
    """A refund's state in a word or two, for those who work with it."""
    return str(_REFUND_STATES.get(state, state))


def refund_words(state: str) -> str:
    return str(_REFUNDS.get(state, state))
