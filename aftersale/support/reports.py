"""What the desk did week by week, counted by the database, and the threads behind each figure.

Weeks begin on Monday, by the clock on the desk's wall.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain
from typing import Any

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)

from aftersale.returns.models import Party
from aftersale.support.clocks import desk_calendar
from aftersale.support.models import (
    TO_THE_OPENER,
    Breach,
    ClockName,
    Content,
    EventKind,
    MailConversation,
    Post,
    Rating,
    Thread,
    ThreadEvent,
)
from aftersale.support.waited import ASKED, asked_threads, mail_waits, thread_waits
from aftersale.support.waits import Served, share_within

WEEKS, LONGEST = 12, 52
# What has a list of threads behind it; a clock's and a rating's name are figures, too.
FIGURES = (
    "opened", "solved", "reopened", "backlog", "unanswered", "answered", *ClockName.values, *Content.values,
)  # fmt: skip
_ENDS = (EventKind.SOLVED, EventKind.CLOSED)
_EVENTS = {"solved": EventKind.SOLVED, "reopened": EventKind.REOPENED}
# Nobody need have written since: who puts an open thread into a solved one opens that again, too.
_HAS_ENDED = Q(thread__solved_at__isnull=False) | Q(thread__closed_at__isnull=False)


@dataclass(frozen=True, slots=True)
class Wait:
    """Within what time half, and nine of ten, of those who asked had their first answer.

    None where nobody has one; `*_at_least` where fewer than that have one yet. `of` is how many asked.
    """

    half: timedelta | None = None
    half_at_least: bool = False
    nine: timedelta | None = None
    nine_at_least: bool = False
    of: int = 0


@dataclass(frozen=True, slots=True)
class Week:
    """One week of the desk. Figures are of threads, each counted once; those of mails are `mail` alone.

    `backlog` was neither solved nor closed when the week ended; `unanswered` of it had no answer of ours.
    `breaches` are threads in which a clock ran out, by clock.
    """

    begins: date
    ends_at: datetime
    is_over: bool
    threads: Wait
    mail: Wait
    opened: int
    solved: int
    reopened: int
    backlog: int
    unanswered: int
    breaches: dict[str, int]
    ratings: dict[str, int]

    @property
    def answered(self) -> int:
        """How many of the backlog had an answer of ours."""
        return self.backlog - self.unanswered


@dataclass(frozen=True, slots=True)
class Report:
    """The weeks, the oldest first; the waits of all of them together; `zone` is whose Monday counts."""

    weeks: tuple[Week, ...]
    threads: Wait
    mail: Wait
    zone: str

    @property
    def is_empty(self) -> bool:
        """Whether nobody asked, and nothing waited, in all that time."""
        return not any(week.threads.of or week.mail.of or week.backlog for week in self.weeks)

    def total(self, name: str) -> int:
        """How many threads were opened, solved, or opened again; one counts in each week anew."""
        return sum(getattr(week, name) for week in self.weeks)


def support_report(now: datetime, *, weeks: int = WEEKS, kind: str = "") -> Report:
    """The last weeks with the one that runs; of one `kind` of threads, or all. Mails have no kind."""
    starts = _mondays(now, weeks)
    edges = [*starts[1:], now]
    of_threads, of_mail = _thread_waits(starts, now, kind), _mail_waits(starts, now, kind)
    opened, backlog, unanswered = _standing(starts, kind)
    events = _counted(_solved_and_reopened(), "at", "kind", starts, kind)
    breaches = _counted(Breach.objects.all(), "due_at", "clock", starts, kind)
    ratings = _counted(Rating.objects.all(), "rated_at", "content", starts, kind)
    zone = desk_calendar().zone
    found = tuple(
        Week(
            begins=start.astimezone(zone).date(),
            ends_at=edges[place],
            is_over=place < weeks - 1,
            threads=_wait(of_threads[place]),
            mail=_wait(of_mail[place]),
            opened=opened[place],
            solved=events[EventKind.SOLVED, place],
            reopened=events[EventKind.REOPENED, place],
            backlog=backlog[place],
            unanswered=unanswered[place],
            breaches={name: breaches[name, place] for name in ClockName.values},
            ratings={name: ratings[name, place] for name in Content.values},
        )
        for place, start in enumerate(starts)
    )
    whole_time = [_wait(list(chain.from_iterable(rows.values()))) for rows in (of_threads, of_mail)]
    return Report(found, whole_time[0], whole_time[1], zone.key)


def threads_behind(figure: str, begins: date, *, kind: str = "") -> QuerySet[Thread]:
    """The threads that a figure of the week that `begins` on this Monday counts, the newest first."""
    since, until = _span(begins)
    rows = asked_threads().filter(_of(kind))
    if figure == "opened":
        rows = rows.filter(opened_at__gte=since, opened_at__lt=until)
    elif figure in ("backlog", "unanswered", "answered"):
        rows = rows.filter(~Exists(_ended_by(until).filter(thread=OuterRef("pk"))), opened_at__lt=until)
        if figure == "unanswered":
            rows = rows.filter(Q(first_answered_at=None) | Q(first_answered_at__gte=until))
        elif figure == "answered":
            rows = rows.filter(first_answered_at__lt=until)
    else:
        rows = rows.filter(Exists(_happened(figure, since, until).filter(thread=OuterRef("pk")).order_by()))
    return rows.order_by("-opened_at", "-pk")


def mails_behind(begins: date) -> QuerySet[MailConversation]:
    """The matters that came by mail in the week that `begins` on this Monday, the newest first."""
    since, until = _span(begins)
    rows = MailConversation.objects.filter(received_at__gte=since, received_at__lt=until)
    return rows.order_by("-received_at", "-pk")


def monday_of(now: datetime) -> date:
    """The day on which this week began."""
    today = now.astimezone(desk_calendar().zone).date()
    return today - timedelta(days=today.weekday())


def shown_weeks(now: datetime) -> list[date]:
    """The Mondays of the weeks that reports can show, the newest first."""
    return [monday_of(now) - timedelta(weeks=back) for back in range(LONGEST)]


def _mondays(now: datetime, weeks: int) -> list[datetime]:
    last = monday_of(now)
    return [_midnight(last - timedelta(weeks=back)) for back in reversed(range(weeks))]


def _span(begins: date) -> tuple[datetime, datetime]:
    return _midnight(begins), _midnight(begins + timedelta(weeks=1))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=desk_calendar().zone).astimezone(UTC)


def _of(kind: str, to: str = "") -> Q:
    """Threads of this kind, or of any; `to` leads to the thread."""
    return Q(**{f"{to}kind": kind}) if kind else Q()


def _week(moment: str, starts: Sequence[datetime]) -> Case:
    """In which week this moment is: -1 before the first; the number of weeks where it has not come."""
    never = When(**{f"{moment}": None}, then=Value(len(starts)))
    before = [When(**{f"{moment}__lt": start}, then=Value(place - 1)) for place, start in enumerate(starts)]
    return Case(never, *before, default=Value(len(starts) - 1), output_field=IntegerField())


def _thread_waits(starts: Sequence[datetime], now: datetime, kind: str) -> dict[int, list[Served]]:
    rows = asked_threads().filter(_of(kind), opened_at__gte=starts[0])
    return _by_week(thread_waits(rows.annotate(week=_week("opened_at", starts)), now, "week"))


def _mail_waits(starts: Sequence[datetime], now: datetime, kind: str) -> dict[int, list[Served]]:
    if kind:
        return defaultdict(list)
    rows = MailConversation.objects.filter(received_at__gte=starts[0])
    return _by_week(mail_waits(rows.annotate(week=_week("received_at", starts)), now, "week"))


def _by_week(rows: Iterator[tuple[Any, ...]]) -> dict[int, list[Served]]:
    found: dict[int, list[Served]] = defaultdict(list)
    for week, *served in rows:
        found[week].append(Served(*served))
    return found


def _wait(served: Sequence[Served]) -> Wait:
    of = sum(each.count for each in served)
    return Wait(*share_within(served, 0.5), *share_within(served, 0.9), of)


def _counted(
    rows: QuerySet[Any], moment: str, name: str, starts: Sequence[datetime], kind: str
) -> Counter[tuple[str, int]]:
    """How many threads had this happen in each week, by what happened."""
    asked = {f"thread__{column}": value for column, value in ASKED.items()}
    rows = rows.filter(_of(kind, "thread__"), **asked, **{f"{moment}__gte": starts[0]}).order_by()
    found = rows.annotate(week=_week(moment, starts)).values_list(name, "week")
    return Counter({(what, week): n for what, week, n in found.annotate(n=Count("thread", distinct=True))})


def _happened(figure: str, since: datetime, until: datetime) -> QuerySet[Any]:
    if figure in ClockName.values:
        return Breach.objects.filter(clock=figure, due_at__gte=since, due_at__lt=until)
    if figure in Content.values:
        return Rating.objects.filter(content=figure, rated_at__gte=since, rated_at__lt=until)
    return _solved_and_reopened().filter(kind=_EVENTS[figure], at__gte=since, at__lt=until)


def _solved_and_reopened() -> QuerySet[ThreadEvent]:
    """That threads were solved, but not again while they were, or opened again."""
    is_news = Q(kind=EventKind.REOPENED) | ~_is_said_again()
    return ThreadEvent.objects.filter(is_news, kind__in=_EVENTS.values())


def _standing(starts: Sequence[datetime], kind: str) -> tuple[list[int], list[int], list[int]]:
    """By week: how many were opened; at its end: how many had not ended, and of these had no answer.

    What has ended since is counted from its opening on, and then taken out from its end to its next post.
    """
    weeks = len(starts)
    opened, backlog, unanswered = [0] * weeks, [0] * weeks, [0] * weeks
    rows = (
        asked_threads()
        .filter(_of(kind), _alive_since(starts[0]))
        .annotate(opened=_week("opened_at", starts), answered=_week("first_answered_at", starts))
    )
    for since, answered, count in rows.values_list("opened", "answered").annotate(count=Count("pk")):
        if since >= 0:
            opened[since] += count
        _add(backlog, since, weeks, count)
        _add(unanswered, since, answered, count)
    for since, until, answered, count in _endings(starts, kind):
        _add(backlog, since, until, -count)
        _add(unanswered, since, min(until, answered), -count)
    return opened, backlog, unanswered


def _add(weeks: list[int], since: int, until: int, count: int) -> None:
    """At the ends of these weeks it stood there: from the one in which it began, before that of its end."""
    for place in range(max(since, 0), min(until, len(weeks))):
        weeks[place] += count


def _endings(starts: Sequence[datetime], kind: str) -> Iterator[tuple[int, int, int, int]]:
    """(week in which threads ended, in which they went on, in which they were first answered, how many)."""
    asked = {f"thread__{column}": value for column, value in ASKED.items()}
    ends = ThreadEvent.objects.filter(~_is_said_again(), kind__in=_ENDS).order_by()
    rows = ends.filter(_of(kind, "thread__"), _alive_since(starts[0], "thread__"), **asked)
    rows = rows.annotate(ended=_week("at", starts), answered=_week("thread__first_answered_at", starts))
    for_good = rows.filter(_HAS_ENDED, ~Exists(_turns_after(OuterRef("at"))))
    for ended, answered, count in for_good.values_list("ended", "answered").annotate(count=Count("pk")):
        yield ended, len(starts), answered, count
    went_on = Subquery(
        _turns_after(OuterRef("at")).values("thread").annotate(at=Min("posted_at")).values("at")
    )
    again = rows.annotate(on=went_on).filter(on__isnull=False)
    for ended, answered, on in again.values_list("ended", "answered", "on"):
        yield ended, bisect_right(starts, on) - 1, answered, 1


def _alive_since(start: datetime, to: str = "") -> Q:
    """Threads that had not ended for good before; `to` leads to the thread."""
    moments = (f"{to}solved_at", f"{to}closed_at")
    solved, closed = (Q(**{moment: None}) | Q(**{f"{moment}__gte": start}) for moment in moments)
    return solved & closed


def _is_said_again() -> Exists:
    """Whether the thread of an event had been solved or closed before, and had not gone on since."""
    before = ThreadEvent.objects.filter(kind__in=_ENDS, thread=OuterRef("thread"), pk__lt=OuterRef("pk"))
    between = _turns_after(OuterRef("at")).filter(posted_at__lte=OuterRef(OuterRef("at")))
    return Exists(before.filter(~Exists(between)).order_by())


def _ended_by(until: datetime) -> QuerySet[ThreadEvent]:
    """What ended before, and did not go on before."""
    turns = _turns_after(OuterRef("at"))
    rows = ThreadEvent.objects.filter(_HAS_ENDED | Exists(turns), kind__in=_ENDS, at__lt=until)
    return rows.filter(~Exists(turns.filter(posted_at__lt=until))).order_by()


def _turns_after(moment: Any) -> QuerySet[Post]:
    """The opener's posts and our answers in an event's thread since: any of them opens a solved one again."""
    turns = Q(party=Party.AGENT) | Q(author=F("thread__opener"))
    rows = Post.objects.filter(turns, visibility__in=TO_THE_OPENER, thread=OuterRef("thread"))
    return rows.filter(posted_at__gt=moment).order_by()
