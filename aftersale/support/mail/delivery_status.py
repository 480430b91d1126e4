"""What a report of a mail server says of each recipient, in the part that is made for it (RFC 3464)."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from aftersale.support.mail.parts import Part

# Reports of these are none that a mail was lost.
NOT_LOST = frozenset({"delayed", "delivered", "relayed", "expanded"})
# What a report says that tells no reason: kept as one that may pass.
UNKNOWN = "4.0.0"
# Kept for a report in which others lost a mail, or nobody.
ARRIVED = "2.0.0"
_KINDS = {"message/delivery-status", "message/global-delivery-status"}
_STATUS = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.])")
# How an address is written within such a part, its odd letters in hexadecimal.
_HEX = re.compile(r"\+([0-9A-F]{2})")


class Reported(NamedTuple):
    """Of one recipient, by the address that we wrote to and the one that it led to."""

    addresses: frozenset[str]
    action: str
    status: str


def reported_in(mail: Part) -> list[Reported]:
    """All that the report tells of; an unknown action where its part tells of nobody."""
    if mail.get_content_type() != "multipart/report":
        return []
    parts = [part for part in mail.below() if part.get_content_type() in _KINDS]
    told = [_of_one(block) for part in parts for block in part.below() if "action" in block]
    return told or ([Reported(frozenset(), "unknown", UNKNOWN)] if parts else [])


def status_for(address: str, reported: Sequence[Reported]) -> str:
    """Why a mail to this address was lost; ARRIVED where it was not, empty where no report says anything.

    The one recipient of a report is ours whatever it is called: the mail may have been sent on.
    """
    if not reported:
        return ""
    ours = [each for each in reported if address.lower() in each.addresses]
    if not ours and len(reported) == 1:
        ours = list(reported)
    return next((each.status for each in ours if each.action not in NOT_LOST), ARRIVED)


def status_in(text: str) -> str:
    """The first status that a text names, or UNKNOWN: some servers write their reports as they like."""
    found = next((each for each in _STATUS.findall(text) if each[0] != "2"), None)
    return found or UNKNOWN


def names_a_status(text: str) -> bool:
    return any(each[0] != "2" for each in _STATUS.findall(text))


def _of_one(block: Part) -> Reported:
    addresses = frozenset(_addresses(block))
    action = (str(block["action"]).lower().split() or ["unknown"])[0].strip('"')
    status = _STATUS.search(str(block.get("status", "")))
    # Some say that it failed for good, and why only in the words of the server that refused it.
    why = _STATUS.search(str(block.get("diagnostic-code", "")))
    if why and (status is None or status[0].endswith(".0.0")):
        status = why
    return Reported(addresses, action, status[0] if status else UNKNOWN)


def _addresses(block: Part) -> Iterator[str]:
    for name in ("original-recipient", "final-recipient"):
        told = str(block.get(name, "")).rpartition(";")[2].strip().strip("<>").lower()
        yield from {told, _HEX.sub(lambda found: chr(int(found[1], 16)), told.upper()).lower()} - {""}
