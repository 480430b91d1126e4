"""A return through the API, from the question to the money reserved; a refusal leaves all as it was."""

from datetime import timedelta

import pytest

from aftersale.api.tests.cast import (
    ONE_LAMP,
    UNWANTED_LAMP,
    a_received_return,
    a_return,
    a_sent_return,
    a_wish,
    machine,
)
from aftersale.base.models import Notification
from aftersale.orders.models import ParcelEvent
from aftersale.payments.models import Refund
from aftersale.returns.models import Decision, Return, Rma
from aftersale.returns.tests.cast import an_order


def test_ann_asks_before_she_asks(world, ann):
    order = an_order(world)
    (answer,) = ann.post(f"/orders/{order.code}/return-preview", ONE_LAMP).json()["answers"]
    assert (answer["outcome"], answer["clause"]) == ("refund", "card-in-time")
    assert answer["amount"] == {"minor": 6000, "currency": "EUR"}
    assert (answer["last_day"], answer["last_day_by"]) == ("2026-07-21", "policy")
    assert answer["decisive"]["tender"] == "card"
    assert not Return.objects.exists()


def test_ann_reads_the_policy_s_words_in_her_language(world, ann):
    order = an_order(world, tenders=[("balance", 6000)])
    world.ann.language = "zh-hans"
    world.ann.save()

    def because(**headers):
        answer = ann.post(f"/orders/{order.code}/return-preview", ONE_LAMP, **headers)
        return answer.json()["answers"][0]["because"]

    assert "余额" in because()
    assert "stored balance cannot be returned" in because(**{"Accept-Language": "en"})


def test_ann_opens_a_return_and_gets_the_promise(world, ann):
    order = an_order(world)
    answer = ann.post(f"/orders/{order.code}/returns", {**ONE_LAMP, "note": "It flickers."}, wish=a_wish())
    assert answer.status_code == 201
    told, case = answer.json(), Return.objects.get()
    assert (told["reference"], told["state"], told["note"]) == (case.reference, "authorised", "It flickers.")
    assert (told["waiting_on"], told["on_expiry"]) == ("customer", "expire")
    assert told["due_at"] == "2026-07-21T22:00:00Z"
    (decision,) = told["decisions"]
    assert (decision["stage"], decision["outcome"]) == ("promise", "refund")
    assert decision["facts"]["reason"] == "defective"
    assert decision["sources"]["reason"] == "customer"
    assert decision["policy"] == case.policy.hash
    assert [step["kind"] for step in told["timeline"]] == ["requested", "decided"]
    assert told == ann.get(f"/returns/{case.reference}").json()


def test_balance_is_refused_as_the_page_refuses_it(world, ann):
    order = an_order(world, tenders=[("balance", 6000)])
    told = ann.post(f"/orders/{order.code}/returns", ONE_LAMP, wish=a_wish()).json()
    assert (told["state"], told["decisions"][0]["outcome"]) == ("refused", "deny")
    assert told["decisions"][0]["amount"]["minor"] == 0
    assert not Refund.objects.exists()


def test_units_that_are_taken_are_refused_and_nothing_is_kept(world, ann):
    order = an_order(world)
    a_return(world, order)
    decisions, mails = Decision.objects.count(), Notification.objects.count()
    answer = ann.post(f"/orders/{order.code}/returns", ONE_LAMP, wish=a_wish())
    assert (answer.status_code, answer.json()["code"]) == (409, "units_taken")
    assert answer["Content-Type"] == "application/problem+json"
    assert (Return.objects.count(), Decision.objects.count()) == (1, decisions)
    assert Notification.objects.count() == mails


def test_a_line_that_does_not_exist_is_named(world, ann):
    order = an_order(world)
    wish = {"supplier": "LI", "lines": [{"line": 7, "units": 1, "reason": "wrong"}]}
    answer = ann.post(f"/orders/{order.code}/returns", wish, wish=a_wish())
    told = answer.json()
    assert (answer.status_code, told["field"]) == (422, "line")
    assert told["accepted"] == "a line of this supplier: 1"
    assert not Return.objects.exists()


def test_ann_withdraws_and_cannot_withdraw_what_is_on_its_way(world, ann):
    case, sent = a_return(world), a_sent_return(world)
    assert ann.post(f"/returns/{case.reference}/withdrawal").json()["state"] == "withdrawn"
    answer = ann.post(f"/returns/{sent.reference}/withdrawal")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_now")
    assert sent.lines.get().state == "sent"


