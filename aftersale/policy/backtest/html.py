"""The report as one page that needs nothing else: tables, and charts where it is broken down."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from html import escape

from .plots import CSS, differences, stacked
from .report import Line, Report, amount, difference, shown, totals

_MOST_BARS = 36
_STYLE = """
:root { color-scheme: light dark; --ink: #222; --paper: #fff; --line: #ddd }
@media (prefers-color-scheme: dark) {
  :root { --ink: #ddd; --paper: #181a1c; --line: #3a3d40; --chart-text: #bbb; --chart-grid: #3a3d40;
    --chart-0: #6ba7e0; --chart-more: #6ba7e0; --chart-less: #e08a86 }
}
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
  max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; width: 100% } caption { text-align: left; font-weight: 600 }
th, td { text-align: left; padding: .2rem .6rem; border-bottom: 1px solid var(--line) }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
figure { margin: 1.5rem 0 } figcaption { font-weight: 600 } .wide { overflow-x: auto }
"""


def page(report: Report) -> str:
    """The whole page."""
    parts = "\n".join(_parts(report))
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>Back-test: {escape(report.title)}</title>'
        f"<style>{_STYLE}{CSS}</style></head><body><main>\n{parts}\n</main></body></html>\n"
    )


def charts(report: Report) -> Iterator[str]:
    """The charts of a report, for a page that has its own style."""
    outcomes = list(dict.fromkeys(line.outcome for line in report.lines))
    for by, table in report.tables.items():
        kept = _largest(table) if by != "month" else dict(list(table.items())[-_MOST_BARS:])
        yield stacked(
            f"Orders by {by} and outcome", {key: _counts(lines) for key, lines in kept.items()}, outcomes
        )
        for currency in sorted(difference(report.lines) or {}) if report.against else ():
            changes = {key: (difference(lines) or {}).get(currency, 0) for key, lines in kept.items()}
            said = partial(amount, currency=currency, signed=True)
            yield differences(f"Difference by {by}, in {currency or 'minor units'}", changes, said)


def _parts(report: Report) -> Iterator[str]:
    yield f"<h1>Back-test: {escape(report.title)}</h1>"
    against = f", against version {report.against[:12]}" if report.against else ""
    yield f"<p>Version {report.policy[:12]}{against}, over {report.orders:,} orders.</p>"
    rows = [(line.outcome, line.clause, line.orders, shown(line.pays)) for line in _joined(report.lines)]
    yield _table("By outcome and clause", ("Outcome", "Clause", "Orders", "Pays"), rows)
    if report.against:
        yield f"<p>In all {escape(shown(difference(report.lines), signed=True))} against that version.</p>"
        changed = [line for line in report.lines if line.changed]
        lines = [
            (x.was_outcome, x.was_clause, x.outcome, x.clause, x.orders, shown(difference([x]), signed=True))
            for x in sorted(changed, key=lambda line: -line.orders)
        ]
        yield _table("What changes", ("Was", "By clause", "Is", "By clause", "Orders", "Difference"), lines)
    yield from charts(report)
    for by, table in report.tables.items():
        kept = table if by == "month" else _largest(table)
        keys = [(k, sum(line.orders for line in lines), shown(totals(lines))) for k, lines in kept.items()]
        yield _table(f"By {by}", (by.capitalize(), "Orders", "Pays"), keys)
    if report.refused:
        yield _table("Refused rows", ("Because", "Rows"), list(report.reasons.items()))


def _joined(lines: Iterable[Line]) -> list[Line]:
    """Lines of one clause together, whatever they were before."""
    same: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        same.setdefault((line.outcome, line.clause), []).append(line)
    return [
        group[0]._replace(orders=sum(line.orders for line in group), pays=totals(group))
        for group in same.values()
    ]


def _counts(lines: Iterable[Line]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for line in lines:
        counts[line.outcome] = counts.get(line.outcome, 0) + line.orders
    return counts


def _largest(table: Mapping[str, list[Line]]) -> dict[str, list[Line]]:
    sizes = {key: sum(line.orders for line in lines) for key, lines in table.items()}
    return {key: table[key] for key in sorted(table, key=lambda key: (-sizes[key], key))[:_MOST_BARS]}


def _table(caption: str, names: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    numbers = {"Orders", "Pays", "Difference", "Rows"}
    kinds = [' class="number"' if name in numbers else "" for name in names]
    head = "".join(f"<th{kind}>{escape(name)}</th>" for name, kind in zip(names, kinds, strict=True))
    body = "".join(
        "<tr>"
        + "".join(f"<td{kind}>{_cell(cell)}</td>" for cell, kind in zip(row, kinds, strict=True))
        + "</tr>"
        for row in rows
    )
    return (
        f'<div class="wide"><table><caption>{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _cell(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else escape(str(value))
