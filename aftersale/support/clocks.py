"""When an answer is due, counted in the hours of the desk, by the clock on its wall."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Calendar:
    """The desk's hours: from `opens` to `closes` on `weekdays` (1 is Monday), by the clocks of `zone`."""

    zone: ZoneInfo
    weekdays: frozenset[int]
    opens: int
    closes: int

    def due(self, start: datetime, hours: int) -> datetime:
        """The moment at which so many hours of work have passed since `start`, in UTC."""
        left = timedelta(hours=hours)
        for opens, ends in self._shifts(start.astimezone(self.zone).date()):
            begins = max(opens, start)
            if begins < ends:
                if ends - begins >= left:
                    return (begins + left).astimezone(UTC)
                left -= ends - begins
        raise AssertionError("a desk that opens on some day works off everything")

    def _shifts(self, first: date) -> Iterator[tuple[datetime, datetime]]:
        """Each working day's hours, in UTC: a day on which clocks change is as long as it is."""
        midnight = timedelta(days=1)
        for day in (first + n * midnight for n in count()):
            if day.isoweekday() in self.weekdays:
                yield self._at(day, self.opens), self._at(day, self.closes)

    def _at(self, day: date, hour: int) -> datetime:
        on = day if hour < 24 else day + timedelta(days=1)
        return datetime.combine(on, time(hour % 24), tzinfo=self.zone).astimezone(UTC)


def answer_due(since: datetime) -> datetime:
    """When a post of `since` is to be answered, by the settings."""
    weekdays, opens, closes, zone = settings.SUPPORT_HOURS
    return Calendar(zone, weekdays, opens, closes).due(since, settings.SUPPORT_ANSWER_HOURS)
