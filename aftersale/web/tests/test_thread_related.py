"""What may answer a question stands before whoever asks it, and stops nobody."""

from aftersale.returns.tests.cast import World, an_order
from aftersale.support.models import Thread
from aftersale.support.services import About
from aftersale.support.tests.cast import ask
from aftersale.support.tests.test_related import QUESTION, a_solved_one
from aftersale.web.tests.browsing import main_of, signed_in
from aftersale.web.tests.test_threads import intent_in

NOT_YET = "Nothing was sent yet"


def _sent(page, **more: str) -> dict[str, str]:
    return {"kind": "general", "subject": "A bulb", "body": QUESTION, "intent": intent_in(page)} | more


def test_without_a_script_the_answer_is_a_step_before_sending_and_a_second_press_sends(world: World):
    solved = a_solved_one(world)
    bob = signed_in(world.bob)
    sent = _sent(bob.get("/threads/ask/"))
    step = bob.post("/threads/ask/", sent)
    assert step.status_code == 200 and NOT_YET in main_of(step)
    assert f"/threads/{solved.reference}/#post-2" in main_of(step) and QUESTION[:20] in main_of(step)
    assert not Thread.objects.filter(opener=world.bob).exists()
    assert bob.post("/threads/ask/", sent | {"related": solved.reference}).status_code == 302
    assert Thread.objects.filter(opener=world.bob).count() == 1


def test_where_nothing_is_near_the_first_press_sends(world: World):
    bob = signed_in(world.bob)
    assert bob.post("/threads/ask/", _sent(bob.get("/threads/ask/"))).status_code == 302


def test_ann_is_told_before_she_writes_that_she_asked_about_this_order(world: World):
    order = an_order(world)
    thread = ask(world, about=About(order=order), subject="It hums")
    page = signed_in(world.ann).get(f"/threads/ask/?order={order.code}")
    assert "You already asked about this order" in main_of(page) and thread.reference in main_of(page)


def test_while_typing_the_page_hears_only_of_what_is_new(world: World):
    solved = a_solved_one(world)
    bob = signed_in(world.bob)
    first = bob.post("/threads/related/", {"subject": "", "body": QUESTION, "related": ""})
    assert first.status_code == 200 and solved.reference in first.content.decode()
    again = bob.post("/threads/related/", {"subject": "", "body": QUESTION, "related": solved.reference})
    assert again.status_code == 204


def test_another_s_order_is_none(world: World):
    order = an_order(world)
    assert signed_in(world.bob).post("/threads/related/", {"order": order.code}).status_code == 404
