"""By the API alone: a refund whose card is gone reaches Ann's bank account; a browser is signed out."""

from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client

from aftersale.api.tests.cast import a_wish, machine, person
from aftersale.base.models import Notification
from aftersale.ledger.models import Entry
from aftersale.payments.models import Redirect, Refund, TenderMoney
from aftersale.payments.moves import take_over
from aftersale.payments.services import Part, want_refund
from aftersale.payments.states import State
from aftersale.returns.tests.cast import World, an_order

CHOICE = {"target": "bank", "holder": "Ann", "iban": "de89370400440532013000", "agreed": True}


@pytest.fixture
def held(world: World) -> Refund:
    """A refund that Ann's bank refused."""
    tender = an_order(world).tenders.get()
    parts = [Part(tender.order.components.all()[0], 1, 1, 10_00)]
    refund = want_refund(ports=world.ports, tender=tender, parts=parts, about="goodwill:1", intent="i")
    refund.state = State.FAILED
    refund.save()
    TenderMoney.objects.update(reserved_minor=0)
    return take_over(refund, ids=world.ports.ids, at=world.clock.now())


def the_code() -> str:
    return str(Notification.objects.filter(kind="proof-code").latest("pk").words["code"])


def test_a_refund_goes_to_ann_s_bank_account(world: World, held: Refund):
    ann, fay, flo = (
        machine(world, who) for who in (world.ann, person("fay", "finance"), person("flo", "finance"))
    )
    path = f"/redirects/{fay.post(f'/refunds/{held.reference}/redirect').json()['reference']}"
    assert ann.get(path).json()["proof"] == "code"
    ann.post(f"{path}/code")
    wrong = ann.post(f"{path}/choice", {**CHOICE, "proof": "000000"})
    assert (wrong.status_code, wrong.json()["code"]) == (409, "not_proven")
    chosen = ann.post(f"{path}/choice", {**CHOICE, "proof": the_code()}).json()
    assert (chosen["state"], chosen["iban"]) == ("chosen", "DE •••• 3000")
    other = {"chosen_at": "2020-01-01T00:00:00Z"}
    assert fay.post(f"{path}/approval", other).status_code == 409
    assert ann.get(path).json()["state"] == "chosen"
    seen = {"chosen_at": chosen["chosen_at"]}
    fay.post(f"{path}/approval", seen)
    assert flo.post(f"{path}/release", other, wish=a_wish()).status_code == 409
    alone = fay.post(f"{path}/release", seen, wish=a_wish())
    assert (alone.status_code, alone.json()["code"]) == (409, "same_person")
    wish = a_wish()
    released = flo.post(f"{path}/release", seen, wish=wish).json()
    assert (released["state"], released["iban"]) == ("paying", "DE89 3704 0044 0532 0130 00")
    assert flo.post(f"{path}/release", seen, wish=wish).json()["state"] == "paying"
    assert ann.get(path).json()["iban"] == "DE •••• 3000"
    paid = flo.post(f"{path}/payment", {"bank_reference": "B-77"}, wish=a_wish())
    assert paid.json()["state"] == "paid"
    entry = Entry.objects.get(intent_key=f"refund:{held.reference}")
    assert (entry.credit.kind, entry.amount_minor) == ("bank_clearing", 10_00)
    assert ann.get("/redirects").json()["items"][0]["bank_reference"] == "B-77"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"iban": "DE89370400440532013001"}, "iban"),
        ({"holder": " "}, "holder"),
        ({"agreed": False}, "agreed"),
        ({"target": "card"}, "target"),
    ],
)
def test_what_cannot_be_names_its_field(world: World, held: Refund, changed: dict[str, Any], field: str):
    ann, fay = machine(world, world.ann), machine(world, person("fay", "finance"))
    reference = fay.post(f"/refunds/{held.reference}/redirect").json()["reference"]
    answer = ann.post(f"/redirects/{reference}/choice", {**CHOICE, "proof": "123456", **changed})
    assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert "DE8937040044" not in answer.content.decode()
    assert Redirect.objects.get().state == "asked"


def test_ann_signs_a_browser_out(world: World):
    browser, ann = Client(), machine(world, world.ann)
    browser.force_login(world.ann)
    browser.get("/account/")
    (session,) = ann.get("/sessions").json()["items"]
    assert ann.post(f"/sessions/{session['reference']}/end").status_code == 200
    assert browser.get("/account/").status_code == 302
    assert not UserSession.objects.exists()
    assert ann.get("/sessions").json()["items"] == []
