"""A policy as SQL: its clauses as one CASE, which facts it refuses and why, in the dialect of an engine.

Absence is two-valued here too: `not` is pushed down to the comparisons, and only a denied comparison says
`IS NULL OR`. What stays is free of `NOT` over anything that can be NULL, so SQL's third value never decides.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from .document import Document
from .errors import PolicyError
from .facts import Fact
from .nodes import Condition, IsOneOf, Join, Known, Not, Percent, Rounding, Sum, Within
from .policy import Policy

GAP = "no clause"
CONFLICT = "clauses disagree"
# What a BIGINT holds. Money, which has no bounds of its own, is told to the last of fifteen digits here.
_WIDEST = 2**63 - 1
MOST_MONEY = 10**15 - 1


class SqlError(PolicyError):
    """A policy that cannot be said in SQL: its sums could outgrow a BIGINT."""


class Dialect(NamedTuple):
    """How one engine writes names, days, and whole numbers divided without a rest."""

    name: str
    quoted: Callable[[str], str]
    day: Callable[[date], str]
    ordinal: Callable[[str], str]
    divided: Callable[[str, int], str]
    exact: str
    whole: Callable[[str], str] = lambda value: f"CAST({value} AS BIGINT)"

    def floor(self, value: str, by: int) -> str:
        """The value divided and rounded down, also below zero."""
        rest = f"(({value} % {by}) + {by}) % {by}"
        return self.divided(f"({value} - {rest})", by)


def _double(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _upper(name: str) -> str:
    return _double(name.upper())


def _backtick(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _date(day: date) -> str:
    return f"DATE '{day.isoformat()}'"


# `one - other` compared with a number, where that says no more than a comparison of the two.
_PLAIN = {(">=", 0): ">=", (">=", 1): ">", ("<=", 0): "<=", ("<=", -1): "<", ("=", 0): "="}
_PLAIN |= {("<", 0): "<", ("<", 1): "<=", (">", 0): ">", (">", -1): ">="}

DIALECTS: Mapping[str, Dialect] = {
    d.name: d
    for d in (
        Dialect(
            "duckdb",
            _double,
            _date,
            lambda value: f"(date_diff('day', DATE '0001-01-01', {value}) + 1)",
            lambda value, by: f"({value} // {by})",
            "HUGEINT",
        ),
        Dialect(
            "spark",
            _backtick,
            _date,
            lambda value: f"(datediff({value}, DATE '0001-01-01') + 1)",
            lambda value, by: f"({value} div {by})",
            "DECIMAL(38, 0)",
        ),
        Dialect(
            "clickhouse",
            _backtick,
            lambda day: f"toDate32('{day.isoformat()}')",
            lambda value: f"(toInt64(toDate32({value})) + 719163)",
            lambda value, by: f"intDiv({value}, {by})",
            "Int256",
            lambda value: f"toInt64({value})",
        ),
        Dialect(
            "snowflake",
            _upper,
            _date,
            lambda value: f"(DATEDIFF('day', DATE '0001-01-01', {value}) + 1)",
            lambda value, by: f"CAST({value} / {by} AS NUMBER(38, 0))",
            "NUMBER(38, 0)",
        ),
        Dialect(
            "postgresql",
            _double,
            _date,
            lambda value: f"({value} - DATE '0001-01-01' + 1)",
            lambda value, by: f"({value} / {by})",
            "NUMERIC",
        ),
        Dialect(
            "sqlite",
            _double,
            lambda day: f"'{day.isoformat()}'",
            lambda value: f"(CAST(julianday({value}) - julianday('0001-01-01') AS INTEGER) + 1)",
            lambda value, by: f"({value} / {by})",
            "INTEGER",
        ),
    )
}


class Refusal(NamedTuple):
    """Why a row is refused: the `fact` or the `rule` at fault, in words; `when` in SQL, "" for never."""

    fact: str
    rule: str
    because: str
    when: str


class Writer:
    """Writes one policy in one dialect; `columns` gives a fact's own SQL, else its name is its column."""

    def __init__(self, policy: Policy, dialect: Dialect, columns: Mapping[str, str] = {}) -> None:
        self.document, self.facts, self.dialect = policy.document, policy.facts, dialect
        self.column = {name: columns.get(name) or dialect.quoted(name) for name in policy.facts}
        self.conflicts = may_conflict(policy)

    def refusals(self) -> list[Refusal]:
        """Every reason to refuse a row: facts in order, then the rules of the world."""
        reasons = [self._misfit(fact) for fact in self.facts.values()]
        for rule in self.document.rules:
            broken = self.condition(rule.holds, opposite=True)
            reasons.append(Refusal("", rule.text, f"breaks a rule of the world: {rule.text}", broken))
        return reasons

    def decision(self, then: Callable[[int], str]) -> Iterator[str]:
        """The WHEN lines and the ELSE of the clauses, strongest first; `then` says what a code gives."""
        if self.conflicts:
            yield f"WHEN {self._disagreement()} THEN {then(conflict_code(self.document))}"
        for place, name in enumerate(self.document.precedence.order):
            yield f"WHEN {self.condition(self.document.clauses[name].when)} THEN {then(place)}"
        yield f"ELSE {then(gap_code(self.document))}"

    def condition(self, condition: Condition, *, opposite: bool = False) -> str:
        """A condition, or its opposite: true where the language says so, and else false or NULL."""
        match condition:
            case Not(part):
                return self.condition(part, opposite=not opposite)
            case Join(how, parts):
                word = " AND " if (how == "and") != opposite else " OR "
                return "(" + word.join(self.condition(part, opposite=opposite) for part in parts) + ")"
            case Known(fact):
                return f"{self.column[fact]} IS {'NULL' if opposite else 'NOT NULL'}"
            case IsOneOf(fact, values):
                return self._choice(self.facts[fact], values, opposite=opposite)
            case Within():
                return self._within(condition, opposite=opposite)

    def sum(self, total: Sum) -> str:
        """A sum; dates count as days since the year 1."""
        _refuse_wide(total, self.facts)
        parts = []
        for times, term in total.terms:
            sign = "-" if times < 0 else "+"
            piece = self._percent(term) if isinstance(term, Percent) else self._number(term)
            parts.append(f"{sign} {piece}" if abs(times) == 1 else f"{sign} {abs(times)} * {piece}")
        if total.plus or not parts:
            parts.append(f"{'-' if total.plus < 0 else '+'} {abs(total.plus)}")
        return "(" + " ".join(parts).removeprefix("+ ") + ")"

    def share(self, percent: int, value: str, rounding: Rounding = "half up") -> str:
        """`percent` of a value, rounded to a whole number."""
        if rounding == "down":
            return self.dialect.floor(f"({percent} * {value})", 100)
        if rounding == "up":
            return f"(-{self.dialect.floor(f'(-{percent} * {value})', 100)})"
        return self.dialect.floor(f"({2 * percent} * {value} + 100)", 200)

    def _percent(self, term: Percent) -> str:
        return self.share(term.percent, self.sum(term.of), term.rounding)

    def _number(self, name: str) -> str:
        column = self.column[name]
        if self.facts[name].kind == "date":
            return self.dialect.ordinal(column)
        # A SMALLINT times a number would outgrow its own kind before it is added to anything.
        return self.dialect.whole(column)

    def _choice(self, fact: Fact, values: Sequence[str | bool], *, opposite: bool) -> str:
        column = self.column[fact.name]
        everything: tuple[str | bool, ...] = fact.values or (False, True)
        picked = [value for value in everything if (value in values) != opposite]
        tests = [self._one_of(column, picked)] if picked else []
        if opposite and fact.may_be_absent:
            tests.insert(0, f"{column} IS NULL")
        if not tests:
            return "1 = 0"
        return tests[0] if len(tests) == 1 else "(" + " OR ".join(tests) + ")"

    def _one_of(self, column: str, values: Sequence[str | bool]) -> str:
        if len(values) > 1 and isinstance(values[0], bool):
            return f"{column} IS NOT NULL"
        if isinstance(values[0], bool):
            return column if values[0] else f"NOT {column}"
        texts = [f"'{value}'" for value in values]
        return f"{column} = {texts[0]}" if len(texts) == 1 else f"{column} IN ({', '.join(texts)})"

    def _within(self, test: Within, *, opposite: bool) -> str:
        total = Sum(test.terms)
        if not opposite:
            bounds = [(">=", test.lo), ("<=", test.hi)] if test.lo != test.hi else [("=", test.lo)]
            tests = [self.compared(total, sign, bound) for sign, bound in bounds if bound is not None]
            return tests[0] if len(tests) == 1 else "(" + " AND ".join(tests) + ")"
        tests = [f"{self.column[name]} IS NULL" for name in total.facts if self.facts[name].may_be_absent]
        outside = [("<", test.lo), (">", test.hi)]
        tests += [self.compared(total, sign, bound) for sign, bound in outside if bound is not None]
        return tests[0] if len(tests) == 1 else "(" + " OR ".join(tests) + ")"

    def compared(self, total: Sum, sign: str, bound: int) -> str:
        """A sum compared with a number; a fact alone as it is, of two facts one with the other."""
        (times, term), *others = total.terms
        if times == 1 and isinstance(term, str) and not others:
            if self.facts[term].kind != "date":
                return f"{self.column[term]} {sign} {bound}"
            if 1 <= bound <= date.max.toordinal():
                return f"{self.column[term]} {sign} {self.dialect.day(date.fromordinal(bound))}"
        plain = _PLAIN.get((sign, bound))
        if plain and times == 1 and isinstance(term, str) and len(others) == 1 and others[0][0] == -1:
            other = others[0][1]
            if isinstance(other, str):
                return f"{self.column[term]} {plain} {self.column[other]}"
        return f"{self.sum(total)} {sign} {bound}"

    def _misfit(self, fact: Fact) -> Refusal:
        column, tests = self.column[fact.name], []
        if not fact.may_be_absent:
            tests.append(f"{column} IS NULL")
        if fact.kind == "one of":
            tests.append(f"{column} NOT IN ({', '.join(f"'{value}'" for value in fact.values)})")
        lo, hi = bounds_of(fact)
        tests += [f"{column} < {lo}", f"{column} > {hi}"] if lo is not None else []
        when = "(" + " OR ".join(tests) + ")" if tests else ""
        return Refusal(fact.name, "", f"`{fact.name}` is {fact.accepts}", when)

    def _disagreement(self) -> str:
        """Whether two winners have different outcomes: more than one outcome has a winner."""
        clauses, stronger = self.document.clauses, self.document.precedence.stronger
        winners: dict[str, list[str]] = {}
        for name, clause in clauses.items():
            beaten = [self.condition(clauses[other].when, opposite=True) for other in sorted(stronger[name])]
            winners.setdefault(clause.then, []).append(
                "(" + " AND ".join([self.condition(clause.when), *beaten]) + ")"
            )
        cases = [f"CASE WHEN {' OR '.join(tests)} THEN 1 ELSE 0 END" for tests in winners.values()]
        return f"{' + '.join(cases)} > 1"


