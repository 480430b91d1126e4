import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest

from aftersale.base.ports import FixedClock, Ports, RandomIds
from aftersale.orders.importing.report import ImportReport
from aftersale.orders.services import import_orders

TODAY = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)

type Documents = list[dict[str, Any]]


@pytest.fixture
def ports() -> Ports:
    return Ports(clock=FixedClock(TODAY), ids=RandomIds(Random(7)))


@pytest.fixture
def documents() -> Documents:
    """Ann's two orders from Li and Otto: lamps by balance and card, an oven by bank transfer."""
    return [
        {"type": "supplier", "code": "LI", "name": "Li Lamps", "country": "CN"},
        {"type": "supplier", "code": "OTTO", "name": "Otto Oven", "country": "DE", "terms": "any_reason"},
        {"type": "customer", "code": "ANN", "name": "Ann", "email": "Ann@Example.com"},
        {
            "type": "order",
            "code": "WM-1",
            "customer": "ANN",
            "currency": "EUR",
            "zone": "Europe/Berlin",
            "ordered_at": "2026-05-01T12:00:00+02:00",
            "lines": [
                {
                    "number": 1,
                    "supplier": "LI",
                    "sku": "L1",
                    "title": "Lamp",
                    "units": 3,
                    "net": "25.21",
                    "tax": "4.79",
                    "discount": "1.00",
                },
                {"number": 2, "supplier": "LI", "sku": "L2", "title": "Shade", "units": 1, "net": "10.01"},
            ],
            "shipping": [{"supplier": "LI", "net": "4.90"}],
            "fees": [{"net": "0.99"}],
            "tenders": [
                {"number": 1, "kind": "balance", "captured": "10.00", "reference": "b-1"},
                {
                    "number": 2,
                    "kind": "card",
                    "captured": "34.90",
                    "reference": "ch_1",
                    "brand": "Visa",
                    "last_four": "4242",
                },
            ],
            "parcels": [
                {
                    "code": "P1",
                    "supplier": "LI",
                    "carrier": "DHL",
                    "tracking_number": "TR1",
                    "lines": [1],
                    "events": [
                        {"kind": "dispatched", "at": "2026-05-02T08:00:00Z", "source": "carrier"},
                        {"kind": "delivered", "at": "2026-05-05T10:00:00Z", "source": "carrier"},
                    ],
                }
            ],
        },
        {
            "type": "order",
            "code": "WM-2",
            "customer": "ANN",
            "currency": "JPY",
            "zone": "Asia/Tokyo",
            "ordered_at": "2026-05-03T12:00:00+09:00",
            "lines": [
                {"number": 1, "supplier": "OTTO", "sku": "O1", "title": "Oven", "units": 1, "net": "9000"}
            ],
            "tenders": [{"number": 1, "kind": "bank_transfer", "captured": "9000", "reference": "t-1"}],
        },
    ]


@pytest.fixture
def bring_in(db: None, ports: Ports, tmp_path: Path) -> Callable[..., ImportReport]:
    """Import documents of our own JSON Lines."""

    def bring_in(documents: Documents, **how: Any) -> ImportReport:
        file = tmp_path / "orders.jsonl"
        lines = [one if isinstance(one, str) else json.dumps(one) for one in documents]
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return import_orders(ports=ports, profile="aftersale", source=file, **how)

    return bring_in
