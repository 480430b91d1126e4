"""A return as pages show it: how far it has come, who acts next, what happened, what was paid."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersale.payments.models import Refund
from aftersale.payments.states import State
from aftersale.returns.models import LineState, Party, Return, ReturnEvent, ReturnLine, Rma
from aftersale.returns.queries import state_of
from aftersale.web.words import badge, due_day, party, short_day

_STEPS: tuple[tuple[str, Promise], ...] = (
    ("asked", gettext_lazy("Asked")),
    ("answered", gettext_lazy("Answered")),
    ("sent", gettext_lazy("Sent")),
    ("received", gettext_lazy("Received")),
    ("inspected", gettext_lazy("Inspected")),
    ("paid", gettext_lazy("Paid back")),
)
# state of the return -> the step it is at, and whether that step is done
_AT: dict[str, tuple[str, bool]] = {
    LineState.WAITING_SUPPLIER: ("answered", False),
    LineState.WAITING_ALL: ("answered", False),
    LineState.CLAIM: ("answered", False),
    LineState.AUTHORISED: ("sent", False),
    LineState.SENT: ("received", False),
    LineState.RECEIVED: ("inspected", False),
    LineState.INSPECTED: ("inspected", True),
    LineState.SETTLED: ("paid", True),
    LineState.REFUSED: ("answered", False),
    LineState.EXPIRED: ("sent", False),
    LineState.WITHDRAWN: ("sent", False),
}
_ANSWERS = ("decided", "rma_issued", "rma_refused")
_STOPPED = (LineState.REFUSED, LineState.EXPIRED, LineState.WITHDRAWN)

# state of the return -> what the party whose turn it is does, the same as an order to it, and what comes else
_DUTIES: dict[str, tuple[Promise, Promise, Promise]] = {
    LineState.WAITING_SUPPLIER: (
        gettext_lazy("answers whether it may come back"),
        gettext_lazy("say whether it may come back"),
        gettext_lazy("our staff take it over; silence never turns into a no."),
    ),
    LineState.WAITING_ALL: (
        gettext_lazy("puts everything of this supplier into one return"),
        gettext_lazy("put everything of this supplier into one return"),
        gettext_lazy("the return ends; a new one can be asked for."),
    ),
    LineState.AUTHORISED: (
        gettext_lazy("hands the parcel to the carrier"),
        gettext_lazy("hand the parcel to the carrier"),
        gettext_lazy("the return ends unsent; a mail reminds three days before."),
    ),
    LineState.CLAIM: (
        gettext_lazy("look into it"),
        gettext_lazy("look into it"),
        gettext_lazy("it is put before our staff again."),
    ),
    LineState.SENT: (
        gettext_lazy("confirms that the parcel has arrived"),
        gettext_lazy("confirm when the parcel has arrived"),
        gettext_lazy("our staff ask the carrier where it is."),
    ),
    LineState.RECEIVED: (
        gettext_lazy("inspects what came back"),
        gettext_lazy("inspect what came back"),
        gettext_lazy("our staff inspect or decide instead."),
    ),
    LineState.INSPECTED: (
        gettext_lazy("pays the refund"),
        gettext_lazy("pay the refund"),
        gettext_lazy("our staff look after it."),
    ),
}
_EVENTS: dict[str, tuple[Promise, str, str]] = {
    "requested": (gettext_lazy("Return asked for"), "info", "return"),
    "decided": (gettext_lazy("Answered by the policy"), "info", "policy"),
    "final": (gettext_lazy("Decided for good"), "good", "policy"),
    "rma_issued": (gettext_lazy("RMA number issued"), "good", "tag"),
    "rma_refused": (gettext_lazy("The supplier says no"), "stop", "stop-circle"),
    "rma_revoked": (gettext_lazy("RMA number taken back"), "stop", "cross"),
    "handed_over": (gettext_lazy("Handed to the carrier"), "info", "truck"),
    "received": (gettext_lazy("Arrived"), "info", "inbox"),
    "inspected": (gettext_lazy("Inspected"), "info", "inspect"),
    "refunded": (gettext_lazy("Refund paid, return closed"), "good", "refund"),
    "closed": (gettext_lazy("Return closed"), "plain", "flag"),
    "withdrawn": (gettext_lazy("Withdrawn"), "plain", "cross"),
    "expired": (gettext_lazy("Not sent in time"), "plain", "clock"),
    "escalated": (gettext_lazy("Handed to our staff"), "wait", "flag"),
}


@dataclass(frozen=True, slots=True)
class EventShown:
    """One step of the timeline in words. `who` is a party, or the person's name for the desk."""

    event: ReturnEvent

    @property
    def _kind(self) -> str:
        return "final" if self.event.words.get("final") else self.event.kind

    @property
    def title(self) -> str:
        known = _EVENTS.get(self._kind)
        return str(known[0]) if known else self.event.kind.replace("_", " ").capitalize()

    @property
    def tone(self) -> str:
        return _EVENTS[self._kind][1] if self._kind in _EVENTS else "plain"

    @property
    def icon(self) -> str:
        return _EVENTS[self._kind][2] if self._kind in _EVENTS else "info"

    @property
    def at(self) -> datetime:
        return self.event.at

    @property
    def who(self) -> str:
        return party(self.event.party)

    @property
    def actor(self) -> str:
        """For the desk: the party and the person."""
        return f"{self.who} · {self.event.actor}" if self.event.actor else self.who

    @property
    def text(self) -> str:
        words = self.event.words
        return str(words.get("answer") or words.get("number") or words.get("carrier") or "")


