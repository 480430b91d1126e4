"""Pia's desk: she writes, is told what it means, and publishes; everybody else finds nothing there."""

import html
import re
from typing import Any

import pytest
from django.test import Client

from aftersale.accounts.models import Role, User
from aftersale.returns import proving
from aftersale.returns.models import PolicyDraft, PolicyVersion
from aftersale.returns.publishing import first_day_to_take
from aftersale.returns.tests.cast import World, an_order
from aftersale.returns.tests.test_publishing import CHINESE, TEXT, days
from aftersale.returns.tests.test_request_return import ask

PAGES = ("", "draft/", "draft/publish/", "checks/", "history/")


@pytest.fixture
def pia(world: World, client: Client) -> Client:
    client.force_login(User.objects.create_user("pia@example.com", name="Pia", role=Role.POLICY_OWNER))
    return client


def plain(answer: Any) -> str:
    text = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return re.sub(r"\s+", " ", html.unescape(text))


def written(number: int) -> dict[str, str]:
    text, translations = days(number)
    return {"text": text, "translation-zh-hans": translations["zh-hans"]}


def hidden(answer: Any) -> dict[str, str]:
    found = re.findall(r'type="hidden" name="(mark|seen)" value="([^"]*)"', answer.content.decode())
    return dict(found)


@pytest.mark.parametrize("page", PAGES)
def test_the_desk_is_for_policy_owners_alone(world: World, client: Client, page: str):
    for person in (world.ann, world.li, world.mia):
        client.force_login(person)
        assert client.get(f"/policy-desk/{page}").status_code == 404
        assert client.post(f"/policy-desk/{page}", written(45)).status_code == 404
    assert not PolicyDraft.objects.exists()


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_page_stands_in_both_languages(world: World, pia: Client, page: str, language: str):
    ask(world, an_order(world))
    pia.cookies["django_language"] = language
    assert pia.get(f"/policy-desk/{page}").status_code == 200


def test_pia_reads_while_she_writes_what_it_takes_and_what_it_costs(world: World, pia: Client):
    ask(world, an_order(world, delivered_days_ago=50))
    told = plain(pia.post("/policy-desk/draft/review/", written(45)))
    assert "Proved: no gap, no conflict" in told
    assert "It only takes: no order gets more than before." in told
    assert "€0.00 instead of €60.00 refunded" in told
    assert "1 of 1 decision would come out differently" in told
    assert PolicyDraft.objects.get().text == days(45)[0]


def test_while_others_prove_pia_is_asked_to_come_back(pia: Client, monkeypatch):
    monkeypatch.setattr(proving, "TURN", 0.01)
    with proving._turn():
        told = plain(pia.post("/policy-desk/draft/review/", written(45)))
        assert "Other proofs are being made" in told
        assert "Other proofs are being made" in plain(pia.get("/policy-desk/checks/"))


def test_a_mistake_is_shown_with_its_line_and_a_caret(pia: Client):
    text = TEXT.replace("then: refund", "then: refnd", 1)
    told = pia.post("/policy-desk/draft/review/", {"text": text}).content.decode()
    line = 1 + text[: text.index("refnd")].count("\n")
    assert f"Line {line} cannot be read." in told
    assert "- then: refnd\n" in told
    assert "^^^^^" in told
    assert "did you mean `refund`?" in told


def test_a_finding_comes_with_the_smallest_order_that_shows_it(pia: Client):
    gap = re.sub(r"when: tender is balance and reason is missing", "when: tender is balance and rma", TEXT)
    told = plain(pia.post("/policy-desk/draft/review/", {"text": gap}))
    assert "A gap: no clause answers" in told
    assert "It cannot be published as it stands." in told
    assert re.search(r"Example: an ordinary order, but for .*tender .*reason .* balance .*missing", told)


def test_line_ends_of_browsers_are_no_change(pia: Client):
    pia.post("/policy-desk/draft/", {"text": TEXT.replace("\n", "\r\n"), "do": "check"})
    assert PolicyDraft.objects.get().text == TEXT


def test_pia_is_refused_while_a_check_fails_and_nothing_is_published(world: World, pia: Client):
    pia.post("/policy-desk/draft/", {"text": TEXT.replace("days more than 60", "days more than 45")})
    page = pia.get("/policy-desk/draft/publish/")
    assert "Publish</button>" not in page.content.decode()
    answer = pia.post("/policy-desk/draft/publish/", {**hidden(page), "day": tomorrow(world)})
    assert answer.status_code == 422
    assert "Nothing was published." in plain(answer)
    assert PolicyVersion.objects.count() == 1


