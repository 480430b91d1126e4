"""A return that was refused stays readable, whatever became of its units since."""

import pytest
from django.test import Client

from aftersale.returns.errors import RmaBarred
from aftersale.returns.notices import told_answers
from aftersale.returns.services import Wish, hand_over, issue_rma, refuse_rma
from aftersale.returns.tests.cast import World, an_order
from aftersale.returns.tests.test_request_return import ask
from aftersale.returns.tests.test_send_and_inspect import bring_back
from aftersale.web.reads import decided


def test_the_page_of_a_refused_return_opens_after_its_lamp_was_sent_in_another(world: World, client: Client):
    order = an_order(world, tenders=[("bank_transfer", 6000)])
    refused = ask(world, order, Wish(1, 1, "unwanted"))
    sent = ask(world, order, Wish(1, 1, "defective"), intent="form-2")
    hand_over(ports=world.ports, by=world.ann, case=sent, at=world.clock.now(), source="customer")
    for person, path in ((world.ann, "account"), (world.mia, "desk"), (world.li, "supplier")):
        client.force_login(person)
        assert client.get(f"/{path}/returns/{refused.reference}/").status_code == 200, path


def test_a_refused_line_whose_lamp_was_sent_in_another_return_is_left_out_of_the_answer(world: World):
    order = an_order(world, lines=[(1, 2000), (1, 4000)], country="HK")
    case = ask(world, order, Wish(1, 1, "unwanted"), Wish(2, 1, "missing"))
    refuse_rma(ports=world.ports, by=world.li, case=case, answer="It was used.")
    other = ask(world, order, Wish(1, 1, "defective"), intent="form-2")
    hand_over(ports=world.ports, by=world.ann, case=other, at=world.clock.now(), source="customer")
    rows = decided(case, now=world.clock.now(), language="en")
    assert {row.told.outcome for row in rows} == {"ask_supplier", "claim"}
    with pytest.raises(RmaBarred, match="Something is missing"):
        issue_rma(ports=world.ports, by=world.li, case=case, number="RMA-1")


def test_after_the_supplier_s_no_page_and_mail_say_so_and_promise_no_money(world: World, client: Client):
    case = ask(world, an_order(world), Wish(1, 1, "unwanted"))
    refuse_rma(ports=world.ports, by=world.li, case=case, answer="It was used.")
    client.force_login(world.ann)
    page = client.get(f"/account/returns/{case.reference}/").content.decode()
    assert "Li Lamps was asked and said no." in page
    assert "is asked first" not in page
    assert "If the supplier agrees" not in page
    assert [a["meaning"] for a in told_answers(case, "en")] == ["Li Lamps was asked and said no."]


def test_a_lamp_found_unwanted_goes_back_and_the_page_says_so(world: World, client: Client):
    case = bring_back(world, ask(world, an_order(world)), (1, "unwanted"))
    client.force_login(world.ann)
    page = client.get(f"/account/returns/{case.reference}/").content.decode()
    assert "There is no refund: Li Lamps sends it back to you." in page
    assert "Found: 1, not wanted any more" in page
    assert "is asked first" not in page
