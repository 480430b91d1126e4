"""What a back-test found: counts and exact money by clause and outcome, as text and as JSON."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from .question import Answer, Group, Question, Refused, end_of, minor_of

_DIGITS = dict.fromkeys("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF".split(), 0)
_DIGITS |= dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3)
_MOST_KEYS = 20
REFUSED = "refused"

type Money = Mapping[str, int]


class Line(NamedTuple):
    """Orders that one clause decides now, and another one before where there is a version to compare with.

    `pays` and `paid` are minor units by currency, now and before; None where no amount is told.
    """

    outcome: str
    clause: str
    was_outcome: str
    was_clause: str
    orders: int
    pays: Money | None
    paid: Money | None

    @property
    def changed(self) -> bool:
        """Whether the other version comes to another outcome."""
        return self.was_outcome not in ("", self.outcome)

    def as_json(self) -> dict[str, object]:
        """The line for a program."""
        line: dict[str, object] = {"outcome": self.outcome, "clause": self.clause, "orders": self.orders}
        line["pays"] = self.pays if self.pays is None else dict(self.pays)
        if self.was_outcome:
            line |= {"was": {"outcome": self.was_outcome, "clause": self.was_clause}}
            line["was_pays"] = self.paid if self.paid is None else dict(self.paid)
        return line


class Report(NamedTuple):
    """The answer of a back-test.

    `tables` has the lines for each breakdown and each of its keys, `rules` how many rows were refused for
    breaking each rule of the world.
    """

    title: str
    policy: str
    against: str
    where: str
    orders: int
    refused: int
    reasons: dict[str, int]
    first_refused: list[Refused]
    lines: list[Line]
    tables: dict[str, dict[str, list[Line]]]
    rules: dict[str, int]

    @property
    def rows(self) -> int:
        """All rows, those refused among them."""
        return self.orders + self.refused

    def as_json(self) -> dict[str, object]:
        """The report for a program; money is minor units by currency."""
        return {
            "policy": self.policy,
            "against": self.against or None,
            "orders": self.orders,
            "refused": self.refused,
            "reasons": self.reasons,
            "rules": self.rules,
            "first_refused": [row._asdict() for row in self.first_refused],
            "lines": [line.as_json() for line in self.lines],
            "by": {
                by: {key: [line.as_json() for line in lines] for key, lines in table.items()}
                for by, table in self.tables.items()
            },
        }

    def __str__(self) -> str:
        return "\n".join(_text(self))


def report_of(question: Question, answer: Answer) -> Report:
    """An engine's answer as a report."""
    groups = [group for group in answer.groups if group.now >= 0]
    reasons: dict[str, int] = {}
    rules = {rule.text: 0 for rule in question.policy.document.rules}
    for group in answer.groups:
        if group.now < 0 and not group.by:
            check = answer.checks[-1 - group.now]
            reasons[check.because] = reasons.get(check.because, 0) + group.rows
            if check.rule:
                rules[check.rule] += group.rows
    if answer.unreadable:
        reasons["it is no row of this table"] = answer.unreadable
    by_key: dict[str, dict[str, list[Group]]] = {by: {} for by in question.by}
    for group in sorted(groups, key=lambda group: group.key):
        if group.by:
            by_key[group.by].setdefault(group.key, []).append(group)
    tables = {
        by: {key: _lines(question, answer, same) for key, same in keys.items()} for by, keys in by_key.items()
    }
    return Report(
        question.policy.title,
        question.policy.hash,
        question.against.hash if question.against else "",
        question.orders.where.rpartition("@")[2],
        sum(group.rows for group in groups if not group.by),
        sum(reasons.values()),
        reasons,
        answer.refused,
        _lines(question, answer, (group for group in groups if not group.by)),
        tables,
        rules,
    )


def _lines(question: Question, answer: Answer, groups: Iterable[Group]) -> list[Line]:
    """The groups by what decides, kindest outcome first; currencies of one clause become one line."""
    joined: dict[tuple[int, int], list[Group]] = {}
    for group in groups:
        joined.setdefault((group.now, group.was), []).append(group)
    ranks = {name: -outcome.rank for name, outcome in question.policy.outcomes.items()}
    lines = [_line(question, answer, same) for same in joined.values()]
    return sorted(lines, key=lambda line: (ranks.get(line.outcome, 1), *line[:4]))


def _line(question: Question, answer: Answer, groups: Sequence[Group]) -> Line:
    now, was = groups[0].now, groups[0].was
    clause, outcome = end_of(question.policy, now)
    pays = _money(minor_of(question.policy, now, group, answer.measures) for group in groups)
    count = sum(group.rows for group in groups)
    if question.against is None:
        return Line(outcome, clause, "", "", count, pays, None)
    if was < 0:
        return Line(outcome, clause, REFUSED, "", count, pays, {})
    was_clause, was_outcome = end_of(question.against, was)
    paid = _money(minor_of(question.against, was, group, answer.measures) for group in groups)
    return Line(outcome, clause, was_outcome, was_clause, count, pays, paid)


def _money(parts: Iterable[tuple[int, str] | None]) -> dict[str, int] | None:
    total: dict[str, int] = {}
    for part in parts:
        if part is None:
            return None
        total[part[1]] = total.get(part[1], 0) + part[0]
    return total


