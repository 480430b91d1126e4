"""Bytes and headers of a mail as text, whatever they say of themselves."""

import re
from binascii import a2b_base64, a2b_qp
from encodings.aliases import aliases

from aftersale.support.mail.parts import Part

# Names that mails use for more than the codec of that name can read.
_WIDER = {
    "ascii": "cp1252", "latin_1": "cp1252", "iso8859_9": "cp1254", "gb2312": "gb18030", "gbk": "gb18030",
    "hz": "hz", "ks_c_5601_1987": "cp949", "euc_kr": "cp949", "big5": "big5hkscs", "shift_jis": "cp932",
    "iso2022_jp": "iso2022_jp_ext", "windows_874": "cp874", "iso_8859_8_i": "iso8859_8",
}  # fmt: skip
# Codecs of text alone: a mail names its charset itself, and Python has odder ones than mails need.
_CODECS = {name for name in aliases.values() if not name.endswith("_codec")} - {"mbcs", "rot_13", "tactis"}
_CODECS |= {"koi8_u", "cp874"}

_ENCODED = re.compile(r"=\?([^?\s*]{1,40})(?:\*[^?\s]{0,40})?\?([bBqQ])\?([^?]*)\?=")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")
# NUL and lone surrogates cannot be stored; the other control characters show as nothing or as harm.
_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\ud800-\udfff]")
_DIRECTIONS = re.compile("[\u202a-\u202e\u2066-\u2069]")


def text_of(content: bytes, charset: str = "") -> str:
    """`content` in `charset`; where that is unknown or wrong, in the likeliest that fits."""
    named = _codec(charset)
    if b"\x1b$" in content and named is None:
        named = "iso2022_jp_ext"
    for codec in filter(None, (named, "utf-8", "gb2312")):
        try:
            return storable(content.decode(codec))
        except UnicodeDecodeError:
            continue
    return storable(content.decode(named or "cp1252", "replace"))


def header_text(value: str) -> str:
    """A header's value with its encoded words read, on one line.

    Neighbours of one charset are joined as bytes first: many clients cut a character in two.
    """
    pieces: list[tuple[str, bytes]] = []
    at = 0
    for word in _ENCODED.finditer(value):
        between = value[at : word.start()]
        if between.strip() or not pieces:
            pieces.append(("", _raw(between)))
        charset, content = word[1].lower(), _word_bytes(word[2], word[3])
        if pieces[-1][0] == charset:
            content = pieces.pop()[1] + content
        pieces.append((charset, content))
        at = word.end()
    pieces.append(("", _raw(value[at:])))
    return " ".join("".join(text_of(content, charset) for charset, content in pieces).split())


def content_of(part: Part) -> bytes:
    """What the part holds, its transfer encoding undone as far as it goes."""
    content, encoding = _raw(part.held), str(part.get("content-transfer-encoding", "")).strip().lower()
    if encoding == "base64":
        return base64_bytes(content)
    return a2b_qp(content) if encoding == "quoted-printable" else content


def base64_bytes(text: bytes) -> bytes:
    """Up to the padding, after which a list may have put its footer; what is no letter of it says nothing."""
    letters = _NOT_BASE64.sub(b"", text.partition(b"=")[0])
    # A lone last letter holds no whole byte.
    letters = letters[:-1] if len(letters) % 4 == 1 else letters
    return a2b_base64(letters + b"=" * (-len(letters) % 4))


def file_name(part: Part) -> str:
    """What the part says its file is called, without a folder."""
    name = parameter(part, "filename", "content-disposition") or parameter(part, "name", "content-type")
    # Without what turns its ending round on a screen.
    return _DIRECTIONS.sub("", re.split(r"[/\\]", name)[-1]).strip()


def parameter(part: Part, name: str, header: str) -> str:
    """A parameter of a header, by RFC 2231 or as many clients write it; empty where there is none."""
    value = part.get_param(name, "", header=header)
    if isinstance(value, tuple):
        return text_of(value[2].encode("latin-1", "surrogateescape"), value[0] or "utf-8")
    return header_text(str(value))


def storable(text: str) -> str:
    """Without what no database keeps, its lines ended by a newline alone."""
    return _UNSTORABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _codec(charset: str) -> str | None:
    name = re.sub(r"[^a-z0-9]+", "_", charset.lower()).strip("_")
    codec = _WIDER.get(name) or aliases.get(name, name)
    codec = _WIDER.get(codec, codec)
    return codec if codec in _CODECS else None


def _raw(text: str) -> bytes:
    """The bytes that came in; the parser keeps those beyond ASCII as surrogates."""
    return text.encode("utf-8", "surrogateescape")


def _word_bytes(encoding: str, text: str) -> bytes:
    if encoding in "qQ":
        return a2b_qp(_raw(text), header=True)
    return base64_bytes(_raw(text))
