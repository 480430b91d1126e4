"""The weeks of support as plots, with the same figures as tables whose every figure leads to its threads."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from babel.dates import format_skeleton
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext_lazy, to_locale
from django.utils.translation import gettext as _

from aftersale.support.reports import Report, Wait, Week
from aftersale.support.waits import wait_at_least_told, wait_told
from aftersale.web.plots import SMALL, Plot, Point, Stack, lined, stacked, steps_to

# What the list of threads behind a figure is called.
BEHIND: dict[str, str | Promise] = {
    "opened": gettext_lazy("Opened"),
    "solved": gettext_lazy("Solved"),
    "reopened": gettext_lazy("Opened again"),
    "backlog": gettext_lazy("Not solved at the end of the week"),
    "unanswered": gettext_lazy("Without an answer at the end of the week"),
    "answered": gettext_lazy("Answered, not solved at the end of the week"),
    "first": gettext_lazy("The first answer was late"),
    "next": gettext_lazy("A next answer was late"),
    "resolve": gettext_lazy("The solution was late"),
    "good": gettext_lazy("Rated as good"),
    "mixed": gettext_lazy("Rated as so-so"),
    "bad": gettext_lazy("Rated as bad"),
    "mail": gettext_lazy("E-mails"),
}
_MINUTES = {"minute": 1, "hour": 60, "day": 1440}


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure of a table: in words, and what it leads to."""

    column: str
    text: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """A plot with its legend, and its figures by week, the newest first."""

    name: str
    title: str
    lead: str
    nothing: str
    legend: tuple[tuple[str, str], ...]
    plot: Plot | None
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]

    @property
    def has_least(self) -> bool:
        """Whether some point may yet rise."""
        return self.plot is not None and any(dot.is_least for line in self.plot.lines for dot in line.dots)

    @property
    def columns(self) -> list[str]:
        return [cell.column for cell in self.rows[0][1]] if self.rows else []


def charts_of(report: Report, kind: str) -> list[Chart]:
    """The charts of the page. E-mails have no kind: where one is asked for, they are left out."""
    shown = _Shown(report.weeks, kind)
    return [shown.threads(), *([] if kind else [shown.mail()]), *shown.counts()]


def week_name(week: Week) -> str:
    """The Monday of a week in little room: Nov 16, 11月16日."""
    return format_skeleton("MMMd", week.begins, locale=to_locale(get_language() or "en"))


def behind_of(figure: str, week: Week, kind: str = "") -> str:
    """The address of the list behind a figure."""
    return f"{reverse('desk_reports_behind')}?{asked_by(kind, of=figure, week=week.begins.isoformat())}"


def asked_by(kind: str, **words: str | int) -> str:
    """What an address of the reports asks for: these words, and the kind of threads where it is one alone."""
    return urlencode(words | ({"kind": kind} if kind else {}))


def told(wait: timedelta | None, *, is_least: bool) -> str:
    if wait is None:
        return "–"
    return wait_at_least_told(wait) if is_least else wait_told(wait)


