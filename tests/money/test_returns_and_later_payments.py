"""Ann pays the rest of an order while a return of it is open: nothing that was promised changes by a cent."""

from datetime import timedelta

import pytest

from aftersale.ledger.models import Account
from aftersale.orders.queries import owed_by
from aftersale.payments.charge_queries import owes_for
from aftersale.payments.errors import NothingOwed
from aftersale.payments.models import Refund
from aftersale.returns.errors import NotNow
from aftersale.returns.models import Decision, Return
from aftersale.returns.services import (
    Finding,
    Wish,
    complete_order,
    hand_over,
    inspect_return,
    receive_return,
    request_return,
)
from aftersale.returns.tests.cast import a_world, an_order
from tests.money.checks import books_are_whole
from tests.money.till import till

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return a_world()


@pytest.fixture
def at(world):
    at = till()
    at.clock = world.clock
    fresh = till(world.clock.now())
    at.vaults, at.terminals = fresh.vaults, fresh.terminals
    return at


def part_paid(world):
    """Seven lamps for 60.00, of which 35.01 is paid: neither divides by seven."""
    lines, tenders = ((7, 60_00),), (("card", 35_01),)
    return an_order(world, lines=lines, tenders=tenders, unpaid=24_99, terms="any_reason")


def ask(world, order, units):
    wishes = [Wish(1, units, "unwanted")]
    return request_return(
        ports=world.ports, by=world.ann, order=order, supplier="LI", wishes=wishes, intent=f"form-{units}"
    )


def bring_back(world, case):
    case = hand_over(ports=world.ports, by=world.ann, case=case, at=world.clock.now(), source="customer")
    case = receive_return(ports=world.ports, by=world.li, case=case)
    found = [Finding(row.pk, row.units, row.reason) for row in case.lines.all()]
    return inspect_return(ports=world.ports, by=world.li, case=case, findings=found)


def amounts(stage):
    rows = Decision.objects.filter(stage=stage).order_by("tender__number")
    return list(rows.values_list("tender__number", "amount_minor"))


def test_a_promise_stays_to_the_cent_when_the_rest_is_paid_before_the_inspection(world, at):
    order = part_paid(world)
    case = ask(world, order, 3)
    promised = amounts("promise")
    at.pay(order, at.card(of=world.ann))
    bring_back(world, case)
    (first, later) = amounts("final")
    assert [first] == promised
    assert later == (2, 10_71), "three sevenths of what was paid later come back as well"
    books_are_whole(at.desk)


def test_all_that_was_paid_comes_back_in_any_order_of_returns(world, at):
    order = part_paid(world)
    case = ask(world, order, 2)
    at.pay(order, at.card(of=world.ann))
    bring_back(world, case)
    bring_back(world, ask(world, order, 1))
    bring_back(world, ask(world, order, 4))
    by_tender = {1: 0, 2: 0}
    for refund in Refund.objects.select_related("tender"):
        by_tender[refund.tender.number] += refund.amount_minor
    assert by_tender == {1: 35_01, 2: 24_99}
    books_are_whole(at.desk)


def test_once_money_goes_back_the_rest_is_not_charged_any_more(world, at):
    order = part_paid(world)
    bring_back(world, ask(world, order, 1))
    assert owed_by(order).minor == 24_99
    assert not owes_for(order)
    with pytest.raises(NothingOwed):
        at.pay(order, at.card(of=world.ann))
    books_are_whole(at.desk)


def test_of_an_order_that_is_not_paid_nothing_can_come_back(world):
    order = an_order(world, tenders=(), unpaid=60_00)
    with pytest.raises(NotNow):
        ask(world, order, 1)
    assert not Return.objects.exists()


def test_an_order_that_was_completed_before_it_was_paid_pays_its_supplier_at_once(world, at):
    order = part_paid(world)
    complete_order(ports=world.ports, by=world.ann, order=order)
    world.clock.move(seconds=timedelta(hours=1).total_seconds())
    at.pay(order, at.card(of=world.ann))
    books_are_whole(at.desk)
    assert Account.objects.get(kind="supplier_payable").balance_minor == 60_00
