"""Hours of the desk, against a count minute by minute."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from aftersale.support.clocks import Calendar


def minute_by_minute(calendar: Calendar, start: datetime, hours: int) -> datetime:
    left, now = hours * 60, start
    while left:
        local = now.astimezone(calendar.zone)
        works = local.isoweekday() in calendar.weekdays and calendar.opens <= local.hour < calendar.closes
        left -= works
        now += timedelta(minutes=1)
    return now


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu"])
@pytest.mark.parametrize(("days", "opens", "closes"), [("12345", 9, 18), ("1234567", 0, 24), ("37", 2, 4)])
def test_due_is_where_the_minutes_of_work_end(zone, days, opens, closes):
    calendar = Calendar(ZoneInfo(zone), frozenset(map(int, days)), opens, closes)
    # Around both changes of the clocks, on working days and others, in and out of hours.
    for start in (
        datetime(2026, 3, 27, 16, tzinfo=UTC),
        datetime(2026, 10, 24, 1, tzinfo=UTC),
        datetime(2026, 4, 4, 3, tzinfo=UTC),
        datetime(2026, 10, 4, 23, tzinfo=UTC),
    ):
        assert calendar.due(start, timedelta(hours=8)) == minute_by_minute(calendar, start, 8)
