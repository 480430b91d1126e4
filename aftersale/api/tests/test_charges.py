"""A program pays what Ann owes, reads what a failure means, and is told as little as she is."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aftersale.api.tests.cast import Machine, a_wish, machine
from aftersale.cards.tests.cast import a_card
from aftersale.payments.charge_models import Charge
from aftersale.payments.declines import TABLE
from aftersale.payments.providers.sandbox.models import CardCharge, VaultSetUp
from aftersale.payments.providers.sandbox.terminal import answer_the_bank
from aftersale.returns.tests.cast import World, an_order

pytestmark = pytest.mark.django_db
BACK = "https://shop.example/paid/{charge}"


@pytest.fixture
def ann(world: World) -> Machine:
    return machine(world, world.ann)


def unpaid(world):
    return an_order(world, tenders=(), unpaid=6000, delivered_days_ago=None)


def pay(ann, world, trial_card, order=None, wish=""):
    card = a_card(world.ports, world.ann, trial_card, "ann@example.com")
    body = {"card": card.reference, "return_to": BACK}
    return ann.post(f"/orders/{(order or unpaid(world)).code}/charges", body, wish=wish or a_wish())


def test_what_is_owed_is_listed_until_it_is_paid(world, ann):
    order = unpaid(world)
    assert ann.get("/owed").json()["items"] == [
        {"order": order.code, "owed": {"minor": 6000, "currency": "EUR"}, "charge": None}
    ]
    answer = pay(ann, world, "visa-good", order)
    assert (answer.status_code, answer.json()["state"]) == (201, "succeeded")
    assert ann.get("/owed").json()["items"] == []
    assert ann.get(f"/orders/{order.code}").json()["tenders"][0]["captured"]["minor"] == 6000


def test_a_payment_that_is_sent_twice_is_charged_once(world, ann):
    order = unpaid(world)
    card = a_card(world.ports, world.ann, "visa-good", "ann@example.com")
    body, wish = {"card": card.reference, "return_to": BACK}, a_wish()
    first, second = (ann.post(f"/orders/{order.code}/charges", body, wish=wish) for _ in range(2))
    assert first.json() == second.json()
    assert second["Idempotency-Replayed"] == "true"
    assert CardCharge.objects.count() == 1


def test_the_ways_to_pay_come_with_the_rights_of_each(world, ann):
    order = unpaid(world)
    card = a_card(world.ports, world.ann, "visa-funds", "ann@example.com")
    ways = ann.get(f"/orders/{order.code}/ways-to-pay").json()
    assert ways["cards"][0] == {
        "card": card.reference,
        "brand": "visa",
        "last_four": "9995",
        "can_pay": True,
        "not_before": None,
    }
    assert ways["transfer"]["reference"] == order.code
    assert [one["tender"] for one in ways["rights"][0]["means"]] == ["card", "bank_transfer"]


def test_a_decline_is_told_by_its_answer_and_by_nothing_else(world, ann):
    told = pay(ann, world, "mastercard-funds-hour").json()
    assert told["answer"]["name"] == "not_enough_funds"
    assert told["answer"]["add_again"] == "no"
    assert told["next_retry_at"] is not None
    assert not {"family", "decline_code", "network_code", "is_barred", "attempts_left"} & set(told)


def test_the_team_reads_what_the_bank_said(world, ann):
    told = pay(ann, world, "visa-lost").json()
    mia = machine(world, world.mia)
    inside = mia.get(f"/charges/{told['reference']}").json()
    assert (inside["family"], inside["decline_code"], inside["network_code"]) == ("hidden", "lost_card", "41")
    assert inside["is_barred"] and inside["attempts_left"] == 14
    listed = mia.get("/charges?state=declined").json()["items"][0]
    assert (listed["reference"], listed["family"]) == (told["reference"], "hidden")


def test_a_list_of_charges_asks_the_database_no_more_for_more_of_them(world, ann):
    pay(ann, world, "visa-funds")
    _queries(ann)  # the first of a minute begins its count
    few = _queries(ann)
    for trial_card in ("visa-limit", "visa-declined", "visa-not-honoured"):
        pay(ann, world, trial_card)
    assert len(ann.get("/charges").json()["items"]) == 5  # one of them waits for its time
    assert _queries(ann) == few


def _queries(program) -> int:
    with CaptureQueriesContext(connection) as seen:
        assert program.get("/charges").status_code == 200
    return len(seen)


def test_the_verdict_on_adding_a_card_asks_nobody(world, ann):
    told = pay(ann, world, "visa-lost").json()
    pages = VaultSetUp.objects.count()
    address = f"/charges/{told['reference']}"
    verdict = ann.get(f"{address}/adding-a-card?card={told['card']}").json()
    assert verdict["add_again"] == "no"
    assert ann.get(f"{address}/adding-a-card").json()["add_again"] == "yes"
    body = {"card": told["card"], "return_to": "https://shop.example/{card}"}
    refusal = ann.post(f"{address}/cards", body)
    assert (refusal.status_code, refusal.json()["code"]) == (409, "pointless_card")
    assert VaultSetUp.objects.count() == pages
    assert ann.post(f"{address}/cards", body | {"card": None}).status_code == 201


def test_a_payment_is_confirmed_at_the_bank_and_read_then(world, ann):
    told = pay(ann, world, "visa-confirm").json()
    bank = CardCharge.objects.get()
    assert told["state"] == "requires_action"
    assert told["confirm_at"].endswith(f"/sandbox/bank/{bank.reference}/")
    answer_the_bank(bank.reference, confirmed=True)
    assert ann.post(f"/charges/{told['reference']}/outcome").json()["state"] == "succeeded"


def test_while_one_payment_is_unknown_no_other_is_made(world, ann):
    order = unpaid(world)
    assert pay(ann, world, "visa-answer-lost", order).json()["state"] == "unknown"
    refusal = pay(ann, world, "visa-good", order)
    assert (refusal.status_code, refusal.json()["code"]) == (409, "charge_under_way")
    assert Charge.objects.count() == 1


def test_a_retry_that_waits_is_given_up(world, ann):
    pay(ann, world, "mastercard-funds-hour")
    waiting = Charge.objects.get(automatic_round=1)
    told = ann.post(f"/charges/{waiting.reference}/give-up").json()
    assert (told["state"], told["given_up"]) == ("released", "customer")


def test_a_card_is_tried_again_at_once_where_that_may_help(world, ann):
    told = pay(ann, world, "visa-funds").json()
    again = ann.post(f"/charges/{told['reference']}/retry", {"return_to": BACK}, wish=a_wish())
    assert again.status_code == 201 and again.json()["reference"] != told["reference"]
    silent = pay(ann, world, "visa-declined").json()
    refusal = ann.post(f"/charges/{silent['reference']}/retry", {"return_to": BACK}, wish=a_wish())
    assert (refusal.status_code, refusal.json()["code"]) == (409, "try_later")


def test_everybody_reads_what_each_message_means(world):
    items = Machine(None).get("/failed-payments").json()["items"]
    assert [one["name"] for one in items] == list(TABLE.answers)
    chinese = Machine(None).get("/failed-payments", **{"Accept-Language": "zh-hans"}).json()["items"]
    assert chinese[0]["title"] == "您的银行拒绝了这笔付款"


def test_the_team_alone_reads_the_whole_decline_table(world, ann):
    table = machine(world, world.mia).get("/decline-table").json()
    assert [len(table[name]) for name in ("families", "codes", "advice")] == [
        len(TABLE.families),
        len(TABLE.codes),
        len(TABLE.advice),
    ]
    assert {row["answer"] for row in table["families"] if row["is_final"]} == {"no_reason_given"}
    assert ann.get("/decline-table").status_code == 403