def gap_code(document: Document) -> int:
    """The number of "no clause decides"; a clause's own number is its place in the precedence."""
    return len(document.clauses)


def conflict_code(document: Document) -> int:
    """The number of "two clauses disagree"."""
    return len(document.clauses) + 1


def may_conflict(policy: Policy) -> bool:
    """Whether two clauses could disagree: never where the tree has no such leaf."""
    return any(reason.rival for reason in policy.reasons)


def bounds_of(fact: Fact) -> tuple[int | None, int | None]:
    """The least and the largest number that a fact may be in a back-test."""
    return (-MOST_MONEY, MOST_MONEY) if fact.kind == "money" else (fact.lo, fact.hi)


def _refuse_wide(total: Sum, facts: Mapping[str, Fact]) -> int:
    """How large a sum can get on the way, in either direction. Raises SqlError past a BIGINT."""
    size = abs(total.plus)
    for times, term in total.terms:
        if isinstance(term, Percent):
            inner = _refuse_wide(term.of, facts)
            _refuse_size(2 * term.percent * inner + 100)
            part = term.percent * inner // 100 + 1
        elif facts[term].kind == "date":
            part = date.max.toordinal()
        else:
            lo, hi = bounds_of(facts[term])
            assert lo is not None and hi is not None
            part = max(abs(lo), abs(hi))
        size += abs(times) * part
    _refuse_size(size)
    return size


