"""What a decision is, and the record of a leaf from which it is told."""

from collections.abc import Mapping
from typing import NamedTuple, Protocol

from .change import Change
from .facts import Value, show


class Pays(NamedTuple):
    """What an outcome pays: `percent` of what this return may give back, or `minor` units of `currency`."""

    percent: int | None = None
    minor: int | None = None
    currency: str = ""

    def as_json(self) -> dict[str, object]:
        """`{"percent"}` or `{"minor", "currency"}`."""
        if self.percent is not None:
            return {"percent": self.percent}
        return {"minor": self.minor, "currency": self.currency}


class Reason(NamedTuple):
    """The record of a leaf; at a gap `clause` is "", at a conflict `rival` is the clause that disagrees."""

    leaf: int
    outcome: str
    clause: str
    because: str
    pays: Pays | None
    decisive: tuple[str, ...]
    rival: str = ""


class Changing(Protocol):
    """What can say which changes would give more."""

    def changes(self, facts: Mapping[str, Value], outcome: str) -> tuple[Change, ...] | None:
        """As `Decision.would_change`."""


class Decision(NamedTuple):
    """One answer with its grounds; the same policy and facts always give an equal one.

    `because` is the clause's prose, `decisive` the facts that were looked at, with their values.
    `holds_until` is the last value of the counted fact for which this outcome stays, all other facts as
    they are: the day by which the customer must act. It is None where there is no such day: the fact is
    absent, no later value changes the outcome, or the document counts in nothing. A later clause with the
    same outcome does not end it. `leaf` is the number from which `Policy.explain` tells the decision again,
    `policy` the document's hash, `facts` all that was told, `source` what works out `would_change`.
    """

    outcome: str
    clause: str
    because: str
    pays: Pays | None
    decisive: dict[str, Value]
    holds_until: dict[str, int] | None
    leaf: int
    policy: str
    facts: Mapping[str, Value]
    source: Changing

    @property
    def would_change(self) -> tuple[Change, ...] | None:
        """The smallest changes in the customer's or the supplier's power that give more, least effort first.

        Worked out when asked for. () proves that nothing in their power helps; None means that it is not
        known: the document does not say what is in whose power, or there is too much to follow.
        """
        return self.source.changes(self.facts, self.outcome)

    def as_json(self) -> dict[str, object]:
        """The object of the command line's contract."""
        changes = self.would_change
        return {
            "outcome": self.outcome,
            "clause": self.clause,
            "because": self.because,
            "pays": self.pays.as_json() if self.pays else None,
            "decisive": {name: show(value) for name, value in self.decisive.items()},
            "holds_until": self.holds_until,
            "would_change": None if changes is None else [change.as_json() for change in changes],
            "policy": self.policy,
        }


class Open(NamedTuple):
    """What is still open while not everything is told.

    `outcomes` that are possible, kindest first; `ask` names the fact to ask next, None when nothing is open.
    """

    outcomes: tuple[str, ...]
    ask: str | None
