"""Text files, read in the encodings that offices write and kept in UTF-8."""

import codecs
import re

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")


class TextRefused(Exception):
    """These bytes are no text."""


def read_text(content: bytes) -> str:
    """The text, with one kind of line ends. Raises TextRefused."""
    text = _decoded(content)
    if _CONTROL.search(text) or not text.strip():
        raise TextRefused
    return text.replace("\r\n", "\n").replace("\r", "\n")


def written(text: str, *, is_table: bool) -> bytes:
    """UTF-8; a table with the mark by which spreadsheets know it."""
    return text.encode("utf-8-sig" if is_table and not text.isascii() else "utf-8")


def _decoded(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "gb18030", "cp1252"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeError:
            continue
        if encoding != "gb18030" or _is_chinese(text):
            return text
    raise TextRefused


def _is_chinese(text: str) -> bool:
    """Whether what is not ASCII is mostly Chinese: almost any bytes can be read as such."""
    foreign = [sign for sign in text if not sign.isascii()]
    return len(_CHINESE.findall(text)) * 10 >= len(foreign) * 9
