"""Who is let in: living keys, within their scopes, their user's role and their share of the minute."""

import pytest
from django.core.cache import cache
from django.test import override_settings

from aftersale.accounts.services import SCOPES, revoke_api_key
from aftersale.api.tests.cast import ONE_LAMP, Machine, a_return, a_wish, machine
from aftersale.returns.models import Return
from aftersale.returns.tests.cast import an_order


def test_anns_key_says_whom_it_acts_for(ann):
    told = ann.get("/me").json()
    assert (told["name"], told["role"], told["supplier"]) == ("Ann", "customer", None)
    assert told["key"] == {
        "name": "shop",
        "prefix": ann.key.prefix,
        "scopes": list(SCOPES),
        "expires_at": "2026-07-01T09:00:00Z",
    }
    assert ann.secret.rpartition("_")[2] not in str(told)


def test_lis_key_names_its_supplier(li):
    assert li.get("/me").json()["supplier"] == {"code": "LI", "name": "Li Lamps"}


def test_unknown_expired_and_revoked_keys_and_none_at_all_get_one_answer(world, nobody):
    expired = machine(world, world.ann, days=1)
    revoked = machine(world, world.ann)
    assert revoked.key
    revoke_api_key(ports=world.ports, prefix=revoked.key.prefix)
    world.clock.move(days=2)
    answers = [
        m.get("/me") for m in (nobody, Machine(None, "ak_nonsense"), Machine(None, "ä"), expired, revoked)
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1
    assert answers[0]["WWW-Authenticate"] == 'Bearer realm="aftersale"'
    assert answers[0].json()["code"] == "key_refused"


def test_a_signed_in_browser_is_not_a_key(world, nobody):
    nobody.client.force_login(world.ann)
    assert nobody.get("/me").status_code == 401


def test_a_key_that_may_only_read_writes_nothing(world):
    reader = machine(world, world.ann, ["read"])
    answer = reader.post(f"/orders/{an_order(world).code}/returns", ONE_LAMP, wish=a_wish())
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
    assert "`returns`" in answer.json()["detail"]
    assert not Return.objects.exists()


def test_a_customer_cannot_issue_rma_numbers(world, ann):
    case = a_return(world)
    answer = ann.post(f"/returns/{case.reference}/rma", {"number": "RMA1"})
    assert (answer.status_code, answer.json()["code"]) == (403, "role_forbidden")
    assert not case.rmas.exists()


def test_a_person_who_was_shut_out_has_no_key_any_more(world, ann):
    world.ann.is_active = False
    world.ann.save()
    assert ann.get("/me").status_code == 401


@override_settings(API_REQUESTS_PER_MINUTE=2)
def test_a_key_that_asks_too_often_is_told_when_to_come_back(world, ann, bob):
    assert [ann.get("/me").status_code for _ in range(3)] == [200, 200, 429]
    answer = ann.get("/me")
    assert answer["Retry-After"] == "60"
    assert answer.json()["code"] == "too_many_requests"
    assert bob.get("/me").status_code == 200
    world.clock.move(seconds=60)
    assert ann.get("/me").status_code == 200


@override_settings(API_REQUESTS_PER_MINUTE=1)
def test_what_hundreds_of_others_ask_drops_nobodys_count(ann):
    assert ann.get("/me").status_code == 200
    for other in range(350):
        cache.set(f"zz:{other}", 1)  # behind Ann's own: where room is made, the first names go
    assert ann.get("/me").status_code == 429


@override_settings(API_MONEY_WRITES_PER_MINUTE=1)
def test_writes_about_money_are_counted_by_themselves(world, ann):
    order = an_order(world)
    assert ann.post(f"/orders/{order.code}/returns", ONE_LAMP, wish=a_wish()).status_code == 201
    assert ann.post(f"/orders/{order.code}/returns", ONE_LAMP, wish=a_wish()).status_code == 429
    assert ann.get("/me").status_code == 200
    assert Return.objects.count() == 1


@pytest.mark.parametrize("scheme", ["Basic", "Token", ""])
def test_only_bearer_keys_are_read(ann, scheme):
    answer = ann.client.get("/api/v1/me", headers={"Authorization": f"{scheme} {ann.secret}".strip()})
    assert answer.status_code == 401