@dataclass(frozen=True, slots=True)
class _Shown:
    weeks: Sequence[Week]
    kind: str

    def threads(self) -> Chart:
        title, nothing = _("Waits in threads"), _("Nobody had an answer in a thread in these weeks.")
        return self._waits("threads", title, nothing, lambda week: week.threads, "opened")

    def mail(self) -> Chart:
        title, nothing = _("Waits by e-mail"), _("Nobody had an answer by e-mail in these weeks.")
        return self._waits("mail", title, nothing, lambda week: week.mail, "mail")

    def counts(self) -> list[Chart]:
        return [
            self._flow(),
            self._stacks(
                "backlog",
                _("Not solved at the end of the week"),
                _("Neither solved nor closed when the week ended; of this week, now."),
                _("Everything was solved in these weeks."),
                {"unanswered": _("without an answer of ours"), "answered": _("answered")},
                lambda week: {"unanswered": week.unanswered, "answered": week.answered},
            ),
            self._stacks(
                "breaches",
                _("Clocks that ran out"),
                _("Threads in which a clock ran out in that week, by clock."),
                _("No clock ran out in these weeks."),
                {"first": _("first answer"), "next": _("next answer"), "resolve": _("solution")},
                lambda week: week.breaches,
            ),
            self._stacks(
                "ratings",
                _("Ratings"),
                _("What those who asked said of the solution, in the week in which they said it."),
                _("Nobody has rated a solution in these weeks."),
                {"good": _("good"), "mixed": _("so-so"), "bad": _("bad")},
                lambda week: week.ratings,
            ),
        ]

    def _waits(self, name: str, title: str, nothing: str, of: Callable[[Week], Wait], figure: str) -> Chart:
        half, nine = _("half were answered within"), _("nine of ten within")
        asked = _("E-mails") if figure == "mail" else _("Threads")
        waits = [(week, of(week)) for week in self.weeks]
        rows = tuple(
            (
                week_name(week),
                (
                    Cell(asked, str(wait.of), behind_of(figure, week, self.kind) if wait.of else ""),
                    Cell(_("Half within"), told(wait.half, is_least=wait.half_at_least)),
                    Cell(_("Nine of ten within"), told(wait.nine, is_least=wait.nine_at_least)),
                ),
            )
            for week, wait in reversed(waits)
        )
        plot = self._wait_plot(waits, figure) if any(wait.half is not None for _week, wait in waits) else None
        lead = _("By the week in which they asked. Who still waits counts, too.")
        return Chart(name, title, lead, nothing, (("half", half), ("nine", nine)), plot, rows)

    def _wait_plot(self, waits: Sequence[tuple[Week, Wait]], figure: str) -> Plot:
        def point(week: Week, wait: timedelta | None, words: str, *, is_least: bool) -> Point | None:
            if wait is None:
                return None
            says = f"{week_name(week)} · {words} {told(wait, is_least=is_least)}"
            return Point(wait / timedelta(minutes=1), says, behind_of(figure, week, self.kind), is_least)

        half, nine = _("half within"), _("nine of ten within")
        # The last lies on top: half of one person is nine of ten of them, too.
        series = {
            "nine": [point(week, w.nine, nine, is_least=w.nine_at_least) for week, w in waits],
            "half": [point(week, w.half, half, is_least=w.half_at_least) for week, w in waits],
        }
        highest = max(each.amount for points in series.values() for each in points if each)
        return lined([week_name(week) for week, _wait in waits], series, _wait_levels(highest), SMALL)

    def _flow(self) -> Chart:
        names = {"opened": _("opened"), "solved": _("solved"), "reopened": _("opened again")}

        def amount(week: Week, name: str) -> int:
            return int(getattr(week, name))

        series = {
            name: [
                Point(
                    amount(week, name),
                    f"{week_name(week)} · {word}: {amount(week, name)}",
                    behind_of(name, week, self.kind),
                )
                for week in self.weeks
            ]
            for name, word in names.items()
        }
        highest = round(max(each.amount for points in series.values() for each in points))
        plot = lined([week_name(week) for week in self.weeks], series, _levels(highest), SMALL)
        return Chart(
            "flow",
            _("Opened, solved, opened again"),
            _("How many threads, each once a week. Opened again: its opener wrote after the solution."),
            _("No thread was opened or solved in these weeks."),
            tuple(names.items()),
            plot if highest else None,
            self._rows(names, lambda week: {name: amount(week, name) for name in names}),
        )

    def _stacks(
        self,
        name: str,
        title: str,
        lead: str,
        nothing: str,
        words: Mapping[str, str],
        of: Callable[[Week], Mapping[str, int]],
    ) -> Chart:
        stacks = [
            Stack(
                week_name(week),
                of(week),
                {each: f"{week_name(week)} · {word}: {of(week)[each]}" for each, word in words.items()},
                {each: behind_of(each, week, self.kind) for each in words},
            )
            for week in self.weeks
        ]
        highest = max(sum(stack.parts.values()) for stack in stacks)
        plot = stacked(stacks, _levels(highest), SMALL) if highest else None
        return Chart(name, title, lead, nothing, tuple(words.items()), plot, self._rows(words, of))

    def _rows(
        self, words: Mapping[str, str], of: Callable[[Week], Mapping[str, int]]
    ) -> tuple[tuple[str, tuple[Cell, ...]], ...]:
        return tuple(
            (
                week_name(week),
                tuple(
                    Cell(
                        word[0].upper() + word[1:],
                        str(of(week)[name]),
                        behind_of(name, week, self.kind) if of(week)[name] else "",
                    )
                    for name, word in words.items()
                ),
            )
            for week in reversed(self.weeks)
        )


def _levels(highest: int) -> list[tuple[int, str]]:
    return [(level, str(level)) for level in steps_to(highest)]


def _wait_levels(highest: float) -> list[tuple[int, str]]:
    """Round levels in the one unit that says enough."""
    unit = "minute" if highest < 90 else "hour" if highest < 48 * 60 else "day"
    words = {"minute": _("%(n)s min"), "hour": _("%(n)s h"), "day": _("%(n)s d")}[unit]
    steps = steps_to(-(-int(highest) // _MINUTES[unit]))
    return [(step * _MINUTES[unit], words % {"n": step} if step else "0") for step in steps]
