"""Payments, retries, freezes and removals of one card at once: exactly one wins. Naive code charges twice."""

import time

import pytest
from django.db import transaction
from django.db.models import F

from aftersale.base.ports import SystemClock
from aftersale.orders.models import Tender
from aftersale.payments.budgets import budget_of
from aftersale.payments.cancelling import cancel_retries
from aftersale.payments.card_models import CardState, FreezeReason, SavedCard
from aftersale.payments.charge_models import Charge
from aftersale.payments.errors import CardNotChargeable, ChargeUnderWay, NothingOwed, NotNow, TooOften
from aftersale.payments.fingerprints import fingerprint_of
from aftersale.payments.providers.charges import ChargeRequest
from aftersale.payments.providers.sandbox.models import CardCharge
from aftersale.payments.providers.sandbox.models import Charge as Captured
from aftersale.payments.saved_cards import freeze_card, locked_card, move_card
from tests.money import shop
from tests.money.checks import books_are_whole, breaches
from tests.money.till import fresh, till
from tests.money.watched_terminal import WatchedTerminal
from tests.races.together import measured, met, together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
PEOPLE = 4
ROUNDS = 10


@pytest.fixture
def at():
    return till()


@pytest.fixture
def now(at):
    """The till by the machine's own clock: who came first can be read from the rows."""
    at.clock = SystemClock()
    at.terminals["sandbox"] = WatchedTerminal(at.terminals["sandbox"])
    return at


def orders(at):
    shop.ann()
    return [at.order(f"M-{number}") for number in range(ROUNDS)]


def test_four_presses_pay_an_order_once(at):
    owed, card = orders(at), at.card()
    refusals = (ChargeUnderWay, NothingOwed)
    rounds = together(PEOPLE, ROUNDS, lambda turn, _: at.pay(owed[turn], card), expected=refusals)
    assert all(len(each.answers) == 1 for each in rounds)
    assert CardCharge.objects.count() == Tender.objects.count() == ROUNDS
    books_are_whole(at.desk)


def test_control_presses_that_look_before_they_charge_pay_twice(at):
    owed, card = orders(at), at.card()

    all_have_looked = met(PEOPLE)

    def naive(turn, _):
        is_charged = CardCharge.objects.filter(theirs__startswith=f"{owed[turn].code}:").exists()
        all_have_looked()
        if not is_charged:
            ask_naively(at, owed[turn], card)

    together(PEOPLE, ROUNDS, naive)
    twice = CardCharge.objects.count() - ROUNDS
    measured(f"control: naive presses charged {twice} times too often for {ROUNDS} orders")
    assert twice > 0


def test_a_freeze_and_a_payment_at_once_one_wins(now):
    owed = orders(now)
    cards = [now.card() for _ in owed]

    def act(turn, who):
        if who:
            return now.pay(owed[turn], cards[turn]).state
        time.sleep(turn * 0.005)  # later and later, so that either comes first
        return freeze_card(ports=now.ports, card=cards[turn], reason=FreezeReason.REMOVAL).state

    together(2, ROUNDS, act, expected=(CardNotChargeable,))
    assert not SavedCard.objects.filter(state=CardState.ACTIVE).exists()
    charged = Charge.objects.filter(submitted_at__isnull=False).select_related("card")
    assert charged.filter(submitted_at__lte=F("card__frozen_at")).count() == charged.count()
    assert {charge.state for charge in charged} <= {"succeeded"}
    assert CardCharge.objects.count() == charged.count() == Tender.objects.count()
    assert now.terminals["sandbox"].asked == list(charged.order_by("pk").values_list("key", flat=True))
    measured(f"{charged.count()} of {ROUNDS} payments came before the freeze")
    assert breaches(now.desk) == []


def test_control_a_payment_that_only_looks_at_its_card_charges_after_the_freeze(now):
    owed = orders(now)
    cards = [now.card() for _ in owed]
    asked = {}
    both_have_looked, it_is_frozen = met(2), met(2)

    def act(turn, who):
        card = SavedCard.objects.get(pk=cards[turn].pk)
        both_have_looked()
        if not who:
            freeze_card(ports=now.ports, card=card, reason=FreezeReason.REMOVAL)
        it_is_frozen()
        if who and card.state == CardState.ACTIVE:
            asked[turn] = None
            ask_naively(now, owed[turn], card)
            asked[turn] = now.clock.now()

    together(2, ROUNDS, act)
    after = [
        turn for turn, at in asked.items() if at and at > SavedCard.objects.get(pk=cards[turn].pk).frozen_at
    ]
    measured(f"control: {len(after)} of {ROUNDS} frozen cards were charged by naive payments")
    assert after


