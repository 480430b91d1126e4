"""When something is due, counted in the hours of the desk, by the clock on its wall."""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

# From when to when; nothing is worked off meanwhile.
type Pause = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Calendar:
    """The desk's hours: `opens` to `closes` on `weekdays` (1 is Monday) but holidays, by clocks of `zone`."""

    zone: ZoneInfo
    weekdays: frozenset[int]
    opens: int
    closes: int
    holidays: Container[date] = frozenset()

    def due(self, start: datetime, work: timedelta, pauses: Sequence[Pause] = ()) -> datetime:
        """The moment at which so much has been worked off since `start`, in UTC."""
        left = work
        for begins, ends in self._working(start, pauses):
            if ends - begins >= left:
                return (begins + left).astimezone(UTC)
            left -= ends - begins
        raise AssertionError("a desk that opens on some day works off everything")

    def worked(self, start: datetime, end: datetime, pauses: Sequence[Pause] = ()) -> timedelta:
        """How much of the desk's time lies between the two."""
        done = timedelta(0)
        for begins, ends in self._working(start, pauses):
            if begins >= end:
                break
            done += min(ends, end) - begins
        return done

    def is_open(self, at: datetime) -> bool:
        """Whether the desk works at this moment."""
        day = at.astimezone(self.zone).date()
        opens, closes = self._at(day, self.opens), self._at(day, self.closes)
        return self._works_on(day) and opens <= at < closes

    def _working(self, start: datetime, pauses: Sequence[Pause]) -> Iterator[Pause]:
        """The stretches of work from `start` on, without the pauses."""
        for opens, closes in self._shifts(start.astimezone(self.zone).date()):
            begins = max(opens, start)
            for since, until in sorted(pauses):
                if since < closes and until > begins:
                    if since > begins:
                        yield begins, since
                    begins = until
            if begins < closes:
                yield begins, closes

    def _shifts(self, first: date) -> Iterator[Pause]:
        """Each working day's hours, in UTC: a day on which clocks change is as long as it is."""
        for day in (first + timedelta(days=n) for n in count()):
            if self._works_on(day):
                yield self._at(day, self.opens), self._at(day, self.closes)

    def _works_on(self, day: date) -> bool:
        return day.isoweekday() in self.weekdays and day not in self.holidays

    def _at(self, day: date, hour: int) -> datetime:
        on = day if hour < 24 else day + timedelta(days=1)
        return datetime.combine(on, time(hour % 24), tzinfo=self.zone).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Holidays:
    """Days on which the desk is closed: named ones, and those of countries and their regions."""

    days: frozenset[date]
    countries: tuple[Any, ...] = ()

    def __contains__(self, day: object) -> bool:
        return day in self.days or any(day in country for country in self.countries)


def desk_calendar() -> Calendar:
    """The desk's hours by the settings."""
    weekdays, opens, closes, zone = settings.SUPPORT_HOURS
    return Calendar(zone, weekdays, opens, closes, Holidays(*settings.SUPPORT_HOLIDAYS))


def answer_due(since: datetime, *pauses: Pause) -> datetime:
    """When a post of `since` is to be answered, by the settings."""
    return desk_calendar().due(since, timedelta(hours=settings.SUPPORT_ANSWER_HOURS), pauses)


def resolve_due(since: datetime, pauses: Sequence[Pause]) -> datetime:
    """When a matter of `since` is to be solved, by the settings."""
    return desk_calendar().due(since, timedelta(hours=settings.SUPPORT_RESOLVE_HOURS), pauses)
