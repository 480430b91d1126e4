"""Mia's programs read the weeks of the desk, within what a year holds."""

from datetime import timedelta
from typing import get_args

import pytest

from aftersale.api.operations.reports import FigureName
from aftersale.api.tests.cast import ALL, machine
from aftersale.support.reports import FIGURES
from aftersale.support.tests.cast import ask, say


@pytest.fixture
def mia(world):
    return machine(world, world.mia, ALL)


def test_mia_reads_the_last_weeks(world, mia):
    thread = ask(world, kind="tracking")
    world.clock.move(hours=2)
    say(world, world.mia, thread)
    ask(world)
    told = mia.get("/reports/support").json()
    assert (len(told["weeks"]), told["zone"]) == (12, "UTC")
    last = told["weeks"][-1]
    assert (last["begins"], last["is_over"], last["opened"], last["backlog"], last["unanswered"]) == (
        "2026-06-01", False, 2, 2, 1,
    )  # fmt: skip
    assert last["thread_waits"] == {
        "asked": 2,
        "half_within_seconds": timedelta(hours=2).total_seconds(),
        "half_is_at_least": False,
        "nine_of_ten_within_seconds": timedelta(hours=2).total_seconds(),
        "nine_of_ten_is_at_least": False,
    }
    assert last["mail_waits"]["half_within_seconds"] is None
    assert last["breaches"] == {"first": 0, "next": 0, "resolve": 0}


def test_she_asks_for_one_kind_and_for_other_weeks(world, mia):
    ask(world, kind="tracking")
    ask(world, kind="general")
    told = mia.get("/reports/support?weeks=1&kind=tracking").json()
    assert [week["opened"] for week in told["weeks"]] == [1]
    assert len(mia.get("/reports/support?weeks=52").json()["weeks"]) == 52


def test_she_reads_which_threads_a_figure_counts(world, mia):
    late = ask(world, kind="tracking")
    world.clock.move(days=7)
    ask(world, kind="tracking")
    ask(world, kind="general")
    this, last = mia.get("/reports/support?weeks=2&kind=tracking").json()["weeks"][::-1]
    for week, opened, backlog in ((this, 1, 2), (last, 1, 1)):
        for figure, count in (("opened", opened), ("backlog", backlog)):
            told = mia.get(f"/reports/support/{figure}?week={week['begins']}&kind=tracking").json()
            assert len(told["items"]) == count == week[figure]
    stood = mia.get(f"/reports/support/backlog?week={last['begins']}").json()
    assert [each["reference"] for each in stood["items"]] == [late.reference]
    assert len(mia.get("/reports/support/opened").json()["items"]) == 2


def test_figures_are_those_of_the_report_and_weeks_begin_on_a_monday(mia):
    assert set(get_args(FigureName)) == set(FIGURES)
    assert mia.get("/reports/support/pizza").json()["field"] == "figure"
    for week in ("2026-06-02", "2026-06-08", "2024-01-01", "0001-01-01", "9999-12-31", "soon"):
        answer = mia.get(f"/reports/support/opened?week={week}")
        assert (answer.status_code, answer.json()["field"]) == (422, "week")


@pytest.mark.parametrize(
    "asked", ["weeks=0", "weeks=53", "weeks=1e3", "weeks=all", "kind=pizza", "until=now"]
)
def test_what_no_year_holds_is_refused_by_name(mia, asked):
    answer = mia.get(f"/reports/support?{asked}")
    assert answer.status_code == 422
    assert answer.json()["field"] == asked.partition("=")[0]
