"""What the three doors of mail share: one delivery, and what its sender is to hear."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

import structlog

from aftersale.base.errors import place_of
from aftersale.base.ports import Ports
from aftersale.support.errors import MailRefused
from aftersale.support.mail.intake import accept, takes

_LONGEST_ADDRESS = 320
log = structlog.get_logger("mail")


class Fate(Enum):
    TAKEN = auto()  # stored, or it would be
    NOBODY = auto()  # there is no such address here
    REFUSED = auto()  # it never will be taken
    LATER = auto()  # something of ours failed: its sender keeps it, and asks again


@dataclass(frozen=True, slots=True)
class Outcome:
    """`reason` is one line of ASCII, for whoever sent it."""

    fate: Fate
    reason: str = ""


NOBODY = Outcome(Fate.NOBODY, "there is no such address here")


def deliver(*, ports: Ports, raw: bytes, sender: str | None, recipient: str, via: str) -> Outcome:
    """Store a mail for one recipient, once. It has been committed when this answers TAKEN. Never raises."""
    outcome = _safely(lambda: _delivered(ports, raw, sender, recipient, via))
    log.info("mail", outcome=outcome.fate.name.lower(), reason=outcome.reason, via=via, bytes=len(raw))
    return outcome


def look_up(*, ports: Ports, recipient: str) -> Outcome:
    """Whether a mail to this address would be taken: TAKEN, NOBODY or LATER. Never raises."""
    return _safely(lambda: Outcome(Fate.TAKEN) if _takes(ports, recipient) else NOBODY)


def can_be_an_address(text: str) -> bool:
    """Whether it is short enough, and made of whole characters."""
    return len(text) <= _LONGEST_ADDRESS and text.isprintable()


def _delivered(ports: Ports, raw: bytes, sender: str | None, recipient: str, via: str) -> Outcome:
    if sender is not None and not can_be_an_address(sender):
        raise MailRefused("its sender's address cannot be read")
    if not _takes(ports, recipient):
        return NOBODY
    accept(ports=ports, raw=raw, sender=sender, recipient=recipient, via=via)
    return Outcome(Fate.TAKEN)


def _takes(ports: Ports, recipient: str) -> bool:
    return can_be_an_address(recipient) and takes(recipient, ports.clock.now())


def _safely(act: Callable[[], Outcome]) -> Outcome:
    try:
        return act()
    except MailRefused as error:
        return Outcome(Fate.REFUSED, _one_line(str(error)))
    except Exception as error:  # noqa: BLE001 - whatever it is that failed here, the mail must not be lost
        log.warning("mail put off", error=type(error).__name__, at=place_of(error))
        return Outcome(Fate.LATER, "it cannot be stored now: try again later")


def _one_line(text: str) -> str:
    return " ".join(text.encode("ascii", "replace").decode().split())[:200]
