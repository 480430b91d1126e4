"""Typed readers of environment variables: each fails loudly, naming the variable and what it takes."""

import os
import re
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit
from zoneinfo import ZoneInfo, available_timezones

from holidays import country_holidays


class SettingError(Exception):
    """A setting is missing or cannot be read; the message says which one and what it takes."""


def text(name: str, default: str | None = None) -> str:
    """The variable `name`, or the text of the file that `name`_FILE points to (for secrets)."""
    if file := os.environ.get(f"{name}_FILE"):
        return Path(file).read_text(encoding="utf-8").strip()
    found = os.environ.get(name, default)
    if found is None:
        raise SettingError(f"{name} is not set: production needs it (or {name}_FILE, the path of a file)")
    return found


def secret(name: str, *beginnings: str) -> str:
    """One secret that begins in one of these ways; empty where it is not set. It is shown to nobody."""
    found = secrets(name, *beginnings)
    if len(found) > 1:
        raise SettingError(f"{name} takes one secret, and holds {len(found)}")
    return "".join(found)


def secrets(name: str, *beginnings: str) -> list[str]:
    """Secrets parted by spaces, each of which begins in one of these ways; none where it is not set."""
    found = text(name, "").split()
    if not all(each.startswith(beginnings) for each in found):
        raise SettingError(f"{name} takes what begins with {' or '.join(beginnings)}")
    return found


def flag(name: str, *, default: bool) -> bool:
    """`yes` or `no`."""
    found = os.environ.get(name, "yes" if default else "no")
    if found not in ("yes", "no"):
        raise SettingError(f"{name} takes yes or no, not `{found}`")
    return found == "yes"


def whole(name: str, default: int) -> int:
    """A whole number from 0 up."""
    found = os.environ.get(name, str(default))
    if not found.isdecimal():
        raise SettingError(f"{name} takes a whole number, not `{found}`")
    return int(found)


def one_of(name: str, choices: tuple[str, ...]) -> str:
    """One of `choices`; the first where it is not set."""
    found = os.environ.get(name, choices[0])
    if found not in choices:
        raise SettingError(f"{name} takes one of {', '.join(choices)}, not `{found}`")
    return found


def some_of(name: str, choices: tuple[str, ...], *, default: str | None = None) -> tuple[str, ...]:
    """Some of `choices`, parted by spaces; where it is not set all of them, or `default`."""
    found = os.environ.get(name, " ".join(choices) if default is None else default).split()
    if (not found and default is None) or not set(found) <= set(choices):
        raise SettingError(f"{name} takes some of {', '.join(choices)}, not `{' '.join(found)}`")
    return tuple(each for each in choices if each in found)


def instant(name: str) -> datetime | None:
    """A moment with its zone, such as 2026-03-01T12:00:00+00:00; None where it is not set."""
    found = os.environ.get(name)
    if not found:
        return None
    try:
        moment = datetime.fromisoformat(found)
    except ValueError:
        raise SettingError(
            f"{name} takes a moment such as 2026-03-01T12:00:00+00:00, not `{found}`"
        ) from None
    if moment.tzinfo is None:
        raise SettingError(f"{name} takes a moment with its zone, such as `{found}+00:00`")
    return moment


def working_hours(name: str, default: str) -> tuple[frozenset[int], int, int, ZoneInfo]:
    """Weekdays (1 is Monday), from hour to hour, by the clocks of a zone: `12345 9-18 Europe/Berlin`."""
    found = os.environ.get(name, default)
    told = re.fullmatch(r"([1-7]{1,7}) ([0-9]{1,2})-([0-9]{1,2}) (\S+)", found)
    if told is not None and int(told[2]) < int(told[3]) <= 24 and told[4] in available_timezones():
        return frozenset(map(int, told[1])), int(told[2]), int(told[3]), ZoneInfo(told[4])
    raise SettingError(f"{name} takes weekdays, hours and a zone such as `{default}`, not `{found}`")


def days_off(name: str, default: str) -> tuple[frozenset[date], tuple[Any, ...]]:
    """Days, and the holidays of countries or their regions: `2026-12-24 DE-BY`. None where it is not set."""
    days, countries = set(), []
    for word in (os.environ.get(name) or default).split():
        country, _, region = word.partition("-")
        try:
            if country.isdecimal():
                days.add(date.fromisoformat(word))
            else:
                countries.append(country_holidays(country, subdiv=region or None))
        except (ValueError, NotImplementedError):
            raise SettingError(
                f"{name} takes days and codes of countries such as `2026-12-24 DE-BY`, not `{word}`"
            ) from None
    return frozenset(days), tuple(countries)


def database(name: str, *, sqlite: Path) -> dict[str, Any]:
    """Django's settings for the database at the address in `name`; a SQLite file where it is not set."""
    address = os.environ.get(name) or f"sqlite:///{sqlite}"
    parts = urlsplit(address)
    if parts.scheme == "sqlite":
        return _sqlite(parts.path)
    if parts.scheme in ("postgres", "postgresql"):
        options = dict(parse_qsl(parts.query))
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": options.pop("host", parts.hostname or ""),
            "PORT": str(parts.port or options.pop("port", "")),
            "OPTIONS": options,
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
        }
    raise SettingError(
        f"{name} takes sqlite:///PATH or postgresql://USER:PASSWORD@HOST:PORT/NAME, not `{address}`"
    )


def _sqlite(path: str) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": {
            # IMMEDIATE: a writer waits for its turn at the start, where waiting is safe.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                " PRAGMA recursive_triggers=ON;"
            ),
        },
        # A file, not memory: races need several connections to one database.
        "TEST": {"NAME": f"{path}.test"},
    }
