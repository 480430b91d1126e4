"""The return form: what was typed stays, what is wrong is named, and nothing half done is left."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils.html import escape

from aftersale.base.models import Notification
from aftersale.ledger.models import Entry
from aftersale.payments.models import Refund
from aftersale.policy import Policy
from aftersale.returns.models import PolicyVersion, Return
from aftersale.returns.tests.cast import World, an_order


@pytest.fixture
def ann(world: World, client: Client) -> Client:
    client.force_login(world.ann)
    return client


def sent(units: str = "1", reason: str = "unwanted", **more: str) -> dict[str, str]:
    return {"units-1-1": units, "reason-1-1": reason, "intent": "one", "do": "ask", **more}


def form_of(order) -> str:
    return f"/account/orders/{order.code}/return/LI/"


def test_a_return_is_asked_for_once(world: World, ann: Client):
    order = an_order(world, lines=[(3, 9000)], tenders=[("card", 9000)])
    answers = [ann.post(form_of(order), sent()) for _ in "12"]
    case = Return.objects.get()
    assert [answer.headers["Location"] for answer in answers] == [f"/account/returns/{case.reference}/"] * 2
    assert Notification.objects.filter(kind="return-decided").count() == 1


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        (sent("2"), "Only 1 of 1 can still be sent back."),
        (sent("-1"), "Give a whole number from 0 to 1."),
        (sent("one"), "Give a whole number from 0 to 1."),
        (sent("99999999999999999999"), "Give a whole number from 0 to 1."),
        (sent("0"), "Choose at least one unit to send back."),
        (sent("1", ""), "Say why it goes back."),
        (sent("1", "because"), "Say why it goes back."),
        (sent(note="x" * 2001), "Your note is too long"),
        ({"do": "ask"}, "Choose at least one unit to send back."),
    ],
)
def test_what_is_wrong_is_named_and_nothing_happens(world: World, ann: Client, typed, says):
    order = an_order(world)
    entries = Entry.objects.count()
    answer = ann.post(form_of(order), typed)
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert escape(typed.get("units-1-1", "")) in answer.content.decode()
    assert not Return.objects.exists() and not Refund.objects.exists()
    assert Entry.objects.count() == entries


@pytest.mark.parametrize("days", [-1, 400])
def test_a_day_that_cannot_be_is_named(world: World, ann: Client, days: int):
    order = an_order(world, delivered_days_ago=None)
    day = (order.day_of(world.clock.now()) - timedelta(days=days)).isoformat()
    answer = ann.post(form_of(order), sent(received_on=day))
    assert answer.status_code == 422
    assert "Give the day on which you received it" in answer.content.decode()
    assert not Return.objects.exists()


def test_the_answer_for_a_day_of_receipt_is_only_supposed(world: World, ann: Client):
    order = an_order(world, delivered_days_ago=None, terms="any_reason")
    day = order.day_of(world.clock.now()).isoformat()
    answer = ann.post(f"{form_of(order)}answer/", sent(received_on=day))
    assert "0 days" in answer.content.decode()
    assert not order.groups.get().parcels.get().events.exists()


def test_units_in_a_return_are_not_offered_again(world: World, ann: Client):
    order = an_order(world, lines=[(2, 8000)], tenders=[("card", 8000)])
    ann.post(form_of(order), sent("1"))
    page = ann.get(form_of(order)).content.decode()
    assert 'max="1"' in page
    assert (
        "Only 1 of 2 can still be sent back."
        in ann.post(form_of(order), sent("2", intent="two")).content.decode()
    )


def test_what_the_form_promises_is_what_is_stored(world: World, ann: Client):
    order = an_order(
        world, lines=[(3, 10000)], tenders=[("card", 6670), ("balance", 3330)], terms="any_reason"
    )
    shown = ann.post(f"{form_of(order)}answer/", sent("3", "defective")).content.decode()
    ann.post(form_of(order), sent("3", "defective"))
    kept = ann.get(f"/account/returns/{Return.objects.get().reference}/").content.decode()
    for words in ("€66.70", "€33.30", "Not refunded: stored balance", "Back to Visa ending in 4242"):
        assert words in shown and words in kept


def test_words_typed_by_people_are_only_words(world: World, ann: Client):
    order = an_order(world)
    ann.post(form_of(order), sent(note="<script>alert(1)</script>"))
    for path in (f"/account/returns/{Return.objects.get().reference}/",):
        assert "<script>alert" not in ann.get(path).content.decode()


def test_a_cancelled_order_offers_nothing(world: World, ann: Client):
    order = an_order(world)
    order.cancelled_at = world.clock.now()
    order.save(update_fields=["cancelled_at"])
    assert "Return items" not in ann.get(f"/account/orders/{order.code}/").content.decode()
    answer = ann.post(form_of(order), sent())
    assert answer.status_code == 422
    assert not Return.objects.exists()


def test_handing_over_in_the_future_is_refused(world: World, ann: Client):
    order = an_order(world, terms="any_reason")
    ann.post(form_of(order), sent())
    case = Return.objects.get()
    for day in ("2099-01-01", "yesterday", "", "2001-01-01"):
        answer = ann.post(f"/account/returns/{case.reference}/hand-over/", {"day": day})
        assert answer.status_code == 422
        assert "Give the day of the handing over" in answer.content.decode()
    case.refresh_from_db()
    assert case.handed_over_at is None


def test_an_answer_links_to_the_policy_that_gave_it(world: World, ann: Client):
    order = an_order(world)
    ann.post(form_of(order), sent())
    page = f"/account/returns/{Return.objects.get().reference}/"
    assert 'href="/policy/#card-supplier-terms"' in ann.get(page).content.decode()
    old = PolicyVersion.objects.get()
    text = old.text.replace("In force from 2026-01-01", f"In force from {world.clock.now().date()}")
    newer = Policy.parse(text.replace("not\nchange that", "never\nchange that"))
    PolicyVersion.objects.create(
        hash=newer.hash,
        name=newer.title,
        text=newer.text,
        in_force_from=newer.in_force_from,
        published_at=world.clock.now(),
    )
    link = f"/policy/?version={old.hash[:12]}"
    assert f'href="{link}#card-supplier-terms"' in ann.get(page).content.decode()
    assert old.hash[:12] in ann.get(link).content.decode()
    assert newer.hash[:12] in ann.get("/policy/").content.decode()
    assert ann.get("/policy/?version=nothing").status_code == 404
