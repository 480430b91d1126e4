"""A file from outside, as it may be kept: of an accepted kind, and without card numbers in name and text.

What a file is, its bytes say; the ending of its name must agree. Pictures are drawn anew, so that
nothing else of the file is kept: no place where they were taken, no script behind them.
"""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, field
from hashlib import sha256

import puremagic
from django.conf import settings

from aftersale.base.card_numbers import Found, scrub
from aftersale.base.errors import BadInput
from aftersale.support.attachment_models import LONGEST_NAME
from aftersale.support.office_files import is_office, words_of
from aftersale.support.pictures import PICTURES, Picture, PictureRefused, drawn_anew
from aftersale.support.text_files import TextRefused, read_text, written

MEGABYTE = 1_000_000
# Looking through a text takes about a second a megabyte, so long ones are not taken.
MOST_TEXT = 2 * MEGABYTE
PDF = "application/pdf"
TEXTS = {"txt": "text/plain", "csv": "text/csv"}
OFFICE = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# What people call the kinds: the endings that a name may have for each.
ENDINGS = {
    "jpeg": ("jpg", "jpeg", "jpe", "jfif"), "png": ("png",), "webp": ("webp",), "gif": ("gif",),
    "pdf": ("pdf",), "txt": ("txt", "log", "md"), "csv": ("csv",), "docx": ("docx",), "xlsx": ("xlsx",),
}  # fmt: skip
_KIND_OF = {ending: kind for kind, endings in ENDINGS.items() for ending in endings}
_KNOWN_ENDING = re.compile(r"\.([A-Za-z0-9]{1,8})$")
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


class FileRefused(BadInput):
    """A file that is not kept: `reason` says why, for the pages' own words."""

    def __init__(self, name: str, reason: str, accepted: str) -> None:
        self.reason = reason
        super().__init__("files", name, accepted)


@dataclass(frozen=True, slots=True)
class SafeFile:
    """What may be kept."""

    name: str
    kind: str
    content: bytes = field(repr=False)
    width: int | None = None
    height: int | None = None
    thumbnail: bytes | None = field(default=None, repr=False)
    cards_removed: tuple[tuple[str, str], ...] = ()

    @property
    def size(self) -> int:
        return len(self.content)

    @property
    def digest(self) -> str:
        return sha256(self.content).hexdigest()


def made_safe(name: str, content: bytes, *, known: Collection[str] = ()) -> SafeFile:
    """The file as it may be kept; `known` numbers, such as those of an order's parcels, are left alone.

    Raises FileRefused, which names the file and what is accepted.
    """
    name, hits = clean_name(name, known=known)
    if not content:
        raise FileRefused(name, "empty", "a file that holds something")
    if len(content) > settings.SUPPORT_FILE_MEGABYTES * MEGABYTE:
        raise too_large(name)
    kind = _kind(name, content)
    if kind in PICTURES:
        return _picture(name, content, hits)
    if kind == "pdf":
        return SafeFile(_ending(name, kind), PDF, content, cards_removed=_pairs(hits))
    if kind in OFFICE:
        return _office(name, kind, content, hits, known)
    return _text(name, kind, content, hits, known)


def clean_name(name: str, *, known: Collection[str] = ()) -> tuple[str, tuple[Found, ...]]:
    """A file's name as it may be stored: no path, nothing unseen, no card number; and what was found."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    # Of what is not seen, some turns the direction of writing, so that an exe looks like a PDF.
    seen = "".join(" " if sign.isspace() else sign for sign in last if not _is_unseen(sign))
    scrubbed = scrub(" ".join(seen.split()).strip(" ."), known=known)
    stem, dot, ending = scrubbed.text.rpartition(".")
    if not dot or not _KNOWN_ENDING.search(scrubbed.text):
        stem, ending = scrubbed.text, ""
    room = LONGEST_NAME - len(ending) - 1
    stem = stem[:room].strip(" .") or "file"
    return (f"{stem}.{ending}" if ending else stem), scrubbed.found


def accepted_kinds() -> str:
    """What is accepted, in a sentence's part: `jpg, png, pdf files of at most 10 MB`."""
    return f"{accepted_endings()} files of at most {settings.SUPPORT_FILE_MEGABYTES} MB"