def test_li_issues_a_number_and_the_promise_follows(world, ann, li):
    case = a_return(world, reason="unwanted")
    assert ann.get(f"/returns/{case.reference}").json()["state"] == "waiting_supplier"
    answer = li.post(f"/returns/{case.reference}/rma", {"number": "rma-0012", "expires_on": "2026-06-20"})
    assert answer.status_code == 201
    assert answer.json()["rmas"][0]["number"] == "rma-0012"
    told = ann.get(f"/returns/{case.reference}").json()
    assert (told["state"], told["decisions"][0]["outcome"]) == ("authorised", "refund")
    again = li.post(f"/returns/{a_return(world, reason='unwanted').reference}/rma", {"number": "RMA0012"})
    assert (again.status_code, again.json()["code"]) == (409, "rma_taken")
    assert Rma.objects.count() == 1


def test_a_number_is_barred_where_it_changes_nothing(world, li):
    case = a_return(world, an_order(world, tenders=[("balance", 6000)]))
    answer = li.post(f"/returns/{case.reference}/rma", {"number": "RMA1"})
    assert (answer.status_code, answer.json()["code"]) == (409, "rma_barred")
    assert not Rma.objects.exists()


def test_li_refuses_with_a_reason_that_ann_reads(world, ann, li):
    case = a_return(world, reason="unwanted")
    told = li.post(f"/returns/{case.reference}/rma-refusal", {"answer": "Opened."}).json()
    assert told["state"] == "refused"
    assert ann.get(f"/returns/{case.reference}").json()["timeline"][-1]["words"] == {"answer": "Opened."}
    again = li.post(f"/returns/{case.reference}/rma-refusal", {"answer": "Opened."})
    assert (again.status_code, again.json()["code"]) == (409, "not_now")


def test_li_revokes_a_number_that_was_not_used(world, li):
    case = a_return(world, reason="unwanted")
    li.post(f"/returns/{case.reference}/rma", {"number": "RMA1"})
    told = li.post(f"/returns/{case.reference}/rma-revocation", {"answer": "A mistake."}).json()
    assert (told["state"], told["rmas"][0]["revoked_at"]) == ("waiting_supplier", "2026-06-01T09:00:00Z")
    again = li.post(f"/returns/{case.reference}/rma-revocation", {"answer": "A mistake."})
    assert again.status_code == 409


def test_ann_hands_the_parcel_over(world, ann):
    case = a_return(world)
    body = {"handed_over_at": "2026-06-01T08:00:00+02:00", "carrier": "DHL", "tracking_number": "TR9"}
    told = ann.post(f"/returns/{case.reference}/hand-over", body).json()
    assert (told["state"], told["handed_over_at"]) == ("sent", "2026-06-01T06:00:00Z")
    assert (told["handed_over_source"], told["carrier"]) == ("customer", "DHL")


def test_the_future_is_not_a_moment_of_handing_over(world, ann):
    case = a_return(world)
    answer = ann.post(f"/returns/{case.reference}/hand-over", {"handed_over_at": "2026-06-02T08:00:00Z"})
    assert (answer.status_code, answer.json()["field"]) == (422, "handed_over_at")
    assert case.lines.get().state == "authorised"


def test_only_staff_pass_on_the_carrier_s_word(world, ann, mia):
    case = a_return(world)
    body = {"handed_over_at": "2026-06-01T08:00:00Z", "source": "carrier"}
    answer = ann.post(f"/returns/{case.reference}/hand-over", body)
    assert (answer.status_code, answer.json()["field"]) == (422, "source")
    assert case.lines.get().state == "authorised"
    told = mia.post(f"/returns/{case.reference}/hand-over", body).json()
    (step,) = (step for step in told["timeline"] if step["kind"] == "handed_over")
    assert (told["handed_over_source"], step["party"]) == ("carrier", "carrier")


def test_li_receives_inspects_and_the_refund_is_reserved(world, ann, li):
    case = a_sent_return(world)
    told = li.post(f"/returns/{case.reference}/receipt").json()
    assert told["state"] == "received"
    found = {"lines": [{"id": told["lines"][0]["id"], "units": 1, "reason": "defective"}]}
    told = li.post(f"/returns/{case.reference}/inspection", found, wish=a_wish()).json()
    assert told["state"] == "inspected"
    told = ann.get(f"/returns/{case.reference}").json()
    assert told["decisions"][0]["stage"] == "final"
    (refund,) = told["refunds"]
    assert (refund["state"], refund["amount"]) == ("reserved", {"minor": 6000, "currency": "EUR"})
    assert Refund.objects.count() == 1


