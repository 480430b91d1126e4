"""`aftersale verify` looks at returns: clean after real stories, loud on a planted fault of each kind."""

from datetime import timedelta

import pytest

from aftersale.base.invariants import verify
from aftersale.payments.models import Refund
from aftersale.payments.moves import move, take_over
from aftersale.payments.services import Reported, record_provider_refund
from aftersale.payments.states import State
from aftersale.returns.invariants import INVARIANTS
from aftersale.returns.models import Decision, LineState, Return, ReturnLine, ReturnUnit
from aftersale.returns.services import Wish, close_settled_returns
from aftersale.returns.tests.cast import World, an_order
from aftersale.returns.tests.test_request_return import ask
from aftersale.returns.tests.test_send_and_inspect import bring_back


@pytest.fixture
def stories(world: World) -> World:
    bring_back(world, ask(world, an_order(world, lines=[(3, 1000)], tenders=[("card", 1000)])))
    ask(world, an_order(world, tenders=[("balance", 6000)]), intent="form-2")
    ask(world, an_order(world), Wish(1, 1, "unwanted"), intent="form-3")
    return world


def breached():
    return {invariant.name for invariant in INVARIANTS if verify(invariant).breaches}


def test_after_real_stories_everything_holds(stories: World):
    assert breached() == set()
    assert all(verify(invariant).count for invariant in INVARIANTS)


def test_a_decision_that_was_edited_is_found(stories: World):
    Decision.objects.filter(clause="balance").update(outcome="refund")
    assert breached() == {"decisions stand"}


def test_a_unit_that_was_never_bought_is_found(stories: World):
    ReturnUnit.objects.filter(held=True).update(number=99)
    assert "units within lines" in breached()


def test_a_refused_line_that_holds_its_units_is_found(stories: World):
    ReturnUnit.objects.filter(return_line__state=LineState.REFUSED).update(held=True)
    assert breached() == {"lines hold their units"}


def test_a_refund_that_nobody_decided_is_found(stories: World):
    Decision.objects.filter(stage="final").update(stage="promise")
    assert breached() == {"refunds are decided"}


def test_a_refund_of_another_amount_than_decided_is_found(stories: World):
    Decision.objects.filter(stage="final").update(amount_minor=1)
    assert breached() == {"refunds are decided"}


def test_a_refund_that_is_paid_twice_is_found(stories: World):
    once = Refund.objects.get()
    Refund.objects.create(
        reference="F-TWICE",
        key="another",
        intent="another",
        tender=once.tender,
        amount_minor=once.amount_minor,
        about=once.about,
        created_at=once.created_at,
    )
    assert breached() == {"refunds are decided"}


def test_what_the_provider_paid_by_itself_meanwhile_is_no_fault(stories: World):
    tender = Refund.objects.get().tender
    reported = Reported("by-hand", tender.order.money(700))
    record_provider_refund(ports=stories.ports, tender=tender, reported=reported)
    assert set(Refund.objects.values_list("state", flat=True)) == {"released", "held"}
    assert breached() == set()


def test_a_refund_that_the_bank_sends_back_after_the_return_has_closed_is_no_fault(stories: World):
    refund, now = Refund.objects.get(), stories.clock.now()
    for state in (State.SUBMITTED, State.SUCCEEDED):
        move(refund, state)
    close_settled_returns(ports=stories.ports)
    stories.clock.move(days=1)
    move(refund, State.REVERSED)
    take_over(refund, ids=stories.ports.ids, at=now + timedelta(days=1))
    assert breached() == set()


def test_an_open_return_in_which_nobody_acts_is_found(stories: World):
    ReturnLine.objects.filter(state=LineState.WAITING_SUPPLIER).update(state=LineState.WITHDRAWN)
    assert {"someone acts", "lines hold their units"} == breached()


def test_a_return_closed_before_its_money_went_is_found(stories: World):
    ReturnLine.objects.filter(state=LineState.INSPECTED).update(state=LineState.SETTLED)
    Return.objects.update(closed_at=stories.clock.now())
    assert "closed means paid" in breached()
