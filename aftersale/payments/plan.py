"""Splitting money exactly: an order's price over its tenders, and a component's share over its units.

Pure arithmetic on whole minor units; no cent is ever lost, invented or tolerated.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache


def price_matrix(components: Sequence[int], tenders: Sequence[int]) -> tuple[tuple[int, ...], ...]:
    """What each tender paid of each component: rows add up to the components, columns to the tenders.

    Where payments do not add up to the price, each share is of the larger total, so that no row exceeds its
    component and no column its tender; `difference` says by how much they disagree.
    """
    _whole_and_not_negative(components)
    _whole_and_not_negative(tenders)
    paid, larger = sum(tenders), max(sum(components), sum(tenders))
    given = [0] * len(tenders)
    rows, so_far = [], 0
    for component in components:
        so_far += component
        before = tuple(given)
        if larger:
            shares = [tender * so_far for tender in tenders]
            _give(given, _round(paid * so_far, larger) - sum(given), shares, larger)
        rows.append(tuple(now - then for now, then in zip(given, before, strict=True)))
    return tuple(rows)


def layered_matrix(components: Sequence[int], layers: Sequence[Sequence[int]]) -> tuple[tuple[int, ...], ...]:
    """The same for tenders that came layer after layer: what a later one pays changes no earlier share.

    Each layer is laid over what those before it left of the components.
    """
    rest = list(components)
    rows: list[tuple[int, ...]] = [() for _ in components]
    for layer in layers:
        shares = price_matrix(rest, layer)
        rest = [left - sum(row) for left, row in zip(rest, shares, strict=True)]
        rows = [row + share for row, share in zip(rows, shares, strict=True)]
    return tuple(rows)


def difference(components: Sequence[int], tenders: Sequence[int]) -> int:
    """What was captured beyond the price; negative when less was captured, 0 when they agree."""
    return sum(tenders) - sum(components)


def worth(cells: Sequence[int], *, units: int, before: int, now: int) -> tuple[int, ...]:
    """What the units `before` + 1 to `before` + `now` of `units` are worth to each tender.

    `cells` is what each tender paid for all units together. A unit's worth depends on its number alone, so
    that any order of partial returns ends at exactly `cells`.
    """
    assert units > 0 and before >= 0 and now >= 0, "units are counted up from 0"
    assert before + now <= units, f"{before} + {now} units are more than the {units} there are"
    _whole_and_not_negative(cells)
    running = _worth_of_first(tuple(cells), units)
    return tuple(late - early for late, early in zip(running[before + now], running[before], strict=True))


# A form and its decisions ask about the same few lines again and again, unit by unit.
@lru_cache(maxsize=256)
def _worth_of_first(cells: tuple[int, ...], units: int) -> tuple[tuple[int, ...], ...]:
    """The worth of the first 0, 1, … `units` units, for each tender."""
    total, given = sum(cells), [0] * len(cells)
    running = [tuple(given)]
    for unit in range(1, units + 1):
        shares = [cell * unit for cell in cells]
        _give(given, _round(total * unit, units) - sum(given), shares, units)
        running.append(tuple(given))
    return tuple(running)


def _give(given: list[int], cents: int, shares: Sequence[int], whole: int) -> None:
    """Give each of `cents` to the tender furthest below its exact share, which is `share / whole`."""
    # Before each cent the shares exceed what is given by half a cent at least, as totals are rounded half up:
    # the furthest below is truly below, and one cent later above by less than one. Shares only grow and end
    # whole, so nobody ends above, the totals agree, and each ends at exactly its share.
    below = [share - whole * had for share, had in zip(shares, given, strict=True)]
    many = len(below)
    for tender in range(many):
        # All cents given while a tender is this far below go to it in any order: give them at once.
        at_once = max(0, below[tender] // whole - many)
        given[tender] += at_once
        below[tender] -= at_once * whole
        cents -= at_once
    for _ in range(cents):
        furthest = max(range(many), key=below.__getitem__)
        given[furthest] += 1
        below[furthest] -= whole


def _round(amount: int, by: int) -> int:
    """`amount / by` rounded half up."""
    return (2 * amount + by) // (2 * by)


def _whole_and_not_negative(amounts: Iterable[int]) -> None:
    for amount in amounts:
        assert isinstance(amount, int) and amount >= 0, (
            f"an amount is whole minor units from 0, not {amount!r}"
        )
