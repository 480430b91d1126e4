"""The policy owner tries a version on the past: how far it is, what it found, and for nobody else."""

import pytest
from django.test import Client
from django.utils.html import strip_tags

from aftersale.accounts.models import Role, User
from aftersale.returns.backtests import work_backtests
from aftersale.returns.models import Backtest, PolicyVersion
from aftersale.returns.publishing import save_draft
from aftersale.returns.services import Wish, request_return
from aftersale.returns.tests.cast import World, an_order


@pytest.fixture
def pia(world: World, client: Client) -> Client:
    client.force_login(owner("pia"))
    return client


def owner(name: str) -> User:
    return User.objects.create_user(f"{name}@example.com", name=name.title(), role=Role.POLICY_OWNER)


def a_return(world: World) -> None:
    order = an_order(world, terms="any_reason")
    wishes = [Wish(1, 1, "unwanted")]
    request_return(
        ports=world.ports, by=world.ann, order=order, supplier="LI", wishes=wishes, intent=order.code
    )


def asked(client: Client, **more: str) -> str:
    version = PolicyVersion.objects.get().hash
    answer = client.post("/policy-desk/history/try/", {"tried": version, "against": version, **more})
    assert answer.status_code == 302
    return str(answer.headers["Location"])


def test_it_says_how_far_it_is_and_is_looked_at_again_by_hand_or_by_itself(world: World, pia: Client) -> None:
    for _ in range(3):
        a_return(world)
    page = asked(pia)
    work_backtests(ports=world.ports, slice_of=2)
    text = pia.get(page).content.decode()
    assert "2 of 3 decisions are tried" in text
    assert 'hx-trigger="every 1s"' in text and "Look again" in text
    work_backtests(ports=world.ports, slice_of=2)
    piece = pia.get(page, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in piece and "every 1s" not in piece and "Look again" not in piece
    assert "0 of 3 decisions would come out differently." in piece


def test_of_half_a_refund_the_other_half_is_not_paid(world: World, pia: Client) -> None:
    a_return(world)
    text = PolicyVersion.objects.get().text.replace("| refund | 5 | 100 % |", "| refund | 5 | 50 % |")
    save_draft(ports=world.ports, by=User.objects.get(name="Pia"), text=text, translations={})
    page = asked(pia, tried="draft")
    work_backtests(ports=world.ports)
    told = strip_tags(pia.get(page).content.decode())
    assert "What the tried version does not pay is worth €30.00" in told


def test_without_a_past_it_says_so(pia: Client, world: World) -> None:
    page = asked(pia)
    work_backtests(ports=world.ports)
    assert "There was no decision to try it on." in pia.get(page).content.decode()


def test_a_draft_that_cannot_be_read_is_told_with_its_line_and_nothing_is_kept(
    pia: Client, world: World
) -> None:
    save_draft(ports=world.ports, by=User.objects.get(name="Pia"), text="# Nothing", translations={})
    version = PolicyVersion.objects.get().hash
    answer = pia.post("/policy-desk/history/try/", {"tried": "draft", "against": version})
    assert answer.status_code == 422
    assert "the document has no `## Facts`" in answer.content.decode()
    assert not Backtest.objects.exists()


@pytest.mark.parametrize("more", [{"tried": "nothing"}, {"against": "nothing"}, {"against": "f" * 64}])
def test_a_version_that_there_is_not_is_not_found(pia: Client, more: dict[str, str]) -> None:
    version = PolicyVersion.objects.get().hash
    form = {"tried": version, "against": version, **more}
    assert pia.post("/policy-desk/history/try/", form).status_code == 404
    assert not Backtest.objects.exists()


def test_nobody_else_sees_or_asks(world: World, client: Client, pia: Client) -> None:
    page = asked(pia)
    for other in (world.ann, world.mia, world.li):
        client.force_login(other)
        assert (
            client.get(page).status_code == client.get("/policy-desk/history/BNONE-NONE1/").status_code == 404
        )
        assert client.post("/policy-desk/history/try/", {}).status_code == 404
    assert Backtest.objects.count() == 1
