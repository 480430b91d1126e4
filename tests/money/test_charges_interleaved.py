"""Something happens to Ann's card, or to the worker, at each point of a charge: it still ends right."""

import pytest

from aftersale.orders.models import Order
from aftersale.payments import charging
from aftersale.payments.card_models import CardState, FreezeReason, SavedCard
from aftersale.payments.charge_models import Charge
from aftersale.payments.charge_settling import LEASE
from aftersale.payments.charge_writing import write_outcome
from aftersale.payments.providers import Declined, Unavailable, Unknown
from aftersale.payments.providers.sandbox.models import CardCharge
from aftersale.payments.providers.sandbox.models import Charge as Captured
from aftersale.payments.saved_cards import freeze_card
from tests.money.checks import books_are_whole
from tests.money.till import fresh, till
from tests.money.watched_terminal import WatchedTerminal

pytestmark = pytest.mark.django_db


@pytest.fixture
def at():
    return till()


class Meddler(WatchedTerminal):
    """Does something of its own before and after the first charge that is asked for."""

    def __init__(self, provider, *, before=None, after=None):
        super().__init__(provider)
        self.before, self.after = before, after

    def charge(self, request, *, key):
        first = not self.asked
        if first and self.before:
            self.before()
        outcome = super().charge(request, key=key)
        if first and self.after:
            self.after()
        return outcome


def meddle(at, **how):
    at.terminals["sandbox"] = meddler = Meddler(at.terminals["sandbox"], **how)
    return meddler


def freeze(at, card):
    return freeze_card(ports=at.ports, card=card, reason=FreezeReason.STOLEN)


def recorded(at, order, card):
    """A charge that was recorded by a process that died before it asked."""
    charge = charging._record(order.pk, card, order.customer, "/back/", ports=at.ports)
    at.clock.move(seconds=LEASE.total_seconds())
    return charge


def test_frozen_after_it_was_recorded_nothing_is_asked_for(at):
    card = at.card()
    charge = recorded(at, at.order(), card)
    freeze(at, card)
    assert (fresh(charge).state, fresh(charge).reason) == ("released", "card")
    at.work()
    assert not CardCharge.objects.exists()


def test_removed_after_it_was_recorded_past_all_verbs_the_claim_still_looks(at):
    card = at.card()
    charge = recorded(at, at.order(), card)
    SavedCard.objects.filter(pk=card.pk).update(
        state=CardState.FROZEN, freeze_reason="lost", frozen_at=at.clock.now()
    )
    at.work()
    assert (fresh(charge).state, fresh(charge).reason) == ("released", "card")
    assert not CardCharge.objects.exists()


def test_recorded_by_a_process_that_died_a_worker_asks_for_it(at):
    charge = recorded(at, at.order(), at.card())
    assert at.work() == 1
    assert fresh(charge).state == "succeeded"
    books_are_whole(at.desk)


def test_paid_otherwise_after_it_was_recorded_nothing_is_asked_for(at):
    order = at.order()
    charge = recorded(at, order, at.card())
    Order.objects.filter(pk=order.pk).update(cancelled_at=at.clock.now())
    at.work()
    assert (fresh(charge).state, fresh(charge).reason) == ("released", "paid")
    assert not CardCharge.objects.exists()


def test_a_lost_request_for_an_order_that_was_cancelled_meanwhile_is_not_sent_again(at):
    order = at.order()
    charge = at.pay(order, at.card("visa-request-lost"))
    Order.objects.filter(pk=order.pk).update(cancelled_at=at.clock.now())
    for _ in range(8):
        at.wait(minutes=5)
    assert (fresh(charge).state, fresh(charge).reason) == ("released", "paid")
    at.wait(days=1)
    assert fresh(charge).due_at is None
    assert not Captured.objects.exists()


@pytest.mark.parametrize("when", ["before", "after"])
def test_frozen_while_the_provider_is_asked_it_ends_as_the_provider_says(at, when):
    card = at.card()
    meddle(at, **{when: lambda: freeze(at, card)})
    assert at.pay(at.order(), card).state == "succeeded"
    assert SavedCard.objects.get().state == CardState.FROZEN
    books_are_whole(at.desk)


def test_let_go_at_the_provider_before_the_charge_arrives_nothing_is_taken_and_nothing_is_asked_again(at):
    card = at.card()

    def let_go():
        freeze(at, card)
        at.vaults["sandbox"].detach_card(card.token)

    meddler = meddle(at, before=let_go)
    charge = at.pay(at.order(), card)
    assert charge.state == "unknown"
    for _ in range(8):
        at.wait(minutes=5)
    assert (fresh(charge).state, fresh(charge).reason) == ("released", "lost")
    assert len(meddler.asked) == 1
    assert not Captured.objects.exists()
    books_are_whole(at.desk)


def test_a_worker_that_died_after_the_call_leaves_it_to_the_next_one(at):
    def die():
        raise Died

    meddle(at, after=die)
    order = at.order()
    with pytest.raises(Died):
        at.pay(order, at.card())
    charge = Charge.objects.get()
    assert charge.state == "submitted"
    assert at.work() == 0, "its lease is not over"
    at.clock.move(seconds=LEASE.total_seconds())
    at.work()
    assert fresh(charge).state == "succeeded"
    assert Captured.objects.count() == 1
    books_are_whole(at.desk)


@pytest.mark.parametrize("late", [Unknown("late"), Declined("generic_decline")])
def test_an_answer_that_comes_too_late_changes_nothing(at, late):
    charge = at.pay(at.order(), at.card("visa-answer-lost"))
    stale = fresh(charge)
    at.wait(minutes=1)
    write_outcome(stale, late, ports=at.ports)
    assert fresh(charge).state == "succeeded"
    books_are_whole(at.desk)


def test_a_slow_answer_of_a_worker_that_lost_its_lease_does_not_undo_what_another_saw(at):
    charge = at.pay(at.order(), at.card("visa-slow"))
    stale = fresh(charge)
    at.wait(hours=2)
    at.wait(days=1)
    assert fresh(charge).state == "succeeded"
    write_outcome(stale, Declined("insufficient_funds"), ports=at.ports)
    assert fresh(charge).state == "succeeded"
    assert not Charge.objects.filter(automatic_round__gt=0).exists()
    books_are_whole(at.desk)


def test_a_provider_that_is_silent_about_a_confirmation_takes_nothing_back(at):
    charge = at.pay(at.order(), at.card("visa-confirm"))

    class Silent(WatchedTerminal):
        def find_charge(self, reference, *, key):
            raise Unavailable("nothing")

    at.terminals["sandbox"], real = Silent(at.terminals["sandbox"]), at.terminals["sandbox"]
    assert at.back_from_the_bank(charge).state == "requires_action"
    assert fresh(charge).action_address
    at.terminals["sandbox"] = real
    assert at.back_from_the_bank(charge).state == "requires_action"


class Died(BaseException):
    """The process is gone: nothing catches this."""
