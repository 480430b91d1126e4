"""Ann pays what an order still owes by a saved card; whatever the provider does, it has one effect."""

import pytest
from django.db import IntegrityError, transaction

from aftersale.base.errors import NotYours
from aftersale.base.models import Notification
from aftersale.ledger.models import Entry
from aftersale.orders.models import Tender
from aftersale.orders.queries import owed_by
from aftersale.payments.card_models import FreezeReason
from aftersale.payments.charge_models import Charge
from aftersale.payments.charge_queries import unpaid_orders
from aftersale.payments.charging import expect_charge_news, give_up_charge
from aftersale.payments.errors import CardNotChargeable, ChargeUnderWay, NothingOwed, NotNow
from aftersale.payments.models import TenderMoney
from aftersale.payments.providers.charges import ChargeRequest
from aftersale.payments.providers.sandbox.models import CardBehaviour, CardCharge
from aftersale.payments.providers.sandbox.models import Charge as Captured
from aftersale.payments.providers.sandbox.terminal import answer_the_bank
from aftersale.payments.providers.sandbox.vault import behave_with_card
from aftersale.payments.saved_cards import freeze_card
from tests.money import shop
from tests.money.checks import books_are_whole
from tests.money.till import bob, fresh, till

pytestmark = pytest.mark.django_db


@pytest.fixture
def at():
    return till()


def test_ann_pays_an_unpaid_order_and_it_is_booked_as_a_tender(at):
    order = at.order()
    charge = at.pay(order, at.card())
    assert charge.state == "succeeded"
    tender = Tender.objects.get(order=order)
    assert (tender.kind, tender.captured_minor, tender.brand, tender.last_four) == (
        "card",
        100_00,
        "visa",
        "4242",
    )
    assert tender == charge.tender and tender.added_at == at.clock.now()
    assert TenderMoney.objects.get(tender=tender).captured_minor == 100_00
    assert Entry.objects.get().intent_key == "capture:M-1001:1"
    assert Captured.objects.get().reference == tender.reference
    assert not owed_by(order) and unpaid_orders(order.customer) == []
    assert Notification.objects.get().kind == "charge-paid"
    books_are_whole(at.desk)


def test_ann_pays_the_rest_of_a_part_paid_order_and_earlier_shares_stay(at):
    order = at.order(lines=(33_33, 66_67), paid=(50_01,), unpaid=49_99)
    assert owed_by(order).minor == 49_99
    at.pay(order, at.card())
    shop.refund(order, 16_67, ports=at.ports, intent="i", tender=1)
    shop.refund(order, 16_66, ports=at.ports, intent="j", tender=2)
    books_are_whole(at.desk)


def test_what_is_paid_can_be_refunded_to_the_card_like_any_payment(at):
    order = at.order()
    at.pay(order, at.card())
    shop.refund(order, 40_00, ports=at.ports, intent="i")
    desk = at.desk
    desk.settle()
    assert shop.left_at_the_sandbox(Tender.objects.get().reference) == 60_00
    books_are_whole(desk)


def test_nothing_is_charged_for_an_order_that_owes_nothing(at):
    card = at.card()
    for order in (
        shop.order("M-1", ports=at.ports),
        at.order("M-2", unpaid=0),
        at.order("M-3", paid=(60_00,), unpaid=40_00),
    ):
        if order.code == "M-3":
            shop.refund(order, 10_00, ports=at.ports, intent="i")
        with pytest.raises(NothingOwed):
            at.pay(order, card)
    assert not Charge.objects.exists() and not CardCharge.objects.exists()


def test_a_cancelled_order_owes_nothing(at):
    order = at.order()
    order.cancelled_at = at.clock.now()
    order.save()
    with pytest.raises(NothingOwed):
        at.pay(order, at.card())


def test_bob_cannot_pay_with_ann_s_card_nor_for_ann_s_order(at):
    order = at.order()
    with pytest.raises(NotYours):
        at.pay(order, at.card(of=bob()))
    assert not Charge.objects.exists()


