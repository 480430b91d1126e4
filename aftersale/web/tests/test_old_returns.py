"""A return that was refused stays readable, whatever became of its units since."""

import pytest
from django.test import Client

from aftersale.returns.errors import RmaBarred
from aftersale.returns.services import Wish, hand_over, issue_rma, refuse_rma
from aftersale.returns.tests.cast import World, an_order
from aftersale.returns.tests.test_request_return import ask
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
