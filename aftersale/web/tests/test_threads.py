"""The forum and private threads on their pages."""

import re

import pytest
from django.test import Client

from aftersale.accounts.models import Role, User
from aftersale.base.models import Notification
from aftersale.base.services import rendered
from aftersale.returns.tests.cast import World, an_order
from aftersale.support.models import Draft, Post, Thread
from aftersale.support.services import About
from aftersale.support.tests.cast import a_return, ask, ask_in_public, say
from aftersale.web.tests.browsing import main_of, signed_in, told

CARD = "4111 1111 1111 1111"


@pytest.fixture
def ann(world: World) -> Client:
    return signed_in(world.ann)


def intent_in(page) -> str:
    return str(re.findall(r'name="intent" value="([^"]+)"', told(page))[0])


def test_ann_asks_about_a_line_of_her_order_and_mia_answers(world, ann):
    order = an_order(world)
    assert f"?order={order.code}&amp;line=1" in told(ann.get(f"/account/orders/{order.code}/"))
    form = ann.get(f"/threads/ask/?order={order.code}&line=1")
    assert order.code in told(form) and 'name="audience"' not in told(form)
    sent = {
        "order": order.code,
        "line": "1",
        "kind": "review",
        "subject": "A crack",
        "body": "It has **one**.",
    }
    sent["intent"] = intent_in(form)
    page = ann.post("/threads/ask/", sent, follow=True)
    assert "<strong>one</strong>" in main_of(page) and "Lamp 1" in told(page)
    thread = Thread.objects.get()
    assert (thread.order, thread.line.number, thread.is_public) == (order, 1, False)
    mia = signed_in(world.mia)
    assert "A crack" in told(mia.get("/desk/threads/"))
    answer = {"body": "We look.", "visibility": "participants", "intent": "x"}
    assert mia.post(f"/threads/{thread.reference}/answer/", answer).status_code == 302
    assert "1 new" in told(ann.get("/threads/?show=mine"))
    assert "We look." in main_of(ann.get(f"/threads/{thread.reference}/"))
    assert "1 new" not in told(ann.get("/threads/?show=mine"))


def test_the_decision_stands_beside_the_thread_with_its_clause(world, ann):
    case = a_return(world)
    assert f"?case={case.reference}" in told(ann.get(f"/account/returns/{case.reference}/"))
    thread = ask(world, kind="return", about=About(case=case))
    clause = case.lines.get().decisions.get().clause
    assert f"#{clause}" in told(ann.get(f"/threads/{thread.reference}/"))


def test_a_draft_survives_a_closed_browser_and_holds_no_card_number(world, ann):
    thread = ask(world)
    ann.post(f"/threads/{thread.reference}/answer/", {"do": "draft", "body": f"half {CARD} a thought"})
    assert "4111" not in Draft.objects.get().body
    again = main_of(signed_in(world.ann).get(f"/threads/{thread.reference}/"))
    assert "half" in again and "a thought" in again
    ann.post(f"/threads/{thread.reference}/answer/", {"body": "whole", "intent": "i"})
    assert not Draft.objects.exists()


def test_quoting_fills_the_field_without_a_script(world, ann):
    thread = ask(world, body="One.\nTwo.")
    assert "&gt; One.\n&gt; Two." in told(ann.get(f"/threads/{thread.reference}/?quote=1"))


def test_what_is_refused_is_still_in_the_field(world, ann):
    thread = ask(world)
    page = ann.post(f"/threads/{thread.reference}/answer/", {"body": "x" * 20_001, "intent": "i"})
    assert page.status_code == 422 and "x" * 20_001 in told(page)
    assert thread.posts.count() == 1


def test_new_posts_come_by_themselves_and_only_those_one_may_see(world, ann):
    thread = ask(world)
    address = f"/threads/{thread.reference}/fresh/?after=1"
    assert ann.get(address).status_code == 204
    say(world, world.mia, thread, "secret note", "staff")
    assert ann.get(address).status_code == 204
    say(world, world.mia, thread, "Here it is.")
    fresh = told(ann.get(address))
    assert "Here it is." in fresh and "after=3" in fresh and "secret" not in fresh


def test_everybody_reads_the_forum_and_nobody_s_name(world):
    an_order(world)
    thread = ask_in_public(world, body="How long do lamps last?")
    say(world, world.mia, thread, "For years.")
    for page in (Client().get("/threads/"), Client().get(f"/threads/{thread.reference}/")):
        assert page.status_code == 200
        assert "guest-" in told(page) and "ann@example.com" not in told(page)
        assert not re.search(r"\b(Ann|Mia)\b", told(page))


