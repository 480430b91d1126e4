"""What may be wanted back, and what is refused so that nothing happens."""

import pytest

from aftersale.base.errors import BadInput
from aftersale.ledger.models import Account, Entry
from aftersale.payments.errors import IntentTaken, NotEnoughLeft, NotNow
from aftersale.payments.models import Refund, RefundPart, TenderMoney
from aftersale.payments.queries import left_to_refund, money_of, refunds_about, refunds_needing_a_person
from aftersale.payments.services import open_tenders, release_refund, retry_refund, take_refund, want_refund
from aftersale.payments.states import State
from tests.money import shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk():
    return shop.desk()


def nothing_happened():
    return (
        not Refund.objects.exists()
        and not RefundPart.objects.exists()
        and not TenderMoney.objects.exclude(reserved_minor=0, submitted_minor=0).exists()
    )


def test_an_order_is_taken_into_the_books_once(desk):
    bought = shop.order(
        ports=desk.ports, lines=(70_00,), fee=30_00, paid=(60_00, 40_00), kinds=("card", "balance")
    )
    open_tenders(ports=desk.ports, order=bought)
    assert Entry.objects.count() == 2
    balances = dict(Account.objects.values_list("name", "balance_minor"))
    assert balances["escrow:order:M-1001"] == 100_00
    assert balances["provider_clearing:sandbox:EUR"] == -60_00
    assert balances[f"customer_balance:{bought.customer_id}:EUR"] == -40_00
    assert [money.minor for money in left_to_refund(bought).values()] == [60_00, 40_00]


def test_a_tender_that_paid_nothing_has_nothing_to_give(desk):
    bought = shop.order(ports=desk.ports, paid=(100_00, 0))
    with pytest.raises(NotEnoughLeft):
        shop.refund(bought, 1, ports=desk.ports, intent="i", tender=2)
    assert nothing_happened()


@pytest.mark.parametrize("amount", [100_01, 200_00])
def test_a_cent_over_is_refused(desk, amount):
    bought = shop.order(ports=desk.ports)
    with pytest.raises(NotEnoughLeft, match=r"100\.00 EUR of it is left"):
        shop.refund(bought, amount, ports=desk.ports, intent="i")
    assert nothing_happened()


def test_a_cent_after_all_of_it_is_refused(desk):
    bought = shop.order(ports=desk.ports)
    shop.refund(bought, 100_00, ports=desk.ports, intent="all")
    with pytest.raises(NotEnoughLeft):
        shop.refund(bought, 1, ports=desk.ports, intent="more")
    assert Refund.objects.count() == 1
    assert TenderMoney.objects.get().reserved_minor == 100_00


@pytest.mark.parametrize("amount", [0, -1])
def test_nothing_and_less_than_nothing_are_refused(desk, amount):
    bought = shop.order(ports=desk.ports)
    with pytest.raises(BadInput, match="above zero"):
        shop.refund(bought, amount, ports=desk.ports, intent="i")
    assert nothing_happened()


def test_a_refund_of_no_parts_is_refused(desk):
    bought = shop.order(ports=desk.ports)
    with pytest.raises(BadInput):
        want_refund(ports=desk.ports, tender=bought.tenders.get(), parts=[], about="a", intent="i")
    assert nothing_happened()


def test_another_order_s_price_and_currency_are_refused(desk):
    bought = shop.order(ports=desk.ports)
    dinars = shop.order("M-1002", ports=desk.ports, currency="KWD")
    part = shop.part(dinars, 10)
    with pytest.raises(BadInput, match="M-1001"):
        want_refund(ports=desk.ports, tender=bought.tenders.get(), parts=[part], about="a", intent="i")
    assert nothing_happened()


def test_sent_twice_with_one_intent_it_is_one_refund(desk):
    bought = shop.order(ports=desk.ports)
    first = shop.refund(bought, 40_00, ports=desk.ports, intent="i")
    assert shop.refund(bought, 40_00, ports=desk.ports, intent="i") == first
    assert TenderMoney.objects.get().reserved_minor == 40_00
    with pytest.raises(IntentTaken):
        shop.refund(bought, 41_00, ports=desk.ports, intent="i")
    with pytest.raises(IntentTaken):
        shop.refund(bought, 40_00, ports=desk.ports, intent="i", about="return:R0000-00000")
    assert TenderMoney.objects.get().reserved_minor == 40_00


def test_sent_twice_with_two_intents_it_is_two_refunds_as_far_as_the_money_goes(desk):
    bought = shop.order(ports=desk.ports)
    shop.refund(bought, 60_00, ports=desk.ports, intent="a")
    with pytest.raises(NotEnoughLeft):
        shop.refund(bought, 60_00, ports=desk.ports, intent="b")
    assert Refund.objects.count() == 1


def test_one_part_of_the_price_gives_back_no_more_than_was_paid_for_it(desk):
    bought = shop.order(ports=desk.ports, lines=(30_00, 70_00))
    with pytest.raises(NotEnoughLeft, match=r"30\.00 EUR"):
        shop.refund(bought, 30_01, ports=desk.ports, intent="i")
    assert nothing_happened()
    shop.refund(bought, 30_00, ports=desk.ports, intent="j")
    with pytest.raises(NotEnoughLeft):
        shop.refund(bought, 1, ports=desk.ports, intent="k")


def test_mia_releases_a_refund_with_a_reason_and_the_money_is_free_again(desk):
    bought = shop.order(ports=desk.ports)
    wanted = shop.refund(bought, 40_00, ports=desk.ports, intent="i")
    with pytest.raises(BadInput):
        release_refund(ports=desk.ports, refund=wanted, reason=" ", actor=shop.mia())
    release_refund(ports=desk.ports, refund=wanted, reason="Ann keeps it", actor=shop.mia())
    wanted.refresh_from_db()
    assert (wanted.state, wanted.reason, wanted.person) == (State.RELEASED, "Ann keeps it", shop.mia())
    assert TenderMoney.objects.get().reserved_minor == 0
    with pytest.raises(NotNow):
        release_refund(ports=desk.ports, refund=wanted, reason="again", actor=shop.mia())
    with pytest.raises(NotNow):
        retry_refund(ports=desk.ports, refund=wanted, actor=shop.mia())
    with pytest.raises(NotNow):
        take_refund(refund=wanted, actor=shop.mia())
    assert TenderMoney.objects.get().reserved_minor == 0


def test_refunds_are_found_by_what_they_are_about_and_never_by_half_a_name(desk):
    bought = shop.order(ports=desk.ports)
    for about in ("return:R7", "return:R7:line-1", "goodwill:R7K2M-9XQD4"):
        shop.refund(bought, 1_00, ports=desk.ports, intent=about, about=about)
    assert [refund.about for refund in refunds_about("return:R7")] == ["return:R7", "return:R7:line-1"]


def test_the_money_of_many_orders_is_read_in_one_query(desk, django_assert_num_queries):
    orders = [shop.order(f"M-{n}", ports=desk.ports) for n in range(5)]
    shop.refund(orders[0], 40_00, ports=desk.ports, intent="i")
    with django_assert_num_queries(1):
        facts = money_of(orders)
    assert str(facts[orders[0].pk].left) == "60.00 EUR"
    assert str(facts[orders[1].pk].left) == "100.00 EUR"
    assert not refunds_needing_a_person(desk.clock.now()).exists()