def _refuse_size(size: int) -> None:
    if size > _WIDEST:
        raise SqlError(
            "a sum in this policy can outgrow the whole numbers of SQL\n"
            "help: give its facts the bounds that they have in the world"
        )


def statement(policy: Policy, dialect: Dialect, table: str = "orders") -> str:
    """The back-test of one policy as a text to run elsewhere: counts and money by clause and outcome.

    The columns are the facts by name, and `amount` in minor units.
    """
    writer = Writer(policy, dialect)
    order = policy.document.precedence.order
    names = [f"'{name}'" for name in order] + [f"'{GAP}'", f"'{CONFLICT}'"]
    outcomes = [policy.clauses[name].then for name in order]
    refused = [f"WHEN {r.when} THEN {_text(r.because)}" for r in writer.refusals() if r.when]
    decided = list(writer.decision(lambda code: names[code]))
    told = [f"WHEN clause = '{name}' THEN '{then}'" for name, then in zip(order, outcomes, strict=True)]
    amount = dialect.quoted("amount")
    paid = [
        f"WHEN clause = '{n}' THEN {_paid(policy, writer, policy.clauses[n].then, amount)}" for n in order
    ]
    return "\n".join(
        [
            f"-- {policy.title}, version {policy.hash[:12]}, in the SQL of {dialect.name}",
            "WITH checked AS (",
            f"  SELECT {table}.*, CASE",
            *(f"    {line}" for line in refused),
            f"  END AS refused FROM {table}",
            "), decided AS (",
            "  SELECT checked.*, CASE WHEN refused IS NULL THEN CASE",
            *(f"    {line}" for line in decided),
            "  END END AS clause FROM checked",
            ")",
            "SELECT refused, clause, CASE",
            *(f"  {line}" for line in told),
            "END AS outcome, COUNT(*) AS orders, SUM(CAST(CASE",
            *(f"  {line}" for line in paid),
            f"ELSE 0 END AS {dialect.exact})) AS pays_minor",
            "FROM decided GROUP BY refused, clause ORDER BY refused, clause",
        ]
    )


def _paid(policy: Policy, writer: Writer, outcome: str, amount: str) -> str:
    """What an outcome pays of one row, in minor units."""
    pays = policy.outcomes[outcome]
    if pays.pays is not None:
        return writer.sum(pays.pays)
    if pays.pays_percent in (None, 0):
        return "0"
    return amount if pays.pays_percent == 100 else writer.share(pays.pays_percent or 0, amount)


def _text(words: str) -> str:
    return "'" + words.replace("'", "''") + "'"
