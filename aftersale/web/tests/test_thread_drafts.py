"""What was begun stands there again: its text, whom it is for, and the files that were chosen."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from aftersale.accounts.models import Role, User
from aftersale.base.errors import BadInput
from aftersale.returns.tests.cast import World
from aftersale.support.models import Attachment, Draft, Post, Thread
from aftersale.support.services import draft_of, merge_threads, save_draft
from aftersale.support.tests.cast import ask, ask_in_public
from aftersale.support.tests.test_keep_files import a_picture
from aftersale.web.tests.browsing import main_of, signed_in, told

BY_ITSELF = {"HX-Request": "true"}


@pytest.fixture
def ann(world: World) -> Client:
    return signed_in(world.ann)


def checked(page: Any, name: str) -> list[str]:
    return re.findall(rf'name="{name}" value="([^"]+)" checked', main_of(page))


def begin(client: Client, thread: Thread, **more: Any) -> Any:
    """What the page sends by itself while one types or chooses."""
    form = {"do": "draft", "body": "Half a thought", "intent": "one"} | more
    return client.post(f"/threads/{thread.reference}/answer/", form, headers=BY_ITSELF)


def photo(name: str = "lamp.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, a_picture())


def test_ann_s_question_for_the_forum_is_still_for_the_forum(ann):
    assert checked(ann.get("/threads/ask/"), "audience") == ["private"]
    ann.post("/threads/ask/", {"do": "draft", "body": "Which bulb?", "audience": "public"})
    assert checked(ann.get("/threads/ask/"), "audience") == ["public"]
    ann.post(
        "/threads/ask/", {"do": "draft", "body": "Which bulb?", "audience": "private"}, headers=BY_ITSELF
    )
    assert checked(ann.get("/threads/ask/"), "audience") == ["private"]


def test_mia_s_note_and_her_word_to_the_supplier_stay_what_they_were(world):
    mia, thread = signed_in(world.mia), ask(world)
    for eyes in ("staff", "supplier", "participants"):
        begin(mia, thread, visibility=eyes)
        assert checked(mia.get(f"/threads/{thread.reference}/"), "visibility") == [eyes]


def test_what_was_begun_for_eyes_that_are_not_there_any_more_becomes_a_note(world):
    mia, thread = signed_in(world.mia), ask(world)
    begin(mia, thread, visibility="participants")
    Thread.objects.update(state="closed", due_at=None, resolve_due_at=None)
    assert checked(mia.get(f"/threads/{thread.reference}/"), "visibility") == ["staff"]


def test_a_note_that_meets_an_answer_in_a_merge_is_a_note(world):
    first, second = ask_in_public(world, world.bob), ask_in_public(world, world.bob)
    save_draft(ports=world.ports, by=world.mia, thread=first, body="Strange.", visibility="staff")
    save_draft(ports=world.ports, by=world.mia, thread=second, body="Dear Bob", visibility="public")
    merge_threads(ports=world.ports, by=world.mia, source=first, target=second)
    draft = draft_of(world.mia, second)
    assert draft and (draft.visibility, draft.body) == ("staff", "Dear Bob\n\nStrange.")


def test_nobody_begins_what_they_may_not_write(world):
    with pytest.raises(BadInput, match="visibility"):
        save_draft(ports=world.ports, by=world.ann, thread=ask(world), body="x", visibility="staff")
    with pytest.raises(BadInput, match="visibility"):
        save_draft(ports=world.ports, by=world.ann, body="x", visibility="supplier")
    assert not Draft.objects.exists()


def test_a_chosen_photo_is_kept_at_once_and_the_page_shows_it(world, ann):
    thread = ask(world)
    answer = begin(ann, thread, files=[photo()])
    assert answer.status_code == 200 and "<html" not in told(answer)
    kept = Attachment.objects.get()
    assert re.findall(r'name="file" value="([^"]+)" checked', told(answer)) == [kept.reference]
    assert draft_of(world.ann, thread).body == "Half a thought"
    assert checked(ann.get(f"/threads/{thread.reference}/"), "file") == [kept.reference]
    assert Post.objects.count() == 1


def test_what_was_unticked_before_stays_unticked(world, ann):
    thread = ask(world)
    begin(ann, thread, files=[photo()])
    first = Attachment.objects.get().reference
    answer = begin(ann, thread, files=[photo("two.png")], waiting=[first])
    assert first in told(answer) and f'value="{first}" checked' not in told(answer)


def test_a_wrong_file_is_named_where_it_was_chosen_and_the_text_is_kept(world, ann):
    answer = begin(ann, ask(world), files=[SimpleUploadedFile("film.mp4", b"film"), photo()])
    assert answer.status_code == 200 and "film.mp4 is none of these" in told(answer)
    assert Attachment.objects.get().name == "lamp.png" and Draft.objects.exists()


def test_a_page_that_comes_late_brings_no_draft_of_what_was_sent(world, ann):
    thread = ask(world)
    ann.post(f"/threads/{thread.reference}/answer/", {"body": "Whole.", "intent": "one"})
    begin(ann, thread, files=[photo()])
    assert not Draft.objects.exists() and not Attachment.objects.exists()


def test_finance_begins_a_note_too(world):
    fay, thread = User.objects.create_user("fay@example.com", name="Fay", role=Role.FINANCE), ask(world)
    begin(signed_in(fay), thread, visibility="staff")
    assert draft_of(fay, thread).visibility == "staff"
