"""Charts as SVG: bars stacked by outcome, and bars of a difference. Colours come from the page's CSS.

No style stands in the SVG itself, so that a strict content security policy lets it be seen; every chart has a
title, a description, and its figures as a `<title>` of each bar.
"""

from collections.abc import Callable, Mapping, Sequence
from html import escape

_WIDTH, _HEIGHT, _LEFT, _TOP, _BOTTOM = 760, 260, 150, 14, 40

CSS = """
.chart { width: 100%; height: auto; display: block; font: 11px system-ui, sans-serif }
.chart text { fill: var(--chart-text, #444) } .chart .grid { stroke: var(--chart-grid, #ddd) }
.chart .s0 { fill: var(--chart-0, #2f6fb0) } .chart .s1 { fill: var(--chart-1, #6aa84f) }
.chart .s2 { fill: var(--chart-2, #e0a030) } .chart .s3 { fill: var(--chart-3, #8e6bb0) }
.chart .s4 { fill: var(--chart-4, #9a9a9a) } .chart .s5 { fill: var(--chart-5, #4fa8a0) }
.chart .s6 { fill: var(--chart-6, #c56a8a) } .chart .s7 { fill: var(--chart-7, #7a5c3a) }
.chart .more { fill: var(--chart-more, #2f6fb0) } .chart .less { fill: var(--chart-less, #c0504d) }
"""


def stacked(title: str, bars: Mapping[str, Mapping[str, int]], series: Sequence[str]) -> str:
    """A bar for each key, stacked by series; figures are counts."""
    highest = max((sum(parts.values()) for parts in bars.values()), default=0) or 1
    pieces = list(_grid(0, highest))
    for place, (key, parts) in enumerate(bars.items()):
        below = 0
        for number, name in enumerate(series):
            count = parts.get(name, 0)
            if count:
                pieces.append(
                    _bar(
                        place,
                        len(bars),
                        (below, below + count),
                        (0, highest),
                        f"s{number % 8}",
                        f"{key}, {name}: {count:,}",
                    )
                )
                below += count
        pieces.append(_label(place, len(bars), key))
    return _chart(title, pieces, _legend(series))


def differences(title: str, bars: Mapping[str, int], said: Callable[[int], str]) -> str:
    """A bar up or down from zero for each key; `said` writes a figure as a person reads it."""
    lowest, highest = min(0, *bars.values(), 0), max(0, *bars.values(), 0)
    ends = (lowest, highest) if lowest < highest else (0, 1)
    pieces = list(_grid(*ends, said))
    for place, (key, value) in enumerate(bars.items()):
        kind = "less" if value < 0 else "more"
        span = (min(0, value), max(0, value))
        pieces.append(_bar(place, len(bars), span, ends, kind, f"{key}: {said(value)}"))
        pieces.append(_label(place, len(bars), key))
    return _chart(title, pieces, [])


def _y(value: int, ends: tuple[int, int]) -> float:
    share = (value - ends[0]) / (ends[1] - ends[0])
    return round(_HEIGHT - _BOTTOM - share * (_HEIGHT - _BOTTOM - _TOP), 1)


def _bar(place: int, count: int, span: tuple[int, int], ends: tuple[int, int], kind: str, title: str) -> str:
    step = (_WIDTH - _LEFT) / count
    top, bottom = _y(span[1], ends), _y(span[0], ends)
    x, width, height = _LEFT + place * step + step * 0.1, step * 0.8, max(bottom - top, 0.5)
    return (
        f'<rect class="{kind}" x="{x:.1f}" y="{top}" width="{width:.1f}" height="{height:.1f}">'
        f"<title>{escape(title)}</title></rect>"
    )


def _label(place: int, count: int, key: str) -> str:
    """A key under its bar; of many, every second or tenth."""
    every = -(-count // 12)
    if place % every:
        return ""
    x = _LEFT + (place + 0.5) * (_WIDTH - _LEFT) / count
    return f'<text x="{x:.1f}" y="{_HEIGHT - _BOTTOM + 14}" text-anchor="middle">{escape(key[:12])}</text>'


def _grid(lowest: int, highest: int, said: Callable[[int], str] = "{:,}".format) -> Sequence[str]:
    lines = []
    for value in sorted({lowest, 0, (lowest + highest) // 2, highest}):
        y = _y(value, (lowest, highest))
        lines.append(f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH}" y1="{y}" y2="{y}"/>')
        lines.append(f'<text x="{_LEFT - 6}" y="{y + 4}" text-anchor="end">{escape(said(value))}</text>')
    return lines


def _legend(series: Sequence[str]) -> list[str]:
    pieces = []
    for number, name in enumerate(series):
        x = _LEFT + number * (_WIDTH - _LEFT) / max(len(series), 1)
        y = _HEIGHT - 8
        pieces.append(f'<rect class="s{number % 8}" x="{x:.1f}" y="{y - 9}" width="10" height="10"/>')
        pieces.append(f'<text x="{x + 14:.1f}" y="{y}">{escape(name)}</text>')
    return pieces


def _chart(title: str, pieces: Sequence[str], legend: Sequence[str]) -> str:
    inside = "".join([f"<title>{escape(title)}</title>", *pieces, *legend])
    drawn = f'<svg class="chart" role="img" viewBox="0 0 {_WIDTH} {_HEIGHT}">{inside}</svg>'
    return f"<figure><figcaption>{escape(title)}</figcaption>{drawn}</figure>"
