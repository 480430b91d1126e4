"""The world of the tests, its clock and identifiers behind every request."""

import pytest

from aftersale.returns.tests.cast import World, a_world


@pytest.fixture
def world(db, monkeypatch: pytest.MonkeyPatch) -> World:
    made = a_world()
    monkeypatch.setattr("aftersale.config.middleware.system_ports", lambda: made.ports)
    return made
