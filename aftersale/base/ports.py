"""The ports: time, identifiers and randomness, passed in. Nothing else touches them."""

import random
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from django.db import connection

# Without I, L, O and U: nothing that is misread, and no unlucky words.
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class Clock(Protocol):
    """Says what time it is, in UTC."""

    def now(self) -> datetime: ...


class Ids(Protocol):
    """Makes what must not be guessed or used twice."""

    def reference(self, kind: str) -> str:
        """A short name for people: the letter of its kind, then 50 random bits, such as R7K2M-9XQD4."""

    def key(self) -> str:
        """128 random bits in letters: an idempotency key, a token."""

    def digits(self, count: int) -> str:
        """So many random digits, for a code that is typed from a mail."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class ShiftedClock:
    """A clock that stood at `start` when it was made and has run on since; for trials on old orders."""

    def __init__(self, start: datetime) -> None:
        assert start.tzinfo is not None, "a clock starts at a time with a zone"
        self._offset: timedelta = start - datetime.now(UTC)

    def now(self) -> datetime:
        return datetime.now(UTC) + self._offset


class FixedClock:
    """A clock that stands still until it is moved; for tests and the simulation."""

    def __init__(self, start: datetime) -> None:
        assert start.tzinfo is not None, "a clock stands at a time with a zone"
        self._now = start

    def now(self) -> datetime:
        return self._now

    def move(self, **by: float) -> None:
        """Move on by a timedelta's arguments: `clock.move(days=3)`."""
        self._now += timedelta(**by)


class RandomIds:
    """Identifiers drawn from `source`: the system's by default, a seeded one in the simulation."""

    def __init__(self, source: random.Random | None = None) -> None:
        self._source = source or secrets.SystemRandom()

    def reference(self, kind: str) -> str:
        letters = "".join(self._source.choices(_LETTERS, k=10))
        # The leading letter keeps a reference from ever looking like a card number.
        return f"{kind}{letters[:5]}-{letters[5:]}"

    def key(self) -> str:
        return "k" + "".join(self._source.choices(_LETTERS, k=26)).lower()

    def digits(self, count: int) -> str:
        return "".join(self._source.choices("0123456789", k=count))


@dataclass(frozen=True, slots=True)
class Ports:
    """What a verb may ask of the world: the time and fresh identifiers."""

    clock: Clock
    ids: Ids


def assert_outside_transaction(what: str) -> None:
    """Nothing outside the database is called inside a transaction: held here, in production too."""
    # Django marks the transaction that a test case wraps around a test; that one is not ours.
    ours = [block for block in connection.atomic_blocks if not getattr(block, "_from_testcase", False)]
    if ours:
        raise AssertionError(f"{what} was called inside a transaction")
