"""Hours of the desk, against a count minute by minute."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftersale.support.clocks import Calendar

ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Asia/Shanghai"]
MINUTE = timedelta(minutes=1)


def works(calendar: Calendar, at: datetime, pauses) -> bool:
    local = at.astimezone(calendar.zone)
    return (
        local.isoweekday() in calendar.weekdays
        and local.date() not in calendar.holidays
        and calendar.opens <= local.hour < calendar.closes
        and not any(since <= at < until for since, until in pauses)
    )


def minute_by_minute(calendar: Calendar, start: datetime, minutes: int, pauses=()) -> datetime:
    now = start
    while minutes:
        minutes -= works(calendar, now, pauses)
        now += MINUTE
    return now


@pytest.mark.parametrize("zone", ZONES)
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
        assert calendar.due(start, timedelta(hours=8)) == minute_by_minute(calendar, start, 8 * 60)


# Weeks in which the clocks change somewhere, and others; to the minute.
WEEKS = ((3, 6), (3, 27), (4, 3), (7, 1), (10, 2), (10, 23), (10, 30))
MOMENTS = st.builds(
    lambda day, minutes: datetime(2026, day[0], day[1], tzinfo=UTC) + minutes * MINUTE,
    st.sampled_from(WEEKS),
    st.integers(0, 4 * 24 * 60),
)


@st.composite
def calendars(draw):
    opens = draw(st.integers(0, 22))
    return Calendar(
        ZoneInfo(draw(st.sampled_from(ZONES))),
        draw(st.frozensets(st.integers(1, 7), min_size=1)),
        opens,
        draw(st.integers(opens + 1, 24)),
        draw(st.frozensets(st.sampled_from([date(2026, 3, 28), date(2026, 3, 29), date(2026, 10, 26)]))),
    )


PAUSES = st.lists(
    st.tuples(MOMENTS, st.integers(0, 3000)).map(lambda each: (each[0], each[0] + each[1] * MINUTE)),
    max_size=3,
)


@given(calendars(), MOMENTS, st.integers(1, 700), PAUSES)
def test_any_calendar_with_any_pauses_agrees_with_the_minutes(calendar, start, minutes, pauses):
    due = calendar.due(start, minutes * MINUTE, pauses)
    assert due == minute_by_minute(calendar, start, minutes, pauses)
    assert calendar.worked(start, due, pauses) == minutes * MINUTE
    assert calendar.is_open(start) == works(calendar, start, ())