@dataclass(frozen=True, slots=True)
class CaseShown:
    """A return with what every page about it shows."""

    case: Return
    now: datetime

    @property
    def lines(self) -> list[ReturnLine]:
        return list(self.case.lines.all())

    @property
    def state(self) -> str:
        return state_of(self.case)

    @property
    def badge(self) -> str:
        return badge(self.case)

    @property
    def steps(self) -> list[tuple[str, str, str]]:
        """Each step with its word and, once it is done, its day."""
        day, case = self.case.order.day_of, self.case
        answers = [e.at for e in case.events.all() if e.kind in _ANSWERS and not e.words.get("final")]
        asking = self.state in (LineState.WAITING_SUPPLIER, LineState.WAITING_ALL, LineState.CLAIM)
        known = {
            "asked": case.requested_at,
            "answered": max(answers, default=None) if not asking else None,
            "sent": case.handed_over_at,
            "received": case.received_at,
            "inspected": case.inspected_at,
            "paid": case.closed_at if self.badge == "refunded" else None,
        }
        moments = {name: short_day(day(at)) for name, at in known.items() if at is not None}
        return [(name, str(word), moments.get(name, "")) for name, word in _STEPS]

    @property
    def step(self) -> str:
        if self.state == LineState.SETTLED and self.badge != "refunded":
            return "inspected"
        return _AT[self.state][0]

    @property
    def is_step_done(self) -> bool:
        return _AT[self.state][1]

    @property
    def is_stopped(self) -> bool:
        return self.state in _STOPPED

    @property
    def due(self) -> dict[str, Any] | None:
        """Who must act, by when, and what happens then; None when nobody has to."""
        case = self.case
        if case.closed_at is not None or not case.waiting_on:
            return None
        # What was handed to our staff is theirs, whatever it waited for before.
        ours = case.waiting_on == Party.AGENT
        does, order, then = _DUTIES[LineState.CLAIM if ours else self.state]
        return {
            "party": case.waiting_on,
            "who": self._who(),
            "what": str(does),
            "do": str(order),
            "then": str(then),
            "by": due_day(case),
            "late": case.due_at is not None and case.due_at <= self.now,
        }

    def _who(self) -> str:
        if self.case.waiting_on == Party.SUPPLIER:
            return self.case.group.supplier.name
        return party(self.case.waiting_on)

    @property
    def rma(self) -> Rma | None:
        """The number that counts, if there is one."""
        return next((rma for rma in self.case.rmas.all() if rma.revoked_at is None), None)

    @property
    def events(self) -> list[EventShown]:
        """What happened, the newest first."""
        return [EventShown(event) for event in reversed(self.case.events.select_related("actor"))]

    @property
    def is_to_be_sent(self) -> bool:
        return any(row.state == LineState.AUTHORISED for row in self.lines)

    @property
    def can_be_withdrawn(self) -> bool:
        asking = (LineState.WAITING_SUPPLIER, LineState.WAITING_ALL, LineState.CLAIM, LineState.AUTHORISED)
        return self.case.handed_over_at is None and any(row.state in asking for row in self.lines)

    @property
    def waits_for_supplier(self) -> bool:
        return any(row.state == LineState.WAITING_SUPPLIER for row in self.lines)

    @property
    def takes_a_number(self) -> bool:
        """Whether a supplier's number could be recorded: nothing is sent, and there is none yet."""
        quiet = (LineState.EXPIRED, LineState.WITHDRAWN, LineState.SETTLED)
        unsent = self.case.handed_over_at is None
        return unsent and self.rma is None and not any(row.state in quiet for row in self.lines)

    @property
    def is_paid_in_full(self) -> bool:
        """Whether it closed with every refund paid, none given up."""
        return any(event.kind == "refunded" for event in self.case.events.all())

    @property
    def is_on_its_way(self) -> bool:
        return any(row.state == LineState.SENT for row in self.lines)

    @property
    def is_to_be_inspected(self) -> bool:
        return any(row.state == LineState.RECEIVED for row in self.lines)

    @property
    def supplier(self) -> str:
        return self.case.group.supplier.name

    @property
    def answer_of_supplier(self) -> str:
        """The reason that the supplier gave last, for a no."""
        told = [e for e in self.case.events.all() if e.kind in ("rma_refused", "rma_revoked")]
        return str(told[-1].words.get("answer", "")) if told else ""


def living(refunds: Sequence[Refund]) -> list[Refund]:
    """The rows that count: a failed attempt that another row took over is not shown to customers."""
    replaced = {refund.replaces_id for refund in refunds}
    return [refund for refund in refunds if refund.pk not in replaced]


def refund_title(refund: Refund) -> str:
    return _("Paid back") if refund.state == State.SUCCEEDED else _("Refund")
