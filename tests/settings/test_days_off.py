"""Days on which the desk does not work, as the setting names them."""

from datetime import date

import pytest

from aftersale.config.environment import SettingError, days_off
from aftersale.support.clocks import Holidays


def test_days_and_countries_are_days_off(monkeypatch):
    monkeypatch.setenv("SUPPORT_HOLIDAYS", "2026-12-24 DE-BY CN")
    off = Holidays(*days_off("SUPPORT_HOLIDAYS", ""))
    known = [date(2026, 12, 24), date(2026, 12, 25), date(2027, 1, 6), date(2026, 10, 1)]
    assert all(day in off for day in known) and date(2026, 12, 23) not in off


@pytest.mark.parametrize("wrong", ["XX", "DE-QQ", "2026-13-01", "24.12.2026", "soon"])
def test_what_is_no_day_off_stops_the_start(monkeypatch, wrong):
    monkeypatch.setenv("SUPPORT_HOLIDAYS", wrong)
    with pytest.raises(SettingError, match="SUPPORT_HOLIDAYS takes days and codes of countries"):
        days_off("SUPPORT_HOLIDAYS", "")
