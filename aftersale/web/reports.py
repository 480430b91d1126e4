"""Our staff's reports: the weeks of support as plots, and the threads behind each figure."""

from datetime import date, datetime

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from aftersale.support.models import TEAM, Kind
from aftersale.support.queries import with_what_lists_tell
from aftersale.support.reports import (
    FIGURES,
    LONGEST,
    WEEKS,
    mails_behind,
    shown_weeks,
    support_report,
    threads_behind,
)
from aftersale.web.doors import DeskRequest, door, page_of, shown
from aftersale.web.mail_shown import ConversationShown
from aftersale.web.reports_shown import BEHIND, asked_by, behind_of, charts_of, told
from aftersale.web.threads_shown import ThreadShown

_WEEKS = (4, WEEKS, 26, LONGEST)


@door(*TEAM)
@require_safe
def reports(request: DeskRequest) -> HttpResponse:
    """The last weeks, as many as the address asks for; what it cannot ask for is left out."""
    weeks, kind = _weeks(request.GET.get("weeks", "")), _kind(request.GET.get("kind", ""))
    report = support_report(request.ports.clock.now(), weeks=weeks, kind=kind)
    context = {
        "report": report,
        "charts": [] if report.is_empty else charts_of(report, kind),
        "threads_half": told(report.threads.half, is_least=report.threads.half_at_least),
        "mail_half": told(report.mail.half, is_least=report.mail.half_at_least),
        "opened": report.total("opened"),
        "solved": report.total("solved"),
        "last": report.weeks[-1],
        "backlog": behind_of("backlog", report.weeks[-1], kind),
        "weeks": [(each, asked_by(kind, weeks=each), each == weeks) for each in _WEEKS],
        "kinds": [
            (label, asked_by(value, weeks=weeks), value == kind) for value, label in (("", ""), *Kind.choices)
        ],
        "kind": kind,
        "nav": "reports",
    }
    return shown(request, "reports/reports.html", context, zone=report.zone)


@door(*TEAM)
@require_safe
def behind(request: DeskRequest) -> HttpResponse:
    """The threads, or e-mails, that a figure counts."""
    now = request.ports.clock.now()
    figure, kind = request.GET.get("of", ""), _kind(request.GET.get("kind", ""))
    begins = _monday(request.GET.get("week", ""), now)
    if figure not in (*FIGURES, "mail"):
        raise Http404
    is_mail = figure == "mail"
    page = page_of(
        request,
        mails_behind(begins) if is_mail else with_what_lists_tell(threads_behind(figure, begins, kind=kind)),
    )
    context = {
        "page": page,
        "conversations": [ConversationShown(row, request.user, now) for row in page] if is_mail else [],
        "threads": [] if is_mail else [ThreadShown(row, request.user, now) for row in page],
        "title": BEHIND[figure],
        "begins": begins,
        "kind": Kind(kind).label if kind else "",
        "back": asked_by(kind),
        "more": asked_by(kind, of=figure, week=begins.isoformat()),
        "nav": "reports",
    }
    return shown(request, "reports/behind.html", context)


def _weeks(asked: str) -> int:
    return next((each for each in _WEEKS if str(each) == asked), WEEKS)


def _kind(asked: str) -> str:
    return asked if asked in Kind.values else ""


def _monday(asked: str, now: datetime) -> date:
    """The Monday that an address names: one of the weeks that reports show."""
    found = next((week for week in shown_weeks(now) if week.isoformat() == asked), None)
    if found is None:
        raise Http404
    return found
