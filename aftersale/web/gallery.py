"""Every component in every state on one page, for those who build pages. Served in a demo only."""

from datetime import UTC, date, datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersale.base.money import Money
from aftersale.web.templatetags.aftersale_states import LOOKS


class SampleForm(forms.Form):
    """A form of Django's own, as the field component draws it."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail tied to the card"),
        help_text=gettext_lazy("The address the bank or the shop writes to about this card."),
    )
    birthdate = forms.DateField(
        label=gettext_lazy("Birthdate"), widget=forms.DateInput(attrs={"type": "date"})
    )
    note = forms.CharField(
        label=gettext_lazy("Anything we should know"), widget=forms.Textarea, required=False
    )


def gallery(request: HttpRequest) -> HttpResponse:
    """Show the design system with made-up people and amounts."""
    context = _money() | _answers() | _journeys() | _forms()
    return render(request, "gallery.html", {**context, "states": list(LOOKS), "nav": "orders"})


def _money() -> dict[str, Any]:
    return {
        "lamp": Money(12990, "EUR"),
        "cups": Money(45800, "CNY"),
        "camera": Money(128000, "JPY"),
        "part": Money(4330, "EUR"),
        "each": Money(22900, "CNY"),
        "parts": [
            (_("Visa ending in 4242"), Money(8990, "EUR")),
            (_("Bank transfer"), Money(2500, "EUR")),
            (_("Stored balance"), Money(1500, "EUR")),
        ],
        "waiting_money": Money(1284650, "EUR"),
        "placed": date(2026, 11, 3),
        "until": date(2027, 1, 23),
        "due": date(2026, 11, 27),
    }


def _answers() -> dict[str, Any]:
    return {
        "facts": [
            (_("Paid by"), _("Visa ending in 4242"), _("the shop's order")),
            (_("Delivered"), date(2026, 11, 24), _("the carrier's scan in Lyon")),
            (_("Days since delivery"), 12, ""),
            (_("Marked delivered"), False, ""),
        ],
        "deny_facts": [
            (_("Paid by"), _("Stored balance"), _("the shop's order")),
            (_("Reason you gave"), _("I changed my mind"), ""),
        ],
        "pairs": [
            (_("Order"), "A-20418"),
            (_("Placed"), date(2026, 11, 3)),
            (_("Total"), Money(12990, "EUR")),
            (_("Supplier"), "Atelier Morel"),
        ],
    }


def _journeys() -> dict[str, Any]:
    return {
        "scans": [
            {
                "at": datetime(2026, 11, 24, 10, 42, tzinfo=UTC),
                "text": _("Delivered, left with a neighbour"),
                "place": "Lyon, FR",
            },
            {
                "at": datetime(2026, 11, 24, 6, 15, tzinfo=UTC),
                "text": _("Out for delivery"),
                "place": "Lyon, FR",
            },
            {
                "at": datetime(2026, 11, 19, 22, 3, tzinfo=UTC),
                "text": _("Left the sorting centre"),
                "place": "Shenzhen, CN",
            },
        ],
        "moment": datetime(2026, 11, 24, 10, 42, tzinfo=UTC),
        "earlier": datetime(2026, 11, 22, 16, 5, tzinfo=UTC),
        "removal": [
            ("submitted", _("Submitted"), date(2026, 11, 20)),
            ("detached", _("Gone at the provider"), date(2026, 11, 20)),
            ("confirmed", _("Confirmed by the payments team")),
            ("receipt", _("Receipt")),
        ],
    }


def _forms() -> dict[str, Any]:
    wrong = SampleForm({"email": "ann@", "birthdate": "", "note": ""})
    wrong.is_valid()
    return {
        "form": SampleForm(auto_id="fresh_%s"),
        "wrong": wrong,
        "reasons": [
            {
                "value": "defective",
                "label": _("It is defective"),
                "help": _("Broken, or it does not do what it should."),
                "icon": "alert",
            },
            {
                "value": "wrong",
                "label": _("It is the wrong item"),
                "help": _("Another thing, colour or size than ordered."),
                "icon": "sync",
            },
            {
                "value": "missing",
                "label": _("Something is missing"),
                "help": _("A whole item did not come."),
                "icon": "question",
            },
            {
                "value": "unwanted",
                "label": _("I changed my mind"),
                "help": _("This supplier takes back defective or wrong items only."),
                "icon": "return",
                "disabled": True,
            },
        ],
    }
