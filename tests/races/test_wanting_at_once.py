"""Many want the same money at the same moment: never more than was paid goes back. Naive code overpays."""

import pytest
from django.db import transaction
from django.db.models import F, Sum

from aftersale.ledger import accounts
from aftersale.ledger.models import Account, Entry
from aftersale.ledger.services import post
from aftersale.orders.models import Order
from aftersale.payments.errors import NotEnoughLeft
from aftersale.payments.models import Refund, TenderMoney
from aftersale.payments.providers.sandbox.models import Charge
from aftersale.payments.services import release_escrow
from aftersale.payments.states import State
from tests.money import shop
from tests.money.checks import books_are_whole
from tests.races.together import measured, together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
PEOPLE = 8
ROUNDS = 10


@pytest.fixture
def desk():
    return shop.desk()


def orders(desk, rounds=ROUNDS, **made):
    return [shop.order(f"M-{number}", ports=desk.ports, **made) for number in range(rounds)]


def want(desk, bought, amount, who, **by):
    return shop.refund(bought, amount, ports=desk.ports, intent=f"{bought.code}:{who}", **by)


def pay_everything(desk):
    while desk.settle():
        pass
    books_are_whole(desk)


def paid_back():
    """What left by the books, by the counters and at the provider: the same three times."""
    counted = TenderMoney.objects.aggregate(total=Sum("succeeded_minor"))["total"]
    posted = Entry.objects.filter(intent_key__startswith="refund:").aggregate(total=Sum("amount_minor"))[
        "total"
    ]
    provided = Charge.objects.aggregate(total=Sum("refunded_minor"))["total"]
    assert counted == posted == provided
    return counted


@pytest.mark.parametrize(("share", "served"), [(100_00, 1), (40_00, 2), (12_50, 8)])
def test_eight_want_a_share_at_once_and_no_more_than_was_paid_goes_back(desk, share, served):
    bought = orders(desk)
    rounds = together(
        PEOPLE, ROUNDS, lambda turn, who: want(desk, bought[turn], share, who), expected=(NotEnoughLeft,)
    )
    assert [len(each.answers) for each in rounds] == [served] * ROUNDS
    pay_everything(desk)
    assert paid_back() == served * share * ROUNDS


def test_two_partial_refunds_at_once_are_both_paid_where_there_is_enough_for_both(desk):
    bought = orders(desk)
    rounds = together(2, ROUNDS, lambda turn, who: want(desk, bought[turn], 40_00, who))
    assert [len(each.answers) for each in rounds] == [2] * ROUNDS
    pay_everything(desk)
    assert paid_back() == 2 * 40_00 * ROUNDS


@pytest.mark.only_on("postgresql")
@pytest.mark.parametrize("share", [100_00, 40_00])
def test_control_check_then_insert_gives_back_more_than_was_paid(desk, share):
    bought = orders(desk, 20)
    together(PEOPLE, 20, lambda turn, who: naive_want(desk, bought[turn], share), expected=(NotEnoughLeft,))
    wanted = Refund.objects.values("tender").annotate(total=Sum("amount_minor"))
    overpaid = wanted.filter(total__gt=100_00).count()
    measured(f"control: check-then-insert overpaid {overpaid} of 20 orders, {share} at a time")
    assert overpaid > 0


@transaction.atomic
def naive_want(desk, bought, amount):
    tender = bought.tenders.get()
    taken = Refund.objects.filter(tender=tender).aggregate(total=Sum("amount_minor"))["total"] or 0
    if taken + amount > tender.captured_minor:
        raise NotEnoughLeft
    now, key = desk.clock.now(), desk.ids.key()
    return Refund.objects.create(
        reference=desk.ids.reference("F"),
        tender=tender,
        amount_minor=amount,
        intent=key,
        key=key,
        created_at=now,
    )