def accepted_endings() -> str:
    return ", ".join(ENDINGS[kind][0] for kind in settings.SUPPORT_FILE_KINDS)


def too_large(name: str) -> FileRefused:
    return FileRefused(name, "size", f"a file of at most {settings.SUPPORT_FILE_MEGABYTES} MB")


def _kind(name: str, content: bytes) -> str:
    """Which of the accepted kinds it is, by its bytes and its name together. Raises FileRefused."""
    found = _KNOWN_ENDING.search(name)
    claimed = _KIND_OF.get(found[1].lower(), "") if found else None
    seen = _seen_kind(content)
    if claimed is None:
        kind = seen or "txt"
    elif claimed in PICTURES and seen in PICTURES:
        kind = seen  # a picture is often saved under another picture's ending; it is drawn anew anyway
    elif claimed in TEXTS:
        kind = claimed
    else:
        kind = claimed if claimed == seen else ""
    if kind not in settings.SUPPORT_FILE_KINDS:
        raise FileRefused(name, "kind", accepted_kinds())
    return kind


def _seen_kind(content: bytes) -> str:
    """The kind that the bytes have; none for text and for what is not accepted at all."""
    if office := is_office(content):
        return office
    types = {match.mime_type for match in puremagic.magic_string(content)}
    for kind, mime in PICTURES.items():
        if mime in types and _begins(content, kind):
            return kind
    return "pdf" if PDF in types and content.startswith(b"%PDF-") else ""


def _begins(content: bytes, kind: str) -> bool:
    beginnings = {"jpeg": b"\xff\xd8\xff", "png": b"\x89PNG\r\n", "webp": b"RIFF", "gif": b"GIF8"}
    return content.startswith(beginnings[kind])


def _picture(name: str, content: bytes, hits: tuple[Found, ...]) -> SafeFile:
    try:
        drawn: Picture = drawn_anew(content)
    except PictureRefused as refused:
        raise FileRefused(name, refused.reason, refused.accepted) from None
    return SafeFile(
        _ending(name, drawn.kind),
        PICTURES[drawn.kind],
        drawn.content,
        width=drawn.width,
        height=drawn.height,
        thumbnail=drawn.thumbnail,
        cards_removed=_pairs(hits),
    )


def _office(
    name: str, kind: str, content: bytes, hits: tuple[Found, ...], known: Collection[str]
) -> SafeFile:
    words = words_of(content)
    if words is None or len(words) > MOST_TEXT:
        raise FileRefused(name, "document", "a document without macros that is not packed beyond measure")
    if scrub(words, known=known).found:
        raise FileRefused(name, "card", "a document without card numbers in it")
    return SafeFile(_ending(name, kind), OFFICE[kind], content, cards_removed=_pairs(hits))


def _text(name: str, kind: str, content: bytes, hits: tuple[Found, ...], known: Collection[str]) -> SafeFile:
    if len(content) > MOST_TEXT:
        raise FileRefused(name, "long", f"a text file of at most {MOST_TEXT // MEGABYTE} MB")
    try:
        text = read_text(content)
    except TextRefused:
        raise FileRefused(name, "text", "a text file that holds text") from None
    scrubbed = scrub(text, known=known)
    kept = written(scrubbed.text, is_table=kind == "csv")
    found = _pairs(hits + scrubbed.found)
    return SafeFile(_ending(name, kind), TEXTS[kind], kept, cards_removed=found)


def _ending(name: str, kind: str) -> str:
    """The name with an ending that tells what it is."""
    found = _KNOWN_ENDING.search(name)
    if found and found[1].lower() in ENDINGS[kind]:
        return name
    stem = name[: found.start()] if found and found[1].lower() in _KIND_OF else name
    ending = ENDINGS[kind][0]
    return f"{stem[: LONGEST_NAME - len(ending) - 1]}.{ending}"


def _pairs(found: tuple[Found, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((hit.brand, hit.last_four) for hit in found)


def _is_unseen(sign: str) -> bool:
    return not sign.isspace() and unicodedata.category(sign) in _UNSEEN