def test_pia_publishes_for_tomorrow(world: World, pia: Client):
    pia.post("/policy-desk/draft/", written(45))
    page = pia.get("/policy-desk/draft/publish/")
    answer = pia.post("/policy-desk/draft/publish/", {**hidden(page), "day": tomorrow(world)}, follow=True)
    assert "nobody can change it any more" in plain(answer)
    version = PolicyVersion.objects.get(published_by__name="Pia")
    assert version.in_force_from.isoformat() == tomorrow(world)
    assert not PolicyDraft.objects.exists()
    desk = plain(answer)
    assert "Coming" in desk
    assert "It only takes" in desk
    assert "· Pia" in desk


def test_a_draft_that_changed_meanwhile_is_looked_at_again(world: World, pia: Client):
    pia.post("/policy-desk/draft/", written(45))
    page = pia.get("/policy-desk/draft/publish/")
    pia.post("/policy-desk/draft/", written(30))
    answer = pia.post("/policy-desk/draft/publish/", {**hidden(page), "day": tomorrow(world)})
    assert answer.status_code == 422
    assert "changed meanwhile" in plain(answer)
    assert PolicyVersion.objects.count() == 1


def test_pia_corrects_a_translation_without_a_new_version(world: World, pia: Client):
    better = CHINESE["zh-hans"].replace("您将得到全额退款", "您会得到全额退款")
    pia.post("/policy-desk/draft/", {"text": TEXT, "translation-zh-hans": better})
    page = pia.get("/policy-desk/draft/publish/")
    assert "Only a translation differs" in plain(page)
    stale = pia.post("/policy-desk/draft/correct/", {"mark": "0" * 64})
    assert (stale.status_code, PolicyVersion.objects.get().translations) == (422, CHINESE)
    answer = pia.post("/policy-desk/draft/correct/", hidden(page), follow=True)
    assert "The translation is corrected" in plain(answer)
    assert PolicyVersion.objects.get().translations == {"zh-hans": better}
    assert not PolicyDraft.objects.exists()
    pia.cookies["django_language"] = "zh-hans"
    assert "您会得到全额退款" in plain(pia.get("/policy/"))


def test_today_is_too_early_for_what_takes(world: World, pia: Client):
    pia.post("/policy-desk/draft/", written(45))
    page = pia.get("/policy-desk/draft/publish/")
    today = world.clock.now().date().isoformat()
    answer = pia.post("/policy-desk/draft/publish/", {**hidden(page), "day": today})
    assert "on its first day people order under the version in force" in plain(answer)
    assert PolicyVersion.objects.count() == 1
    assert pia.post("/policy-desk/draft/publish/", {"day": "soon"}).status_code == 400


def test_pia_rolls_forward_from_an_older_version_and_can_throw_a_draft_away(pia: Client):
    version = PolicyVersion.objects.get()
    pia.post("/policy-desk/draft/", {"text": "# Nonsense"})
    pia.post("/policy-desk/draft/", {"do": "begin", "version": version.hash})
    assert (PolicyDraft.objects.get().text, PolicyDraft.objects.get().translations) == (TEXT, CHINESE)
    pia.post("/policy-desk/draft/", {"do": "discard"})
    assert not PolicyDraft.objects.exists()
    assert pia.post("/policy-desk/draft/", {"do": "begin", "version": "0" * 64}).status_code == 404


def test_the_past_is_drawn_and_stands_in_a_table(world: World, pia: Client):
    ask(world, an_order(world))
    page = pia.get("/policy-desk/history/").content.decode()
    assert page.count('<rect class="plot-refund"') == 1
    assert "Full refund: 1</title>" in page
    assert 'data-label="Full refund">1</td>' in page
    assert "style=" not in page


def test_the_page_of_the_proofs_names_what_is_waived(pia: Client):
    told = plain(pia.get("/policy-desk/checks/"))
    assert "Proved: no gap, no conflict, every promise kept." in told
    assert "waived because the rules themselves break it" in told


def tomorrow(world: World) -> str:
    """The next day on which nobody on earth has ordered yet."""
    return first_day_to_take(world.clock.now()).isoformat()
