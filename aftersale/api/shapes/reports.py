"""The weeks of the desk, as they are counted."""

from datetime import date, datetime, timedelta

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from aftersale.api.fields import Shape
from aftersale.support.reports import Report, Wait, Week

_WAIT: JsonDict = {
    "asked": 41,
    "half_within_seconds": 9000,
    "half_is_at_least": False,
    "nine_of_ten_within_seconds": 61200,
    "nine_of_ten_is_at_least": False,
}
_WEEK: JsonDict = {
    "begins": "2026-05-25",
    "ends_at": "2026-06-01T00:00:00Z",
    "is_over": True,
    "thread_waits": _WAIT,
    "mail_waits": _WAIT | {"asked": 6, "half_within_seconds": 496800},
    "opened": 41,
    "solved": 37,
    "reopened": 2,
    "backlog": 18,
    "unanswered": 5,
    "breaches": {"first": 2, "next": 1, "resolve": 0},
    "ratings": {"good": 20, "mixed": 3, "bad": 1},
}


class AnswerWaits(Shape):
    """How long those waited who asked in this time; who still waits counts for the time until now."""

    asked: int
    half_within_seconds: int | None = Field(description="null where nobody has been answered yet")
    half_is_at_least: bool = Field(description="fewer than half were answered yet: it is longer than this")
    nine_of_ten_within_seconds: int | None
    nine_of_ten_is_at_least: bool = Field(description="fewer than nine of ten were answered yet")


class LateThreads(Shape):
    """Threads in which a clock ran out, by clock."""

    first: int = Field(description="until the first answer")
    next: int = Field(description="until a next answer")
    resolve: int = Field(description="until the solution")


class RatedThreads(Shape):
    """Threads of which the solution was rated, by what was said."""

    good: int
    mixed: int
    bad: int


class SupportWeek(Shape):
    """One week of the desk. A thread counts once in each figure."""

    model_config = ConfigDict(json_schema_extra={"examples": [_WEEK]})

    begins: date = Field(description="a Monday, by the clock of `zone`")
    ends_at: datetime = Field(description="of the week that runs: now")
    is_over: bool
    thread_waits: AnswerWaits = Field(description="of threads opened in this week")
    mail_waits: AnswerWaits = Field(description="of e-mails that came in this week; with `kind`, of none")
    opened: int
    solved: int
    reopened: int = Field(description="solved ones in which their opener wrote again")
    backlog: int = Field(description="neither solved nor closed at the end of the week")
    unanswered: int = Field(description="of the backlog: without an answer of the staff")
    breaches: LateThreads
    ratings: RatedThreads


class SupportReport(Shape):
    """The last weeks, the oldest first; the last one is not over."""

    zone: str = Field(description="the time zone of the desk's hours")
    thread_waits: AnswerWaits = Field(description="of all these weeks together")
    mail_waits: AnswerWaits
    weeks: list[SupportWeek]


def told_report(report: Report) -> SupportReport:
    return SupportReport(
        zone=report.zone,
        thread_waits=_waits(report.threads),
        mail_waits=_waits(report.mail),
        weeks=[_week(week) for week in report.weeks],
    )


def _week(week: Week) -> SupportWeek:
    names = ("begins", "ends_at", "is_over", "opened", "solved", "reopened", "backlog", "unanswered")
    return SupportWeek(
        **{name: getattr(week, name) for name in names},
        thread_waits=_waits(week.threads),
        mail_waits=_waits(week.mail),
        breaches=LateThreads(**week.breaches),
        ratings=RatedThreads(**week.ratings),
    )


def _waits(wait: Wait) -> AnswerWaits:
    return AnswerWaits(
        asked=wait.of,
        half_within_seconds=_seconds(wait.half),
        half_is_at_least=wait.half_at_least,
        nine_of_ten_within_seconds=_seconds(wait.nine),
        nine_of_ten_is_at_least=wait.nine_at_least,
    )


def _seconds(wait: timedelta | None) -> int | None:
    return None if wait is None else round(wait.total_seconds())
