"""The cast of the returns, at this moment: the pages ask the machine's own clock."""

from datetime import UTC, datetime

import pytest

from aftersale.accounts.models import Role, User
from aftersale.returns.tests.cast import World, a_world


@pytest.fixture
def world(db: None) -> World:
    world = a_world()
    world.clock.move(seconds=(datetime.now(UTC) - world.clock.now()).total_seconds() - 60)
    return world


@pytest.fixture
def fin(db: None) -> User:
    return User.objects.create_user("fin@example.com", name="Fin", role=Role.FINANCE)