def totals(lines: Iterable[Line], *, before: bool = False) -> Money | None:
    """What some lines pay together, or paid before; None where no amount is told."""
    total: dict[str, int] = {}
    for line in lines:
        money = line.paid if before else line.pays
        if money is None:
            return None
        for currency, minor in money.items():
            total[currency] = total.get(currency, 0) + minor
    return total


def difference(lines: Sequence[Line]) -> Money | None:
    """What some lines pay more than before."""
    now, before = totals(lines), totals(lines, before=True)
    if now is None or before is None:
        return None
    return {c: now.get(c, 0) - before.get(c, 0) for c in sorted({*now, *before})}


def shown(money: Money | None, *, signed: bool = False) -> str:
    """Money for a person: `1,234.50 EUR`."""
    if money is None:
        return "no amount"
    parts = [amount(minor, currency, signed=signed) for currency, minor in sorted(money.items()) if minor]
    return "  ".join(parts) or "nothing"


def amount(minor: int, currency: str, *, signed: bool = False) -> str:
    """Minor units of a currency as it is written; without a currency, as minor units."""
    digits = _DIGITS.get(currency, 2) if currency else 0
    whole, rest = divmod(abs(minor), 10**digits)
    sign = "-" if minor < 0 else "+" if signed and minor else ""
    text = f"{sign}{whole:,}" + (f".{rest:0{digits}}" if digits else "")
    return f"{text} {currency or 'minor units'}"


def _text(report: Report) -> Iterator[str]:
    yield f"{report.title} ({report.policy[:12]}), over {report.orders:,} orders of {report.where}"
    yield ""
    yield from _table(_by_clause(report.lines))
    if report.against:
        yield from _comparison(report)
    for by, table in report.tables.items():
        yield from _breakdown(report, by, table)
    if report.rules:
        yield ""
        yield f"rules of the world: {_held(report.rules)}"
    if report.refused:
        yield from _refusals(report)


def _held(rules: Mapping[str, int]) -> str:
    """Which rules the rows broke, in one line."""
    broken = [f"`{rule}` is broken by {rows:,}" for rule, rows in rules.items() if rows]
    return "; ".join(broken) if broken else f"every row keeps {'all ' if len(rules) > 1 else ''}{len(rules)}"


def _by_clause(lines: Sequence[Line]) -> Iterator[list[str]]:
    """A row for each outcome, and under it one for each clause."""
    yield ["outcome", "clause", "orders", "pays"]
    for outcome in dict.fromkeys(line.outcome for line in lines):
        same = [line for line in lines if line.outcome == outcome]
        yield [outcome, "", f"{sum(line.orders for line in same):,}", shown(totals(same))]
        for clause in dict.fromkeys(line.clause for line in same):
            one = [line for line in same if line.clause == clause]
            yield ["", clause, f"{sum(line.orders for line in one):,}", shown(totals(one))]
    yield ["all", "", f"{sum(line.orders for line in lines):,}", shown(totals(lines))]


def _comparison(report: Report) -> Iterator[str]:
    changed = [line for line in report.lines if line.changed]
    count = sum(line.orders for line in changed)
    share = f" ({100 * count / report.orders:.2f} %)" if report.orders else ""
    yield ""
    yield f"against {report.against[:12]}: another outcome for {count:,} orders{share}"
    yield f"difference in all: {shown(difference(report.lines), signed=True)}"
    if changed:
        rows = [["was", "by clause", "is", "by clause", "orders", "difference"]]
        for line in sorted(changed, key=lambda line: -line.orders):
            ends = [line.was_outcome, line.was_clause, line.outcome, line.clause]
            rows.append([*ends, f"{line.orders:,}", shown(difference([line]), signed=True)])
        yield from _table(rows)


def _breakdown(report: Report, by: str, table: Mapping[str, Sequence[Line]]) -> Iterator[str]:
    yield ""
    rows = [[by, "orders", "pays", *(["difference"] if report.against else [])]]
    sizes = {key: sum(line.orders for line in lines) for key, lines in table.items()}
    kept = sorted(sorted(table, key=lambda key: -sizes[key])[:_MOST_KEYS]) if by != "month" else list(table)
    for key in kept:
        change = [shown(difference(table[key]), signed=True)] if report.against else []
        rows.append([key, f"{sizes[key]:,}", shown(totals(table[key])), *change])
    yield from _table(rows)
    if len(kept) < len(table):
        yield f"and {len(table) - len(kept):,} more; --json has them all"


def _refusals(report: Report) -> Iterator[str]:
    yield ""
    yield f"{report.refused:,} of {report.rows:,} rows are refused and not counted above:"
    for because, count in sorted(report.reasons.items(), key=lambda pair: -pair[1]):
        yield f"  {count:,}: {because}"
    for row in report.first_refused:
        place = ", ".join(
            filter(None, [f"row {row.row:,}" if row.row else "", row.order and f"order {row.order}"])
        )
        yield f"  {place or 'a row'}: {row.because}; it says {row.value}"
    if report.refused > len(report.first_refused):
        yield f"  and {report.refused - len(report.first_refused):,} more"


def _table(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Columns side by side; numbers to the right."""
    rows = list(rows)
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    right = [name in ("orders", "pays", "difference") for name in rows[0]]
    for row in rows:
        cells = zip(row, widths, right, strict=True)
        yield "  ".join(c.rjust(w) if r else c.ljust(w) for c, w, r in cells).rstrip()
