"""One refund from the wish to the books, in fair weather and foul."""

import pytest

from aftersale.base.errors import BadInput
from aftersale.base.money import Money
from aftersale.ledger.models import Account, Entry
from aftersale.orders.models import Order
from aftersale.payments.models import ProviderRefund, Refund, TenderMoney
from aftersale.payments.providers.sandbox.models import Behaviour, Charge, SandboxRefund
from aftersale.payments.providers.sandbox.services import behave, refund_by_hand
from aftersale.payments.queries import latest, refunds_needing_a_person
from aftersale.payments.services import (
    Reported,
    expect_news,
    record_provider_refund,
    release_refund,
    retry_refund,
)
from aftersale.payments.states import State
from tests.money import shop
from tests.money.checks import books_are_whole
from tests.money.watched import Watched

pytestmark = pytest.mark.django_db
CHARGE = "charge-M-1001-1"


@pytest.fixture
def desk():
    desk = shop.desk()
    yield desk
    books_are_whole(desk)


def wanted(desk, amount=40_00, *, behaviour=Behaviour.SUCCEEDS, calls=None):
    bought = shop.order(ports=desk.ports)
    behave(CHARGE, behaviour, calls=calls)
    return shop.refund(bought, amount, ports=desk.ports, intent="i")


def state_of(refund):
    return Refund.objects.get(pk=refund.pk).state


def escrow():
    return Account.objects.get(kind="escrow").balance_minor


def test_ann_is_paid_once_and_the_books_say_so(desk):
    refund = wanted(desk)
    assert TenderMoney.objects.get().reserved_minor == 40_00
    assert (desk.settle(), desk.settle()) == (1, 0)
    assert state_of(refund) == State.SUCCEEDED
    assert Charge.objects.get().refunded_minor == 40_00
    assert (escrow(), Entry.objects.count()) == (60_00, 2)


def test_a_lost_answer_is_looked_up_and_nothing_is_paid_twice(desk):
    refund = wanted(desk, behaviour=Behaviour.TIMES_OUT_AFTER)
    desk.settle()
    assert state_of(refund) == State.UNKNOWN
    assert TenderMoney.objects.get().submitted_minor == 40_00
    assert not Entry.objects.filter(intent_key__startswith="refund:").exists()
    desk.clock.move(minutes=1)
    assert (desk.reconcile(), desk.reconcile()) == (1, 0)
    assert state_of(refund) == State.SUCCEEDED
    assert SandboxRefund.objects.count() == 1


def test_a_lost_request_is_sent_again_with_its_key_after_the_grace_time_only(desk):
    refund = wanted(desk, behaviour=Behaviour.TIMES_OUT_BEFORE, calls=1)
    desk.settle()
    desk.clock.move(minutes=14, seconds=59)
    assert desk.reconcile() == 1
    assert (state_of(refund), SandboxRefund.objects.count()) == (State.UNKNOWN, 0)
    desk.clock.move(minutes=2)
    assert desk.reconcile() == 1
    assert state_of(refund) == State.SUCCEEDED
    assert SandboxRefund.objects.get().key == refund.key


def test_an_outage_of_three_days_is_waited_out(desk):
    refund = wanted(desk, behaviour=Behaviour.OUTAGE)
    desk.settle()
    asked = 0
    for _ in range(72):
        desk.clock.move(hours=1)
        asked += desk.reconcile()
    assert state_of(refund) == State.UNKNOWN
    assert 8 <= asked <= 20, "the waits double"
    behave(CHARGE, Behaviour.SUCCEEDS)
    desk.clock.move(days=1)
    desk.reconcile()
    assert state_of(refund) == State.SUCCEEDED


def test_a_week_without_an_answer_needs_a_person(desk):
    refund = wanted(desk, behaviour=Behaviour.OUTAGE)
    desk.settle()
    assert not refunds_needing_a_person(desk.clock.now()).exists()
    desk.clock.move(days=7)
    assert list(refunds_needing_a_person(desk.clock.now())) == [refund]
    desk.clock.move(days=-7)


def test_a_pending_refund_is_asked_about_until_it_is_done(desk):
    refund = wanted(desk, behaviour=Behaviour.PENDING)
    desk.settle()
    assert state_of(refund) == State.SUBMITTED
    desk.clock.move(minutes=2)
    assert desk.reconcile() == 1
    assert state_of(refund) == State.SUBMITTED
    desk.clock.move(hours=1)
    desk.reconcile()
    assert state_of(refund) == State.SUCCEEDED


