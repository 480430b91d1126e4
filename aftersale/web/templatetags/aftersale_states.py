"""Every state a page can show: its tone, its icon and its word, so that colour never says it alone."""

from collections.abc import Iterable
from typing import NamedTuple

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

register = template.Library()


class Look(NamedTuple):
    tone: str  # good, wait, stop, info or plain
    icon: str  # a name of static/icons.svg
    word: str | Promise


LOOKS: dict[str, Look] = {
    # outcomes of the policy
    "refund": Look("good", "check-circle", _("Full refund")),
    "ask_supplier": Look("wait", "store", _("The supplier is asked")),
    "return_all": Look("wait", "together", _("Send everything back together")),
    "claim": Look("info", "question", _("Claim: we look into it")),
    "deny": Look("stop", "stop-circle", _("No refund")),
    # a return and its lines
    "requested": Look("info", "return", _("Requested")),
    "authorised": Look("good", "check", _("Authorised")),
    "waiting": Look("wait", "hourglass", _("Waiting")),
    "refused": Look("stop", "cross", _("Refused")),
    "withdrawn": Look("plain", "cross", _("Withdrawn")),
    "sent": Look("info", "truck", _("Sent")),
    "received": Look("info", "inbox", _("Received")),
    "inspected": Look("info", "inspect", _("Inspected")),
    "settled": Look("good", "check-circle", _("Settled")),
    "refunded": Look("good", "refund", _("Refunded")),
    "replaced": Look("good", "parcel", _("Replaced")),
    "returned_to_customer": Look("plain", "return", _("Sent back to you")),
    "kept": Look("plain", "home", _("Kept")),
    "appealed": Look("wait", "flag", _("Appealed")),
    # a refund, a charge
    "reserved": Look("wait", "lock", _("Reserved")),
    "submitted": Look("wait", "send", _("Submitted")),
    "succeeded": Look("good", "check-circle", _("Paid out")),
    "failed": Look("stop", "alert", _("Failed")),
    "unknown": Look("wait", "question", _("Being checked")),
    "released": Look("plain", "minus", _("Released")),
    "reversed": Look("stop", "return", _("Reversed")),
    "declined": Look("stop", "cross-circle", _("Declined")),
    "scheduled": Look("wait", "clock", _("To be tried again")),
    "requires_action": Look("wait", "person", _("To be confirmed")),
    "given_up": Look("plain", "minus", _("Given up")),
    "unpaid": Look("stop", "alert", _("To be paid")),
    "captured": Look("good", "check", _("Paid")),
    # a card and the request to remove it
    "setup_pending": Look("wait", "hourglass", _("Being set up")),
    "active": Look("good", "check", _("Active")),
    "frozen": Look("info", "snowflake", _("Frozen")),
    "removal_pending": Look("wait", "hourglass", _("Being removed")),
    "detached": Look("plain", "card-off", _("Removed")),
    "tombstone": Look("plain", "card-off", _("Removed")),
    "draft": Look("plain", "edit", _("Draft")),
    "proven": Look("info", "shield", _("Proven")),
    "detaching": Look("wait", "hourglass", _("Being removed")),
    "verified": Look("good", "shield", _("Verified gone")),
    "confirmed": Look("good", "check-circle", _("Confirmed")),
    "vetoed": Look("stop", "stop-circle", _("Stopped by its owner")),
    "needs_staff": Look("wait", "person", _("With our staff")),
    # an order and its parcels
    "placed": Look("plain", "receipt", _("Placed")),
    "packed": Look("plain", "parcel", _("Packed")),
    "dispatched": Look("info", "truck", _("Dispatched")),
    "in_transit": Look("info", "truck", _("On its way")),
    "delivered": Look("good", "home", _("Delivered")),
    "completed": Look("plain", "flag", _("Marked delivered")),
    "cancelled": Look("plain", "cross", _("Cancelled")),
    "lost": Look("stop", "question", _("Lost")),
    # threads and mails
    "open": Look("wait", "thread", _("Open")),
    "answered": Look("info", "thread", _("Answered")),
    "solved": Look("good", "check-circle", _("Solved")),
    "closed": Look("plain", "lock", _("Closed")),
    "held": Look("wait", "eye", _("Held for a look")),
    "merged": Look("plain", "link", _("Merged")),
    "opened": Look("good", "thread", _("Became a thread")),
    # an RMA number
    "issued": Look("good", "tag", _("Issued")),
    "used": Look("plain", "check", _("Used")),
    "revoked": Look("stop", "cross", _("Revoked")),
    # anything with a date
    "expired": Look("plain", "clock", _("Expired")),
    "overdue": Look("stop", "alert", _("Overdue")),
}

TONES: dict[str, str] = {
    "good": "check-circle",
    "wait": "hourglass",
    "stop": "alert",
    "info": "info",
    "plain": "info",
}
# Django's message levels are tones too.
LEVELS: dict[str, str] = {
    "success": "good",
    "error": "stop",
    "danger": "stop",
    "warning": "wait",
    "info": "info",
    "debug": "plain",
}


@register.filter
def state_tone(state: str) -> str:
    return _look(state).tone


@register.filter
def state_icon(state: str) -> str:
    return _look(state).icon


@register.filter
def state_word(state: str) -> str:
    return str(_look(state).word)


@register.filter
def tone_icon(tone: str) -> str:
    return TONES.get(str(tone), "info")


@register.filter
def level_tone(tags: str | Iterable[str] | None) -> str:
    """The tone of a message ("safe error") or of an allauth element ({"danger", "email"}) by its tags."""
    words = tags.replace(",", " ").split() if isinstance(tags, str) else tags or ()
    return next((LEVELS[word] for word in words if word in LEVELS), "info")


def _look(state: str) -> Look:
    """A state nobody has drawn yet still reads: its own name, in the plain tone."""
    name = str(state).lower().replace("-", "_").replace(" ", "_")
    return LOOKS.get(name, Look("plain", "info", name.replace("_", " ").capitalize()))
