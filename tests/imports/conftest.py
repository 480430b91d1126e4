from datetime import UTC, datetime
from random import Random

import pytest

from aftersale.accounts.models import User
from aftersale.base.ports import FixedClock, Ports, RandomIds
from aftersale.config.demo import marketplace
from aftersale.orders.models import Order


@pytest.fixture
def ports():
    return Ports(clock=FixedClock(datetime(2026, 6, 1, 22, 30, tzinfo=UTC)), ids=RandomIds(Random(7)))


@pytest.fixture
def bring_in_one(db):
    """One order of somebody's own shop."""
    ann = User.objects.create_user("ann@example.com", name="Ann")
    Order.objects.create(
        code="MY-1",
        customer=ann,
        currency="EUR",
        zone="Europe/Paris",
        ordered_at=datetime(2026, 5, 1, tzinfo=UTC),
    )


@pytest.fixture
def demo_marketplace(db, ports, tmp_path, monkeypatch):
    """The demo's data in the tests' database, as of an evening on which Berlin is a day ahead of UTC."""
    monkeypatch.setattr(marketplace, "FOLDER", tmp_path)
    return marketplace.make_marketplace(ports=ports, say=lambda _line: None)