def test_a_second_press_while_a_charge_is_under_way_charges_nothing(at):
    order, card = at.order(), at.card("visa-slow")
    charge = at.pay(order, card)
    assert charge.state == "pending"
    with pytest.raises(ChargeUnderWay) as refusal:
        at.pay(order, at.card())
    assert refusal.value.charge == charge.reference
    at.wait(minutes=61)
    assert fresh(charge).state == "pending" or fresh(charge).state == "succeeded"
    at.wait(days=1)
    assert fresh(charge).state == "succeeded"
    assert CardCharge.objects.count() == 1
    books_are_whole(at.desk)


def test_the_database_allows_one_live_charge_an_order(at):
    order = at.order()
    charge = at.pay(order, at.card("visa-slow"))
    charge.pk, charge.reference, charge.key = None, "H-other", "other"
    with pytest.raises(IntegrityError), transaction.atomic():
        charge.save(force_insert=True)


def test_ann_confirms_with_her_bank_and_has_paid(at):
    charge = at.pay(at.order(), at.card("visa-confirm"))
    assert charge.state == "requires_action"
    assert charge.action_address == f"/sandbox/bank/{charge.provider_reference}/"
    answer_the_bank(charge.provider_reference, confirmed=True)
    assert at.back_from_the_bank(charge).state == "succeeded"
    assert at.back_from_the_bank(charge).state == "succeeded"
    books_are_whole(at.desk)


def test_ann_refuses_at_her_bank_and_may_pay_otherwise(at):
    order = at.order()
    charge = at.pay(order, at.card("visa-confirm"))
    answer_the_bank(charge.provider_reference, confirmed=False)
    assert at.back_from_the_bank(charge).family == "authenticate"
    assert at.pay(order, at.card()).state == "succeeded"
    books_are_whole(at.desk)


def test_a_bank_s_page_that_is_left_alone_is_given_up_there_too(at):
    charge = at.pay(at.order(), at.card("visa-confirm"))
    at.wait(minutes=29)
    assert fresh(charge).state == "requires_action"
    at.wait(minutes=3)
    assert (fresh(charge).state, fresh(charge).reason) == ("released", "unconfirmed")
    answer_the_bank(charge.provider_reference, confirmed=True)
    assert CardCharge.objects.get().status == "declined", "nobody can confirm it any more"
    books_are_whole(at.desk)


def test_ann_gives_a_confirmation_up_and_pays_by_another_card(at):
    order = at.order()
    charge = at.pay(order, at.card("visa-confirm"))
    with pytest.raises(NotYours):
        give_up_charge(ports=at.ports, providers=at.terminals, charge=charge, by=bob())
    given_up = give_up_charge(ports=at.ports, providers=at.terminals, charge=charge, by=order.customer)
    assert (given_up.state, given_up.reason) == ("released", "customer")
    assert at.pay(order, at.card()).state == "succeeded"
    with pytest.raises(NotNow):
        give_up_charge(ports=at.ports, providers=at.terminals, charge=given_up, by=order.customer)


def test_who_confirms_and_gives_up_at_once_has_paid(at):
    charge = at.pay(at.order(), at.card("visa-confirm"))
    answer_the_bank(charge.provider_reference, confirmed=True)
    ended = give_up_charge(ports=at.ports, providers=at.terminals, charge=charge, by=charge.order.customer)
    assert ended.state == "succeeded"
    books_are_whole(at.desk)


def test_a_lost_answer_is_looked_up_and_nothing_is_charged_twice(at):
    charge = at.pay(at.order(), at.card("visa-answer-lost"))
    assert charge.state == "unknown"
    with pytest.raises(ChargeUnderWay):
        at.pay(charge.order, at.card())
    at.wait(minutes=1)
    assert fresh(charge).state == "succeeded"
    assert Captured.objects.count() == 1
    books_are_whole(at.desk)


