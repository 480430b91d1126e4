"""What a provider of mail posts to us: its form or its JSON in our own bounds, and the mail in it.

A mail comes whole, as it was sent, where the provider hands it on so; then nothing but our own reading, with
its caps, ever looks into it. Else the mail is put together again from the pieces, the same bytes each time.
"""

import json
from collections.abc import Iterator
from email import encoders, message_from_bytes
from email.message import Message
from hashlib import sha256
from typing import Any, NamedTuple

from anymail.webhooks.base import AnymailBaseWebhookView
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, QueryDict
from django.utils.datastructures import MultiValueDict


class PostedMail(HttpRequest):
    """A request whose body was read already: Django's own limits are for pages, and too low for mails."""

    POST: Any

    def __init__(self, request: HttpRequest, body: bytes) -> None:
        super().__init__()
        self.META, self.method, self.given = request.META, "POST", body
        self.content_type, self.content_params = request.content_type, request.content_params
        self.raw_mime, self.POST, self.FILES = b"", QueryDict(mutable=True), MultiValueDict()
        if self.content_type == "application/x-www-form-urlencoded":
            self.POST = QueryDict(body, mutable=True)
        elif self.content_type == "multipart/form-data":
            self._read_form()

    @property
    def body(self) -> bytes:
        return self.given

    def _read_form(self) -> None:
        boundary = (self.content_params or {}).get("boundary", "")
        for name, file, kind, content in _pieces(self.body, boundary.encode()):
            if name == "body-mime":
                self.raw_mime = content
            elif file is None:
                self.POST.appendlist(name, content.decode("utf-8", "replace"))
            else:
                self.FILES.appendlist(name, SimpleUploadedFile(file or "file", content, kind))


class Arrived(NamedTuple):
    """One mail with its envelope, as far as the provider tells it."""

    sender: str | None
    recipient: str
    raw: bytes


def mail_in(view: AnymailBaseWebhookView, posted: PostedMail) -> Arrived:
    """The mail in a checked post. Raises ValueError, KeyError or the like where there is none."""
    raw = _take_out_mime(posted)
    (event,) = view.parse_events(posted)
    message = event.message
    return Arrived(message.envelope_sender, message.envelope_recipient or "", raw or _as_bytes(message))


def _take_out_mime(posted: PostedMail) -> bytes:
    """The whole mail, where it is there; what remains is its envelope, for Anymail to read."""
    if posted.content_type == "application/json":
        told = json.loads(posted.body)
        raw = told.get("RawEmail") or ""
        if raw:
            posted.given = json.dumps(told | {"RawEmail": "\n"}).encode()
        return str(raw).encode("utf-8", "replace")
    raw = posted.raw_mime or posted.POST.get("body-mime", "").encode("utf-8", "replace")
    if raw:
        posted.POST["body-mime"] = "\n"
    return raw


def _as_bytes(message: Message) -> bytes:
    """The same bytes each time a provider brings the same pieces: by them a second delivery is known."""
    seen, parts = sha256(), list(message.walk())
    for part in parts:
        if part["content-id"] in ("", "<>"):
            # Postmark's way to say that a file stands beside the text.
            del part["content-id"]
            told = part["content-disposition"].replace("inline", "attachment", 1)
            part.replace_header("content-disposition", told)
        if not part.is_multipart() and "content-transfer-encoding" not in part:
            encoders.encode_base64(part)
        seen.update(repr((part.items(), None if part.is_multipart() else part.get_payload())).encode())
    for number, part in enumerate(parts):
        if part.get_content_maintype() == "multipart" and part.get_boundary() is None:
            part.set_boundary(f"{seen.hexdigest()[:40]}-{number}")
    return message.as_bytes()


def _pieces(body: bytes, boundary: bytes) -> Iterator[tuple[str, str | None, str, bytes]]:
    """Name, file name, type and content of each piece of a form."""
    if not boundary:
        return
    for piece in (b"\r\n" + body).split(b"\r\n--" + boundary)[1:-1]:
        head, _, content = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        told = message_from_bytes(head + b"\r\n\r\n")
        name = told.get_param("name", "", header="content-disposition")
        file = told.get_param("filename", None, header="content-disposition")
        yield str(name), None if file is None else str(file), told.get_content_type(), content