def test_an_inspection_that_forgets_a_line_reserves_nothing(world, li):
    case = a_received_return(world)
    found = {"lines": [{"id": 999, "units": 1, "reason": "defective"}]}
    answer = li.post(f"/returns/{case.reference}/inspection", found, wish=a_wish())
    assert (answer.status_code, answer.json()["field"]) == (422, "lines")
    assert not Refund.objects.exists()
    assert case.lines.get().state == "received"


def test_returns_are_found_by_number_and_by_who_acts_next(world, ann, mia):
    first, second = a_return(world), a_return(world, reason="unwanted")

    def found(query):
        return [row["reference"] for row in mia.get(f"/returns{query}").json()["items"]]

    assert found("?waiting_on=customer") == [first.reference]
    assert found("?waiting_on=supplier") == [second.reference]
    assert found(f"?q={second.order.code}") == [second.reference]
    assert found("?q=nothing") == []


def test_a_carrier_s_scan_starts_the_days(world, ann, mia):
    order = an_order(world, delivered_days_ago=None)
    at = (world.clock.now() - timedelta(days=1)).isoformat()
    body = {"parcel": "P1", "kind": "delivered", "at": at}
    assert mia.post(f"/orders/{order.code}/parcel-events", body).status_code == 201
    assert mia.post(f"/orders/{order.code}/parcel-events", body).status_code == 201
    told = ann.get(f"/orders/{order.code}").json()["parcels"][0]["events"]
    assert told == [{"kind": "delivered", "at": "2026-05-31T09:00:00Z", "source": "carrier"}]


@pytest.mark.parametrize("offset", ["+23:59", "-23:59", "+15:30", "Z"])
def test_any_offset_is_a_moment_in_utc(world, mia, offset):
    order = an_order(world)
    body = {"parcel": "P1", "kind": "in_transit", "at": f"1970-01-01T00:00:00{offset}"}
    answer = mia.post(f"/orders/{order.code}/parcel-events", body)
    assert answer.status_code == 201
    assert answer.json()["at"].endswith("Z")


def test_a_scan_of_tomorrow_or_of_another_parcel_is_refused(world, mia):
    order = an_order(world, delivered_days_ago=None)
    tomorrow = {"parcel": "P1", "kind": "delivered", "at": "2026-06-02T09:00:00Z"}
    answer = mia.post(f"/orders/{order.code}/parcel-events", tomorrow)
    assert (answer.status_code, answer.json()["code"]) == (409, "event_refused")
    other = {"parcel": "P7", "kind": "delivered", "at": "2026-05-31T09:00:00Z"}
    answer = mia.post(f"/orders/{order.code}/parcel-events", other)
    assert (answer.status_code, answer.json()["accepted"]) == (422, "a parcel of this order: P1")
    assert not ParcelEvent.objects.exists()


def test_ann_completes_her_order_once(world, ann):
    order = an_order(world)
    told = ann.post(f"/orders/{order.code}/completion").json()
    assert told["marked_delivered_at"] == "2026-06-01T09:00:00Z"
    world.clock.move(hours=1)
    assert ann.post(f"/orders/{order.code}/completion").json() == told


def test_an_open_return_holds_the_completion(world, ann):
    case = a_return(world)
    answer = ann.post(f"/orders/{case.order.code}/completion")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_now")
    case.order.refresh_from_db()
    assert case.order.marked_delivered_at is None


def test_mia_asks_on_ann_s_behalf(world, mia):
    order = an_order(world)
    answer = mia.post(f"/orders/{order.code}/returns", UNWANTED_LAMP, wish=a_wish())
    assert answer.status_code == 201
    assert answer.json()["timeline"][0]["party"] == "agent"


def test_the_verb_is_asked_once_for_two_keys_of_one_user(world, ann):
    order, wish = an_order(world), a_wish()
    second = machine(world, world.ann)
    first = ann.post(f"/orders/{order.code}/returns", ONE_LAMP, wish=wish)
    again = second.post(f"/orders/{order.code}/returns", ONE_LAMP, wish=wish)
    assert again.json() == first.json()
    assert Return.objects.count() == 1
