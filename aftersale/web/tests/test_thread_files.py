"""Files with posts: chosen, kept while a form is refused, read with the post, removed by our staff."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from aftersale.cards.tests.cast import a_card
from aftersale.returns.tests.cast import World, an_order
from aftersale.support.models import Attachment, AttachmentBytes, EventKind, Post, Thread, ThreadEvent
from aftersale.support.services import hide_post
from aftersale.support.tests.cast import ask, ask_in_public, say
from aftersale.support.tests.test_keep_files import CARD, a_picture, opened
from aftersale.web.tests.browsing import main_of, signed_in

PDF = b"%PDF-1.7\n%%EOF"


@pytest.fixture
def ann(world: World) -> Client:
    return signed_in(world.ann)


def sent(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def answer(client: Client, thread: Thread, *files: SimpleUploadedFile, **more: Any) -> Any:
    form = {"body": "See here.", "intent": "one", "files": list(files)} | more
    return client.post(f"/threads/{thread.reference}/answer/", form, follow=True)


def waiting_in(page: Any) -> list[str]:
    return re.findall(r'name="file" value="([^"]+)"', main_of(page))


def test_ann_sends_a_photo_with_her_answer_and_mia_looks_at_it(world, ann):
    thread = ask(world)
    page = answer(ann, thread, sent("灯.jpg", a_picture("JPEG", (1200, 900))), sent("bill.pdf", PDF))
    assert 'width="240" height="180"' in main_of(page) and "bill.pdf" in main_of(page)
    photo, bill = Attachment.objects.all()
    assert (photo.post, photo.place, photo.giver) == (Post.objects.get(number=2), "", world.ann)
    mia = signed_in(world.mia)
    shown = mia.get(f"/files/{photo.reference}/")
    assert shown["Content-Type"] == "image/jpeg" and opened(shown.content).size == (1200, 900)
    assert shown["Content-Disposition"] == "inline; filename*=utf-8''%E7%81%AF.jpg"
    small = mia.get(f"/files/{photo.reference}/small/")
    assert small["Content-Type"] == "image/webp" and opened(small.content).size == (480, 360)
    kept = mia.get(f"/files/{bill.reference}/")
    assert kept["Content-Disposition"] == 'attachment; filename="bill.pdf"' and kept.content == PDF
    for each in (shown, small, kept):
        assert each["X-Content-Type-Options"] == "nosniff" and "sandbox" in each["Content-Security-Policy"]
        assert "private" in each["Cache-Control"] and "no-store" in each["Cache-Control"]


def test_a_photo_comes_with_a_new_thread(world, ann):
    form = {"kind": "general", "subject": "A lamp", "body": "Look.", "intent": "new"}
    page = ann.post("/threads/ask/", form | {"files": [sent("lamp.png", a_picture())]}, follow=True)
    assert "Picture: lamp.png" in main_of(page)
    assert Attachment.objects.get().post.number == 1


def test_what_was_chosen_waits_while_the_form_is_refused(world, ann):
    thread = ask(world)
    page = answer(ann, thread, sent("lamp.png", a_picture()), body="")
    assert page.status_code == 422 and "lamp.png" in main_of(page)
    reference = Attachment.objects.get().reference
    assert waiting_in(page) == [reference] and Post.objects.count() == 1
    answer(ann, thread, file=[reference], waiting=[reference])
    assert Attachment.objects.get().post.number == 2


def test_a_draft_keeps_its_files_and_what_is_unticked_is_forgotten(world, ann):
    thread = ask(world)
    answer(ann, thread, sent("a.png", a_picture()), sent("b.txt", b"hello"), do="draft")
    page = ann.get(f"/threads/{thread.reference}/")
    first, second = waiting_in(page)
    assert signed_in(world.mia).get(f"/files/{first}/").status_code == 404
    assert ann.get(f"/files/{first}/").status_code == 200
    answer(ann, thread, file=[second], waiting=[first, second])
    assert [file.name for file in Attachment.objects.all()] == ["b.txt"]
    assert AttachmentBytes.objects.count() == 1


def test_a_wrong_file_is_named_and_the_right_one_waits(world, ann):
    thread = ask(world)
    page = answer(ann, thread, sent("lamp.jpg", b"<html>"), sent("bill.pdf", PDF))
    assert page.status_code == 422 and "lamp.jpg is none of these" in main_of(page)
    assert "See here." in main_of(page) and 'href="#id_files"' in main_of(page)
    assert [file.name for file in Attachment.objects.all()] == ["bill.pdf"] and Post.objects.count() == 1


def test_a_file_that_is_too_large_is_left_out_and_the_text_stays(world, ann, settings):
    settings.SUPPORT_FILE_MEGABYTES = 1
    thread = ask(world)
    page = answer(ann, thread, sent("film.pdf", PDF + bytes(1_000_001)), sent("bill.pdf", PDF))
    assert page.status_code == 422 and "film.pdf is too large" in main_of(page)
    assert "See here." in main_of(page) and len(waiting_in(page)) == 1


def test_a_form_far_beyond_all_files_gets_a_page(world, ann, settings):
    settings.SUPPORT_FILE_MEGABYTES, settings.SUPPORT_FILES_A_POST = 1, 1
    page = answer(ann, ask(world), sent("film.pdf", PDF + bytes(4_100_000)))
    assert page.status_code == 400 and "We cannot read this request" in page.content.decode()


def test_a_post_has_five_files_at_most(world, ann):
    thread = ask(world)
    page = answer(ann, thread, *(sent(f"{n}.txt", b"hello") for n in range(6)))
    assert page.status_code == 422 and "at most 5 files" in main_of(page)
    assert len(waiting_in(page)) == 5 and Post.objects.count() == 1


def test_a_person_s_files_of_a_day_have_a_bound(world, ann, settings):
    settings.SUPPORT_FILE_MEGABYTES_A_DAY = 1
    thread = ask(world)
    page = answer(ann, thread, sent("a.pdf", PDF + bytes(900_000)), sent("b.pdf", PDF + bytes(200_000)))
    assert page.status_code == 422 and "in a short time" in main_of(page)
    assert [file.name for file in Attachment.objects.all()] == ["a.pdf"]
    Attachment.objects.update(kept_at=world.clock.now() - timedelta(days=2))
    answer(ann, thread, sent("b.pdf", PDF + bytes(200_000)), intent="two")
    assert Post.objects.filter(number=2).exists()


def test_a_second_press_posts_once_and_leaves_no_file_behind(world, ann):
    thread = ask(world)
    for _press in range(2):
        answer(ann, thread, sent("lamp.png", a_picture()))
    assert Attachment.objects.count() == 1 and Post.objects.count() == 2


def test_a_file_chosen_again_for_the_same_draft_waits_once(world, ann):
    thread = ask(world)
    page, _again = [answer(ann, thread, sent("lamp.png", a_picture()), do="draft") for _press in range(2)]
    assert len(waiting_in(page)) == 1 and Attachment.objects.count() == 1


def test_nobody_sends_another_s_file(world, ann):
    theirs = ask(world, world.bob)
    answer(signed_in(world.bob), theirs, sent("secret.txt", b"of Bob"), do="draft")
    reference, thread = Attachment.objects.get().reference, ask(world)
    page = answer(ann, thread, file=[reference])
    assert page.status_code == 422 and Post.objects.filter(thread=thread).count() == 1
    assert Attachment.objects.get().giver == world.bob and Attachment.objects.get().post is None


def test_mia_removes_a_file_for_good(world, ann):
    thread = ask(world)
    answer(ann, thread, sent("passport.png", a_picture()))
    file, mia = Attachment.objects.get(), signed_in(world.mia)
    ann.post(f"/files/{file.reference}/remove/", {"reason": "mine"})
    assert AttachmentBytes.objects.count() == 1
    mia.post(f"/files/{file.reference}/remove/", {"reason": ""})
    assert AttachmentBytes.objects.count() == 1
    page = mia.post(f"/files/{file.reference}/remove/", {"reason": "a passport"}, follow=True)
    assert "passport.png: a passport" in main_of(page)
    file.refresh_from_db()
    assert (file.removed_by, file.removed_why) == (world.mia, "a passport") and file.removed_at
    assert not AttachmentBytes.objects.exists()
    event = ThreadEvent.objects.get(kind=EventKind.FILE_REMOVED)
    assert (event.actor, event.words["reason"]) == (world.mia, "a passport")
    for client in (ann, mia):
        for step in ("", "small/"):
            assert client.get(f"/files/{file.reference}/{step}").status_code == 404
    own = main_of(ann.get(f"/threads/{thread.reference}/"))
    assert "Our staff removed a file here." in own and "passport" not in own


def test_a_hidden_post_hides_its_files(world, ann):
    an_order(world)
    thread = ask_in_public(world)
    answer(ann, thread, sent("lamp.png", a_picture()))
    file, visitor = Attachment.objects.get(), Client()
    assert visitor.get(f"/files/{file.reference}/").status_code == 200
    assert file.post is not None
    hide_post(ports=world.ports, by=world.mia, post=file.post, reason="rude")
    assert {c.get(f"/files/{file.reference}/").status_code for c in (visitor, ann)} == {404}
    assert signed_in(world.mia).get(f"/files/{file.reference}/").status_code == 200


@pytest.mark.parametrize("where", ["text", "file", "name"])
def test_the_card_that_a_number_may_be_is_offered_to_its_owner_alone(world, ann, where):
    card = a_card(world.ports, world.ann, "visa-good")
    assert CARD.endswith(card.last_four)
    thread = ask(world)
    files = {
        "text": [],
        "file": [sent("notes.txt", f"It is {CARD}".encode())],
        "name": [sent(f"{CARD}.txt", b"hello")],
    }
    answer(ann, thread, *files[where], body=f"My card: {CARD}" if where == "text" else "See the file.")
    offer, remove = "It may be your saved card", f"/cards/{card.reference}/remove/"
    own = main_of(ann.get(f"/threads/{thread.reference}/"))
    assert offer in own and remove in own and "4242 4242" not in own
    seen = main_of(signed_in(world.mia).get(f"/threads/{thread.reference}/"))
    assert "ending 4242" in seen or where == "file"
    assert offer not in seen and remove not in seen
    for file in Attachment.objects.all():
        assert CARD not in file.name and CARD.encode() not in bytes(file.stored.content)


def test_another_card_than_the_saved_one_brings_no_offer(world, ann):
    a_card(world.ports, world.ann, "mastercard-good")
    thread = ask(world)
    answer(ann, thread, body=f"My card: {CARD}")
    own = main_of(ann.get(f"/threads/{thread.reference}/"))
    assert "A card number was taken out of your post" in own and "It may be your saved card" not in own


def test_a_list_of_posts_with_files_loads_no_bytes(world, ann):
    thread = ask(world)
    for number in range(3):
        answer(ann, thread, sent("lamp.png", a_picture()), intent=f"say-{number}")
    say(world, world.mia, thread)
    with CaptureQueriesContext(connection) as asked:
        ann.get(f"/threads/{thread.reference}/")
    assert not [query for query in asked.captured_queries if "attachmentbytes" in query["sql"]]
    assert len([query for query in asked.captured_queries if "support_attachment" in query["sql"]]) == 2