def test_a_refusal_pays_nothing_and_a_new_row_waits_for_mia(desk):
    refund = wanted(desk, behaviour=Behaviour.DECLINES)
    desk.settle()
    assert state_of(refund) == State.FAILED
    heir = Refund.objects.get(replaces=refund)
    assert (heir.state, heir.amount_minor, heir.about) == (State.HELD, 40_00, refund.about)
    assert heir.key != refund.key
    assert heir.decline_code == "refused_by_bank"
    assert list(refunds_needing_a_person(desk.clock.now())) == [heir]
    assert (Charge.objects.get().refunded_minor, escrow()) == (0, 100_00)
    assert TenderMoney.objects.get().reserved_minor == 40_00
    assert desk.settle() == 0


def test_mia_tries_again_and_ann_is_paid(desk):
    refund = wanted(desk, behaviour=Behaviour.DECLINES)
    desk.settle()
    behave(CHARGE, Behaviour.SUCCEEDS)
    retry_refund(ports=desk.ports, refund=latest(refund), actor=shop.mia())
    assert desk.settle() == 1
    assert [state for _, state in Refund.objects.values_list("pk", "state")] == [
        State.FAILED,
        State.SUCCEEDED,
    ]
    assert latest(refund).person == shop.mia()


def test_mia_gives_up_and_the_money_is_free(desk):
    refund = wanted(desk, behaviour=Behaviour.DECLINES)
    desk.settle()
    release_refund(ports=desk.ports, refund=latest(refund), reason="paid in cash", actor=shop.mia())
    assert TenderMoney.objects.get().left_minor == 100_00


def test_money_that_the_bank_sends_back_days_later_is_reversed_and_waits_for_mia(desk):
    refund = wanted(desk, behaviour=Behaviour.FAILS_LATE)
    desk.settle()
    assert (state_of(refund), escrow()) == (State.SUCCEEDED, 60_00)
    desk.clock.move(days=1)
    assert (desk.reconcile(), desk.reconcile()) == (1, 0)
    assert (state_of(refund), escrow()) == (State.REVERSED, 100_00)
    assert Entry.objects.filter(reverses__intent_key=f"refund:{refund.reference}").count() == 1
    assert latest(refund).state == State.HELD
    assert TenderMoney.objects.get().reserved_minor == 40_00


def test_a_hint_makes_us_ask_soon_any_number_of_times_and_proves_nothing(desk):
    refund = wanted(desk, behaviour=Behaviour.OUTAGE, calls=3)
    desk.settle()
    for _ in range(8):
        desk.clock.move(hours=1)
        desk.reconcile()
    assert expect_news(clock=desk.clock, key="another") is False
    for _ in range(3):
        expect_news(clock=desk.clock, key=refund.key)
        desk.reconcile()
    assert state_of(refund) == State.SUCCEEDED
    assert Entry.objects.filter(about=f"refund:{refund.reference}").count() == 1


def test_paid_refunds_are_looked_at_again_for_ninety_days(desk):
    wanted(desk)
    desk.settle()
    looks = 0
    for _ in range(100):
        desk.clock.move(days=1)
        looks += desk.reconcile()
    assert looks == 4
    assert Refund.objects.get().due_at is None


def test_a_refund_by_a_provider_that_is_not_set_up_waits_for_mia(desk):
    refund = wanted(desk)
    sandbox = desk.providers.pop("sandbox")
    assert desk.settle() == 0
    assert state_of(refund) == State.HELD
    desk.providers["sandbox"] = sandbox


def test_a_worker_that_died_after_taking_a_refund_loses_nothing(desk):
    refund = wanted(desk)
    dies = shop.desk()
    dies.providers["sandbox"] = Dies(dies.providers["sandbox"])
    with pytest.raises(KeyboardInterrupt):
        dies.settle()
    assert state_of(refund) == State.SUBMITTED
    assert (desk.settle(), desk.reconcile()) == (0, 0)
    desk.clock.move(seconds=61)
    assert desk.reconcile() == 1
    assert state_of(refund) == State.UNKNOWN
    desk.clock.move(minutes=16)
    desk.reconcile()
    assert state_of(refund) == State.SUCCEEDED


