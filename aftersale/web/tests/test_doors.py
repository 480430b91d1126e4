"""Who may come in: another's thing answers exactly like one that does not exist."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver

from aftersale.base.models import Notification
from aftersale.returns.models import Return
from aftersale.returns.services import Wish, issue_rma, request_return
from aftersale.returns.tests.cast import World, an_order

ONLY_FOR = {"account/": "ann", "supplier/": "li", "desk/": "mia", "finance/": "fin"}
_SECRET = re.compile(r'[\w-]{64}|nonce="[^"]*"')


def ask(world: World, **order: Any) -> Return:
    """Ann asks to send a lamp of hers back."""
    bought = an_order(world, **order)
    return request_return(
        ports=world.ports,
        by=world.ann,
        order=bought,
        supplier="LI",
        wishes=[Wish(1, 1, "unwanted")],
        intent=f"test-{bought.code}",
    )


def test_another_s_order_and_no_order_answer_alike(world: World, client: Client):
    order = an_order(world)
    nothing = "Z" * len(order.code)
    client.force_login(world.bob)
    for path in ("/account/orders/{}/", "/account/orders/{}/return/LI/"):
        theirs, none = (client.get(path.format(code)) for code in (order.code, nothing))
        assert (theirs.status_code, none.status_code) == (404, 404)
        assert _told(theirs, order.code) == _told(none, nothing)
        assert {**theirs.headers, "Content-Security-Policy": ""} == {
            **none.headers,
            "Content-Security-Policy": "",
        }


def test_another_s_return_is_none_for_customers_and_suppliers(world: World, client: Client):
    reference = ask(world).reference
    for person, path in ((world.bob, "account"), (world.other, "supplier")):
        client.force_login(person)
        assert client.get(f"/{path}/returns/{reference}/").status_code == 404
        assert client.get(f"/{path}/returns/R00000-00000/").status_code == 404
    client.force_login(world.bob)
    assert client.post(f"/account/returns/{reference}/withdraw/").status_code == 404
    client.force_login(world.other)
    assert client.post(f"/supplier/returns/{reference}/issue/", {"number": "X1"}).status_code == 404
    assert not Return.objects.get().rmas.exists()


@pytest.mark.parametrize("who", ["ann", "li", "mia", "fin", ""])
def test_a_room_of_another_role_does_not_exist(who: str, world: World, fin, client: Client):
    person = fin if who == "fin" else getattr(world, who, None)
    if person:
        client.force_login(person)
    for prefix, owner in ONLY_FOR.items():
        answer = client.get(f"/{prefix}orders/" if prefix == "account/" else f"/{prefix}")
        if not person:
            assert answer.status_code == 302 and answer.headers["Location"].startswith(
                "/sign-in/login/?next="
            )
        else:
            assert answer.status_code == (200 if owner == who else 404), f"{who} at {prefix}"
            assert answer.status_code == 404 or "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("pressed_on", "goes_on_at"),
    [
        ("http://testserver/account/cards/?at=2", "/account/cards/%3Fat%3D2"),
        ("http://elsewhere.example/account/cards/", "/"),
        ("", "/"),
    ],
)
def test_whose_session_ended_before_a_press_comes_back_to_the_page_of_the_button(
    pressed_on: str, goes_on_at: str, db: None, client: Client
):
    answer = client.post("/account/cards/add/", headers={"Referer": pressed_on})
    assert answer.headers["Location"] == f"/sign-in/login/?next={goes_on_at}"


def test_each_person_starts_at_home(world: World, fin, client: Client):
    for person, start in (
        (world.ann, "/account/"),
        (world.li, "/supplier/"),
        (world.mia, "/desk/"),
        (fin, "/finance/"),
    ):
        client.force_login(person)
        assert client.get("/").headers["Location"] == start


def test_what_changes_something_takes_a_post(world: World, client: Client):
    reference = ask(world).reference
    client.force_login(world.ann)
    for step in ("withdraw", "hand-over"):
        assert client.get(f"/account/returns/{reference}/{step}/").status_code == 405
    client.force_login(world.mia)
    typed = client.get(f"/desk/returns/{reference}/receive/")
    assert (typed.status_code, typed["Allow"]) == (405, "POST")
    assert "Go back and press the button there." in typed.content.decode()
    assert client.post(f"/desk/returns/{reference}/dance/").status_code == 404


def test_mia_finds_a_return_by_any_of_its_names(world: World, client: Client):
    case = ask(world)
    issue_rma(ports=world.ports, by=world.li, case=case, number="rma-77/A")
    client.force_login(world.mia)
    for words in (
        case.reference,
        case.reference.lower(),
        case.order.code,
        "rma-77/A",
        "RMA77A",
        " rma 77 a ",
    ):
        page = client.get("/desk/returns/", {"q": words}).content.decode()
        assert f"/desk/returns/{case.reference}/" in page, words
    assert "No return matches." in client.get("/desk/returns/?q=<b>").content.decode()


def test_a_nul_is_refused_before_any_database_sees_it(world: World, client: Client):
    order = an_order(world)
    client.force_login(world.mia)
    assert client.get("/desk/returns/?q=%00").status_code == 400
    assert client.get("/policy/?version=%00").status_code == 404
    client.force_login(world.ann)
    assert client.get("/account/orders/%00/").status_code == 404
    assert client.post(f"/account/orders/{order.code}/return/LI/", {"note": "\0"}).status_code == 400


def test_sign_in_mails_go_through_the_outbox(world: World, client: Client):
    client.post("/sign-in/login/code/", {"email": "ann@example.com"})
    Client().post("/sign-in/login/code/", {"email": "nobody@example.com"})
    kinds = dict(Notification.objects.values_list("recipient", "kind"))
    assert kinds == {"ann@example.com": "sign-in-code", "nobody@example.com": "sign-in-unknown"}


def test_the_addresses_in_mails_lead_somewhere(world: World):
    paths = {str(pattern.pattern) for pattern in get_resolver("aftersale.web.urls").url_patterns}
    assert {"account/returns/<str:reference>/", "supplier/returns/<str:reference>/"} <= paths


def _told(answer, code: str) -> str:
    """The page without its fresh tokens and the code in its own address."""
    return _SECRET.sub("", answer.content.decode()).replace(code, "CODE")