def test_a_lost_request_is_sent_again_with_the_same_key_after_a_grace_time(at):
    charge = at.pay(at.order(), at.card("visa-request-lost"))
    assert charge.state == "unknown"
    at.wait(minutes=2)
    assert fresh(charge).state == "unknown", "the request may still arrive"
    for _ in range(8):
        at.wait(minutes=5)
    assert fresh(charge).state == "succeeded"
    assert CardCharge.objects.get().key == charge.key
    books_are_whole(at.desk)


def test_a_frozen_card_is_not_charged_and_its_lost_request_is_not_sent_again(at):
    order, card = at.order(), at.card("visa-request-lost")
    charge = at.pay(order, card)
    freeze_card(ports=at.ports, card=card, reason=FreezeReason.STOLEN)
    for _ in range(8):
        at.wait(minutes=5)
    assert (fresh(charge).state, fresh(charge).reason) == ("released", "lost")
    with pytest.raises(CardNotChargeable):
        at.pay(order, card)
    assert not Captured.objects.exists()
    assert at.pay(order, at.card()).state == "succeeded"
    books_are_whole(at.desk)


def test_a_charge_in_flight_at_the_freeze_ends_as_the_provider_says(at):
    charge = at.pay(at.order(), at.card("visa-answer-lost"))
    freeze_card(ports=at.ports, card=charge.card, reason=FreezeReason.LOST)
    at.work()
    assert fresh(charge).state == "succeeded"
    books_are_whole(at.desk)


def test_a_confirmation_that_waits_is_given_up_when_the_card_is_frozen(at):
    charge = at.pay(at.order(), at.card("visa-confirm"))
    freeze_card(ports=at.ports, card=charge.card, reason=FreezeReason.STOLEN)
    at.work()
    assert (fresh(charge).state, fresh(charge).reason) == ("released", "card")
    assert CardCharge.objects.get().status == "declined"


def test_a_yes_after_a_no_is_booked_once(at):
    order = at.order()
    charge = at.pay(order, at.card("visa-declined"))
    assert charge.state == "declined"
    CardCharge.objects.update(status="succeeded")
    Captured.objects.create(
        reference=CardCharge.objects.get().reference, currency="EUR", captured_minor=100_00
    )
    for _ in range(2):
        expect_charge_news(clock=at.clock, reference=charge.reference)
        at.work()
    assert fresh(charge).state == "succeeded"
    assert Tender.objects.filter(order=order).count() == 1
    books_are_whole(at.desk)


def test_a_no_that_is_told_again_changes_nothing(at):
    charge = at.pay(at.order(), at.card("visa-declined"))
    assert expect_charge_news(clock=at.clock, reference=charge.reference)
    at.work()
    assert (fresh(charge).state, fresh(charge).due_at) == ("declined", None)
    assert Notification.objects.count() == 1


def test_a_yes_to_what_was_given_up_as_lost_is_booked_and_the_team_hears_that_it_is_not_owed(at):
    order, card = at.order(), at.card()
    behave_with_card(card.token, CardBehaviour.TIMES_OUT_BEFORE, calls=1)
    charge = at.pay(order, card)
    freeze_card(ports=at.ports, card=card, reason=FreezeReason.LOST)
    for _ in range(8):
        at.wait(minutes=5)
    at.pay(order, at.card("mastercard-good"))
    assert fresh(charge).reason == "lost"
    late = ChargeRequest(card.token, charge.amount, charge.reference, True, charge.return_to)
    at.terminals["sandbox"].charge(late, key=charge.key)
    at.wait(days=1)
    assert fresh(charge).state == "succeeded"
    assert Notification.objects.filter(kind="charge-too-much").count() == 1
    books_are_whole(at.desk)


def test_a_provider_that_is_not_set_up_is_waited_for(at):
    at.terminals.clear()
    charge = at.pay(at.order(), at.card())
    assert charge.state == "created"
    assert "no provider" in charge.last_error
