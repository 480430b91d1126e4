"""Mia reads the weeks of the desk as plots and tables, and what is behind each figure; nobody else does."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aftersale.support.models import MailConversation, Rating, Thread
from aftersale.support.reports import FIGURES, monday_of, support_report
from aftersale.support.services import solve_thread
from aftersale.support.tests.cast import ask, say
from aftersale.web.plots import SMALL, Point, lined


def page(client, path="/desk/reports/"):
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def a_week_of(world, threads):
    """So many were asked, answered after two hours and solved; the first was rated, the last one waits."""
    begun = [ask(world) for _number in range(threads + 1)]
    world.clock.move(seconds=1)
    for number, thread in enumerate(begun[:-1]):
        say(world, world.mia, thread)
        solve_thread(ports=world.ports, by=world.mia, thread=thread)
        if number == 0:
            now = world.clock.now()
            Rating.objects.create(thread=thread, solved_at=now, content="good", rated_at=now, changed_at=now)


def test_mia_reads_the_weeks_and_every_figure_leads_to_its_threads(client, world):
    a_week_of(world, 3)
    client.force_login(world.mia)
    told = page(client)
    assert 'aria-current="page">Reports</a>' in told
    for title in (
        "Waits in threads",
        "Opened, solved, opened again",
        "Not solved at the end of the week",
        "Ratings",
    ):
        assert f">{title}</h2>" in told
    links = set(re.findall(r'<td class="end"[^>]*><a href="([^"]+)">(\d+)</a>', told))
    assert {address.partition("of=")[2].partition("&")[0] for address, _ in links} == {
        "opened",
        "solved",
        "unanswered",
        "good",
    }
    for address, figure in links:
        behind = page(client, address.replace("&amp;", "&"))
        assert behind.count('class="queue-title"') == int(figure), address


def test_the_plots_are_told_twice_and_only_the_table_is_for_keyboards_and_screen_readers(client, world):
    a_week_of(world, 2)
    client.force_login(world.mia)
    told = page(client)
    plots = re.findall(r'class="report-plot"><svg .*?</svg>', told, flags=re.DOTALL)
    assert plots and all('aria-hidden="true"' in plot for plot in plots)
    for plot in plots:
        assert len(re.findall("<a ", plot)) == plot.count('tabindex="-1"')
    assert told.count("the same figures stand in the table below") == len(plots)
    assert told.count("<details") >= len(plots)
    # On a phone each row of a table is a card that carries its columns' names.
    assert "table-stack" in told and 'data-label="Nine of ten within"' in told


def test_mia_chooses_how_many_weeks_and_which_category(client, world):
    ask(world, kind="tracking")
    client.force_login(world.mia)
    assert page(client).count('<th scope="row">') % 12 == 0
    assert page(client, "/desk/reports/?weeks=4").count('<th scope="row">') % 4 == 0
    assert "Waits by e-mail" not in page(client, "/desk/reports/?kind=tracking")
    assert "Nobody asked anything in these weeks" in page(client, "/desk/reports/?kind=return")
    for odd in ("weeks=5000", "weeks=-1", "weeks=x", "kind=pizza"):
        assert "12 weeks" in page(client, f"/desk/reports/?{odd}")


def test_where_nobody_asked_the_page_says_so(client, world):
    client.force_login(world.mia)
    told = page(client)
    assert "Nobody asked anything in these weeks" in told and "report-plot" not in told


def test_mails_are_behind_the_slow_lane_s_figures(client, world):
    now = world.clock.now()
    MailConversation.objects.create(
        reference="M1",
        token="t1",
        address="ann@example.com",
        subject="A question about a teapot",
        language="en",
        received_at=now,
        waiting_since=now,
        last_mail_at=now,
        first_answered_at=now + timedelta(seconds=30),
        state="answered",
    )
    client.force_login(world.mia)
    assert "Waits by e-mail" in page(client)
    behind = page(client, f"/desk/reports/threads/?of=mail&week={monday_of(now).isoformat()}")
    assert "A question about a teapot" in behind


def test_finance_reads_them_too_and_others_find_nothing(client, world, fin):
    ask(world)
    week = monday_of(world.clock.now()).isoformat()
    addresses = ("/desk/reports/", f"/desk/reports/threads/?of=opened&week={week}")
    for person, status in ((fin, 200), (world.ann, 404), (world.li, 404)):
        client.force_login(person)
        assert [client.get(address).status_code for address in addresses] == [status, status]
    client.logout()
    assert [client.get(address).status_code for address in addresses] == [302, 302]


def test_a_list_of_no_figure_or_of_no_monday_is_not_there(client, world):
    client.force_login(world.mia)
    monday = monday_of(world.clock.now())
    days = [monday + timedelta(days=days) for days in (-1, 14, -60 * 7)]
    for odd in (f"of=pizza&week={monday}", "of=opened&week=soon", *(f"of=opened&week={day}" for day in days)):
        assert client.get(f"/desk/reports/threads/?{odd}").status_code == 404
    for figure in FIGURES:
        assert "Nothing in this week" in page(client, f"/desk/reports/threads/?of={figure}&week={monday}")


def test_the_reports_are_in_chinese(client, world):
    a_week_of(world, 1)
    client.force_login(world.mia)
    client.cookies["django_language"] = "zh-hans"
    told = page(client).partition("<main")[2].partition(">")[2].partition("</main>")[0]
    assert "帖子的等待时间" in told and "该周结束时未解决" in told
    assert not re.search(r"[A-Za-z]{3,}", re.sub(r"<[^>]*>|UTC", "", told))


@pytest.mark.parametrize("path", ["/desk/reports/", "/desk/reports/threads/?of=opened&week={week}"])
def test_many_threads_take_no_more_queries_than_few(client, world, path):
    client.force_login(world.mia)
    path = path.format(week=monday_of(world.clock.now()).isoformat())
    a_week_of(world, 1)
    client.get(path)
    few = _queries(client, path)
    a_week_of(world, 6)
    assert _queries(client, path) == few


def _queries(client, path):
    with CaptureQueriesContext(connection) as queries:
        page(client, path)
    return len(queries)


def test_what_the_plots_draw_is_what_is_counted(client, world):
    """The heights of the bars are the figures: three threads, of which one waits."""
    a_week_of(world, 2)
    report = support_report(world.clock.now())
    assert (report.weeks[-1].backlog, report.weeks[-1].unanswered, Thread.objects.count()) == (1, 1, 3)
    client.force_login(world.mia)
    told = page(client)
    chart = told.partition('aria-labelledby="backlog"')[2].partition("</section>")[0]
    assert len(re.findall("report-bar", chart)) == 1 and "without an answer of ours: 1" in chart


def test_a_line_is_broken_where_a_week_has_no_point():
    plot = lined(
        ["a", "b", "c", "d"],
        {"half": [Point(0, "0"), Point(10, "10"), None, Point(5, "5")]},
        [(0, "0"), (10, "10")],
        SMALL,
    )
    (line,) = plot.lines
    assert line.path.count("M") == 2 and line.path.count("L") == 1
    assert [dot.y for dot in line.dots] == [SMALL.bottom, SMALL.top, (SMALL.bottom + SMALL.top) / 2]
