"""Pages on which Mia puts threads together, takes them apart, holds one, and sees that Fay was quicker."""

import pytest

from aftersale.accounts.models import Role, User
from aftersale.returns.tests.cast import a_world, an_order
from aftersale.support.models import Move, Post, Presence, Thread
from aftersale.support.services import About, merge_threads, save_draft
from aftersale.support.tests.cast import ask, ask_in_public, say
from aftersale.web.tests.browsing import signed_in


@pytest.fixture
def world(db, monkeypatch):
    made = a_world()
    monkeypatch.setattr("aftersale.config.middleware.system_ports", lambda: made.ports)
    return made


@pytest.fixture
def two(world):
    about = About(order=an_order(world))
    return ask(world, about=about, subject="It flickers"), ask(world, about=about, subject="It hums")


def a_colleague():
    return User.objects.create_user("fay@example.com", name="Fay", role=Role.FINANCE)


def answer(client, thread, **sent):
    told = {"body": "Take the E14.", "intent": "answer", "do": "post"} | sent
    return client.post(f"/threads/{thread.reference}/answer/", told)


def test_mia_puts_a_thread_into_another_and_takes_it_back(world, two):
    first, second = two
    mia = signed_in(world.mia)
    page = mia.get(f"/threads/{first.reference}/moves/").content.decode()
    assert "It hums" in page
    gone = mia.post(f"/threads/{first.reference}/merge/", {"into": second.reference})
    move = Move.objects.get()
    assert gone["Location"] == f"/threads/{second.reference}/?moved={move.reference}"
    undo = f"/desk/thread-moves/{move.reference}/undo/"
    assert mia.get(gone["Location"]).content.decode().count(undo) == 2  # on top, and beside the thread
    assert mia.get(f"/threads/{second.reference}/").content.decode().count(undo) == 1
    assert undo not in signed_in(world.ann).get(gone["Location"]).content.decode()
    assert move.reference in mia.get(f"/threads/{second.reference}/moves/").content.decode()
    back = mia.post(f"/desk/thread-moves/{move.reference}/undo/")
    assert back["Location"] == f"/threads/{first.reference}/"
    assert [post.thread for post in Post.objects.order_by("pk")] == [first, second]


def test_the_old_address_leads_ann_to_her_post_and_bob_nowhere(world, two):
    first, second = two
    merge_threads(ports=world.ports, by=world.mia, source=first, target=second)
    led = signed_in(world.ann).get(f"/threads/{first.reference}/")
    assert led["Location"] == f"/threads/{second.reference}/?page=1#post-2"
    page = signed_in(world.ann).get(led["Location"]).content.decode()
    assert "from “It flickers”" in page
    assert signed_in(world.bob).get(f"/threads/{first.reference}/").status_code == 404
    told = signed_in(world.ann).get(f"/threads/{first.reference}/fresh/?after=1").content.decode()
    assert f"/threads/{second.reference}/?page=1#post-2" in told and "hx-get" not in told


def test_a_merge_that_is_refused_says_why_and_moves_nothing(world, two):
    mine = ask(world, world.bob)
    mia = signed_in(world.mia)
    for into in (mine.reference, "T0000-00000", ""):
        page = mia.post(f"/threads/{two[0].reference}/merge/", {"into_other": into})
        assert page.status_code == 422 and "Nothing was moved." in page.content.decode()
    assert not Move.objects.exists()


def test_posts_from_the_second_on_become_a_thread_and_both_lead_to_each_other(world):
    thread = ask(world)
    say(world, world.mia, thread, "A bulb.")
    say(world, world.ann, thread, "And my card?")
    mia = signed_in(world.mia)
    page = mia.get(f"/threads/{thread.reference}/moves/?from=3").content.decode()
    assert 'value="3" checked' in page and 'value="2" checked' not in page
    sent = {"post": ["3"], "subject": "The card", "intent": "s"}
    made = mia.post(f"/threads/{thread.reference}/split/", sent)["Location"].partition("?")[0]
    ann = signed_in(world.ann)
    assert "And my card?" in ann.get(made).content.decode()
    assert f'href="/threads/{thread.reference}/"' in ann.get(made).content.decode()
    assert f'href="{made}"' in ann.get(f"/threads/{thread.reference}/").content.decode()
    assert mia.post(f"/threads/{thread.reference}/split/", {"subject": "x", "intent": "t"}).status_code == 422
    assert Thread.objects.count() == 2


