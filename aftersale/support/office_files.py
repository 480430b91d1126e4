"""Office documents: packed XML, looked into so far that a card number in it is found."""

import re
import zlib
from html import unescape
from io import BytesIO
from zipfile import BadZipFile, LargeZipFile, ZipFile

_PARTS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}
_MOST_PARTS = 2000
_MOST_UNPACKED = 20_000_000
_BROKEN = (
    BadZipFile, LargeZipFile, OSError, ValueError, EOFError, RuntimeError, NotImplementedError, KeyError,
    OverflowError, MemoryError, zlib.error,
)  # fmt: skip
# The ends of a paragraph, a cell, a row: numbers on both sides are two numbers.
_ENDS = re.compile(r"</(?:w:p|w:tc|w:tr|si|c|v|row|a:p)>|<(?:w:br|w:tab)\b[^>]*>")
_TAG = re.compile(r"<[^>]*>")


def is_office(content: bytes) -> str:
    """`docx` or `xlsx`; nothing for what is neither."""
    if not content.startswith(b"PK\x03\x04"):
        return ""
    try:
        with ZipFile(BytesIO(content)) as packed:
            names = set(packed.namelist())
    except _BROKEN:
        return ""
    if "[Content_Types].xml" not in names:
        return ""
    return next((kind for kind, part in _PARTS.items() if part in names), "")


def words_of(content: bytes) -> str | None:
    """All text of a document; None for one with macros, or that unpacks to more than a document holds."""
    try:
        with ZipFile(BytesIO(content)) as packed:
            names = packed.namelist()
            if len(names) > _MOST_PARTS or any(_is_macro(name) for name in names):
                return None
            return _unpacked(packed, [name for name in names if name.endswith((".xml", ".rels"))])
    except _BROKEN:
        return None


def _is_macro(name: str) -> bool:
    return name.lower().endswith(".bin") and "vba" in name.lower()


def _unpacked(packed: ZipFile, names: list[str]) -> str | None:
    texts, room = [], _MOST_UNPACKED
    for name in names:
        with packed.open(name) as part:
            xml = part.read(room + 1)
        room -= len(xml)
        if room < 0:
            return None
        texts.append(_plain(xml.decode("utf-8", "replace")))
    return "\n".join(texts)


def _plain(xml: str) -> str:
    return unescape(_TAG.sub("", _ENDS.sub("\n", xml)))
