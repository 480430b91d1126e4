"""The staff's reports: what the desk did, week by week."""

from typing import Annotated

from django.http import HttpResponse
from ninja import Router
from ninja.params.functions import Query

from aftersale.api.doors import READ, ApiRequest, door, told
from aftersale.api.operations.threads import OfKind
from aftersale.api.shapes.reports import SupportReport, told_report
from aftersale.support.models import TEAM
from aftersale.support.reports import LONGEST, WEEKS, support_report

router = Router(tags=["threads"])

HowManyWeeks = Annotated[
    int, Query(WEEKS, ge=1, le=LONGEST, description="how many weeks, with the one that runs")
]


@door(
    router,
    "GET",
    "/reports/support",
    summary="The weeks of support",
    answers=SupportReport,
    scope=READ,
    roles=TEAM,
)
def get_support_report(request: ApiRequest, weeks: HowManyWeeks = WEEKS, kind: OfKind = None) -> HttpResponse:
    """Waits by lane, what came, was solved and came back, the backlog, clocks that ran out, and ratings."""
    report = support_report(request.ports.clock.now(), weeks=weeks, kind=kind or "")
    return told(told_report(report))
