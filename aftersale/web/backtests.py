"""The policy owner tries a draft or a version on the past, and reads what was found."""

from datetime import date

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from aftersale.accounts.models import Role
from aftersale.base.errors import NotYours
from aftersale.policy import DocumentError
from aftersale.returns.backtests import ask_backtest, backtests_of
from aftersale.returns.months import months
from aftersale.returns.policies import spans, version_for, version_found
from aftersale.returns.publishing import draft_of
from aftersale.web.backtest_shown import found, percent_done
from aftersale.web.doors import DeskRequest, door, shown
from aftersale.web.policy_past import past_shown

DRAFT = "draft"
_NEWEST = 10


@door(Role.POLICY_OWNER)
@require_safe
def history(request: DeskRequest) -> HttpResponse:
    """The past by month, what was tried on it, and the form to try more."""
    return _history(request)


@door(Role.POLICY_OWNER)
@require_POST
def ask(request: DeskRequest) -> HttpResponse:
    """Try the draft or a version beside another one; the worker does it."""
    tried, against = request.POST.get("tried", ""), version_found(request.POST.get("against", ""))
    text = draft_of(request.user, today=_today(request)).text if tried == DRAFT else version_found(tried).text
    try:
        one = ask_backtest(
            ports=request.ports, by=request.user, text=text, name=against.name, against=against
        )
    except DocumentError as error:
        return _history(request, _("The draft cannot be read: %(error)s") % {"error": error})
    return redirect("policy_tried", one.reference)


@door(Role.POLICY_OWNER)
@require_safe
def tried(request: DeskRequest, reference: str) -> HttpResponse:
    """How far a back-test is, and what it has found; while it runs, the page asks again by itself."""
    one = backtests_of(request.user).filter(reference=reference).first()
    if one is None:
        raise NotYours
    context = {"one": one, "percent": percent_done(one), "found": found(one), "nav": "backtest"}
    page = "policy_desk/tried_found.html" if "HX-Request" in request.headers else "policy_desk/tried.html"
    return shown(request, page, context)


def _history(request: DeskRequest, wrong: str = "") -> HttpResponse:
    today = _today(request)
    context = {
        **past_shown(months()),
        "versions": spans(today)[::-1],
        "in_force": version_for(today),
        "has_draft": draft_of(request.user, today=today).pk is not None,
        "tried": backtests_of(request.user)[:_NEWEST],
        "wrong": wrong,
        "nav": "backtest",
    }
    return shown(request, "policy_desk/history.html", context, status=422 if wrong else 200)


def _today(request: DeskRequest) -> date:
    return request.ports.clock.now().date()
