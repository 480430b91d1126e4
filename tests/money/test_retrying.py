"""A failed payment is tried again where its bank's network allows it, and never past the card's budget."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aftersale.base.models import Notification
from aftersale.payments.budgets import budget_of
from aftersale.payments.card_models import FreezeReason
from aftersale.payments.charge_models import Charge, Fingerprint
from aftersale.payments.charge_queries import schedule_of
from aftersale.payments.errors import NotAgain, TooOften, TryLater
from aftersale.payments.providers.sandbox.models import CardCharge
from aftersale.payments.providers.sandbox.terminal import answer_the_bank
from aftersale.payments.retrying import answer_to
from aftersale.payments.saved_cards import freeze_card
from tests.money import shop
from tests.money.checks import books_are_whole
from tests.money.till import bob, fresh, till
from tests.money.watched_terminal import WatchedTerminal

pytestmark = pytest.mark.django_db


@pytest.fixture
def at():
    return till()


def retry_of(charge):
    return Charge.objects.filter(retry_of=charge, automatic_round__gt=0).first()


@pytest.mark.parametrize(
    ("card", "hours"), [("mastercard-funds-hour", 1), ("mastercard-funds-ten-days", 240), ("visa-limit", 72)]
)
def test_where_money_lacks_the_retry_waits_as_long_as_the_network_says(at, card, hours):
    charge = at.pay(at.order(), at.card(card))
    retry = retry_of(charge)
    assert (charge.family, retry.due_at) == ("funds", at.clock.now() + timedelta(hours=hours))
    assert schedule_of(charge, at.clock.now()).next_retry_at == retry.due_at
    assert at.wait(hours=hours, minutes=-1) == 0
    at.wait(minutes=1)
    assert fresh(retry).submitted_at == at.clock.now()
    assert not fresh(retry).customer_present


def test_money_that_has_come_an_hour_later_pays_the_order_by_itself(at):
    charge = at.pay(at.order(), at.card("mastercard-funds-hour"))
    at.wait(hours=1)
    assert fresh(retry_of(charge)).state == "succeeded"
    assert list(Notification.objects.order_by("pk").values_list("kind", flat=True)) == [
        "charge-failed",
        "charge-paid",
    ]
    books_are_whole(at.desk)


def test_without_an_advice_nothing_is_tried_by_itself(at):
    charge = at.pay(at.order(), at.card("visa-funds"))
    assert retry_of(charge) is None
    assert schedule_of(charge, at.clock.now()).next_retry_at is None
    at.wait(days=40)
    assert CardCharge.objects.count() == 1


def test_technical_trouble_is_tried_again_after_five_minutes_an_hour_and_a_day_and_then_no_more(at):
    at.pay(at.order(), at.card("visa-trouble"))
    waits = []
    while retry := Charge.objects.filter(state="created").first():
        waits.append(retry.due_at - at.clock.now())
        at.clock.move(seconds=waits[-1].total_seconds())
        at.work()
    assert waits == [timedelta(minutes=5), timedelta(hours=1), timedelta(days=1)]
    assert CardCharge.objects.count() == 4
    assert Notification.objects.count() == 2, "at the first failure, and when it is over"


def test_ann_pays_otherwise_and_the_retry_that_waits_is_given_up(at):
    order = at.order()
    retry = retry_of(at.pay(order, at.card("visa-trouble")))
    assert at.pay(order, at.card()).state == "succeeded"
    assert (fresh(retry).state, fresh(retry).reason) == ("released", "paid")
    at.wait(days=2)
    assert CardCharge.objects.count() == 2


@pytest.mark.parametrize("reason", FreezeReason)
def test_a_frozen_card_is_never_retried(at, reason):
    retry = retry_of(at.pay(at.order(), card := at.card("visa-trouble")))
    freeze_card(ports=at.ports, card=card, reason=reason)
    assert (fresh(retry).state, fresh(retry).reason) == ("released", "card")
    at.wait(days=2)
    assert CardCharge.objects.count() == 1


def test_a_bank_that_gives_no_reason_is_asked_once_more_by_ann_after_a_day(at):
    charge = at.pay(at.order(), at.card("visa-declined"))
    assert retry_of(charge) is None
    with pytest.raises(TryLater) as refusal:
        at.again(charge)
    assert refusal.value.not_before == at.clock.now() + timedelta(hours=24)
    at.clock.move(hours=24)
    second = at.again(charge)
    assert second.state == "declined"
    at.clock.move(days=30)
    with pytest.raises(NotAgain):
        at.again(second)
    assert CardCharge.objects.count() == 2


def life(at, card, other):
    """All that Ann and the outside can see of a card that is declined, from the first press on."""
    seen: list[object] = []

    def note(charge):
        answer = answer_to(charge)
        seen.append((charge.state, answer, schedule_of(charge, at.clock.now())))

    def press(act):
        try:
            note(act())
        except NotAgain as refusal:
            seen.append((type(refusal), getattr(refusal, "not_before", None)))

    order, saved = at.order(f"M-{card}"), at.card(card)
    press(lambda: at.pay(order, saved))
    press(lambda: at.pay(order, saved))
    at.clock.move(hours=24)
    press(lambda: at.pay(order, saved))
    press(lambda: at.pay(order, saved))
    press(lambda: at.pay(other, saved))
    at.work()
    return seen


@pytest.mark.parametrize("card", ["visa-lost", "visa-stolen", "visa-fraud", "visa-closed", "visa-revoked"])
def test_a_card_that_its_bank_wants_never_again_looks_to_ann_like_one_declined_without_a_reason(card):
    def lived(card):
        at = till()
        return life(at, card, at.order(f"N-{card}"))

    assert lived(card) == lived("visa-declined")
    mails = [
        {**mail.words, "charge": "", "order": "", "path": "", "card": ""}
        for mail in Notification.objects.filter(kind="charge-failed").order_by("pk")
    ]
    assert mails[:3] == mails[3:]
    assert CardCharge.objects.filter(card__trial_card=card).count() == 1, "its bank was not asked again"
    assert CardCharge.objects.filter(card__trial_card="visa-declined").count() == 3
    assert Fingerprint.objects.filter(blocked_at__isnull=False).count() == 1


class Counting(WatchedTerminal):
    """Counts every call, whatever it asks for."""

    calls = 0

    def charge(self, request, *, key):
        self.calls += 1
        return super().charge(request, key=key)

    def find_charge(self, reference, *, key):
        self.calls += 1
        return super().find_charge(reference, key=key)


def second_press(card):
    """How often the provider and our own database are asked when Ann tries such a card again a day later."""
    at = till()
    first = at.pay(at.order(f"M-{card}"), at.card(card))
    at.clock.move(hours=24)
    at.terminals["sandbox"] = counting = Counting(at.terminals["sandbox"])
    with CaptureQueriesContext(connection) as seen:
        at.again(first)
    asked = [query["sql"] for query in seen.captured_queries]
    return counting.calls, sum('"sandbox_' not in sql and "SAVEPOINT" not in sql for sql in asked)


def test_a_press_takes_one_call_and_as_much_work_whether_the_bank_is_asked_or_not(at):
    (calls, queries), (calls_when_asked, queries_when_asked) = map(
        second_press, ["visa-stolen", "visa-declined"]
    )
    assert calls == calls_when_asked == 1
    assert abs(queries - queries_when_asked) <= 3, "each finds one row by an index"


def test_a_card_that_its_bank_wants_never_again_is_charged_in_nobody_s_account(at):
    his = at.card("visa-stolen", of=bob())
    at.pay(at.order(), at.card("visa-stolen"))
    order = at.order("M-2")
    order.customer = bob()
    order.save()
    charge = at.pay(order, his)
    assert (charge.state, charge.barred, answer_to(charge).name) == ("declined", True, "no_reason_given")
    assert CardCharge.objects.count() == 1


def test_a_card_that_ann_reported_stolen_is_charged_in_nobody_s_account(at):
    thief = at.card("visa-good", of=bob())
    order = at.order("M-thief")
    order.customer = bob()
    order.save()
    freeze_card(ports=at.ports, card=at.card("visa-good"), reason=FreezeReason.STOLEN)
    charge = at.pay(order, thief)
    assert (charge.state, charge.family, charge.barred) == ("declined", "silent", True)
    assert answer_to(charge).name == "no_reason_given"
    assert not CardCharge.objects.exists()
    books_are_whole(at.desk)


def test_a_lost_card_that_ann_saved_twice_is_frozen_twice_with_its_retries(at):
    one, two = at.card("visa-trouble"), at.card("visa-trouble")
    retry = retry_of(at.pay(at.order(), two))
    freeze_card(ports=at.ports, card=one, reason=FreezeReason.LOST)
    two.refresh_from_db()
    assert (two.state, two.freeze_reason) == ("frozen", "lost")
    assert fresh(retry).reason == "card"


def test_what_the_network_forbids_for_one_order_is_not_asked_again_for_it(at):
    order, card = at.order(), at.card("visa-not-permitted")
    charge = at.pay(order, card)
    assert charge.family == "silent"
    at.clock.move(hours=24)
    again = at.again(charge)
    assert (again.state, again.barred) == ("declined", True)
    assert CardCharge.objects.count() == 1
    assert at.pay(at.order("M-2"), card).barred is False


@pytest.mark.parametrize("card", ["visa-wrong-code", "visa-expired", "visa-unsupported", "visa-duplicate"])
def test_the_same_saved_card_does_not_help_where_something_else_must_happen_first(at, card):
    charge = at.pay(at.order(), at.card(card))
    with pytest.raises(NotAgain):
        at.again(charge)
    assert CardCharge.objects.count() == 1


def test_ann_is_led_to_her_bank_once_more_where_it_was_not_confirmed(at):
    charge = at.pay(at.order(), at.card("visa-confirm"))
    answer_the_bank(charge.provider_reference, confirmed=False)
    at.back_from_the_bank(charge)
    second = at.again(charge)
    assert second.state == "requires_action"
    answer_the_bank(second.provider_reference, confirmed=False)
    at.back_from_the_bank(second)
    with pytest.raises(NotAgain):
        at.again(second)


def test_a_card_is_tried_fifteen_times_in_thirty_days_over_orders_accounts_and_tokens(at):
    cards = [at.card("visa-funds"), at.card("visa-funds"), at.card("visa-funds", of=bob())]
    fourth = at.card("visa-funds")
    for number in range(15):
        order, card = at.order(f"M-{number}"), cards[number % 3]
        order.customer = card.customer
        order.save()
        assert at.pay(order, card).state == "declined"
        at.clock.move(hours=1)
    first = Charge.objects.first()
    order = at.order("M-last")
    with pytest.raises(TooOften):
        at.pay(order, fourth)
    assert CardCharge.objects.count() == 15
    budget = budget_of(first.fingerprint_hash, "visa", at.clock.now())
    assert (budget.left, budget.again_at) == (0, shop.NOON + timedelta(days=30))
    at.clock.move(days=30, hours=-15)
    assert at.pay(order, cards[0]).state == "declined", "the first attempt counts no more"


def test_mastercard_allows_ten_in_a_day_and_thirty_five_in_thirty(at):
    card = at.card("mastercard-replaced")
    tried = 0
    for number in range(40):
        order = at.order(f"M-{number}")
        try:
            at.pay(order, card)
            tried += 1
        except TooOften:
            at.clock.move(hours=25)
            if number < 35:
                at.pay(order, card)
                tried += 1
    assert tried == 35
    assert CardCharge.objects.count() == 35


def test_payments_that_succeed_take_nothing_from_the_budget(at):
    card = at.card()
    for number in range(20):
        assert at.pay(at.order(f"M-{number}"), card).state == "succeeded"
    assert budget_of(card.fingerprint_hash, "visa", at.clock.now()).left == 15


def test_a_retry_that_comes_due_when_the_budget_is_spent_is_given_up(at):
    order, card = at.order(), at.card("visa-trouble")
    retry = retry_of(at.pay(order, card))
    for number in range(14):
        at.pay(at.order(f"N-{number}"), card)
    at.clock.move(minutes=5)
    at.work()
    assert (fresh(retry).state, fresh(retry).reason) == ("released", "budget")
    last = Notification.objects.filter(key=f"charge-failed:{retry.reference}").get()
    assert "again_at" not in last.words, "the retry that a mail had promised does not take place"
    assert CardCharge.objects.count() == 15