def test_a_removal_and_a_retry_that_is_due_at_once_one_wins(at):
    owed = orders(at)
    cards = [at.card("visa-trouble-once") for _ in owed]
    for order, card in zip(owed, cards, strict=True):
        at.pay(order, card)
    at.clock.move(minutes=5)
    terminal = at.terminals["sandbox"] = WatchedTerminal(at.terminals["sandbox"])

    def remove(card):
        with transaction.atomic():
            held = locked_card(card.pk)
            stamp = at.clock.now()
            move_card(held, CardState.REMOVAL_PENDING, freeze_reason="removal", frozen_at=stamp)
            cancel_retries(held, at=stamp)

    def act(turn, who):
        return at.work() if who else remove(cards[turn])

    together(3, ROUNDS, act)
    retries = Charge.objects.filter(automatic_round=1)
    states = sorted(retries.values_list("state", flat=True))
    assert set(states) <= {"succeeded", "released"}
    assert len(terminal.asked) == states.count("succeeded") == Tender.objects.count()
    books_are_whole(at.desk)


def test_of_many_presses_for_the_last_attempt_of_a_card_one_is_asked_for(at):
    tokens = [at.card("visa-funds") for _ in range(PEOPLE)]
    for number in range(14):
        at.pay(at.order(f"N-{number}"), tokens[0])
    owed = [at.order(f"M-{number}") for number in range(PEOPLE)]
    (only,) = together(PEOPLE, 1, lambda _, who: at.pay(owed[who], tokens[who]), expected=(TooOften,))
    assert (len(only.answers), len(only.refusals)) == (1, PEOPLE - 1)
    assert CardCharge.objects.count() == 15
    assert budget_of(fingerprint_of(tokens[0]), "visa", at.clock.now()).left == 0
    books_are_whole(at.desk)


def test_control_presses_that_count_before_they_charge_spend_more_than_there_is(at):
    tokens = [at.card("visa-funds") for _ in range(PEOPLE)]
    owed = [at.order(f"M-{number}") for number in range(PEOPLE)]

    all_have_looked = met(PEOPLE)

    def naive(_, who):
        tried = CardCharge.objects.count()
        all_have_looked()
        if tried < 1:
            ask_naively(at, owed[who], tokens[who])

    together(PEOPLE, 1, naive)
    measured(f"control: naive presses made {CardCharge.objects.count()} attempts where one was allowed")
    assert CardCharge.objects.count() > 1


def test_workers_and_ann_look_at_lost_answers_at_once_and_book_each_once(at):
    card = at.card("visa-answer-lost")
    charges = [at.pay(order, card) for order in orders(at)]
    at.clock.move(minutes=1)

    def act(turn, who):
        return at.back_from_the_bank(charges[turn]) if who % 2 else at.look()

    together(PEOPLE, ROUNDS, act)
    at.look()
    assert {fresh(charge).state for charge in charges} == {"succeeded"}
    assert Captured.objects.count() == Tender.objects.count() == ROUNDS
    books_are_whole(at.desk)


def test_ann_presses_again_while_the_worker_retries_and_pays_once(at):
    owed = orders(at)
    cards = [at.card("visa-trouble-once") for _ in owed]
    first = [at.pay(order, card) for order, card in zip(owed, cards, strict=True)]
    at.clock.move(minutes=5)

    def act(turn, who):
        return at.again(first[turn]) if who else at.work()

    together(3, ROUNDS, act, expected=(ChargeUnderWay, NothingOwed, NotNow))
    at.work()
    assert Captured.objects.count() == Tender.objects.count() == ROUNDS
    books_are_whole(at.desk)


def ask_naively(at, order, card):
    """A charge as many shops make it: straight to the provider, with a key for each attempt."""
    request = ChargeRequest(card.token, order.money(100_00), f"{order.code}:{at.ids.key()}", True, "/")
    at.terminals["sandbox"].charge(request, key=at.ids.key())
