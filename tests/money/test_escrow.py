"""Where Ann's money lies: in escrow, until it goes back to her or on to the suppliers, exact to the cent."""

import random
from contextlib import suppress

import pytest
from django.db.models import F

from aftersale.ledger.models import Account, Entry
from aftersale.orders.models import Order
from aftersale.payments.errors import NotEnoughLeft
from aftersale.payments.models import Refund
from aftersale.payments.providers.sandbox.models import Behaviour
from aftersale.payments.providers.sandbox.services import behave, refund_by_hand
from aftersale.payments.queries import latest
from aftersale.payments.services import (
    Reported,
    record_provider_refund,
    release_escrow,
    release_refund,
    retry_refund,
)
from aftersale.payments.states import NOT_SUBMITTED, State
from tests.money import shop
from tests.money.checks import books_are_whole

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk():
    desk = shop.desk()
    yield desk
    books_are_whole(desk)


@pytest.fixture
def bought(desk):
    """60.00 from one supplier with 5.00 shipping, 30.00 from another, a fee of 5.00; by two cards."""
    return shop.order(
        ports=desk.ports, lines=(60_00, 30_00), shipping=5_00, fee=5_00, paid=(80_00, 20_00), suppliers=2
    )


def complete(order, desk):
    Order.objects.filter(pk=order.pk).update(marked_delivered_at=desk.clock.now())
    release_escrow(ports=desk.ports, order=order)


def balances():
    """The balances of escrow, each supplier and the fees, by short names."""
    rows = Account.objects.filter(kind__in=("escrow", "supplier_payable", "fees")).order_by("name")
    names = {row.pk: row.name.split(":")[row.kind == "supplier_payable"] for row in rows}
    return {names[row.pk]: row.balance_minor for row in rows}


def test_completion_releases_each_supplier_s_share_once(desk, bought):
    complete(bought, desk)
    complete(bought, desk)
    assert balances() == {"escrow": 0, "supplier-1": 65_00, "supplier-2": 30_00, "fees": 5_00}


def test_what_was_refunded_is_not_released(desk, bought):
    shop.refund(bought, 24_00, ports=desk.ports, intent="a", component=1)
    shop.refund(bought, 6_00, ports=desk.ports, intent="b", component=1, tender=2)
    desk.settle()
    complete(bought, desk)
    assert balances() == {"escrow": 0, "supplier-1": 65_00, "supplier-2": 0, "fees": 5_00}


def test_what_is_reserved_stays_in_escrow_and_is_released_when_it_comes_free(desk, bought):
    refund = shop.refund(bought, 10_00, ports=desk.ports, intent="a")
    complete(bought, desk)
    assert balances() == {"escrow": 10_00, "supplier-1": 55_00, "supplier-2": 30_00, "fees": 5_00}
    release_refund(ports=desk.ports, refund=refund, reason="Ann keeps it", actor=shop.mia())
    assert balances() == {"escrow": 0, "supplier-1": 65_00, "supplier-2": 30_00, "fees": 5_00}


def test_before_completion_a_released_refund_moves_nothing(desk, bought):
    refund = shop.refund(bought, 10_00, ports=desk.ports, intent="a")
    release_refund(ports=desk.ports, refund=refund, reason="Ann keeps it", actor=shop.mia())
    assert balances() == {"escrow": 100_00}


def test_a_refund_after_completion_is_taken_back_from_its_own_supplier(desk, bought):
    complete(bought, desk)
    shop.refund(bought, 24_00, ports=desk.ports, intent="a", component=1)
    desk.settle()
    assert balances() == {"escrow": 0, "supplier-1": 65_00, "supplier-2": 6_00, "fees": 5_00}


def test_money_that_comes_back_after_completion_waits_in_escrow_and_then_goes_on(desk, bought):
    complete(bought, desk)
    behave("charge-M-1001-1", Behaviour.FAILS_LATE, calls=1)
    refund = shop.refund(bought, 24_00, ports=desk.ports, intent="a", component=1)
    desk.settle()
    desk.clock.move(days=1)
    desk.reconcile()
    assert balances()["escrow"] == 24_00
    retry_refund(ports=desk.ports, refund=latest(refund), actor=shop.mia())
    desk.settle()
    assert balances() == {"escrow": 0, "supplier-1": 65_00, "supplier-2": 6_00, "fees": 5_00}


