"""The picture of the page: decisions a second, ours and theirs, as an SVG for light and dark."""

from collections.abc import Mapping
from statistics import median

from benchmarks.running import FAILED, PEERS, Figures

NAMES = {
    ("datalogic", ""): "json-logic, Rust",
    ("zen", "expression"): "ZEN, bare expression",
    ("zen", "table"): "ZEN, decision table",
    ("cel", ""): "Google CEL",
    ("json_logic", ""): "json-logic, Python",
    ("cedar", ""): "Cedar",
}
WIDTH, _LEFT, _BAR, _STEP, _TOP = 860, 220, 20, 34, 92
ROOT = 'role="img" aria-labelledby="t d" font-family="system-ui, -apple-system, Segoe UI, sans-serif"'
_BELOW = "The shipped policy, one order at a time from Python, on one core; each engine in its quickest form."
STYLE = (
    ".bg{fill:#fbfaf7}.ink{fill:#1d2b2a}.soft{fill:#586866}.ours{fill:#0f5c57}.theirs{fill:#93a5a2}"
    "@media (prefers-color-scheme:dark){.bg{fill:#131a1a}.ink{fill:#e8efed}.soft{fill:#9db0ad}"
    ".ours{fill:#5cc2b8}.theirs{fill:#56706c}}"
)


def picture(figures: Mapping[str, Figures]) -> str:
    """One bar for each way to decide, on one straight scale."""
    bars = sorted(_bars(figures), key=lambda bar: -bar[1])
    most = max((speed for _, speed, _ in bars), default=1.0)
    height = _TOP + _STEP * len(bars) + 16
    told = "; ".join(f"{name} {_told(speed)}" for name, speed, _ in bars)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" {ROOT}>',
        f'<title id="t">Decisions a second</title><desc id="d">{told}.</desc>',
        f"<style>{STYLE}</style>",
        f'<rect class="bg" width="{WIDTH}" height="{height}" rx="14"/>',
        '<text class="ink" x="32" y="42" font-size="20" font-weight="650">Decisions a second</text>',
        f'<text class="soft" x="32" y="66" font-size="13">{_BELOW}</text>',
    ]
    for place, (name, speed, ours) in enumerate(bars):
        lines += _bar(name, speed, "ours" if ours else "theirs", speed / most, _TOP + _STEP * place)
    return "\n".join([*lines, "</svg>", ""])


def _bar(name: str, speed: float, kind: str, share: float, top: int) -> list[str]:
    width = max(2.0, share * (WIDTH - _LEFT - 110))
    middle, weight = round(top + _BAR * 0.72), ' font-weight="600"' if kind == "ours" else ""
    named = f'x="{_LEFT - 14}" y="{middle}" font-size="14" text-anchor="end"{weight}'
    told = f'x="{_LEFT + width + 10:.0f}" y="{middle}" font-size="13"'
    return [
        f'<text class="ink" {named}>{name}</text>',
        f'<rect class="{kind}" x="{_LEFT}" y="{top}" width="{width:.1f}" height="{_BAR}" rx="3"/>',
        f'<text class="soft" {told}>{_told(speed)}</text>',
    ]


def _bars(figures: Mapping[str, Figures]) -> list[tuple[str, float, bool]]:
    """Name, decisions a second, and whether it is ours."""
    measured = {name: each for name in PEERS if FAILED not in (each := figures[f"peer {name}"])}
    if not measured:
        return []
    ours = {
        way: median(each["ns"][way] for each in measured.values()) for way in ("hand", "bare", "explained")
    }
    bars = [
        ("Aftersale, bare", 1e9 / ours["bare"], True),
        ("Aftersale, explained", 1e9 / ours["explained"], True),
        ("hand-written Python", 1e9 / ours["hand"], False),
    ]
    for (peer, form), name in NAMES.items():
        if peer in measured:
            bars.append((name, 1e9 / _quickest(measured[peer], form), False))
    return bars


def _quickest(figures: Figures, form: str) -> float:
    """The nanoseconds of a peer's quickest form; an expression may be the tree as well."""
    forms = {"table": ["table"], "expression": ["expression", "tree"]}.get(form, ["clauses", "tree"])
    return float(min(figures["ns"][name] for name in forms if name in figures["ns"]))


def _told(speed: float) -> str:
    return f"{speed / 1e6:.1f} million" if speed >= 1e6 else f"{round(speed, -3):,.0f}"
