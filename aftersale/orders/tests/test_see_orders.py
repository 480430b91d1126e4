"""Who sees which orders, and when a line has arrived."""

from datetime import UTC, datetime

import pytest

from aftersale.accounts.models import Role, Supplier, User
from aftersale.base.errors import NotYours
from aftersale.orders.errors import EventRefused
from aftersale.orders.models import EventSource, Line, Order, Parcel, ParcelEvent, ParcelEventKind
from aftersale.orders.queries import (
    delivered_at,
    dispatched_at,
    goods_total,
    group_delivered_at,
    has_left,
    order_for,
    order_total,
    orders_of,
    paid_total,
)
from aftersale.orders.services import record_parcel_event

DELIVERED = ParcelEventKind.DELIVERED


@pytest.fixture
def shop(bring_in, documents):
    bring_in(documents)


@pytest.fixture
def ann(shop):
    return User.objects.get(customer_code="ANN")


def person(role, supplier=None):
    found = Supplier.objects.get(code=supplier) if supplier else None
    return User.objects.create_user(f"{role}@example.com", name=role, role=role, supplier=found)


def codes(user):
    return sorted(order.code for order in orders_of(user))


def test_ann_sees_her_orders_and_bob_none(ann):
    assert codes(ann) == ["WM-1", "WM-2"]
    assert codes(person("customer")) == []


@pytest.mark.parametrize(
    ("role", "supplier", "seen"),
    [
        ("supplier", "LI", ["WM-1"]),
        ("supplier", "OTTO", ["WM-2"]),
        ("agent", None, ["WM-1", "WM-2"]),
        ("finance", None, ["WM-1", "WM-2"]),
        ("policy_owner", None, []),
    ],
)
def test_people_at_work_see_what_their_role_needs(shop, role, supplier, seen):
    assert codes(person(role, supplier)) == seen


def test_another_s_order_answers_like_one_that_does_not_exist(shop):
    bob = person(Role.CUSTOMER)
    answers = []
    for code in ("WM-1", "WM-9"):
        with pytest.raises(NotYours) as refused:
            order_for(bob, code)
        answers.append(str(refused.value).replace(code, ""))
    assert answers[0] == answers[1]


def read_whole(order):
    return [
        (line.component.paid_minor, line.group.supplier.name, delivered_at(line), dispatched_at(line))
        for line in order.lines.all()
    ] + [group_delivered_at(group) for group in order.groups.all()]


def test_a_page_reads_all_orders_in_a_fixed_number_of_queries(ann, django_assert_max_num_queries):
    with django_assert_max_num_queries(14):
        for order in orders_of(ann):
            read_whole(order)
            order_total(order)
            paid_total(order)


def test_the_totals_are_exact(ann):
    order = order_for(ann, "WM-1")
    assert [str(t(order)) for t in (order_total, goods_total, paid_total)] == [
        "44.90 EUR",
        "39.01 EUR",
        "44.90 EUR",
    ]


def tell(ports, parcel, source, day, kind=DELIVERED):
    return record_parcel_event(
        ports=ports, parcel=parcel, kind=kind, at=datetime(2026, 5, day, 12, tzinfo=UTC), source=source
    )


def lamp():
    return Line.objects.get(title="Lamp")


def another_parcel(line):
    parcel = Parcel.objects.create(group=line.group, code="P2")
    parcel.lines.add(line)
    return parcel


def test_a_line_has_arrived_with_its_last_parcel(shop, ports):
    assert delivered_at(lamp()) == (datetime(2026, 5, 5, 10, tzinfo=UTC), "carrier")
    second = another_parcel(lamp())
    assert delivered_at(lamp()) is None
    tell(ports, second, EventSource.CARRIER, 9)
    assert delivered_at(lamp()) == (datetime(2026, 5, 9, 12, tzinfo=UTC), "carrier")


def test_a_line_without_a_parcel_has_neither_left_nor_arrived(shop):
    shade = Line.objects.get(title="Shade")
    assert (delivered_at(shade), dispatched_at(shade)) == (None, None)


def test_the_customer_s_word_counts_where_the_carrier_has_none(shop, ports):
    second = another_parcel(lamp())
    tell(ports, second, EventSource.CUSTOMER, 12)
    assert delivered_at(lamp()) == (datetime(2026, 5, 12, 12, tzinfo=UTC), "customer")
    tell(ports, second, EventSource.CARRIER, 10)
    assert delivered_at(lamp()) == (datetime(2026, 5, 10, 12, tzinfo=UTC), "carrier")


def test_a_supplier_s_word_starts_nobody_s_window(shop, ports):
    tell(ports, another_parcel(lamp()), EventSource.SUPPLIER, 10)
    assert delivered_at(lamp()) is None


def test_a_carrier_that_corrects_itself_is_believed_the_later_day(shop, ports):
    tell(ports, Parcel.objects.get(), EventSource.CARRIER, 8)
    assert delivered_at(lamp()) == (datetime(2026, 5, 8, 12, tzinfo=UTC), "carrier")


def test_an_event_told_twice_is_noted_once(shop, ports):
    parcel = another_parcel(lamp())
    assert tell(ports, parcel, EventSource.CARRIER, 9) == tell(ports, parcel, EventSource.CARRIER, 9)
    assert tell(ports, parcel, EventSource.CUSTOMER, 20) == parcel.events.get()


def test_what_is_still_to_come_is_refused(shop, ports):
    before = ParcelEvent.objects.count()
    with pytest.raises(EventRefused, match="still to come"):
        record_parcel_event(
            ports=ports,
            parcel=Parcel.objects.get(),
            kind=DELIVERED,
            at=datetime(2026, 6, 2, tzinfo=UTC),
            source=EventSource.CUSTOMER,
        )
    with pytest.raises(EventRefused, match="placed later"):
        record_parcel_event(
            ports=ports,
            parcel=Parcel.objects.get(),
            kind=DELIVERED,
            at=datetime(2026, 4, 1, tzinfo=UTC),
            source=EventSource.CUSTOMER,
        )
    assert ParcelEvent.objects.count() == before


def test_an_order_has_left_with_its_first_parcel(shop):
    assert has_left(Order.objects.get(code="WM-1"))
    assert not has_left(Order.objects.get(code="WM-2"))
