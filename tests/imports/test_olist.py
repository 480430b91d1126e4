"""A thousand orders of a real marketplace, with all that real input has."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from django.conf import settings

from aftersale.accounts.models import Role, Supplier, User
from aftersale.base.ports import FixedClock, Ports, RandomIds
from aftersale.orders.models import Line, Order, Parcel, ParcelEvent, SupplierGroup, Tender
from aftersale.orders.queries import delivered_at, order_total
from aftersale.orders.services import import_orders
from aftersale.payments.models import Refund
from aftersale.payments.providers.sandbox.provider import Sandbox
from aftersale.payments.providers.sandbox.services import know_charges_of
from aftersale.payments.services import settle_due_refunds
from aftersale.returns.policies import publish_policy
from aftersale.returns.services import (
    Finding,
    Wish,
    close_settled_returns,
    hand_over,
    inspect_return,
    receive_return,
    request_return,
    take_in_orders,
)

pytestmark = [pytest.mark.shared_data, pytest.mark.django_db]
LATER = datetime(2018, 10, 1, tzinfo=UTC)


def ports_at(moment):
    return Ports(clock=FixedClock(moment), ids=RandomIds(Random(7)))


@pytest.fixture
def bring_in(shared_data):
    def bring_in(**how):
        return import_orders(ports=ports_at(LATER), profile="olist", source=shared_data / "olist-1000", **how)

    return bring_in


def test_a_thousand_orders_come_in(bring_in):
    report = bring_in()
    assert (report.new, report.rejections) == (1000, [])
    assert Order.objects.filter(currency="BRL", zone="America/Sao_Paulo").count() == 1000
    assert not Order.objects.exclude(marked_delivered_at=None).exists()
    assert Order.objects.exclude(cancelled_at=None).count() == 2
    assert Counter(Tender.objects.values_list("kind", flat=True)) == {
        "card": 796,
        "bank_transfer": 196,
        "balance": 48,
    }
    assert set(SupplierGroup.objects.values_list("country", "terms")) == {("BR", "defective_or_wrong")}
    assert sum(Line.objects.values_list("units", flat=True)) == 1150 - 1
    assert Parcel.objects.count() == 1014
    assert Counter(ParcelEvent.objects.values_list("kind", flat=True)) == {
        "dispatched": 1014,
        "delivered": 1000,
    }
    assert User.objects.filter(reads_mail=False, email__endswith="@customers.invalid").count() == 1000


def test_what_is_odd_is_told(bring_in):
    report = bring_in()
    assert {m.order[:8]: m.difference.minor for m in report.mismatches} == {
        "f04bfdbe": -1,
        "8adafb34": -2,
        "d5211af2": 1,
        "bb2e64c3": -2,
    }
    assert [(one.order[:8], one.reason) for one in report.left_out] == [
        ("45ed6e85", "a payment of 0.00 by voucher paid for nothing")
    ]


def test_every_cent_of_the_files_is_in_the_orders(bring_in):
    bring_in()
    paid = Counter()
    for tender in Tender.objects.all():
        paid[tender.kind] += tender.captured_minor
    assert paid == {"card": 12_531_470, "bank_transfer": 3_047_232, "balance": 325_337}
    assert sum(order_total(order).minor for order in Order.objects.prefetch_related("components")) == (
        12_531_470 + 3_047_232 + 325_337 + 4
    )


def test_the_same_files_again_change_nothing(bring_in):
    bring_in()
    tables = (Order, Line, Tender, Parcel, ParcelEvent, User, Supplier)
    before = [list(table.objects.order_by("pk").values()) for table in tables]
    report = bring_in()
    assert (report.unchanged, report.changed_nothing) == (1000, True)
    assert [list(table.objects.order_by("pk").values()) for table in tables] == before


def test_a_return_on_voucher_and_card_is_refunded_per_tender_ten_days_after_delivery(bring_in):
    def take_in(orders):
        take_in_orders(ports=ports_at(LATER), orders=orders)
        for order in orders:
            know_charges_of(order)

    bring_in(take_in=take_in)
    order = Order.objects.get(code="e481f51cbdc54678b7cc49136f2d6af7")
    assert [(t.kind, t.captured_minor) for t in order.tenders.all()] == [
        ("card", 1812),
        ("balance", 1859),
        ("balance", 200),
    ]
    line = order.lines.select_related("group__supplier").get()
    delivery = delivered_at(line)
    assert delivery is not None
    ports = ports_at(delivery.at + timedelta(days=10))
    publish_policy(ports=ports, path=settings.POLICY_FILE)
    mia = User.objects.create_user("mia@example.com", name="Mia", role=Role.AGENT)

    case = request_return(
        ports=ports,
        by=order.customer,
        order=order,
        supplier=line.group.supplier.code,
        wishes=[Wish(1, 1, "defective")],
        intent="one",
    )
    hand_over(ports=ports, by=order.customer, case=case, at=ports.clock.now(), source="customer")
    receive_return(ports=ports, by=mia, case=case)
    row = case.lines.get()
    inspect_return(ports=ports, by=mia, case=case, findings=[Finding(row.pk, 1, "defective")])
    settle_due_refunds(
        clock=ports.clock, ids=ports.ids, providers={"sandbox": Sandbox(clock=ports.clock, ids=ports.ids)}
    )
    close_settled_returns(ports=ports)

    # Balance cannot be returned; the card gets its whole share of goods and freight back, to the cent.
    refund = Refund.objects.get()
    assert (refund.tender.kind, refund.amount.minor, refund.state) == ("card", 1812, "succeeded")
