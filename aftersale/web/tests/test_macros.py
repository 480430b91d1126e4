"""Mia writes a macro, inserts it into an answer without a script, and sends it with what follows."""

import pytest

from aftersale.returns.tests.cast import a_world
from aftersale.support.models import Draft, Macro, Post
from aftersale.support.services import save_macro
from aftersale.support.tests.cast import ask, say
from aftersale.web.tests.browsing import signed_in, told


@pytest.fixture
def world(db, monkeypatch):
    made = a_world()
    monkeypatch.setattr("aftersale.config.middleware.system_ports", lambda: made.ports)
    return made


def a_macro(world, **wanted):
    said = {"name": "On its way", "texts": {"en": "Hello {name}, {order} comes."}, "actions": ["solve"]}
    return save_macro(ports=world.ports, by=world.mia, **said | wanted)


def test_mia_writes_one_and_its_next_version(world):
    mia = signed_in(world.mia)
    sent = {"name": "On its way", "text-en": "Hello {name}", "act": ["solve", "kind:tracking"]}
    page = mia.post("/desk/macros/", sent)["Location"]
    mia.post(page, sent | {"text-en": "Dear {name}", "is_active": "yes"})
    shown = told(mia.get(page))
    assert "Dear {name}" in shown and "Hello {name}" in shown and "Version 2" in shown
    macro = Macro.objects.get()
    assert macro.versions.last().actions == ["solve", "kind:tracking"]
    assert "On its way" in told(mia.get("/desk/macros/"))


def test_an_unknown_name_in_braces_is_shown_again_with_what_was_typed(world):
    page = signed_in(world.mia).post("/desk/macros/", {"name": "X", "text-en": "Hello {surname}"})
    assert page.status_code == 422 and "Hello {surname}" in told(page)
    assert not Macro.objects.exists()


def test_its_text_stands_below_what_was_typed_and_is_kept_as_the_draft(world):
    macro, thread = a_macro(world), ask(world)
    mia, here = signed_in(world.mia), f"/threads/{thread.reference}/answer/"
    page = mia.post(here, {"do": "macro", "insert": macro.reference, "body": "Sorry!", "intent": "a"})
    filled = f"Sorry!\n\nHello Ann, {thread.order.code} comes."
    assert page.status_code == 200 and filled in told(page)
    assert f'name="macro" value="{macro.reference}"' in told(page) and 'value="solve" checked' in told(page)
    assert Draft.objects.get().body == filled and not Post.objects.filter(author=world.mia).exists()
    sent = {"do": "post", "body": filled, "intent": "a", "macro": macro.reference, "act": ["solve"]}
    assert mia.post(here, sent).status_code == 302
    thread.refresh_from_db()
    assert (thread.state, Macro.objects.get().used) == ("solved", 1)


def test_what_follows_can_be_left_out(world):
    macro, thread = a_macro(world), ask(world)
    sent = {"do": "post", "body": "Soon.", "intent": "a", "macro": macro.reference}
    signed_in(world.mia).post(f"/threads/{thread.reference}/answer/", sent)
    thread.refresh_from_db()
    assert thread.state == "answered"


def test_a_collision_keeps_the_macro_and_what_follows_it(world):
    macro, thread = a_macro(world), ask(world)
    say(world, world.ann, thread, "And?")
    sent = {"do": "post", "body": "Soon.", "intent": "a", "macro": macro.reference, "act": "solve", "seen": 1}
    page = signed_in(world.mia).post(f"/threads/{thread.reference}/answer/", sent)
    assert page.status_code == 422 and f'name="macro" value="{macro.reference}"' in told(page)
    assert 'value="solve" checked' in told(page) and Macro.objects.get().used == 0


def test_nobody_else_sees_or_uses_one(world):
    macro, thread = a_macro(world), ask(world)
    ann = signed_in(world.ann)
    assert ann.get("/desk/macros/").status_code == 404
    assert ann.get(f"/desk/macros/{macro.reference}/").status_code == 404
    assert "On its way" not in told(ann.get(f"/threads/{thread.reference}/"))
    sent = {"do": "macro", "insert": macro.reference, "body": "x", "intent": "a"}
    assert ann.post(f"/threads/{thread.reference}/answer/", sent).status_code == 422
    ann.post(f"/threads/{thread.reference}/answer/", {"body": "x", "intent": "b", "macro": macro.reference})
    assert Macro.objects.get().used == 0
