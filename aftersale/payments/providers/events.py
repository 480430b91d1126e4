"""Events that a provider sends us: signed, and hints at most. Who reads one asks the provider what is true.

The scheme is Stripe's, and the sandbox signs the same way: a header `t=MOMENT,v1=SIGNATURE`, where the
signature is the HMAC-SHA256 of `MOMENT.BODY`. Of a body we keep names alone, nothing that a person wrote.
"""

import hmac
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db import models

from aftersale.base.errors import AftersaleError
from aftersale.base.ports import Clock

# How far an event's moment may be from ours, before as after: an old one is a replay, and so is a future one.
TOLERANCE = timedelta(minutes=5)
_PAIR = re.compile(r"(t|v1)=([0-9a-f]+)")
_LONGEST_NAME = 128


class Topic(models.TextChoices):
    """What an event may be about, as far as we care."""

    REFUND = "refund"
    CHARGE = "charge"
    CARD = "card"
    SET_UP = "set_up"


@dataclass(frozen=True, slots=True)
class Hint:
    """`about` is the provider's name for the thing; `ours` is our own name for it, where we gave it one."""

    event: str
    topic: Topic
    about: str
    ours: str = ""


class NotSigned(AftersaleError):
    """Not from the provider, not of now, or not readable: nothing is done."""


# An event's type, and what it is about. The others are none of our business.
TYPES = {
    "refund.created": Topic.REFUND,
    "refund.updated": Topic.REFUND,
    "refund.failed": Topic.REFUND,
    "charge.refund.updated": Topic.REFUND,
    "payment_intent.succeeded": Topic.CHARGE,
    "payment_intent.payment_failed": Topic.CHARGE,
    "payment_intent.processing": Topic.CHARGE,
    "payment_intent.requires_action": Topic.CHARGE,
    "payment_intent.canceled": Topic.CHARGE,
    "payment_method.detached": Topic.CARD,
    "payment_method.updated": Topic.CARD,
    "payment_method.automatically_updated": Topic.CARD,
    "checkout.session.completed": Topic.SET_UP,
}
# Under this name a thing carries what we call it: a refund our key, a charge and a set-up our reference.
OUR_NAMES = {
    Topic.REFUND: "aftersale_key",
    Topic.CHARGE: "aftersale_charge",
    Topic.SET_UP: "aftersale_set_up",
}
# Without our name on it, it is somebody else's.
_ONLY_OURS = (Topic.CHARGE, Topic.SET_UP)


@dataclass(frozen=True, slots=True)
class EventReader:
    """Reads the events of one provider; `secrets` are more than one while they are exchanged."""

    name: str
    header: str
    secrets: Sequence[str]
    clock: Clock

    def __repr__(self) -> str:
        return f"EventReader({self.name})"

    def read(self, raw: bytes, headers: Mapping[str, str]) -> Hint | None:
        """What the event hints at, None where we do not care. Raises NotSigned."""
        self._check(raw, headers.get(self.header, ""))
        try:
            return _hint(json.loads(raw))
        except (ValueError, KeyError, TypeError, AttributeError):
            raise NotSigned("it is no event") from None

    def _check(self, raw: bytes, header: str) -> None:
        found = [_PAIR.fullmatch(part.strip()) for part in header.split(",")[:20]]
        pairs = [pair.groups() for pair in found if pair]
        moments = [value for name, value in pairs if name == "t" and value.isdecimal()]
        signatures = [value for name, value in pairs if name == "v1"]
        if len(moments) != 1 or not signatures:
            raise NotSigned("it carries no signature")
        wanted = [signature_of(raw, secret, moment=moments[0]) for secret in self.secrets]
        # Every pair is compared, so that the time taken tells nothing.
        matches = [hmac.compare_digest(given, want) for given in signatures for want in wanted]
        if not any(matches):
            raise NotSigned("its signature is not the provider's")
        if abs(self.clock.now().timestamp() - int(moments[0])) > TOLERANCE.total_seconds():
            raise NotSigned("it is not of now")


def signed_header(raw: bytes, secret: str, *, at: datetime) -> str:
    """What a provider sends beside the body."""
    moment = str(int(at.astimezone(UTC).timestamp()))
    return f"t={moment},v1={signature_of(raw, secret, moment=moment)}"


def signature_of(raw: bytes, secret: str, *, moment: str) -> str:
    return hmac.new(secret.encode(), moment.encode() + b"." + raw, sha256).hexdigest()


def _hint(event: dict[str, Any]) -> Hint | None:
    topic = TYPES.get(event["type"])
    if topic is None:
        return None
    thing = event["data"]["object"]
    about, ours = thing["id"], (thing.get("metadata") or {}).get(OUR_NAMES.get(topic, ""), "")
    if topic == Topic.CARD and (customer := _customer(event["data"])):
        about = f"{customer}/{about}"
    if not (_is_name(event["id"]) and _is_name(about) and (ours == "" or _is_name(ours))):
        raise ValueError("a name is short text")
    return None if topic in _ONLY_OURS and not ours else Hint(event["id"], topic, about, ours)


def _customer(told: dict[str, Any]) -> object:
    """Whom a card is kept for, or was until just now."""
    return (told.get("previous_attributes") or {}).get("customer") or told["object"].get("customer")


def _is_name(value: object) -> bool:
    return isinstance(value, str) and value.isprintable() and 0 < len(value) <= _LONGEST_NAME
