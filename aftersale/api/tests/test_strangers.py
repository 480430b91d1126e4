"""What is another's answers like what does not exist; a supplier learns nothing of people and money."""

import json

import pytest

from aftersale.accounts.models import User
from aftersale.api.tests.cast import ONE_LAMP, a_received_return, a_return, a_wish, machine
from aftersale.payments.models import Refund
from aftersale.returns.models import Return, ReturnEvent
from aftersale.returns.services import Finding, inspect_return
from aftersale.returns.tests.cast import an_order

NO_ORDER, NO_REFERENCE = "WM-NONE", "R00000-00000"

ORDERS = [("GET", "", None, ""), ("POST", "/return-preview", ONE_LAMP, ""), ("POST", "/completion", None, "")]
RETURNS = [
    ("GET", "", None, ""),
    ("POST", "/withdrawal", None, ""),
    ("POST", "/hand-over", {"handed_over_at": "2026-06-01T08:00:00Z"}, ""),
]
GOODS = [
    ("GET", "", None, ""),
    ("POST", "/rma", {"number": "RMA1"}, ""),
    ("POST", "/rma-refusal", {"answer": "No."}, ""),
    ("POST", "/rma-revocation", {"answer": "No."}, ""),
    ("POST", "/receipt", None, ""),
    ("POST", "/inspection", {"lines": [{"id": 1, "units": 1, "reason": "wrong"}]}, "a-wish-of-otto"),
]


def answered(machine, method, path, body, wish):
    answer = machine.get(path) if method == "GET" else machine.post(path, body, wish=wish)
    told = answer.content.decode().replace(path, "")
    headers = {name: value for name, value in answer.items() if name != "Content-Length"}
    return answer.status_code, told, headers


@pytest.mark.parametrize(("method", "verb", "body", "wish"), ORDERS)
def test_ann_s_order_does_not_exist_for_bob(world, bob, method, verb, body, wish):
    code = an_order(world).code
    foreign = answered(bob, method, f"/orders/{code}{verb}", body, wish)
    missing = answered(bob, method, f"/orders/{NO_ORDER}{verb}", body, wish)
    assert foreign == missing
    assert foreign[0] == 404


def test_bob_cannot_ask_for_a_return_of_ann_s_order(world, bob):
    code, wish = an_order(world).code, a_wish()
    foreign = answered(bob, "POST", f"/orders/{code}/returns", ONE_LAMP, wish)
    assert foreign == answered(bob, "POST", f"/orders/{NO_ORDER}/returns", ONE_LAMP, wish)
    assert foreign[0] == 404
    assert not Return.objects.exists()


@pytest.mark.parametrize(("method", "verb", "body", "wish"), RETURNS)
def test_ann_s_return_does_not_exist_for_bob(world, bob, method, verb, body, wish):
    case = a_return(world)
    steps = ReturnEvent.objects.count()
    foreign = answered(bob, method, f"/returns/{case.reference}{verb}", body, wish)
    assert foreign == answered(bob, method, f"/returns/{NO_REFERENCE}{verb}", body, wish)
    assert foreign[0] == 404
    assert ReturnEvent.objects.count() == steps


@pytest.mark.parametrize(("method", "verb", "body", "wish"), GOODS)
def test_a_return_of_li_s_does_not_exist_for_otto(world, otto, method, verb, body, wish):
    case = a_return(world, reason="unwanted")
    steps = ReturnEvent.objects.count()
    foreign = answered(otto, method, f"/returns/{case.reference}{verb}", body, wish)
    assert foreign == answered(otto, method, f"/returns/{NO_REFERENCE}{verb}", body, wish)
    assert foreign[0] == 404
    assert ReturnEvent.objects.count() == steps


def test_a_refund_of_ann_s_does_not_exist_for_bob(world, ann, bob):
    refund = a_refund(world)
    assert ann.get(f"/refunds/{refund.reference}").status_code == 200
    foreign = answered(bob, "GET", f"/refunds/{refund.reference}", None, "")
    assert foreign == answered(bob, "GET", f"/refunds/{NO_REFERENCE}", None, "")
    assert foreign[0] == 404


def test_lists_hold_only_what_is_one_s_own(world, ann, bob, otto):
    a_refund(world)
    for path in ("/orders", "/returns", "/refunds"):
        assert len(ann.get(path).json()["items"]) == 1
        assert bob.get(path).json()["items"] == []
    for path in ("/orders", "/returns"):
        assert otto.get(path).json()["items"] == []


def test_bob_s_wish_is_not_ann_s(world, ann, bob):
    """The same key of another user is another wish: it brings nobody's answer but one's own."""
    wish = a_wish()
    mine = ann.post(f"/orders/{an_order(world).code}/returns", ONE_LAMP, wish=wish)
    order = an_order(world)
    order.customer = world.bob
    order.save()
    his = bob.post(f"/orders/{order.code}/returns", ONE_LAMP, wish=wish)
    assert (mine.status_code, his.status_code) == (201, 201)
    assert mine.json()["reference"] != his.json()["reference"]


def test_what_a_supplier_reads_holds_no_canary_of_people_and_money(world):
    """Every text about Ann and her payment is marked; no answer to Li holds the mark."""
    User.objects.filter(pk=world.ann.pk).update(
        email="canary@example.com", name="Canary Ann", customer_code="CANARY-1"
    )
    world.ann.refresh_from_db()
    refund = a_refund(world)
    order = refund.tender.order
    order.tenders.update(reference="canary-charge", brand="Canary", last_four="0007")
    case = Return.objects.get()
    Return.objects.update(note="It flickers. Write to canary@example.com, please.")
    for kind in ("decided", "rma_issued"):
        words = {"number": "RMA7", "email": "canary@example.com"}
        ReturnEvent.objects.create(case=case, kind=kind, at=world.clock.now(), party="desk", words=words)
    paths = ["/orders", f"/orders/{order.code}", "/returns", f"/returns/{case.reference}", "/me"]
    reader = machine(world, world.li, ["read"])  # the name of another scope would be a canary
    told = [reader.get(path) for path in paths]
    assert {answer.status_code for answer in told} == {200}
    text = "".join(answer.content.decode() for answer in told)
    assert order.code in text and case.reference in text and "It flickers." in text and "RMA7" in text
    for canary in ("anary", "CANARY", "0007", "6000", "minor", "EUR", "card", "decided", refund.reference):
        assert canary not in text, canary


def test_a_supplier_sees_its_own_part_alone(world, li):
    order = an_order(world)
    told = li.get(f"/orders/{order.code}").json()
    assert [line["title"] for line in told["lines"]] == ["Lamp 1"]
    other = machine(world, world.other)
    assert other.get(f"/orders/{order.code}").status_code == 404


def test_a_customer_s_refund_tells_nothing_of_the_desk_s_own_business(world, ann, finance):
    refund = a_refund(world)
    Refund.objects.filter(pk=refund.pk).update(last_error="canary", provider_reference="canary")
    assert "canary" not in json.dumps(ann.get(f"/refunds/{refund.reference}").json())
    assert "canary" not in json.dumps(ann.get("/refunds").json())
    assert finance.get(f"/refunds/{refund.reference}").json()["last_error"] == "canary"


def a_refund(world):
    case = a_received_return(world)
    findings = [Finding(return_line=case.lines.get().pk, units=1, reason="defective")]
    inspect_return(ports=world.ports, by=world.li, case=case, findings=findings)
    return Refund.objects.get()
