"""The world of the API's tests, its clock and identifiers behind every request."""

import pytest

from aftersale.returns.tests.cast import World, a_world


@pytest.fixture
def put_behind_the_door(monkeypatch: pytest.MonkeyPatch):
    """Makes a world, whose ports every request gets."""

    def made() -> World:
        world = a_world()
        monkeypatch.setattr("aftersale.config.middleware.system_ports", lambda: world.ports)
        return world

    return made


@pytest.fixture
def world(db, put_behind_the_door) -> World:
    made: World = put_behind_the_door()
    return made