def test_ann_chooses_her_name_on_the_forum(world, ann):
    an_order(world)
    thread = ask_in_public(world)
    assert ann.post("/threads/name/", {"name": "support-team"}).status_code == 302
    assert "support-team" not in told(Client().get(f"/threads/{thread.reference}/"))
    ann.post("/threads/name/", {"name": "Lampenfreundin"})
    assert "Lampenfreundin" in told(Client().get(f"/threads/{thread.reference}/"))


def test_a_held_post_is_let_through_from_the_desk(world):
    thread = ask_in_public(world, world.bob)
    assert Client().get(f"/threads/{thread.reference}/").status_code == 404
    mia = signed_in(world.mia)
    assert "First posts of newcomers" in told(mia.get("/desk/threads/"))
    assert mia.post(f"/threads/{thread.reference}/1/release/").status_code == 302
    assert Client().get(f"/threads/{thread.reference}/").status_code == 200


def test_bob_reports_and_mia_hides(world):
    an_order(world)
    thread = ask_in_public(world)
    signed_in(world.bob).post(f"/threads/{thread.reference}/1/report/", {"reason": "An advertisement."})
    mia = signed_in(world.mia)
    assert "An advertisement." in told(mia.get("/desk/threads/"))
    mia.post(f"/threads/{thread.reference}/1/hide/", {"reason": "advertisement"})
    assert "An advertisement." not in told(mia.get("/desk/threads/"))
    assert Client().get(f"/threads/{thread.reference}/").status_code == 404


def test_the_team_s_steps_do_not_exist_for_others(world, ann):
    thread = ask(world)
    for step in ("assign/", "close/", "1/hide/", "1/release/"):
        assert ann.post(f"/threads/{thread.reference}/{step}", {"reason": "x"}).status_code == 404
    thread.refresh_from_db()
    assert thread.state == "open" and not thread.events.exists()


def test_markup_runs_nowhere_and_no_link_is_in_disguise(world, ann):
    body = "<script>x</script> [click](javascript:x) [mybank.com](http://evil.example/) ![i](http://t.example/p.png)"
    thread = ask(world, body=body)
    page = main_of(ann.get(f"/threads/{thread.reference}/"))
    assert "<script>x" not in page and 'href="javascript' not in page and "<img" not in page
    assert "mybank.com</a> (http://evil.example/)" in page


def test_a_list_of_threads_needs_as_many_queries_for_twenty_as_for_two(world, django_assert_max_num_queries):
    for _ in range(2):
        ask(world)
    with django_assert_max_num_queries(60) as few:
        signed_in(world.ann).get("/threads/?show=mine")
    for _ in range(7):
        ask(world)
    with django_assert_max_num_queries(60) as many:
        signed_in(world.ann).get("/threads/?show=mine")
    assert len(many) <= len(few)


def test_li_sees_what_is_meant_for_li_and_nothing_of_the_deal(world):
    thread = ask(world, body="I am Ann Keller.")
    li = signed_in(world.li)
    assert li.get(f"/threads/{thread.reference}/").status_code == 404
    say(world, world.mia, thread, "A number, please?", "supplier")
    page = told(li.get(f"/threads/{thread.reference}/"))
    assert "A number, please?" in page and "Keller" not in page and "Visa" not in page
    assert thread.order.code not in page.partition("<main")[2]
    li.post(
        f"/threads/{thread.reference}/answer/", {"body": "R-7", "intent": "i", "visibility": "participants"}
    )
    assert not Post.objects.filter(body="R-7").exists()
    li.post(f"/threads/{thread.reference}/answer/", {"body": "R-7", "intent": "i"})
    assert Post.objects.get(body="R-7").visibility == "supplier"


def test_a_policy_owner_reads_the_forum_alone(world):
    pia = signed_in(User.objects.create_user("pia@example.com", name="Pia", role=Role.POLICY_OWNER))
    assert pia.get("/threads/").status_code == 200
    assert pia.get(f"/threads/{ask(world).reference}/").status_code == 404


def test_the_mail_of_a_decision_leads_to_a_thread_about_it(world, ann):
    case = a_return(world)
    mail = rendered(Notification.objects.get(kind="return-decided"))
    path = f"/threads/ask/?case={case.reference}"
    assert path in mail.text and path in mail.html
    assert case.reference in told(ann.get(path))


def test_where_the_policy_says_no_a_thread_is_one_click_away(world, ann):
    order = an_order(world, tenders=[("balance", 6000)])
    chosen = {"units-1-1": "1", "reason-1-1": "defective"}
    page = ann.post(f"/account/orders/{order.code}/return/LI/answer/", chosen)
    assert f"/threads/ask/?order={order.code}&amp;kind=return" in told(page)
