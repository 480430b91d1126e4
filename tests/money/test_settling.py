"""One refund from the wish to the books, in fair weather and foul."""

import pytest

from aftersale.ledger.models import Account, Entry
from aftersale.payments.models import Refund, TenderMoney
from aftersale.payments.providers.sandbox.models import Behaviour, Charge, SandboxRefund
from aftersale.payments.providers.sandbox.services import behave
from aftersale.payments.states import State
from tests.money import shop

pytestmark = pytest.mark.django_db(transaction=True)


def test_ann_is_paid_once_and_the_books_say_so():
    desk = shop.desk()
    bought = shop.order(ports=desk.ports)
    wanted = shop.refund(bought, 40_00, ports=desk.ports, intent="i")
    assert TenderMoney.objects.get().reserved_minor == 40_00
    assert desk.settle() == 1
    assert desk.settle() == 0
    wanted.refresh_from_db()
    assert wanted.state == State.SUCCEEDED
    assert Charge.objects.get().refunded_minor == 40_00
    assert Account.objects.get(kind="escrow").balance_minor == 60_00
    assert Entry.objects.count() == 2


def test_a_lost_answer_is_asked_for_and_nothing_is_paid_twice():
    desk = shop.desk()
    bought = shop.order(ports=desk.ports)
    behave("charge-M-1001-1", Behaviour.TIMES_OUT_AFTER)
    shop.refund(bought, 40_00, ports=desk.ports, intent="i")
    desk.settle()
    assert Refund.objects.get().state == State.UNKNOWN
    desk.clock.move(minutes=1)
    assert desk.reconcile() == 1
    assert Refund.objects.get().state == State.SUCCEEDED
    assert SandboxRefund.objects.count() == 1
