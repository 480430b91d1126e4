"""What must always hold, as checks over the whole database; each room has its own, for `aftersale verify`."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import islice


@dataclass(frozen=True, slots=True)
class Breach:
    """`invariant` does not hold at `where`: `what` is there instead."""

    invariant: str
    where: str
    what: str


@dataclass(slots=True)
class Checked:
    """How many rows were looked at, and (where, what) of those where it does not hold."""

    count: int
    wrong: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Invariant:
    """A sentence that is always true, and how to look."""

    name: str
    holds: str
    look: Callable[[], Checked]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What looking found."""

    invariant: Invariant
    count: int
    breaches: tuple[Breach, ...]


# Enough to see what is wrong; a broken table is not to fill a screen or a memory.
_SHOWN = 20


def verify(invariant: Invariant) -> Verdict:
    """Look whether `invariant` holds."""
    checked = invariant.look()
    breaches = tuple(Breach(invariant.name, where, what) for where, what in checked.wrong)
    return Verdict(invariant, checked.count, breaches)


def first_few(wrong: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The first breaches, read from the database no further than that."""
    return list(islice(wrong, _SHOWN))
