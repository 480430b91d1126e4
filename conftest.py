"""Which tests run where: what cannot run is left out and said so at the end; a skip is always a mistake."""

import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.conf import settings
from django.db import connection

pytest_plugins = ["tests.money.plugin"]
LOCALSTRIPE = Path(__file__).parent / ".tools" / "localstripe" / "bin" / "python"
SHARED_DATA = Path(__file__).parent.parent / "shared" / "data"
_left_out: Counter[str] = Counter()

# A busy machine is not an error; and a change is judged by the same cases each time. Who looks for new ones
# says --hypothesis-profile=explore.
BUSY: dict[str, Any] = {"deadline": None, "suppress_health_check": [hypothesis.HealthCheck.too_slow]}
hypothesis.settings.register_profile("explore", **BUSY)
hypothesis.settings.register_profile("house", derandomize=True, **BUSY)
hypothesis.settings.load_profile("house")


def pytest_configure() -> None:
    # Passwords are slow to check by design, which tests need not wait for.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    reasons = {item: reason for item in items if (reason := _reason_to_leave_out(item))}
    _left_out.update(reasons.values())
    if reasons:
        config.hook.pytest_deselected(items=list(reasons))
        items[:] = [item for item in items if item not in reasons]


def _reason_to_leave_out(item: pytest.Item) -> str:
    database = settings.DATABASES["default"]["ENGINE"].rpartition(".")[2].removesuffix("3")
    wanted = item.get_closest_marker("only_on")
    if wanted and database not in wanted.args:
        return f"ask for {' or '.join(wanted.args)}"
    if database == "postgresql" and _touches_no_database(item):
        return "touch no database, and passed where SQLite is"
    if item.get_closest_marker("shared_data") and not SHARED_DATA.is_dir():
        return "read ../shared/data, which is not here"
    if item.get_closest_marker("localstripe") and not LOCALSTRIPE.exists():
        return "talk to localstripe, which `tools/setup test` installs"
    if item.get_closest_marker("swaks") and shutil.which("swaks") is None:
        return "write with swaks, which `tools/setup test` installs"
    return ""


def _touches_no_database(item: pytest.Item) -> bool:
    """Whether this is a room's own test that does not ask for one: Django refuses it any."""
    rooms = item.config.rootpath / "aftersale"
    asks = item.get_closest_marker("django_db") or "db" in getattr(item, "fixturenames", ())
    return item.path.is_relative_to(rooms) and not asks


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for reason, count in sorted(_left_out.items()):
        terminalreporter.write_line(f"left out: {count} that {reason}")


@pytest.fixture(autouse=True)
def an_empty_search(request: pytest.FixtureRequest, django_db_blocker: Any) -> Iterator[None]:
    """The search's table is no model's, so nothing else empties it after a test that commits."""
    yield
    marked = request.node.get_closest_marker("django_db")
    if marked is not None and marked.kwargs.get("transaction"):
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute("DELETE FROM support_post_search")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of shared data; its tests carry the mark `shared_data`."""
    return SHARED_DATA
