"""Bars of the past, laid out for an SVG of the page: the colours come from the sheet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 720, 260, 84, 12, 34
_MOST_LABELS = 8


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle: where it is, whose colour it has, and what it says."""

    x: float
    y: float
    width: float
    height: float
    series: str
    says: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A text beside an axis, and where its line is."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Plot:
    """A chart of stacked bars, one for each month."""

    bars: tuple[Bar, ...]
    months: tuple[Mark, ...]
    levels: tuple[Mark, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    bottom: int = HEIGHT - BOTTOM


@dataclass(frozen=True, slots=True)
class Stack:
    """One month's bar: series -> how much, and each of them in words."""

    name: str
    parts: Mapping[str, int]
    says: Mapping[str, str]


def stacked(stacks: Sequence[Stack], levels: Sequence[tuple[int, str]]) -> Plot:
    """The stacks side by side, with lines at the levels (how much, in words); the last is the top."""
    highest = max((amount for amount, _words in levels), default=0) or 1
    step = (WIDTH - LEFT) / max(len(stacks), 1)
    room = HEIGHT - TOP - BOTTOM
    bars, months = [], []
    for place, stack in enumerate(stacks):
        below, x = 0, LEFT + place * step
        for series, amount in stack.parts.items():
            if amount:
                top = HEIGHT - BOTTOM - room * (below + amount) / highest
                width, height = min(step * 0.7, 64), room * amount / highest
                at = round(x + (step - width) / 2, 1)
                bars.append(
                    Bar(at, round(top, 1), round(width, 1), round(height, 1), series, stack.says[series])
                )
                below += amount
        if place % -(-len(stacks) // _MOST_LABELS) == 0:
            months.append(Mark(round(x + step / 2, 1), stack.name))
    lines = [Mark(round(HEIGHT - BOTTOM - room * amount / highest, 1), words) for amount, words in levels]
    return Plot(tuple(bars), tuple(months), tuple(lines))


def steps_to(highest: int) -> list[int]:
    """A few round levels from 0 to at least `highest`."""
    size = 1
    while size * 4 < highest:
        size *= 5 if str(size)[0] == "1" else 2
    return list(range(0, max(highest + size - 1, size) // size * size + 1, size))
