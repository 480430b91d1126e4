"""Bars and lines of the past, laid out for an SVG of the page: the colours come from the sheet."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Frame:
    """How large a plot is, with the room beside and below it for words, and how many words fit below."""

    width: int
    height: int
    left: int
    top: int
    foot: int
    most_labels: int

    @property
    def bottom(self) -> int:
        return self.height - self.foot

    def y(self, amount: float, highest: float) -> float:
        return round(self.bottom - (self.bottom - self.top) * amount / highest, 1)

    def step(self, count: int) -> float:
        """How much room each of so many has, side by side."""
        return (self.width - self.left) / max(count, 1)

    def marks(self, names: Sequence[str]) -> tuple["Mark", ...]:
        """The names below, as many as fit."""
        step, each = self.step(len(names)), -(-len(names) // self.most_labels) or 1
        return tuple(
            Mark(round(self.left + (place + 0.5) * step, 1), name)
            for place, name in enumerate(names)
            if place % each == 0
        )


WIDE = Frame(width=720, height=260, left=84, top=12, foot=34, most_labels=8)
# Half as wide: it stands beside another, and fits a phone.
SMALL = Frame(width=480, height=220, left=56, top=12, foot=32, most_labels=6)


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle: where it is, whose colour it has, and what it says."""

    x: float
    y: float
    width: float
    height: float
    series: str
    says: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Dot:
    """A point of a line; `is_least` where it may yet rise."""

    x: float
    y: float
    says: str
    href: str = ""
    is_least: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A line through its dots, broken where there is none; a finger hits a dot within `reach`."""

    series: str
    path: str
    dots: tuple[Dot, ...]
    radius: float
    reach: float


@dataclass(frozen=True, slots=True)
class Mark:
    """A text beside an axis, and where its line is."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Plot:
    """A chart of stacked bars or of lines, one place for each month or week."""

    months: tuple[Mark, ...]
    levels: tuple[Mark, ...]
    bars: tuple[Bar, ...] = ()
    lines: tuple[Line, ...] = ()
    frame: Frame = WIDE


@dataclass(frozen=True, slots=True)
class Stack:
    """One month's bar: series -> how much, each of them in words, and where it leads."""

    name: str
    parts: Mapping[str, int]
    says: Mapping[str, str]
    links: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Point:
    """How much it was, in words, and where that leads; `is_least` where it may yet rise."""

    amount: float
    says: str
    href: str = ""
    is_least: bool = False


def stacked(stacks: Sequence[Stack], levels: Sequence[tuple[int, str]], frame: Frame = WIDE) -> Plot:
    """The stacks side by side, with lines at the levels (how much, in words); the last is the top."""
    highest = _highest(levels)
    bars = [
        bar for place, stack in enumerate(stacks) for bar in _bars(stack, place, len(stacks), highest, frame)
    ]
    names = [stack.name for stack in stacks]
    return Plot(frame.marks(names), _lines_at(levels, frame), bars=tuple(bars), frame=frame)


def lined(
    names: Sequence[str],
    series: Mapping[str, Sequence[Point | None]],
    levels: Sequence[tuple[int, str]],
    frame: Frame = WIDE,
) -> Plot:
    """A line for each series, over the names; where there is no point it is broken."""
    highest, step = _highest(levels), frame.step(len(names))
    lines = []
    for name, points in series.items():
        dots = [
            Dot(
                round(frame.left + (place + 0.5) * step, 1),
                frame.y(point.amount, highest),
                point.says,
                point.href,
                point.is_least,
            )
            if point
            else None
            for place, point in enumerate(points)
        ]
        reach = round(min(9, step / 2), 1)
        shown = tuple(dot for dot in dots if dot)
        lines.append(Line(name, _path(dots), shown, radius=min(4, reach * 0.6), reach=reach))
    return Plot(frame.marks(names), _lines_at(levels, frame), lines=tuple(lines), frame=frame)


def _highest(levels: Sequence[tuple[int, str]]) -> int:
    return max((amount for amount, _words in levels), default=0) or 1


def _lines_at(levels: Sequence[tuple[int, str]], frame: Frame) -> tuple[Mark, ...]:
    highest = _highest(levels)
    return tuple(Mark(frame.y(amount, highest), words) for amount, words in levels)


def _bars(stack: Stack, place: int, of: int, highest: int, frame: Frame) -> Iterator[Bar]:
    step, below = frame.step(of), 0
    width = round(min(step * 0.7, 64), 1)
    x = round(frame.left + place * step + (step - width) / 2, 1)
    for series, amount in stack.parts.items():
        if amount:
            top = frame.y(below + amount, highest)
            height = round(frame.y(below, highest) - top, 1)
            yield Bar(x, top, width, height, series, stack.says[series], stack.links.get(series, ""))
            below += amount


def _path(dots: Sequence[Dot | None]) -> str:
    parts, pen = [], "M"
    for dot in dots:
        if dot is None:
            pen = "M"
        else:
            parts.append(f"{pen}{dot.x} {dot.y}")
            pen = "L"
    return " ".join(parts)


def steps_to(highest: int) -> list[int]:
    """A few round levels from 0 to at least `highest`."""
    size = 1
    while size * 4 < highest:
        size *= 5 if str(size)[0] == "1" else 2
    return list(range(0, max(highest + size - 1, size) // size * size + 1, size))
