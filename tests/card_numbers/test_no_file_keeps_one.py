"""A card number in a file or in its name, through the page, the API and mail, is nowhere afterwards."""

from base64 import b64encode
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from aftersale.api.tests.cast import a_wish, machine
from aftersale.support.models import Attachment, AttachmentBytes
from aftersale.support.tests.cast import ask
from aftersale.support.tests.letters import write_in
from aftersale.support.tests.test_keep_files import a_document, a_picture
from tests.card_numbers import test_nothing_is_kept as typed

log = typed.log
TEXT = f"{typed.TYPED}\n".encode()
NAME = "4111 1111 1111 1111"
# What is sent -> whether it is kept.
SENT: list[tuple[str, bytes, bool]] = [
    ("note.txt", TEXT, True),
    ("table.csv", TEXT, True),
    (f"{NAME}.png", a_picture(), True),
    (f"{NAME}.pdf", b"%PDF-1.7\n%%EOF", True),
    ("letter.docx", a_document(typed.TYPED), False),
    (f"{NAME}.exe", b"MZ" + TEXT, False),
    (f"{NAME}.txt", b"\0" + TEXT, False),
]


def test_no_door_keeps_a_number_of_a_file(world, log):
    thread, ann = ask(world), Client()
    ann.force_login(world.ann)
    caller = machine(world, world.ann)
    for name, content, is_kept in SENT:
        form = {"body": "", "intent": "a", "files": [SimpleUploadedFile(name, content)]}
        page = ann.post(f"/threads/{thread.reference}/answer/", form)
        assert page.status_code == 422 and not typed._holds(page.content.decode().partition("<main")[2])
        assert Attachment.objects.filter(place=thread.reference).exists() is is_kept, name
        Attachment.objects.filter(place=thread.reference).update(place="elsewhere")
        file = {"name": name, "content": b64encode(content).decode()}
        answer = caller.post(f"/threads/{thread.reference}/draft/files", file, wish=a_wish())
        assert (answer.status_code, typed._holds(answer.content.decode())) == (201 if is_kept else 422, False)
        Attachment.objects.filter(place=thread.reference).update(place="elsewhere")
    for name, content, _is_kept in SENT:
        write_in(world, files=[(name, "application/octet-stream", content)])
    assert Attachment.objects.count() == 3 * sum(is_kept for _name, _content, is_kept in SENT)
    typed._nothing_is_left(world, log)
    assert not [row for row in AttachmentBytes.objects.all() if _text_holds(row)]


def _text_holds(row: Any) -> bool:
    """A picture's bytes are no text."""
    text = bytes(row.content).decode("utf-8", "replace") if row.attachment.kind.startswith("text/") else ""
    return typed._holds(text)
