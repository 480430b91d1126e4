"""The people of the tests, and orders for them: Ann and Bob buy, Li and Otto supply, Mia is staff."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random

from aftersale.accounts.models import Role, Supplier, User
from aftersale.base.ports import FixedClock, Ports, RandomIds
from aftersale.orders.models import (
    Component,
    Line,
    Order,
    Parcel,
    ParcelEvent,
    SupplierGroup,
    Tender,
)
from aftersale.payments.providers.sandbox.services import know_charge
from aftersale.returns.policies import publish_policy
from aftersale.returns.services import take_in_orders

POLICY = Path(__file__).resolve().parents[3] / "policies" / "marketplace.md"
TODAY = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
_numbers = count(1)


@dataclass
class World:
    """A marketplace with its people and its own clock."""

    clock: FixedClock
    ports: Ports
    ann: User
    bob: User
    mia: User
    li: User
    li_co: Supplier
    other: User
    extra: dict[str, Supplier] = field(default_factory=dict)


def a_world() -> World:
    clock = FixedClock(TODAY)
    ports = Ports(clock=clock, ids=RandomIds(Random(7)))
    publish_policy(ports=ports, path=POLICY)
    li_co = Supplier.objects.create(code="LI", name="Li Lamps", country="CN", return_address="1 Lamp Road")
    other_co = Supplier.objects.create(code="OTTO", name="Otto Oven", country="DE")

    def person(name: str, role: str, supplier: Supplier | None = None) -> User:
        return User.objects.create_user(
            f"{name}@example.com", name=name.title(), role=role, supplier=supplier
        )

    return World(
        clock=clock,
        ports=ports,
        ann=person("ann", Role.CUSTOMER),
        bob=person("bob", Role.CUSTOMER),
        mia=person("mia", Role.AGENT),
        li=person("li", Role.SUPPLIER, li_co),
        li_co=li_co,
        other=person("otto", Role.SUPPLIER, other_co),
    )


def an_order(
    world: World,
    *,
    lines: Sequence[tuple[int, int]] = ((1, 6000),),
    tenders: Sequence[tuple[str, int]] = (("card", 6000),),
    shipping: int = 0,
    terms: str = "defective_or_wrong",
    country: str = "CN",
    delivered_days_ago: int | None = 10,
    marked_days_ago: int | None = None,
    currency: str = "EUR",
    unpaid: int = 0,
    zone: str = "Europe/Berlin",
) -> Order:
    """An order of Ann's from Li: lines as (units, minor units for all), tenders as (kind, minor units)."""
    now = world.clock.now()
    order = Order.objects.create(
        code=f"WM-{next(_numbers)}",
        customer=world.ann,
        currency=currency,
        unpaid_minor=unpaid,
        zone=zone,
        ordered_at=now - timedelta(days=(delivered_days_ago or 0) + 5),
        marked_delivered_at=None if marked_days_ago is None else now - timedelta(days=marked_days_ago),
        source="test",
        fingerprint="",
    )
    group = SupplierGroup.objects.create(order=order, supplier=world.li_co, country=country, terms=terms)
    rows = [
        Line.objects.create(order=order, group=group, number=n, sku=f"S{n}", title=f"Lamp {n}", units=units)
        for n, (units, _) in enumerate(lines, 1)
    ]
    for row, (_, minor) in zip(rows, lines, strict=True):
        Component.objects.create(order=order, kind="line", line=row, group=group, net_minor=minor)
    if shipping:
        Component.objects.create(order=order, kind="shipping", group=group, net_minor=shipping)
    for n, (kind, minor) in enumerate(tenders, 1):
        tender = Tender.objects.create(
            order=order,
            number=n,
            kind=kind,
            captured_minor=minor,
            provider="sandbox",
            reference=f"ch_{order.code}_{n}",
            brand="Visa" if kind == "card" else "",
            last_four="4242" if kind == "card" else "",
        )
        know_charge(reference=tender.reference, captured=tender.captured)
    parcel = Parcel.objects.create(group=group, code="P1", carrier="DHL", tracking_number=f"TR{order.code}")
    parcel.lines.set(rows)
    if delivered_days_ago is not None:
        at = now - timedelta(days=delivered_days_ago)
        ParcelEvent.objects.create(parcel=parcel, kind="delivered", at=at, source="carrier")
    take_in_orders(ports=world.ports, orders=[order])
    return order
