from datetime import UTC, datetime
from random import Random

import pytest

from aftersale.base.ports import FixedClock, Ports, RandomIds
from aftersale.config.demo import marketplace


@pytest.fixture
def demo_marketplace(db, tmp_path, monkeypatch):
    """The demo's data in the tests' database, as of an evening on which Berlin is a day ahead of UTC."""
    monkeypatch.setattr(marketplace, "FOLDER", tmp_path)
    ports = Ports(clock=FixedClock(datetime(2026, 6, 1, 22, 30, tzinfo=UTC)), ids=RandomIds(Random(7)))
    return marketplace.make_marketplace(ports=ports, say=lambda _line: None)
