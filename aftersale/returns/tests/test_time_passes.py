"""Reminders, returns that were not sent, duties that lapse, and orders that complete."""

import pytest

from aftersale.base.errors import NotYours
from aftersale.base.models import Notification
from aftersale.ledger.models import Account
from aftersale.returns.models import LineState
from aftersale.returns.queries import units_left
from aftersale.returns.services import (
    Wish,
    complete_due_orders,
    complete_order,
    hand_over,
    keep_deadlines,
)
from aftersale.returns.services.deadlines import _complete_if_due, _remind
from aftersale.returns.tests.cast import World, an_order
from aftersale.returns.tests.test_request_return import ask


def mails(kind):
    return Notification.objects.filter(kind=kind).count()


def test_ann_is_reminded_once_and_then_the_return_ends(world: World):
    case = ask(world, an_order(world, delivered_days_ago=55))
    world.clock.move(days=3)
    assert keep_deadlines(ports=world.ports) == 1
    assert keep_deadlines(ports=world.ports) == 0
    assert mails("return-reminder") == 1
    world.clock.move(days=3)
    keep_deadlines(ports=world.ports)
    case.refresh_from_db()
    assert case.closed_at is not None
    assert case.lines.get().state == LineState.EXPIRED
    assert mails("return-expired") == 1
    assert list(units_left(case.order).values()) == [1]


def test_a_silent_supplier_is_passed_over_to_staff_and_never_means_no(world: World):
    case = ask(world, an_order(world), Wish(1, 1, "unwanted"))
    world.clock.move(days=4)
    keep_deadlines(ports=world.ports)
    case.refresh_from_db()
    assert (case.waiting_on, case.closed_at) == ("agent", None)
    assert case.lines.get().state == LineState.WAITING_SUPPLIER
    assert case.events.filter(kind="escalated").count() == 1
    assert case.due_at > world.clock.now()


def test_an_inspection_that_is_not_done_escalates(world: World):
    case = ask(world, an_order(world))
    hand_over(ports=world.ports, by=None, case=case, at=world.clock.now(), source="carrier")
    world.clock.move(days=22)
    keep_deadlines(ports=world.ports)
    case.refresh_from_db()
    assert case.waiting_on == "agent"


def test_ann_completes_her_order_and_the_supplier_gets_the_money(world: World):
    order = an_order(world)
    complete_order(ports=world.ports, by=world.ann, order=order)
    complete_order(ports=world.ports, by=world.ann, order=order)
    payable = Account.objects.get(kind="supplier_payable")
    assert payable.balance_minor == 6000
    order.refresh_from_db()
    assert order.marked_delivered_at == world.clock.now()


def test_bob_cannot_complete_ann_s_order(world: World):
    order = an_order(world)
    with pytest.raises(NotYours):
        complete_order(ports=world.ports, by=world.bob, order=order)
    order.refresh_from_db()
    assert order.marked_delivered_at is None


def test_the_timer_completes_what_was_delivered_long_ago_but_never_over_an_open_return(world: World):
    long_ago = an_order(world, delivered_days_ago=80)
    asked = an_order(world, delivered_days_ago=80)
    never_came = an_order(world, delivered_days_ago=None)
    ask(world, asked)
    assert complete_due_orders(ports=world.ports) == 1
    for order, marked in ((long_ago, True), (asked, False), (never_came, False)):
        order.refresh_from_db()
        assert (order.marked_delivered_at is not None) is marked
    assert complete_due_orders(ports=world.ports) == 0


def test_who_sends_the_parcel_while_the_reminder_is_written_is_not_reminded(world: World):
    as_listed = ask(world, an_order(world))
    hand_over(ports=world.ports, by=world.ann, case=as_listed, at=world.clock.now(), source="customer")
    _remind(as_listed, ports=world.ports)
    assert mails("return-reminder") == 0


def test_a_return_opened_while_the_timer_runs_out_keeps_the_order_open(world: World):
    as_listed = an_order(world, delivered_days_ago=80)
    ask(world, as_listed)
    _complete_if_due(as_listed, now=world.clock.now(), ports=world.ports)
    as_listed.refresh_from_db()
    assert as_listed.marked_delivered_at is None
