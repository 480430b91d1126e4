"""Files through the API: kept for a post, sent with it, read by who reads the post, removed by the staff."""

from base64 import b64decode, b64encode
from typing import Any

import pytest

from aftersale.api.tests.cast import Machine, a_wish, machine
from aftersale.cards.tests.cast import a_card
from aftersale.returns.tests.cast import World
from aftersale.support.models import Attachment, Post, Thread
from aftersale.support.tests.cast import ask, with_file
from aftersale.support.tests.test_keep_files import CARD, a_picture, opened


@pytest.fixture
def thread(world: World) -> Thread:
    return ask(world)


@pytest.fixture
def ann(world: World) -> Machine:
    return machine(world, world.ann)


def a_file(name: str = "lamp.png", content: bytes | None = None) -> dict[str, str]:
    return {"name": name, "content": b64encode(a_picture() if content is None else content).decode()}


def add(ann: Machine, thread: Thread, wish: str = "", **file: Any) -> Any:
    return ann.post(f"/threads/{thread.reference}/draft/files", a_file(**file), wish=wish or a_wish())


def test_a_photo_is_kept_sent_and_read(world, ann, thread):
    kept = add(ann, thread).json()
    assert (kept["name"], kept["kind"], kept["width"]) == ("lamp.png", "image/png", 60)
    assert ann.get(f"/threads/{thread.reference}/draft").json()["files"] == [kept]
    mia = machine(world, world.mia)
    assert mia.get(f"/files/{kept['reference']}").status_code == 404
    body = {"body": "See here.", "files": [kept["reference"]]}
    post = ann.post(f"/threads/{thread.reference}/posts", body, wish=a_wish())
    assert post.json()["files"] == [kept]
    held = mia.get(f"/files/{kept['reference']}").json()
    assert opened(b64decode(held["content"])).size == (60, 40)
    assert ann.get(f"/threads/{thread.reference}/draft").json()["files"] == []


def test_a_new_thread_takes_its_files_along(world, ann):
    kept = ann.post("/thread-draft/files", a_file(), wish=a_wish()).json()
    asked = {"subject": "A lamp", "body": "Look.", "files": [kept["reference"]]}
    thread = ann.post("/threads", asked, wish=a_wish()).json()
    posts = ann.get(f"/threads/{thread['reference']}/posts").json()["items"]
    assert [file["reference"] for file in posts[-1]["files"]] == [kept["reference"]]


def test_a_wish_sent_twice_keeps_one_file(ann, thread):
    first, second = (add(ann, thread, wish="the-same-wish") for _ in range(2))
    assert first.json() == second.json() and Attachment.objects.count() == 1


@pytest.mark.parametrize(
    ("file", "field"),
    [
        ({"name": "lamp.jpg", "content": b64encode(b"<html>").decode()}, "files"),
        ({"name": "lamp.png", "content": "not base64!"}, "content"),
        ({"name": "lamp.png", "content": ""}, "files"),
    ],
)
def test_what_cannot_be_kept_is_refused_and_nothing_is_kept(ann, thread, file, field):
    answer = ann.post(f"/threads/{thread.reference}/draft/files", file, wish=a_wish())
    assert answer.status_code == 422 and answer.json()["field"] == field
    assert not Attachment.objects.exists()


def test_a_body_may_be_as_large_as_a_file_only_where_one_is_taken(ann, thread):
    large = b"a line of text\n" * 100_000
    assert add(ann, thread, name="log.txt", content=large).status_code == 201
    answer = ann.post(f"/threads/{thread.reference}/posts", {"body": "a" * 1_100_000}, wish=a_wish())
    assert answer.status_code == 413


def test_another_s_file_and_a_sent_one_go_with_no_post(world, ann, thread):
    kept = add(ann, thread).json()["reference"]
    bob = machine(world, world.bob)
    theirs = ask(world, world.bob)
    for caller, place in ((bob, theirs), (ann, ask(world))):
        answer = caller.post(
            f"/threads/{place.reference}/posts", {"body": "x", "files": [kept]}, wish=a_wish()
        )
        assert (answer.status_code, answer.json()["field"]) == (422, "files")
    assert Attachment.objects.get().post is None and not Post.objects.filter(body="x").exists()


def test_a_file_of_a_draft_is_left_out_by_its_giver_alone(world, ann, thread):
    kept = add(ann, thread).json()["reference"]
    assert machine(world, world.mia).post(f"/files/{kept}/dropping").status_code == 404
    assert ann.post(f"/files/{kept}/dropping").status_code == 200
    assert not Attachment.objects.exists()


def test_the_staff_removes_a_file_and_nobody_reads_it_any_more(world, ann, thread):
    file = with_file(world, thread.posts.get(number=1))
    mia = machine(world, world.mia)
    assert mia.post(f"/files/{file.reference}/removal", {"reason": ""}).status_code == 422
    assert mia.get(f"/files/{file.reference}").status_code == 200
    answer = mia.post(f"/files/{file.reference}/removal", {"reason": "a passport"})
    assert answer.status_code == 200 and answer.json()["is_removed"]
    assert {caller.get(f"/files/{file.reference}").status_code for caller in (ann, mia)} == {404}


@pytest.mark.parametrize("where", ["text", "file", "name"])
def test_the_card_that_a_number_may_be_is_told_to_its_owner_alone(world, ann, thread, where):
    card = a_card(world.ports, world.ann, "visa-good")
    number = CARD[:-4] + card.last_four
    files = []
    if where != "text":
        name, content = (f"{number}.txt", b"Hello") if where == "name" else ("a.txt", number.encode())
        files = [add(ann, thread, name=name, content=content).json()["reference"]]
    body = {"body": number if where == "text" else "See the file.", "files": files}
    told = ann.post(f"/threads/{thread.reference}/posts", body, wish=a_wish()).json()
    assert (told["cards_removed"], told["saved_cards"]) == (1, [card.reference])
    seen = machine(world, world.mia).get(f"/threads/{thread.reference}/posts").json()["items"][0]
    assert (seen["number"], seen["saved_cards"]) == (told["number"], [])