def test_a_reservation_kept_for_one_supplier_is_never_paid_by_another(desk, bought):
    first = shop.refund(bought, 10_00, ports=desk.ports, intent="a", component=0)
    complete(bought, desk)
    Refund.objects.filter(pk=first.pk).update(due_at=desk.clock.now().replace(year=2027))
    shop.refund(bought, 10_00, ports=desk.ports, intent="b", component=1)
    desk.settle()
    Refund.objects.filter(pk=first.pk).update(due_at=desk.clock.now())
    desk.settle()
    assert balances() == {"escrow": 0, "supplier-1": 55_00, "supplier-2": 20_00, "fees": 5_00}


def test_what_others_refunded_is_borne_in_proportion(desk, bought):
    by_hand(desk, bought, 10_00)
    complete(bought, desk)
    assert balances() == {"escrow": 0, "supplier-1": 58_50, "supplier-2": 27_00, "fees": 4_50}
    by_hand(desk, bought, 10_00)
    assert balances() == {"escrow": 0, "supplier-1": 52_00, "supplier-2": 24_00, "fees": 4_00}


def test_payments_beyond_the_price_stay_in_escrow_to_be_seen(desk):
    bought = shop.order(ports=desk.ports, lines=(100_00,), paid=(120_00,))
    with pytest.raises(NotEnoughLeft):
        shop.refund(bought, 100_01, ports=desk.ports, intent="a")
    complete(bought, desk)
    assert balances() == {"escrow": 20_00, "supplier-1": 100_00}


def test_payments_below_the_price_release_what_there_is(desk):
    bought = shop.order(ports=desk.ports, lines=(100_00,), paid=(70_00,))
    complete(bought, desk)
    assert balances() == {"escrow": 0, "supplier-1": 70_00}


def by_hand(desk, bought, amount, tender=1):
    money = bought.money(amount)
    reference = f"charge-{bought.code}-{tender}"
    row = refund_by_hand(ports=desk.ports, reference=reference, amount=money)
    by = bought.tenders.get(number=tender)
    return record_provider_refund(ports=desk.ports, tender=by, reported=Reported(row.reference, money))


@pytest.mark.parametrize("seed", range(8))
def test_whatever_happens_in_whatever_order_all_books_agree(desk, seed):
    rng = random.Random(seed)
    paid = rng.choice([(80_00, 20_00), (33_33, 33_33, 33_34), (100_00,), (90_00, 20_00), (50_00, 40_00)])
    bought = shop.order(
        ports=desk.ports, lines=(59_99, 30_01), shipping=5_00, fee=5_00, paid=paid, suppliers=2
    )
    for step in range(14):
        happen(rng, desk, bought, step)
    for tender in range(1, len(paid) + 1):
        behave(f"charge-M-1001-{tender}", Behaviour.SUCCEEDS)
    for _ in range(8):
        desk.clock.move(days=1)
        desk.settle()
        desk.reconcile()
    assert not Refund.objects.filter(state__in=(State.SUBMITTED, State.UNKNOWN, State.RESERVED)).exists()
    assert Entry.objects.filter(debit=F("credit")).count() == 0


def happen(rng, desk, bought, step):
    tender = rng.randrange(1, bought.tenders.count() + 1)
    charge = f"charge-{bought.code}-{tender}"
    match rng.choice(
        ["want", "want", "work", "work", "work", "wait", "behave", "hand", "complete", "person"]
    ):
        case "want":
            amount, component = rng.randrange(1, 25_00), rng.randrange(4)
            with suppress(NotEnoughLeft):
                shop.refund(
                    bought, amount, ports=desk.ports, intent=str(step), tender=tender, component=component
                )
        case "work":
            rng.choice([desk.settle, desk.reconcile])()
        case "wait":
            desk.clock.move(hours=rng.choice([1, 30]))
        case "behave":
            behave(charge, rng.choice(list(Behaviour)))
        case "hand":
            if left := shop.left_at_the_sandbox(charge):
                by_hand(desk, bought, rng.randrange(1, left + 1), tender)
        case "complete":
            complete(bought, desk)
        case "person":
            mia_looks_at_her_list(rng, desk)


def mia_looks_at_her_list(rng, desk):
    for refund in Refund.objects.filter(state__in=NOT_SUBMITTED, replaces__isnull=False):
        if refund.state == State.HELD and rng.random() < 0.5:
            retry_refund(ports=desk.ports, refund=refund, actor=shop.mia())
        else:
            release_refund(ports=desk.ports, refund=refund, reason="Ann keeps it", actor=shop.mia())
