"""How long to wait before something is asked for again."""

from datetime import timedelta
from zlib import crc32

from aftersale.base.ports import Ids

_DOUBLINGS = 12


def back_off(attempts: int, *, first: timedelta, longest: timedelta) -> timedelta:
    """After so many `attempts`: `first` after one, doubled with each more, `longest` at most."""
    return min(first * (1 << max(0, min(attempts - 1, _DOUBLINGS))), longest)


def some_of(longest: timedelta, ids: Ids, *, at_least: float = 0.0) -> timedelta:
    """A random part of it, so that what began together does not come back in step."""
    part: float = crc32(ids.key().encode()) / 2**32
    return longest * (at_least + (1 - at_least) * part)