class Dies(Watched):
    """Its worker is killed in the call."""

    def refund(self, charge, amount, *, key):
        raise KeyboardInterrupt


def test_an_answer_that_comes_after_all_was_settled_changes_nothing(desk):
    """A worker is paused in its call; the reconciler finds the refund paid, then the bank sends it back."""
    refund = wanted(desk, behaviour=Behaviour.FAILS_LATE)
    slow = shop.desk()
    slow.providers["sandbox"] = Paused(desk, slow.providers["sandbox"])
    slow.settle()
    assert state_of(refund) == State.REVERSED
    assert Refund.objects.filter(replaces=refund).count() == 1
    assert escrow() == 100_00


class Paused(Watched):
    """Its answer arrives two days after it paid."""

    def __init__(self, desk, provider):
        super().__init__(provider)
        self.desk = desk

    def refund(self, charge, amount, *, key):
        outcome = super().refund(charge, amount, key=key)
        self.desk.clock.move(minutes=2)
        self.desk.reconcile()
        self.desk.clock.move(days=2)
        self.desk.reconcile()
        return outcome


def report(desk, amount, *, reference=None, key=""):
    bought = Order.objects.get()
    if reference is None:
        reference = refund_by_hand(ports=desk.ports, reference=CHARGE, amount=bought.money(amount)).reference
    return record_provider_refund(
        ports=desk.ports,
        tender=bought.tenders.get(),
        reported=Reported(reference=reference, amount=bought.money(amount), key=key),
    )


def test_a_refund_started_at_the_provider_is_recorded_once(desk):
    wanted(desk)
    desk.settle()
    row = report(desk, 60_00)
    assert report(desk, 60_00, reference=row.reference) == row
    assert (row.excess_minor, TenderMoney.objects.get().external_minor, escrow()) == (0, 60_00, 0)


def test_our_own_refund_in_the_provider_s_list_is_known(desk):
    refund = wanted(desk)
    desk.settle()
    refund.refresh_from_db()
    assert report(desk, 40_00, reference=refund.provider_reference, key=refund.key) is None
    assert report(desk, 40_00, reference=refund.provider_reference) is None
    assert not ProviderRefund.objects.exists()


def test_an_excess_first_releases_what_was_not_submitted_and_the_rest_waits_for_mia(desk):
    refund = wanted(desk)
    row = report(desk, 70_00)
    assert (row.excess_minor, state_of(refund)) == (0, State.RELEASED)
    heir = latest(refund)
    assert (heir.state, heir.amount_minor) == (State.HELD, 30_00)
    assert heir.parts.get().amount_minor == 30_00
    assert TenderMoney.objects.get().left_minor == 0


def test_what_is_beyond_the_captured_money_has_an_owner_and_a_date(desk):
    wanted(desk, 100_00, behaviour=Behaviour.OUTAGE)
    desk.settle()
    row = report(desk, 60_00)
    assert (row.excess_minor, row.owner) == (60_00, "finance")
    assert row.due_at > desk.clock.now()
    assert Account.objects.get(kind="refunds").balance_minor == -60_00
    assert TenderMoney.objects.get().submitted_minor == 100_00
    behave(CHARGE, Behaviour.SUCCEEDS)
    desk.clock.move(hours=1)
    desk.reconcile()  # the sandbox refuses more than it captured
    assert Refund.objects.order_by("pk").first().state == State.FAILED


def test_what_failed_by_our_books_and_was_paid_after_all_is_not_paid_again(desk):
    refund = wanted(desk, behaviour=Behaviour.DECLINES)
    desk.settle()
    SandboxRefund.objects.update(status="succeeded")
    Charge.objects.update(refunded_minor=40_00)
    row = report(desk, 40_00, reference=SandboxRefund.objects.get().reference, key=refund.key)
    assert row.refund == refund
    assert latest(refund).state == State.RELEASED
    assert TenderMoney.objects.get().left_minor == 60_00


def test_a_provider_s_refund_of_nothing_or_in_another_currency_is_refused(desk):
    wanted(desk)
    tender = Order.objects.get().tenders.get()
    for amount in (Money(0, "EUR"), Money(5, "JPY")):
        with pytest.raises(BadInput):
            record_provider_refund(ports=desk.ports, tender=tender, reported=Reported("S1", amount))
    assert not ProviderRefund.objects.exists()
