"""A mail as it came in, read within bounds: who wrote, what, with which files, and whether it was a person.

What is over a cap is refused before it is worked on. Headers are decoded by us: what clients write is seldom
what the standards say.
"""

import re
from dataclasses import dataclass
from email.message import Message
from email.utils import getaddresses

from aftersale.support.errors import MailRefused
from aftersale.support.mail.bodies import Bodies, MailFile, bodies_of
from aftersale.support.mail.decoding import header_text, text_of
from aftersale.support.mail.delivery_status import Reported, reported_in
from aftersale.support.mail.natures import nature_of, verdict_of
from aftersale.support.mail.parts import DEEPEST, Part, parts_of
from aftersale.support.models import Nature, Verdict

__all__ = ["LARGEST", "MailFile", "MailRefused", "ReadMail", "read_mail"]

LARGEST = 25 * 1024 * 1024
_MOST_LINES = 800_000
_LARGEST_HEADERS = 64 * 1024
_MOST_RECIPIENTS = 50
_MOST_REFERENCES = 50

_MESSAGE_ID = re.compile(r"<[^<>]{1,1000}>")
_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\\\"]{1,64}@[^\s@<>()\[\],;:\\\"]{1,255}")
# What the library raises over some broken headers: a number of 5,000 digits, for one.
_BROKEN = (ValueError, TypeError, LookupError, AttributeError, AssertionError, RecursionError)


@dataclass(frozen=True, slots=True)
class ReadMail:
    message_id: str
    references: tuple[str, ...]
    from_address: str
    from_name: str
    subject: str
    text: str
    files: tuple[MailFile, ...]
    nature: Nature
    verdict: Verdict
    to: tuple[str, ...]
    reported: tuple[Reported, ...]


def read_mail(raw: bytes, *, sender: str | None = None) -> ReadMail:
    """Read `raw`; `sender` is the envelope's where it is known, empty for the null sender.

    Raises MailRefused, and nothing else, when it is over a cap or cannot be read.
    """
    _refuse_what_is_too_much(raw)
    try:
        return _read(parts_of(raw), sender)
    except _BROKEN as error:
        raise MailRefused("it is not a mail that can be read") from error


def _read(mail: Part, sender: str | None) -> ReadMail:
    to = _addresses(mail, "to") + _addresses(mail, "cc")
    if len(to) > _MOST_RECIPIENTS:
        raise MailRefused(f"it names more than {_MOST_RECIPIENTS} recipients")
    name, address = _writer(mail)
    subject = header_text(str(mail.get("subject", "")))
    bodies: Bodies = bodies_of(mail)
    return ReadMail(
        message_id=(_ids(str(mail.get("message-id", ""))) or ("",))[0],
        references=_references(mail),
        from_address=address,
        from_name=name,
        subject=subject,
        text=bodies.text,
        files=bodies.files,
        nature=nature_of(mail, sender=sender, from_address=address, subject=subject),
        verdict=verdict_of(mail, address),
        to=tuple(address for _, address in to),
        reported=tuple(reported_in(mail)),
    )


def _refuse_what_is_too_much(raw: bytes) -> None:
    if len(raw) > LARGEST:
        raise MailRefused(f"it is larger than {LARGEST // 1024 // 1024} MB")
    if raw.count(b"\n") + raw.count(b"\r") > 2 * _MOST_LINES:
        raise MailRefused(f"it has more than {_MOST_LINES} lines")
    top = raw[: _LARGEST_HEADERS + 4]
    if not re.search(rb"\r?\n\r?\n|\r\r", top) and len(raw) > _LARGEST_HEADERS:
        raise MailRefused(f"its headers are larger than {_LARGEST_HEADERS // 1024} kB")


def _writer(mail: Message) -> tuple[str, str]:
    """Name and address of who wrote; no address unless there is just one From with just one."""
    headers, addresses = mail.get_all("from", []), _addresses(mail, "from")
    if len(headers) == 1 and len(addresses) == 1 and addresses[0][1]:
        return addresses[0]
    return header_text(str(headers[0])) if headers else "", ""


def _addresses(mail: Message, header: str) -> list[tuple[str, str]]:
    """Names and addresses of all such headers; an address that is none is empty."""
    found = []
    for value in mail.get_all(header, []):
        told = text_of(str(value).encode("utf-8", "surrogateescape"))
        # The library reads comments within comments by calling itself.
        pairs = getaddresses([told]) if told.count("(") < DEEPEST else [("", "")]
        for name, address in pairs:
            whole = address.strip().lower()
            found.append((header_text(name), whole if _ADDRESS.fullmatch(whole) else ""))
    return found


def _references(mail: Message) -> tuple[str, ...]:
    """The ids of what it answers, oldest first: the first and the latest, where there are very many."""
    told = [str(value) for name in ("references", "in-reply-to") for value in mail.get_all(name, [])]
    ids = list(dict.fromkeys(found for value in told for found in _ids(value)))
    return tuple(ids if len(ids) <= _MOST_REFERENCES else [ids[0], *ids[1 - _MOST_REFERENCES :]])


def _ids(value: str) -> tuple[str, ...]:
    """Message-IDs whole again: some clients encode long ones, and some servers fold them in the middle."""
    found = ("".join(each.split()) for each in _MESSAGE_ID.findall(header_text(value)))
    return tuple(each for each in found if 2 < len(each) <= 998)
