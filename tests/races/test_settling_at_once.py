"""Several workers, a customer and Mia at the same refund: it is paid once. Naive workers pay it twice."""

import pytest
from django.db.models import Sum

from aftersale.payments.errors import NotNow
from aftersale.payments.models import Refund
from aftersale.payments.providers.sandbox.models import Behaviour, Charge, SandboxRefund
from aftersale.payments.providers.sandbox.services import behave
from aftersale.payments.queries import latest
from aftersale.payments.services import Reported, record_provider_refund, release_refund, retry_refund
from aftersale.payments.states import State
from tests.money import shop
from tests.money.checks import books_are_whole
from tests.money.watched import Watched
from tests.races.together import measured, together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
PEOPLE = 4
ROUNDS = 10


@pytest.fixture
def desk():
    return shop.desk()


@pytest.fixture
def wishes(desk):
    """A full refund wanted of each of Ann's orders."""
    bought = [shop.order(f"M-{number}", ports=desk.ports) for number in range(ROUNDS)]
    return [shop.refund(order, 100_00, ports=desk.ports, intent=order.code) for order in bought]


def each_paid_once():
    paid = Charge.objects.aggregate(total=Sum("refunded_minor"))["total"]
    return paid == 100_00 * ROUNDS and SandboxRefund.objects.count() == ROUNDS


def test_four_workers_settle_the_same_refunds_and_ask_for_each_once(desk, wishes):
    desk.providers["sandbox"] = watched = Watched(desk.providers["sandbox"])
    together(PEOPLE, 3, lambda *_: desk.settle())
    assert sorted(watched.asked) == sorted(refund.key for refund in wishes)
    assert each_paid_once()
    books_are_whole(desk)


def test_control_workers_without_a_claim_and_with_a_key_for_each_attempt_pay_twice(desk, wishes):
    sandbox = desk.providers["sandbox"]
    Charge.objects.update(captured_minor=1000_00)

    def naive(*_):
        for refund in Refund.objects.filter(state=State.RESERVED).select_related("tender__order"):
            sandbox.refund(refund.tender.reference, refund.amount, key=desk.ids.key())
            Refund.objects.filter(pk=refund.pk).update(state=State.SUCCEEDED)

    together(PEOPLE, 1, naive)
    twice = SandboxRefund.objects.count() - ROUNDS
    measured(f"control: naive workers paid {twice} times too often for {ROUNDS} refunds")
    assert twice > 0


def test_workers_reconcile_lost_answers_at_once_and_book_each_once(desk, wishes):
    for refund in wishes:
        behave(refund.tender.reference, Behaviour.TIMES_OUT_AFTER, calls=1)
    desk.settle()
    desk.clock.move(minutes=1)
    together(PEOPLE, 3, lambda *_: desk.reconcile())
    assert Refund.objects.filter(state=State.SUCCEEDED).count() == ROUNDS
    assert each_paid_once()
    books_are_whole(desk)


def test_lost_requests_are_sent_again_by_one_worker_with_the_same_key(desk, wishes):
    desk.providers["sandbox"] = watched = Watched(desk.providers["sandbox"])
    for refund in wishes:
        behave(refund.tender.reference, Behaviour.TIMES_OUT_BEFORE, calls=1)
    desk.settle()
    desk.clock.move(minutes=16)
    together(PEOPLE, 3, lambda *_: desk.reconcile())
    assert sorted(watched.asked) == sorted(2 * [refund.key for refund in wishes])
    assert each_paid_once()
    books_are_whole(desk)


def test_mia_presses_retry_while_workers_settle_and_ann_is_paid_once(desk, wishes):
    for refund in wishes:
        behave(refund.tender.reference, Behaviour.DECLINES, calls=1)
    desk.settle()
    held = [latest(refund) for refund in wishes]

    def act(turn, who):
        if who < 2:
            retry_refund(ports=desk.ports, refund=held[turn], actor=shop.mia())
        else:
            desk.settle(at_most=5)

    shop.mia()
    rounds = together(PEOPLE, ROUNDS, act, expected=(NotNow,))
    assert all(len(each.refusals) == 1 for each in rounds), "of two presses one counts"
    while desk.settle():
        pass
    assert Charge.objects.aggregate(total=Sum("refunded_minor"))["total"] == 100_00 * ROUNDS
    books_are_whole(desk)


def test_mia_gives_up_while_a_worker_pays_and_exactly_one_wins(desk, wishes):
    def act(turn, who):
        if who:
            release_refund(ports=desk.ports, refund=wishes[turn], reason="a mistake", actor=shop.mia())
        else:
            desk.settle(at_most=1)

    shop.mia()
    together(2, ROUNDS, act, expected=(NotNow,))
    while desk.settle():
        pass
    paid = Refund.objects.filter(state=State.SUCCEEDED).count()
    assert paid + Refund.objects.filter(state=State.RELEASED).count() == ROUNDS
    assert SandboxRefund.objects.count() == paid
    books_are_whole(desk)


def test_the_provider_s_report_and_our_reply_at_once_have_one_effect(desk, wishes):
    for refund in wishes:
        behave(refund.tender.reference, Behaviour.TIMES_OUT_AFTER, calls=1)
    desk.settle()
    desk.clock.move(minutes=1)
    listed = {each.key: each for each in desk.providers["sandbox"].refunds()}

    def act(turn, who):
        refund, row = wishes[turn], listed[wishes[turn].key]
        if who % 2:
            desk.reconcile(at_most=3)
        else:
            reported = Reported(row.reference, row.amount, row.key)
            assert record_provider_refund(ports=desk.ports, tender=refund.tender, reported=reported) is None

    together(PEOPLE, ROUNDS, act)
    desk.reconcile()
    assert each_paid_once()
    books_are_whole(desk)