def test_the_same_wish_eight_times_at_once_is_one_refund(desk):
    bought = orders(desk)
    rounds = together(PEOPLE, ROUNDS, lambda turn, _: want(desk, bought[turn], 100_00, "same").pk)
    assert all(len(set(each.answers)) == 1 and len(each.answers) == PEOPLE for each in rounds)
    pay_everything(desk)
    assert paid_back() == 100_00 * ROUNDS


@pytest.mark.only_on("postgresql")
def test_control_looking_for_the_wish_first_makes_several_refunds(desk):
    bought = orders(desk, 20)

    def naive(turn, _):
        about = f"order:{bought[turn].code}"
        with transaction.atomic():
            if not Refund.objects.filter(about=about).exists():
                Refund.objects.filter(pk=naive_want(desk, bought[turn], 1_00).pk).update(about=about)

    together(PEOPLE, 20, naive)
    twice = Refund.objects.count() - 20
    measured(f"control: look-first made {twice} refunds too many for 20 wishes")
    assert twice > 0


def test_different_tenders_of_one_order_do_not_wait_in_a_circle(desk):
    bought = orders(desk, paid=(50_00, 30_00, 20_00), kinds=("card", "balance", "bank_transfer"))
    shares = (50_00, 30_00, 20_00)

    def act(turn, who):
        want(desk, bought[turn], shares[who], who, tender=who + 1)
        desk.settle(at_most=3)

    together(3, ROUNDS, act)
    pay_everything(desk)
    assert paid_back() == 100_00 * ROUNDS
    assert not Account.objects.filter(kind="escrow").exclude(balance_minor=0).exists()


def test_completion_at_the_same_moment_as_refunds_leaves_the_books_whole(desk):
    bought = orders(desk, lines=(60_00, 40_00), suppliers=2)

    def act(turn, who):
        if who == 0:
            Order.objects.filter(pk=bought[turn].pk).update(marked_delivered_at=desk.clock.now())
            release_escrow(ports=desk.ports, order=bought[turn])
        elif who == 1:
            desk.settle(at_most=3)
        else:
            want(desk, bought[turn], 10_00, who, component=who % 2)

    together(4, ROUNDS, act)
    pay_everything(desk)
    owed = Account.objects.filter(kind="supplier_payable").aggregate(total=Sum("balance_minor"))["total"]
    assert paid_back() == 20_00 * ROUNDS
    assert owed == 80_00 * ROUNDS
    assert Refund.objects.exclude(state=State.SUCCEEDED).count() == 0


def test_postings_between_the_same_accounts_in_both_directions_lose_nothing(desk):
    shop.order(ports=desk.ports)
    escrow, fees = accounts.escrow_of("M-1001", "EUR"), accounts.fees("EUR")
    euro = Order.objects.get().money(1_00)

    def act(turn, who):
        debit, credit = (escrow, fees) if who % 2 else (fees, escrow)
        post(
            at=desk.clock.now(),
            debit=debit,
            credit=credit,
            amount=euro,
            about="x",
            intent_key=f"{turn}:{who}",
        )

    together(PEOPLE, ROUNDS, act)
    books = dict(Account.objects.values_list("kind", "balance_minor"))
    assert (books["escrow"], books["fees"]) == (100_00, 0)
    assert Entry.objects.count() == 1 + PEOPLE * ROUNDS


@pytest.mark.only_on("postgresql")
def test_control_reading_a_balance_and_writing_it_back_loses_postings(desk):
    accounts.fees("EUR")

    def naive(_turn, _who):
        with transaction.atomic():
            fees = Account.objects.get(kind="fees")
            fees.balance_minor += 1
            fees.save()

    together(PEOPLE, ROUNDS, naive)
    balance = Account.objects.get(kind="fees").balance_minor
    measured(f"control: read-and-write-back lost {PEOPLE * ROUNDS - balance} of {PEOPLE * ROUNDS} postings")
    assert balance < PEOPLE * ROUNDS
    Account.objects.filter(kind="fees").update(balance_minor=F("balance_minor") * 0)
