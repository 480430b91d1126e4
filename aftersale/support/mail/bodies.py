"""The parts of a mail sorted: what was written, as one text, and the files that came along."""

import re
from dataclasses import dataclass
from mimetypes import guess_extension
from typing import NamedTuple

from aftersale.base.card_numbers import cut
from aftersale.support.mail.decoding import content_of, file_name, header_text, parameter, text_of
from aftersale.support.mail.flowed import unflowed
from aftersale.support.mail.html_text import text_of_html
from aftersale.support.mail.parts import Part

# More HTML is cut. A longer text is cut too, and comes along whole as a file.
LONGEST_HTML = 4_000_000
LONGEST_TEXT = 200_000
_KIND = re.compile(r"[a-z0-9][a-z0-9.+-]{0,60}/[a-z0-9][a-z0-9.+-]{0,120}")
_SIGNATURES = {"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"}
_MAILS = {"message/rfc822", "message/global"}
_FORWARDED = "---------- Forwarded message ----------"
# Outlook writes this where a picture stood; the picture comes along as a file.
_PICTURE = re.compile(r"\[cid:[^\]\s]{1,200}\]")


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


def bodies_of(mail: Part) -> Bodies:
    """The text and the files of the whole mail."""
    pages = sum(part.get_content_type() == "text/html" for part in mail.walk())
    found = _of(mail, LONGEST_HTML // max(1, pages))
    if len(found.text) <= LONGEST_TEXT:
        return found
    whole = MailFile("mail.txt", "text/plain", found.text.encode())
    return Bodies(cut(found.text, LONGEST_TEXT), (*found.files, whole))


def _of(part: Part, longest: int) -> Bodies:
    """`longest` is how much of a page of HTML is read; the rest was written by nobody."""
    kind = part.get_content_type()
    if part.is_multipart():
        return _of_several(part, kind, longest)
    if kind in _SIGNATURES:
        return Bodies()
    content = content_of(part)
    if kind in {"text/plain", "text/html"} and not _is_file(part):
        return _written(part, kind, content, longest)
    return Bodies("", (_file(part, kind, content),) if content else ())


def _of_several(part: Part, kind: str, longest: int) -> Bodies:
    below = part.below()
    if kind in _MAILS:
        return _forwarded(below[0], longest) if below else Bodies()
    if kind.startswith("message/"):
        return Bodies("\n\n".join(filter(None, map(_fields, below))))
    if kind == "multipart/report":
        # Its last part is the mail that was lost: ours.
        below = [each for each in below if each.get_content_type() not in {*_MAILS, "text/rfc822-headers"}]
    found = [_of(each, longest) for each in below]
    return _best(found) if kind == "multipart/alternative" else _together(found)


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


def _forwarded(mail: Part, longest: int) -> Bodies:
    """A mail within the mail, as clients that forward within the text write it."""
    below = _of(mail, longest)
    told = [f"{name}: {header_text(str(mail[name]))}" for name in ("From", "Date", "Subject") if name in mail]
    return below._replace(text="\n".join([_FORWARDED, *told, "", below.text.strip("\n")]))


def _written(part: Part, kind: str, content: bytes, longest: int) -> Bodies:
    text = text_of(content, parameter(part, "charset", "content-type"))
    if kind == "text/html":
        seen = text_of_html(text[:longest])
        # Of a page that was cut, the end may be the head of a number: as if its text were longer, too.
        return Bodies(cut(f"{seen} ", len(seen)) if len(text) > longest else seen, (), is_html=True)
    text = _PICTURE.sub("", text)
    if parameter(part, "format", "content-type").lower() == "flowed":
        text = unflowed(text, delsp=parameter(part, "delsp", "content-type").lower() == "yes")
    return Bodies(text)


def _is_file(part: Part) -> bool:
    return part.get_content_disposition() == "attachment" or bool(file_name(part))


def _file(part: Part, kind: str, content: bytes) -> MailFile:
    kind = kind if _KIND.fullmatch(kind) else "application/octet-stream"
    ending = guess_extension(kind) or ".bin"
    return MailFile(file_name(part) or f"{kind.partition('/')[0]}{ending}", kind, content)


def _fields(block: Part) -> str:
    return "\n".join(f"{name}: {header_text(str(value))}" for name, value in block.items())
