"""A mail's parts as they came in, not decoded yet, counted while they are parted.

The parser is the standard library's with `compat32`: parsing 20,000 broken mails raised nothing, its decoding
raised over some of them. So we decode ourselves, from what a part held as it came in.
"""

from email import message_from_bytes
from email.message import Message
from email.policy import Compat32
from typing import Any

from aftersale.base.card_numbers import cut
from aftersale.support.errors import MailRefused

MOST_PARTS = 100
DEEPEST = 20
# Longer ones of these are nobody's, and the library reads them in time with the square of their length.
_LONGEST_PARAMETERS = 4 * 1024


class Part(Message):
    """A part that counts the parts below it as the parser hangs them on, and stops at too many."""

    depth = 0
    parts = 1
    root: "Part | None" = None
    # As it came in; what the library gives is decoded already, by a charset that may be none.
    held = ""

    def attach(self, payload: "Part") -> None:  # type: ignore[override]
        root = self.root or self
        root.parts += 1
        payload.root, payload.depth = root, self.depth + 1
        if root.parts > MOST_PARTS:
            raise MailRefused(f"it has more than {MOST_PARTS} parts")
        if payload.depth > DEEPEST:
            raise MailRefused(f"its parts are more than {DEEPEST} deep")
        super().attach(payload)

    def set_payload(self, payload: Any, charset: Any = None) -> None:
        self.held = payload if isinstance(payload, str) else ""
        super().set_payload(payload, charset)

    def below(self) -> list["Part"]:
        payload = self.get_payload() if self.is_multipart() else []
        return [part for part in payload if isinstance(part, Part)]


class _Policy(Compat32):
    """Headers as they came in; those with parameters no longer than they may be."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        if name.lower().startswith("content-"):
            value = cut(value, _LONGEST_PARAMETERS)
        return name, value

    def header_fetch_parse(self, name: str, value: str) -> str:
        return value


def parts_of(raw: bytes) -> Part:
    """The mail with all its parts.

    Raises MailRefused for too many; over some broken headers the library raises other errors as well.
    """
    mail = message_from_bytes(raw, Part, policy=_Policy())
    assert isinstance(mail, Part)
    return mail
