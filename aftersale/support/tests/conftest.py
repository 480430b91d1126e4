import pytest

from aftersale.returns.tests.cast import World, a_world


@pytest.fixture
def world(db: None) -> World:
    return a_world()
