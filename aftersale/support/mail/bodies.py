"""The parts of a mail sorted: what was written, as one text, and the files that came along."""

import re
from dataclasses import dataclass
from email.message import Message
from mimetypes import guess_extension
from typing import NamedTuple

from aftersale.support.mail.decoding import file_name, header_text, text_of
from aftersale.support.mail.flowed import unflowed
from aftersale.support.mail.html_text import text_of_html

# A longer text is cut, and comes along whole as a file.
LONGEST_TEXT = 200_000
_KIND = re.compile(r"[a-z0-9][a-z0-9.+-]{0,60}/[a-z0-9][a-z0-9.+-]{0,120}")
_SIGNATURES = {"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"}
_FORWARDED = "---------- Forwarded message ----------"


@dataclass(frozen=True, slots=True)
class MailFile:
    name: str
    kind: str
    content: bytes


class Bodies(NamedTuple):
    """What a part holds, with those below it."""

    text: str = ""
    files: tuple[MailFile, ...] = ()
    is_html: bool = False


def bodies_of(mail: Message) -> Bodies:
    """The text and the files of the whole mail."""
    found = _of(mail)
    if len(found.text) <= LONGEST_TEXT:
        return found
    whole = MailFile("mail.txt", "text/plain", found.text.encode())
    return Bodies(found.text[:LONGEST_TEXT], (*found.files, whole))


def _of(part: Message) -> Bodies:
    kind = part.get_content_type()
    if kind == "message/delivery-status" and part.is_multipart():
        return Bodies("\n\n".join(_fields(block) for block in _below(part)))
    if part.is_multipart():
        below = _below(part)
        if kind.startswith("message/"):
            return _forwarded(below[0]) if below else Bodies()
        if kind == "multipart/report":
            # The last part is the mail that was lost: ours.
            below = [each for each in below if each.get_content_type() != "message/rfc822"]
        found = [_of(each) for each in below]
        return _best(found) if kind == "multipart/alternative" else _together(found)
    if kind in _SIGNATURES:
        return Bodies()
    content = part.get_payload(decode=True) or b""
    assert isinstance(content, bytes)
    if kind in {"text/plain", "text/html"} and not _is_file(part):
        return _written(part, kind, content)
    return Bodies("", (_file(part, kind, content),) if content else ())


def _best(versions: list[Bodies]) -> Bodies:
    """Of the same in several forms: what was written plainly, else the HTML; the files of all."""
    written = [each for each in versions if each.text.strip()]
    plain = [each for each in written if not each.is_html]
    text, _, is_html = (plain or written or [Bodies()])[0]
    return Bodies(text, tuple(file for each in versions for file in each.files), is_html)


def _together(found: list[Bodies]) -> Bodies:
    """One after the other."""
    texts = [each.text.strip("\n") for each in found if each.text.strip()]
    files = tuple(file for each in found for file in each.files)
    return Bodies("\n\n".join(texts), files, any(each.is_html for each in found))


def _forwarded(mail: Message) -> Bodies:
    """A mail within the mail, as clients that forward within the text write it."""
    below = _of(mail)
    told = [f"{name}: {header_text(str(mail[name]))}" for name in ("From", "Date", "Subject") if name in mail]
    return below._replace(text="\n".join([_FORWARDED, *told, "", below.text.strip("\n")]))


def _written(part: Message, kind: str, content: bytes) -> Bodies:
    text = text_of(content, str(part.get_content_charset() or ""))
    if kind == "text/html":
        return Bodies(text_of_html(text), (), is_html=True)
    if str(part.get_param("format", "")).lower() == "flowed":
        text = unflowed(text, delsp=str(part.get_param("delsp", "")).lower() == "yes")
    return Bodies(text)


def _is_file(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or bool(file_name(part))


def _file(part: Message, kind: str, content: bytes) -> MailFile:
    kind = kind if _KIND.fullmatch(kind) else "application/octet-stream"
    ending = guess_extension(kind) or ".bin"
    return MailFile(file_name(part) or f"{kind.partition('/')[0]}{ending}", kind, content)


def _fields(block: Message) -> str:
    return "\n".join(f"{name}: {header_text(str(value))}" for name, value in block.items())


def _below(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [each for each in payload if isinstance(each, Message)] if isinstance(payload, list) else []