def test_a_held_thread_is_gone_for_bob_and_stands_on_the_desk(world):
    an_order(world)
    thread = ask_in_public(world, subject="Buy pills")
    mia = signed_in(world.mia)
    mia.post(f"/threads/{thread.reference}/hold/", {"reason": "spam"})
    assert signed_in(world.bob).get(f"/threads/{thread.reference}/").status_code == 404
    assert "Buy pills" in mia.get("/desk/threads/").content.decode()
    assert (
        "before others see it" in signed_in(world.ann).get(f"/threads/{thread.reference}/").content.decode()
    )
    mia.post(f"/threads/{thread.reference}/release/")
    assert signed_in(world.bob).get(f"/threads/{thread.reference}/").status_code == 200


def test_mia_s_answer_is_not_sent_over_fay_s_and_her_text_is_kept(world, two):
    thread, fay = two[0], a_colleague()
    say(world, fay, thread, "Try the E27.")
    mia = signed_in(world.mia)
    page = answer(mia, thread, seen="1")
    told = page.content.decode()
    assert page.status_code == 422 and "Try the E27." in told and "Take the E14." in told
    assert "Send anyway" in told and 'id="seen" value="2"' in told
    assert Post.objects.filter(thread=thread).count() == 2
    assert answer(mia, thread, seen="2").status_code == 302
    assert Post.objects.filter(thread=thread).last().body == "Take the E14."


def test_a_note_and_one_s_own_posts_are_in_nobody_s_way(world, two):
    thread = two[0]
    say(world, world.mia, thread, "One moment.")
    mia = signed_in(world.mia)
    assert answer(mia, thread, seen="1").status_code == 302
    say(world, world.ann, thread, "And?")
    assert answer(mia, thread, seen="3", visibility="staff", intent="n").status_code == 302
    assert answer(mia, thread, seen="3", intent="again").status_code == 422


def test_an_answer_on_a_page_from_before_the_merge_is_shown_again_first(world, two):
    first, second = two
    merge_threads(ports=world.ports, by=world.mia, source=first, target=second)
    assert answer(signed_in(world.mia), first, seen="1").status_code == 422
    assert answer(signed_in(world.ann), first).status_code == 302
    assert second.posts.count() == 3


def test_mia_sees_that_fay_looks_and_writes_and_that_she_left(world, two):
    thread, fay = two[0], a_colleague()
    here = f"/threads/{thread.reference}/here/"
    assert signed_in(fay).get(here).status_code == 204
    mia = signed_in(world.mia)
    assert "Fay is looking" in mia.get(here).content.decode()
    save_draft(ports=world.ports, by=fay, thread=thread, body="Try")
    assert "Fay is writing" in mia.get(here).content.decode()
    assert mia.get(here, {"was": f"{fay.pk}w"}).status_code == 204
    world.clock.move(seconds=50)
    assert "Fay" not in mia.get(here, {"was": f"{fay.pk}w"}).content.decode()
    assert signed_in(world.ann).get(here).status_code == 404
    signed_in(fay).get(f"/threads/{two[1].reference}/here/")
    assert Presence.objects.filter(person=fay).count() == 1


def test_mia_takes_a_split_back_from_the_page_until_somebody_writes_there(world):
    thread = ask(world)
    say(world, world.ann, thread, "And a bill is missing.")
    mia = signed_in(world.mia)
    split = {"post": ["2"], "subject": "A bill", "intent": "split"}
    led = mia.post(f"/threads/{thread.reference}/split/", split)
    undo = f"/desk/thread-moves/{Move.objects.get().reference}/undo/"
    assert "began with posts of" in mia.get(led["Location"]).content.decode().lower()
    pages = [f"/threads/{each.reference}/" for each in Thread.objects.all()]
    assert all(undo in mia.get(page).content.decode() for page in pages)
    say(world, world.mia, Move.objects.get().target, "Here it is.")
    assert not any(undo in mia.get(page).content.decode() for page in pages)
