"""The pages of a refund whose card is gone: Ann says where to, Fin and Flo pay it, nobody else sees it."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from aftersale.accounts.models import Role, User
from aftersale.base.models import Notification
from aftersale.orders.models import Order
from aftersale.payments.models import Redirect, TenderMoney
from aftersale.payments.moves import take_over
from aftersale.payments.redirecting import ask_where_to_if_lost
from aftersale.payments.services import Part, want_refund
from aftersale.payments.states import State
from aftersale.returns.tests.cast import World, an_order

PASSWORD = "a lamp in the window"
CHOICE = {
    "target": "bank",
    "holder": "Ann",
    "iban": "DE89 3704 0044 0532 0130 00",
    "agreed": "yes",
    "proof": PASSWORD,
}


@pytest.fixture
def flo(db: None) -> User:
    return User.objects.create_user("flo@example.com", name="Flo", role=Role.FINANCE)


@pytest.fixture
def redirect(world: World) -> Redirect:
    """Ann's refund was refused by her bank: the card was lost or stolen."""
    world.ann.set_password(PASSWORD)
    world.ann.save()
    order: Order = an_order(world)
    tender = order.tenders.get()
    parts = [Part(order.components.all()[0], 1, 1, 10_00)]
    refund = want_refund(ports=world.ports, tender=tender, parts=parts, about="goodwill:1", intent="i")
    refund.state, refund.decline_code = State.FAILED, "lost_or_stolen_card"
    refund.save()
    TenderMoney.objects.update(reserved_minor=0)
    heir = take_over(refund, ids=world.ports.ids, at=world.clock.now())
    found = ask_where_to_if_lost(heir, ports=world.ports)
    assert found is not None
    return found


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page_of(row: Redirect) -> str:
    return f"/account/refunds/{row.reference}/"


def do(user: User, row: Redirect, step: str, **sent: str) -> Any:
    row.refresh_from_db()
    seen = {"chosen_at": row.chosen_at.isoformat() if row.chosen_at else ""}
    return signed_in(user).post(f"/finance/redirects/{row.reference}/{step}/", seen | sent, follow=True)


def test_ann_chooses_and_two_people_pay(world: World, fin: User, flo: User, redirect: Redirect):
    ann = signed_in(world.ann)
    assert "Where shall it go?" in ann.get(page_of(redirect)).content.decode()
    ann.post(page_of(redirect), CHOICE)
    assert "You chose the bank account DE •••• 3000" in ann.get(page_of(redirect)).content.decode()
    do(fin, redirect, "approve")
    refused = do(fin, redirect, "release").content.decode()
    assert "You approved it yourself" in refused and "0532" not in refused
    assert "DE89 3704 0044 0532 0130 00" in do(flo, redirect, "release").content.decode()
    do(flo, redirect, "sent", bank_reference="B-77")
    redirect.refresh_from_db()
    assert (redirect.state, redirect.bank_reference) == ("paid", "B-77")
    assert "It was sent to your bank account DE •••• 3000" in ann.get(page_of(redirect)).content.decode()


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"iban": "DE89 3704 0044 0532 0130 01"}, "This is no IBAN"),
        ({"holder": ""}, "Give the name of the account"),
        ({"agreed": ""}, "Say that you want the money there"),
        ({"proof": "wrong"}, "This could not be proved"),
        ({"target": "card"}, "Choose a bank account"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_chosen(
    changed: dict[str, str], told: str, world: World, redirect: Redirect
):
    answer = signed_in(world.ann).post(page_of(redirect), {**CHOICE, **changed})
    assert answer.status_code == 422 and told in answer.content.decode()
    assert PASSWORD not in answer.content.decode()
    redirect.refresh_from_db()
    assert redirect.state == "asked"


def test_ann_without_a_password_gets_a_code(world: World, redirect: Redirect):
    world.ann.set_unusable_password()
    world.ann.save()
    ann = signed_in(world.ann)
    ann.post(page_of(redirect), {"do": "code"})
    code = Notification.objects.get(kind="proof-code").words["code"]
    ann.post(page_of(redirect), {"target": "balance", "agreed": "yes", "proof": code})
    redirect.refresh_from_db()
    assert (redirect.state, redirect.target) == ("chosen", "balance")


def test_fin_s_page_of_an_older_choice_approves_nothing(world: World, fin: User, redirect: Redirect):
    ann = signed_in(world.ann)
    ann.post(page_of(redirect), CHOICE)
    page = signed_in(fin).get(f"/finance/redirects/{redirect.reference}/").content.decode()
    seen = page.split('name="chosen_at" value="')[1].split('"')[0]
    redirect.refresh_from_db()
    assert redirect.chosen_at is not None
    Redirect.objects.filter(pk=redirect.pk).update(
        chosen_at=redirect.chosen_at + timedelta(microseconds=1), holder="Somebody Else"
    )
    told = do(fin, redirect, "approve", chosen_at=seen).content.decode()
    assert "Noted" not in told
    for unread in ("", "yesterday", "2026-06-02T09:00:00"):
        do(fin, redirect, "approve", chosen_at=unread)
        redirect.refresh_from_db()
        assert redirect.state == "chosen"
    Redirect.objects.filter(pk=redirect.pk).update(chosen_at=seen)
    do(fin, redirect, "approve", chosen_at=seen)
    redirect.refresh_from_db()
    assert redirect.state == "approved"


def test_another_s_redirect_and_none_answer_alike(world: World, fin: User, redirect: Redirect):
    for user in (world.bob, world.mia, world.li):
        client = signed_in(user)
        for path in (page_of(redirect), "/account/refunds/W0000-00000/", "/finance/redirects/"):
            assert client.get(path).status_code == 404
        assert client.post(f"/finance/redirects/{redirect.reference}/approve/").status_code == 404
    assert signed_in(fin).get("/finance/redirects/W0000-00000/").status_code == 404
    assert signed_in(fin).post(f"/finance/redirects/{redirect.reference}/pay/").status_code == 404


def test_finance_asks_again_and_ann_reads_why(world: World, fin: User, redirect: Redirect):
    signed_in(world.ann).post(page_of(redirect), CHOICE)
    do(fin, redirect, "ask-again", reason="The holder is somebody else.")
    page = signed_in(world.ann).get(page_of(redirect)).content.decode()
    assert "The holder is somebody else." in page and "Where shall it go?" in page


def test_finance_finds_it_on_its_page_and_can_ask_for_others(world: World, fin: User, redirect: Redirect):
    page = signed_in(fin).get("/finance/").content.decode()
    assert f"/finance/redirects/{redirect.reference}/" in page
    Redirect.objects.filter(pk=redirect.pk).update(asked_at=world.clock.now() - timedelta(days=1))
    answer = signed_in(fin).post(f"/finance/{redirect.refund.reference}/where-to/")
    assert answer.headers["Location"] == f"/finance/redirects/{redirect.reference}/"
    assert redirect.reference in signed_in(fin).get("/finance/redirects/").content.decode()
