"""Times on threads are told by one clock, which is named."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from aftersale.returns.tests.cast import World
from aftersale.support.models import Post
from aftersale.support.tests.cast import ask, ask_in_public
from aftersale.web.templatetags.aftersale_web import clock, clock_day
from aftersale.web.tests.browsing import main_of, signed_in

WINTER, SUMMER = datetime(2026, 1, 23, 13, 5, tzinfo=UTC), datetime(2026, 7, 23, 22, 5, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _hours_of_berlin(settings):
    settings.SUPPORT_HOURS = (frozenset({1, 2, 3, 4, 5}), 9, 18, ZoneInfo("Europe/Berlin"))


@pytest.mark.parametrize(
    ("zone", "at", "told"),
    [
        ("Europe/Berlin", WINTER, ("2026-01-23T14:05:00+01:00", "23 January 2026, 14:05 UTC+1")),
        ("Europe/Berlin", SUMMER, ("2026-07-24T00:05:00+02:00", "24 July 2026, 00:05 UTC+2")),
        ("Asia/Kolkata", WINTER, ("2026-01-23T18:35:00+05:30", "23 January 2026, 18:35 UTC+5:30")),
        ("America/St_Johns", WINTER, ("2026-01-23T09:35:00-03:30", "23 January 2026, 09:35 UTC−3:30")),
        ("UTC", WINTER, ("2026-01-23T13:05:00+00:00", "23 January 2026, 13:05 UTC")),
    ],
)
def test_a_moment_names_its_zone(settings, zone, at, told):
    settings.SUPPORT_HOURS = (frozenset({1}), 9, 18, ZoneInfo(zone))
    assert clock(at) == f'<time datetime="{told[0]}">{told[1]}</time>'


def test_in_chinese_and_by_day():
    with translation.override("zh-hans"), timezone.override(ZoneInfo("Asia/Tokyo")):
        assert "2026年7月24日 00:05 UTC+2<" in clock(SUMMER)
        assert "2026年7月24日<" in clock_day(SUMMER)


def test_a_thread_about_an_order_of_tokyo_and_one_of_the_forum_tell_the_same_time(world: World):
    of_the_forum, of_an_order = ask_in_public(world), ask(world)
    of_an_order.order.zone = "Asia/Tokyo"
    of_an_order.order.save()
    Post.objects.update(posted_at=WINTER)
    ann = signed_in(world.ann)
    for thread in (of_the_forum, of_an_order):
        page = main_of(ann.get(f"/threads/{thread.reference}/"))
        assert '<time datetime="2026-01-23T14:05:00+01:00">23 January 2026, 14:05 UTC+1</time>' in page
