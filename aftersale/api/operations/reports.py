"""The staff's reports: what the desk did, week by week."""

from typing import Annotated, Literal

from django.http import HttpResponse
from ninja import Router
from ninja.params.functions import Path, Query

from aftersale.api.doors import READ, ApiRequest, door, told
from aftersale.api.fields import Cursor, Day, Limit
from aftersale.api.operations.threads import OfKind
from aftersale.api.pages import page_of
from aftersale.api.shapes.reports import SupportReport, told_report
from aftersale.api.shapes.threads import Threads, told_thread
from aftersale.base.errors import BadInput
from aftersale.support.models import TEAM
from aftersale.support.queries import with_unread, with_what_lists_tell
from aftersale.support.reports import LONGEST, WEEKS, shown_weeks, support_report, threads_behind

router = Router(tags=["threads"])
FigureName = Literal[
    "opened", "solved", "reopened", "backlog", "unanswered", "answered",
    "first", "next", "resolve", "good", "mixed", "bad",
]  # fmt: skip

HowManyWeeks = Annotated[
    int, Query(WEEKS, ge=1, le=LONGEST, description="how many weeks, with the one that runs")
]
Figure = Annotated[FigureName, Path(..., description="of the answer of `/reports/support`")]
Week = Annotated[Day | None, Query(None, description="the Monday on which it began; left out for this one")]


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


@door(
    router,
    "GET",
    "/reports/support/{figure}",
    summary="The threads behind a figure",
    answers=Threads,
    scope=READ,
    roles=TEAM,
)
def list_counted_threads(
    request: ApiRequest,
    figure: Figure,
    week: Week = None,
    kind: OfKind = None,
    limit: Limit = 20,
    cursor: Cursor = "",
) -> HttpResponse:
    """Those that it counts in one week, the last opened first; a clock and a rating are figures, too."""
    viewer, weeks = request.auth.user, shown_weeks(request.ports.clock.now())
    begins = week or weeks[0]
    if begins not in weeks:
        raise BadInput("week", begins, f"the Monday of one of the last {LONGEST} weeks")
    rows = with_unread(with_what_lists_tell(threads_behind(figure, begins, kind=kind or "")), viewer)
    page, following = page_of(rows, by="opened_at", cursor=cursor, limit=limit)
    return told(Threads(items=[told_thread(row, viewer) for row in page], next_cursor=following))
