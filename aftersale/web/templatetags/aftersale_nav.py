"""The sections of the site for each role. A section appears once its page exists."""

from typing import Any, NamedTuple

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

register = template.Library()


class Section(NamedTuple):
    name: str  # what a page sets as `nav`
    label: Promise
    icon: str
    url_name: str


SECTIONS: dict[str, tuple[Section, ...]] = {
    "": (
        Section("policy", _("Refund policy"), "policy", "policy_page"),
        Section("threads", _("Forum"), "thread", "threads"),
    ),
    "customer": (
        Section("orders", _("Orders"), "parcel", "orders"),
        Section("returns", _("Returns"), "return", "returns"),
        Section("cards", _("Credit Cards"), "card", "cards"),
        Section("threads", _("Threads"), "thread", "threads"),
    ),
    "agent": (
        Section("desk", _("Desk"), "inbox", "desk"),
        Section("returns", _("Returns"), "return", "desk_returns"),
        Section("orders", _("Orders"), "parcel", "desk_orders"),
        Section("charges", _("Charges"), "card", "desk_charges"),
        Section("cards", _("Card removals"), "card-off", "desk_cards"),
        Section("threads", _("Threads"), "thread", "desk_threads"),
        Section("reports", _("Reports"), "chart", "desk_reports"),
    ),
    "supplier": (
        Section("returns", _("Returns"), "return", "supplier_returns"),
        Section("parcels", _("Parcels"), "parcel", "supplier_parcels"),
        Section("threads", _("Threads"), "thread", "threads"),
    ),
    "finance": (
        Section("refunds", _("Refunds"), "refund", "finance_refunds"),
        Section("charges", _("Charges"), "card", "desk_charges"),
        Section("cards", _("Card removals"), "card-off", "desk_cards"),
        Section("threads", _("Threads"), "thread", "desk_threads"),
        Section("reports", _("Reports"), "chart", "desk_reports"),
        Section("ledger", _("Ledger"), "coins", "finance_ledger"),
        Section("bank", _("Bank"), "bank", "finance_bank"),
    ),
    "policy_owner": (
        Section("policy", _("Policy"), "policy", "policy_desk"),
        Section("checks", _("Checks"), "inspect", "policy_checks"),
        Section("backtest", _("Back-tests"), "chart", "policy_backtest"),
    ),
}


class Link(NamedTuple):
    name: str
    label: Promise
    icon: str
    href: str


@register.simple_tag
def sections(user: Any) -> list[Link]:
    """The links of the header for `user`, in order."""
    role = getattr(user, "role", "") if getattr(user, "is_authenticated", False) else ""
    links = []
    for section in SECTIONS.get(role, SECTIONS[""]):
        href = address(section.url_name)
        if href:
            links.append(Link(section.name, section.label, section.icon, href))
    return links


@register.simple_tag
def address(url_name: str) -> str:
    """The address of a page that may not exist in this installation; empty when it does not."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""
