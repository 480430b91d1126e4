"""Whole numbers that fit linear limits, found or proved not to be: eliminate one by one, then fill in."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from itertools import count
from math import gcd

type Name = Hashable
type Limit = tuple[dict[Name, int], int]
_MOST_LIMITS = 2_000
_MOST_TRIED = 5_000


class TooHard(Exception):
    """Neither found nor disproved in a sensible time; it must never be taken for a no."""


def fitting(
    limits: Sequence[Limit], names: Sequence[Name], wish: Mapping[Name, int]
) -> dict[Name, int] | None:
    """A whole number for each name so that `sum(times * number) <= bound` for every limit, or None.

    The first name comes as near to its wish as the limits let it, then the second, and so on. Raises
    TooHard.
    """
    left: dict[frozenset[tuple[Name, int]], int] = {}
    for times, bound in limits:
        if not _noted(times, bound, left):
            return None
    levels: list[list[Limit]] = []
    for name in reversed(names):
        about = [(dict(key), bound) for key, bound in left.items() if any(n == name for n, _ in key)]
        left = {key: bound for key, bound in left.items() if all(n != name for n, _ in key)}
        levels.append(about)
        for times, bound in _joined(name, about):
            if not _noted(times, bound, left):
                return None
        if len(left) > _MOST_LIMITS:
            raise TooHard
    return _filled(names, levels[::-1], wish, {}, count(1))


def _noted(times: Mapping[Name, int], bound: int, left: dict[frozenset[tuple[Name, int]], int]) -> bool:
    """Notes a limit in its smallest form; whether it can be kept at all."""
    kept = {name: n for name, n in times.items() if n}
    if not kept:
        return bound >= 0
    shared = gcd(*kept.values())
    key = frozenset((name, n // shared) for name, n in kept.items())
    left[key] = min(bound // shared, left.get(key, bound // shared))
    return True


def _joined(name: Name, about: Sequence[Limit]) -> Iterator[Limit]:
    """What the limits about a number say of the others: each from below with each from above."""
    above = [limit for limit in about if limit[0][name] > 0]
    for under, under_bound in (limit for limit in about if limit[0][name] < 0):
        for over, over_bound in above:
            up, down = over[name], -under[name]
            times = {n: down * over.get(n, 0) + up * under.get(n, 0) for n in {*over, *under}}
            yield times, down * over_bound + up * under_bound


def _filled(
    names: Sequence[Name],
    levels: Sequence[Sequence[Limit]],
    wish: Mapping[Name, int],
    found: dict[Name, int],
    tried: Iterator[int],
) -> dict[Name, int] | None:
    """The numbers still to be found, the nearest to the wishes first; a step back where one has none."""
    if len(found) == len(names):
        return dict(found)
    name = names[len(found)]
    low, high = _ends(name, levels[len(found)], found)
    for number in _nearest(wish.get(name, 0), low, high):
        if next(tried) > _MOST_TRIED:
            raise TooHard
        found[name] = number
        if (whole := _filled(names, levels, wish, found, tried)) is not None:
            return whole
        del found[name]
    return None


def _ends(name: Name, about: Sequence[Limit], found: Mapping[Name, int]) -> tuple[int | None, int | None]:
    """The least and the greatest a number can be, those before it being found."""
    low: int | None = None
    high: int | None = None
    for times, bound in about:
        room = bound - sum(n * found[other] for other, n in times.items() if other != name)
        n = times[name]
        if n > 0:
            high = room // n if high is None else min(high, room // n)
        else:
            low = -(room // -n) if low is None else max(low, -(room // -n))
    return low, high


def _nearest(wish: int, low: int | None, high: int | None) -> Iterator[int]:
    """The numbers from `low` to `high`, from the wish outwards."""
    if low is not None and high is not None and low > high:
        return
    start = wish if low is None else max(wish, low)
    start = start if high is None else min(start, high)
    yield start
    for step in count(1):
        inside = False
        for number in (start + step, start - step):
            if (low is None or number >= low) and (high is None or number <= high):
                inside = True
                yield number
        if not inside:
            return
