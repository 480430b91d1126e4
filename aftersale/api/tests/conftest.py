"""The world of the tests, its clock and identifiers behind every request."""

import pytest

from aftersale.api.tests.cast import Machine, fay, machine
from aftersale.returns.tests.cast import World, a_world


@pytest.fixture
def world(db, monkeypatch: pytest.MonkeyPatch) -> World:
    made = a_world()
    monkeypatch.setattr("aftersale.config.middleware.system_ports", lambda: made.ports)
    return made


@pytest.fixture
def ann(world: World) -> Machine:
    return machine(world, world.ann)


@pytest.fixture
def bob(world: World) -> Machine:
    return machine(world, world.bob)


@pytest.fixture
def mia(world: World) -> Machine:
    return machine(world, world.mia)


@pytest.fixture
def li(world: World) -> Machine:
    return machine(world, world.li)


@pytest.fixture
def otto(world: World) -> Machine:
    return machine(world, world.other)


@pytest.fixture
def finance(world: World) -> Machine:
    return machine(world, fay(world))


@pytest.fixture
def nobody(world: World) -> Machine:
    return Machine(None)
