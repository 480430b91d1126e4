"""Help: how to reach us, and what failed payments mean; for staff the whole decline table."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from aftersale.accounts.models import Role
from aftersale.payments.budgets import LIMITS
from aftersale.payments.declines import TABLE
from aftersale.web.declines_shown import AdviceShown, AnswerShown, FamilyShown, LimitShown, codes_shown
from aftersale.web.doors import DeskRequest, door, shown


@require_safe
def failed_payments(request: HttpRequest) -> HttpResponse:
    """Every message that a customer may read, what helps, and whether to add the card again."""
    answers = [AnswerShown(answer) for answer in TABLE.answers.values()]
    return render(request, "help/failed_payments.html", {"answers": answers, "nav": "help"})


@require_safe
def contact(request: HttpRequest) -> HttpResponse:
    """How to reach us: both ways, each with its measured wait."""
    return render(request, "help/contact.html", {"nav": "help"})


@door(Role.AGENT, Role.FINANCE)
@require_safe
def decline_table(request: DeskRequest) -> HttpResponse:
    """The whole table: families, the codes that mean them, advice, waits, limits, sources."""
    context = {
        "families": [FamilyShown(row) for row in TABLE.families.values()],
        "codes": codes_shown(TABLE.codes),
        "advice": [AdviceShown(row) for row in TABLE.advice],
        "limits": [LimitShown(limit) for limit in LIMITS],
        "nav": "charges",
    }
    return shown(request, "desk/declines.html", context)
