"""What anyone may read of the policy: its clauses, its versions, and what a means of payment gives."""

import re
from datetime import timedelta

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from aftersale.orders.models import Order
from aftersale.returns.models import PolicyVersion
from aftersale.returns.tests.cast import World, an_order
from aftersale.web.tests.test_return_form import form_of, sent


def text_of(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return re.sub(r"\s+", " ", answer.content.decode())


def test_anyone_reads_the_policy_and_finds_each_clause_by_its_name(world: World, client: Client):
    page = text_of(client, "/policy/")
    for clause in ("balance", "card-in-time", "rma-card"):
        assert f'id="{clause}"' in page
        assert page.count(f'href="#{clause}"') >= 2
    assert "In force from 1 January 2026" in page
    assert "the day of delivery is day 0" in page
    assert "<em>marked as delivered</em>" in page
    client.cookies["django_language"] = "zh-hans"
    assert "送达当天是第 0 天" in text_of(client, "/policy/")


def test_every_version_can_be_read_by_its_hash(world: World, client: Client):
    version = PolicyVersion.objects.get()
    assert version.hash[:12] in text_of(client, "/policy/versions/")
    assert version.hash[:12] in text_of(client, f"/policy/versions/{version.hash}/")
    for named in ("0" * 64, version.hash[:4], "%2e%2e"):
        assert client.get(f"/policy/versions/{named}/").status_code == 404


def test_a_coming_version_says_that_it_does_not_decide_yet(world: World, client: Client):
    old = PolicyVersion.objects.get()
    tomorrow = world.clock.now().date() + timedelta(days=1)
    PolicyVersion.objects.filter(pk=old.pk).update(in_force_from=tomorrow)
    assert "This version comes into force on" in text_of(client, f"/policy/versions/{old.hash}/")


def test_nobody_pays_by_balance_without_having_read_that_it_cannot_be_returned(world: World, client: Client):
    page = text_of(client, "/policy/before-paying/")
    balance = page.partition('id="pay-balance"')[2].partition("</section>")[0]
    assert "Cannot be returned" in balance
    assert "a transfer from your registered bank account keeps a way back open" in balance
    assert page.count("Cannot be returned") == 1
    card = page.partition('id="pay-card"')[2].partition("</section>")[0]
    assert "within 60 days after delivery, and before the order is marked as delivered" in card
    bank = page.partition('id="pay-bank_transfer"')[2].partition("</section>")[0]
    assert "within 60 days after delivery" in bank
    assert "marked as delivered" not in bank


def test_what_the_supplier_takes_back_changes_what_is_said_of_a_card(world: World, client: Client):
    strict = text_of(client, "/policy/before-paying/?supplier_terms=defective_or_wrong&tender=card")
    kind = text_of(client, "/policy/before-paying/?supplier_terms=any_reason&tender=card")
    assert "The supplier is asked" in strict
    assert "The supplier is asked" not in kind
    assert 'id="pay-balance"' not in kind


def test_a_shop_may_frame_the_rights_in_its_checkout(world: World, client: Client):
    answer = client.get("/policy/before-paying/frame/?tender=balance&language=zh-hans")
    assert "X-Frame-Options" not in answer
    assert "frame-ancestors *" in answer["Content-Security-Policy"]
    assert "script-src" not in answer["Content-Security-Policy"]
    assert not answer.cookies
    assert "不能退货" in answer.content.decode()
    assert "frame-ancestors 'none'" in client.get("/policy/before-paying/")["Content-Security-Policy"]


def test_ann_sees_what_her_order_gives_today(world: World, client: Client):
    order = an_order(world, terms="any_reason", tenders=[("card", 4000), ("balance", 2000)])
    client.force_login(world.ann)
    page = text_of(client, f"/account/orders/{order.code}/")
    today = page.partition("For this order, today")[2].partition("Return items")[0]
    assert today.count("if you hand it over by") == 1
    assert "Not wanted any more, defective, not what was ordered" in today
    assert 'href="/policy/#balance"' in today
    client.post(form_of(order), sent())
    assert "For this order, today" not in text_of(client, f"/account/orders/{order.code}/")


def test_more_reasons_and_tenders_ask_the_database_no_more(world: World, client: Client):
    client.force_login(world.ann)
    client.get("/account/")  # the first page of a session keeps where it is from
    one = an_order(world)
    two = an_order(world, lines=[(2, 4000), (1, 2000)], tenders=[("card", 3000), ("balance", 3000)])
    assert _queries(client, two) - _queries(client, one) <= 3  # the money of the second tender


def _queries(client: Client, order: Order) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(f"/account/orders/{order.code}/").status_code == 200
    return len(queries)
