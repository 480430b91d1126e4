"""Ann's orders for the tests of money: prices and payments as asked for, all known to the sandbox."""

from dataclasses import dataclass
from datetime import UTC, datetime

from aftersale.accounts.models import Role, Supplier, User
from aftersale.base.ports import FixedClock, Ports, RandomIds
from aftersale.orders.models import Component, Line, Order, SupplierGroup, Tender, TenderKind
from aftersale.payments.models import Refund
from aftersale.payments.providers import Provider
from aftersale.payments.providers.registry import system_providers
from aftersale.payments.providers.sandbox.models import Charge
from aftersale.payments.providers.sandbox.services import know_charges_of
from aftersale.payments.services import (
    Part,
    open_tenders,
    reconcile_due_refunds,
    settle_due_refunds,
    want_refund,
)

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@dataclass
class Desk:
    """The ports and the providers of one worker, whose clock stands until it is moved."""

    clock: FixedClock
    ids: RandomIds
    providers: dict[str, Provider]

    @property
    def ports(self) -> Ports:
        return Ports(clock=self.clock, ids=self.ids)

    def settle(self, at_most: int = 100) -> int:
        return settle_due_refunds(clock=self.clock, ids=self.ids, providers=self.providers, at_most=at_most)

    def reconcile(self, at_most: int = 100) -> int:
        return reconcile_due_refunds(
            clock=self.clock, ids=self.ids, providers=self.providers, at_most=at_most
        )


def desk(at: datetime = NOON) -> Desk:
    clock, ids = FixedClock(at), RandomIds()
    return Desk(clock, ids, system_providers(clock=clock, ids=ids))


def ann() -> User:
    return _person("ann@example.com", "Ann", Role.CUSTOMER)


def mia() -> User:
    return _person("mia@example.com", "Mia", Role.FINANCE)


def order(
    code: str = "M-1001",
    *,
    ports: Ports,
    lines: tuple[int, ...] = (100_00,),
    units: int = 10,
    shipping: int = 0,
    fee: int = 0,
    paid: tuple[int, ...] | None = None,
    unpaid: int = 0,
    kinds: tuple[str, ...] = (TenderKind.CARD,),
    suppliers: int = 1,
    currency: str = "EUR",
) -> Order:
    """An order of Ann's whose lines cost `lines`, in turn from each supplier; captured and in the books."""
    prices = (sum(lines) + shipping + fee,)
    bought = Order.objects.create(
        code=code,
        customer=ann(),
        currency=currency,
        zone="Europe/Berlin",
        ordered_at=NOON,
        unpaid_minor=unpaid,
        source="test",
        fingerprint="0" * 64,
    )
    groups = [_group(bought, number) for number in range(1, suppliers + 1)]
    for number, price in enumerate(lines, 1):
        group = groups[(number - 1) % suppliers]
        line = Line.objects.create(
            order=bought, group=group, number=number, sku=f"A-{number}", title="a lamp", units=units
        )
        Component.objects.create(order=bought, kind="line", line=line, group=group, net_minor=price)
    if shipping:
        Component.objects.create(order=bought, kind="shipping", group=groups[0], net_minor=shipping)
    if fee:
        Component.objects.create(order=bought, kind="fee", net_minor=fee)
    for number, captured in enumerate(prices if paid is None else paid, 1):
        kind = kinds[(number - 1) % len(kinds)]
        Tender.objects.create(
            order=bought,
            number=number,
            kind=kind,
            captured_minor=captured,
            provider="sandbox",
            reference=f"charge-{code}-{number}",
        )
    open_tenders(ports=ports, order=bought)
    know_charges_of(bought)
    return bought


def refund(
    bought: Order,
    amount: int,
    *,
    ports: Ports,
    intent: str,
    tender: int = 1,
    component: int = 0,
    about: str = "goodwill:R7K2M-9XQD4",
) -> Refund:
    """Want `amount` of one component of Ann's order back by one of its tenders."""
    by = bought.tenders.get(number=tender)
    parts = [part(bought, amount, component=component)]
    return want_refund(ports=ports, tender=by, parts=parts, about=about, intent=intent)


def part(bought: Order, amount: int, *, component: int = 0) -> Part:
    of = list(bought.components.all())[component]
    return Part(component=of, units_from=1, units_to=1, amount_minor=amount)


def _person(email: str, name: str, role: str) -> User:
    person, _ = User.objects.get_or_create(email=email, defaults={"name": name, "role": role})
    return person


def _group(bought: Order, number: int) -> SupplierGroup:
    supplier, _ = Supplier.objects.get_or_create(
        code=f"supplier-{number}", defaults={"name": f"Supplier {number}", "country": "CN"}
    )
    return SupplierGroup.objects.create(order=bought, supplier=supplier, country="CN")


def left_at_the_sandbox(charge: str) -> int:
    row = Charge.objects.get(reference=charge)
    return row.captured_minor - row.refunded_minor
