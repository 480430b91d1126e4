"""What changes from one version of a policy to another: by pair of clauses, with the smallest order of each.

It is proved over every order that both versions read. A fact that only one version has may be anything.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Literal

from .check.compared import Compared
from .check.finding import Example
from .check.world import DEFAULT_SECONDS
from .facts import Fact
from .policy import Policy

type Gives = Literal["more", "less", "other"]

_VERDICTS = {
    (True, True): "both",
    (True, False): "only gives more",
    (False, True): "only takes",
    (False, False): "nothing",
}
_MEANINGS = {
    "both": "some orders get more than before, others less",
    "only gives more": "every order gets what it got before, or more",
    "only takes": "every order gets what it got before, or less",
    "nothing": "every order gets what it got before",
    "not proved": "the time ran out before every order was compared",
}


@dataclass(frozen=True, slots=True)
class Change:
    """Orders that one clause decided in the old version and another decides in the new, "" being none.

    What they come to is not the same; `gives` tells which way, `example` is the smallest of them.
    """

    gives: Gives
    old_clause: str
    old_outcome: str
    new_clause: str
    new_outcome: str
    example: Example

    def __str__(self) -> str:
        old, new = (_told(self.old_clause, self.old_outcome), _told(self.new_clause, self.new_outcome))
        word = {"more": "gives more", "less": "takes", "other": "changes"}[self.gives]
        return "\n".join([f"{word}: {old} -> {new}", *self.example.table()])

    def as_json(self) -> dict[str, object]:
        """For a program."""
        return {
            "gives": self.gives,
            "old": {"clause": self.old_clause, "outcome": self.old_outcome},
            "new": {"clause": self.new_clause, "outcome": self.new_outcome},
            "example": self.example.as_json(),
        }


@dataclass(frozen=True, slots=True)
class Difference:
    """All changes, the verdict over them, and in `notes` what is not compared or changed in words only."""

    verdict: str
    changes: tuple[Change, ...]
    notes: tuple[str, ...]

    @property
    def proved(self) -> bool:
        """Whether every order was compared in time."""
        return self.verdict != "not proved"

    def __str__(self) -> str:
        head = f"{self.verdict}: {_MEANINGS[self.verdict]}"
        notes = [f"note: {note}" for note in self.notes]
        return "\n\n".join([head, *map(str, self.changes), *(["\n".join(notes)] if notes else [])])

    def as_json(self) -> dict[str, object]:
        """For a program."""
        changes = [change.as_json() for change in self.changes]
        return {"verdict": self.verdict, "changes": changes, "notes": list(self.notes)}


def compare(old: Policy, new: Policy, *, seconds: float = DEFAULT_SECONDS, in_all: float = inf) -> Difference:
    """What changes from the old version to the new."""
    compared = Compared(old, new, seconds, in_all)
    changes: list[Change] = []
    proved = True
    for gives in ("less", "more", "other"):
        for found in compared.pairs(gives):
            if found is None:
                proved = False
            else:
                clauses, outcomes, example = found
                changes.append(Change(gives, clauses[0], outcomes[0], clauses[1], outcomes[1], example))
    places = [[*old.clauses, ""], [*new.clauses, ""]]
    changes.sort(key=lambda c: (places[0].index(c.old_clause), places[1].index(c.new_clause)))
    directions = {change.gives for change in changes}
    verdict = _VERDICTS["more" in directions, "less" in directions] if proved else "not proved"
    return Difference(verdict, tuple(changes), tuple(_notes(old, new)))


def _told(clause: str, outcome: str) -> str:
    return f"`{clause}` {outcome}" if clause else "no clause"


def _notes(old: Policy, new: Policy) -> Iterator[str]:
    """What the changes do not show."""
    yield from _fact_notes(old.facts, new.facts)
    for name, clause in new.clauses.items():
        before = old.clauses.get(name)
        if before and (before.title, before.prose) != (clause.title, clause.prose):
            yield f"the words of `{name}` changed"
    yield from _promise_notes(old, new)
    rules = [{rule.text for rule in policy.document.rules} for policy in (old, new)]
    for here, there, which in ((0, 1, "OLD"), (1, 0, "NEW")):
        for text in sorted(rules[here] - rules[there]):
            yield f"only {which} says that this is always true, so only such orders are compared: `{text}`"


def _promise_notes(old: Policy, new: Policy) -> Iterator[str]:
    before, after = ({promise.text: promise for promise in policy.promises} for policy in (old, new))
    for text in sorted(after.keys() - before.keys()):
        yield f"only NEW promises: `{text}`"
    for text in sorted(before.keys() - after.keys()):
        yield f"only OLD promises: `{text}`"
    for text in sorted(before.keys() & after.keys()):
        if after[text].waived and not before[text].waived:
            yield f"NEW waives the promise: `{text}`"


def _fact_notes(old: Mapping[str, Fact], new: Mapping[str, Fact]) -> Iterator[str]:
    for facts, others, which in ((old, new, "OLD"), (new, old, "NEW")):
        for name, fact in facts.items():
            if name not in others:
                yield f"only {which} has the fact `{name}`; it may be anything"
            elif fact.kind != others[name].kind and which == "NEW":
                yield f"`{name}` is of another kind in NEW; both may be anything"
            elif alone := _alone(fact, others[name]):
                yield f"only {which} reads `{name}` {alone}; such orders are not compared"


def _alone(fact: Fact, other: Fact) -> str:
    """The values that only the first of two facts of one kind has."""
    if fact.kind != other.kind:
        return ""
    alone: Sequence[str] = [value for value in fact.values if value not in other.values]
    absent = ["absent"] if fact.may_be_absent and not other.may_be_absent else []
    below = [f"below {other.lo}"] if None not in (fact.lo, other.lo) and fact.lo < other.lo else []  # type: ignore[operator]
    above = [f"above {other.hi}"] if None not in (fact.hi, other.hi) and fact.hi > other.hi else []  # type: ignore[operator]
    return ", ".join([*alone, *below, *above, *absent])
