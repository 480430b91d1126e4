"""Ann shows what is wrong with a photo from her phone; Mia looks at it, and both find the bill."""

from io import BytesIO
from itertools import product
from typing import Any

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import FilePayload, Page, expect

from aftersale.support.models import Attachment
from aftersale.support.tests.cast import ask, say, with_file
from tests.stories.people import PHONE, People, faults
from tests.stories.site import Site

PDF = b"%PDF-1.7\n%%EOF"


def a_photo(size: tuple[int, int] = (1600, 1200), kind: str = "JPEG") -> bytes:
    """A lamp with a crack, as far as a rectangle can be one."""
    picture, written = Image.new("RGB", size, "#d8c9a8"), BytesIO()
    draw = ImageDraw.Draw(picture)
    draw.ellipse((size[0] // 4, size[1] // 6, size[0] * 3 // 4, size[1] * 5 // 6), fill="#f4b942")
    draw.line((size[0] // 3, size[1] // 4, size[0] * 3 // 5, size[1] * 3 // 4), fill="#40332a", width=18)
    picture.save(written, kind)
    return written.getvalue()


def payload(name: str, kind: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": kind, "buffer": content}


PHOTO = payload("crack.jpg", "image/jpeg", a_photo())
BILL = payload("bill.pdf", "application/pdf", PDF)
SCREENS: tuple[dict[str, Any], ...] = ({}, PHONE)


def main_width(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth"))


def test_ann_adds_a_photo_on_her_phone_and_mia_looks_at_it_and_keeps_the_bill(site: Site, people: People):
    site.order()
    thread = ask(site.world, subject="A crack in the shade")
    ann = people.signed_in(site.world.ann, **PHONE)
    ann.goto(f"/threads/{thread.reference}/")
    ann.get_by_label("Pictures and files").set_input_files([PHOTO, BILL])
    ann.get_by_label("Pictures and files").set_input_files([payload("wrong.txt", "text/plain", b"no")])
    expect(ann.get_by_role("checkbox", name="wrong.txt")).to_be_checked()
    # The page is closed before anything is sent: what was chosen is there again.
    ann.goto("/threads/")
    ann.goto(f"/threads/{thread.reference}/")
    ann.get_by_role("checkbox", name="wrong.txt").uncheck()
    for name in ("crack.jpg", "bill.pdf"):
        expect(ann.get_by_role("checkbox", name=name)).to_be_checked()
    ann.get_by_label("Your post").fill("Here you see it.")
    ann.get_by_role("button", name="Post", exact=True).click()
    shown = ann.locator("article").filter(has_text="Here you see it.")
    expect(shown.get_by_role("img", name="Picture: crack.jpg")).to_be_visible()
    expect(shown.get_by_text("wrong.txt")).to_have_count(0)
    assert main_width(ann) == PHONE["viewport"]["width"]

    mia = people.signed_in(site.world.mia)
    mia.goto(f"/threads/{thread.reference}/")
    with mia.expect_download() as kept:
        mia.get_by_role("link", name="bill.pdf").click()
    assert kept.value.suggested_filename == "bill.pdf" and kept.value.path().read_bytes() == PDF
    mia.get_by_role("img", name="Picture: crack.jpg").click()
    expect(mia.locator("img")).to_have_js_property("naturalWidth", 1600)
    assert mia.url.startswith(f"{site.address}/files/")


def test_without_a_script_a_refused_file_is_named_and_the_good_one_waits(site: Site, people: People):
    site.order()
    thread = ask(site.world, subject="Another crack")
    ann = people.signed_in(site.world.ann, java_script_enabled=False, **PHONE)
    ann.goto(f"/threads/{thread.reference}/")
    ann.get_by_label("Your post").fill("Both sides.")
    ann.get_by_label("Pictures and files").set_input_files([PHOTO, payload("clip.mp4", "video/mp4", b"film")])
    ann.get_by_role("button", name="Post", exact=True).click()
    expect(ann.get_by_role("alert")).to_contain_text("clip.mp4 is none of these")
    expect(ann.get_by_label("Your post")).to_have_value("Both sides.")
    expect(ann.get_by_role("checkbox", name="crack.jpg")).to_be_checked()
    ann.get_by_role("button", name="Post", exact=True).click()
    shown = ann.locator("article").filter(has_text="Both sides.")
    expect(shown.get_by_role("img", name="Picture: crack.jpg")).to_be_visible()
    assert Attachment.objects.filter(post__thread=thread).count() == 1


def test_a_picture_is_pasted_and_another_dropped(site: Site, people: People):
    site.order()
    thread = ask(site.world, subject="Pasted")
    ann = people.signed_in(site.world.ann)
    ann.goto(f"/threads/{thread.reference}/")
    for event in ("paste", "drop"):
        ann.get_by_label("Your post").evaluate(
            """async (field, [event, bytes]) => {
              const files = new DataTransfer();
              files.items.add(new File([new Uint8Array(bytes)], `${event}ed.png`, { type: "image/png" }));
              const told = event === "paste"
                ? new ClipboardEvent("paste", { clipboardData: files, bubbles: true, cancelable: true })
                : new DragEvent("drop", { dataTransfer: files, bubbles: true, cancelable: true });
              field.dispatchEvent(told);
            }""",
            [event, list(a_photo((60, 40), "PNG"))],
        )
    for event in ("paste", "drop"):
        expect(ann.get_by_role("checkbox", name=f"{event}ed.png")).to_be_checked()
    ann.get_by_label("Your post").fill("Two pictures.")
    ann.get_by_role("button", name="Post", exact=True).click()
    shown = ann.locator("article").filter(has_text="Two pictures.")
    expect(shown.get_by_role("img")).to_have_count(2)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_pages_with_files_are_without_a_fault_in_light_in_dark_and_on_a_phone(
    site: Site, people: People, language: str
):
    site.order()
    thread = ask(site.world, subject="With files")
    post = say(site.world, site.world.ann, thread, "See these.")
    with_file(site.world, post, "A very long name of a photo " * 4 + ".jpg", a_photo())
    with_file(site.world, post, "bill.pdf", PDF)
    with_file(site.world, post, "high.png", a_photo((300, 1500), "PNG"))
    for person in (site.world.ann, site.world.mia):
        for scheme, screen in product(("light", "dark"), SCREENS):
            page = people.signed_in(person, language=language, color_scheme=scheme, **screen)
            page.goto(f"/threads/{thread.reference}/")
            page.locator("input[type=file]").set_input_files([PHOTO, BILL])
            expect(page.locator("[data-chosen]")).to_be_hidden()
            expect(page.get_by_role("checkbox", name=BILL["name"])).to_be_checked()
            for picture in page.locator("main img").all():
                picture.scroll_into_view_if_needed()
                expect(picture).to_have_js_property("complete", True)
            assert faults(page) == []
            assert page.viewport_size is not None
            assert main_width(page) <= page.viewport_size["width"]
