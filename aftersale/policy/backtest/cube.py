"""Past orders grouped once by all that any version of a policy can tell apart, to price an edit exactly.

One fact, the counted one, stays apart: for each combination of the others, a profile, there are running
totals over its values, so that moving a threshold costs one look-up for each profile instead of one
comparison for each order. Profiles that the edited policy does not tell apart are decided once. Money is
whole numbers and stays exact, also under a percentage: then a profile knows what is left of its amounts
when they are divided, so that every share is rounded as it would be order by order.
"""

import tempfile
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import accumulate, pairwise
from operator import add, sub
from pathlib import Path
from typing import Any, NamedTuple, cast

import duckdb

from aftersale.policy.facts import Value
from aftersale.policy.nodes import Sum
from aftersale.policy.outcomes import Outcome
from aftersale.policy.policy import Policy
from aftersale.policy.python import compiled, condition_text
from aftersale.policy.space import Dimension, Space, percent_of, value_of
from aftersale.policy.sql import conflict_code, gap_code

from . import grouping
from .duckdb_engine import Reading, connected
from .errors import BacktestError
from .orders import Orders
from .question import Question, end_of
from .report import Line
from .tables import open_table, unreadable
from .verdict import mask_lines, verdicts

# Past so many running totals a scan is the better answer.
MOST_TOTALS = 16_000_000
_REFUSED = -1

type Column = Sequence[int]


class Price(NamedTuple):
    """What a version comes to: a line for each clause, and how many rows it refuses."""

    lines: list[Line]
    refused: int


class Cube:
    """Past orders, ready to be priced by any version of a policy that has the same facts."""

    def __init__(self, policy: Policy, reading: Reading, rows: Sequence[Sequence[Any]], refused: int) -> None:
        self.facts, self.refused = policy.facts, refused
        self.modulus = grouping.modulus(policy)
        self.keyed = grouping.keyed(policy)
        self.priced = ["amount"] if reading.amount else []
        self.priced += [name for name in policy.facts if name not in self.keyed]
        self.counted = grouping.counted(policy, self.keyed, rows)
        self._fill(rows)

    @classmethod
    def build(cls, policy: Policy, orders: Orders | str) -> "Cube":
        """Reads all orders once. Raises BacktestError, also where there are too many kinds of them."""
        where = Orders(orders) if isinstance(orders, str) else orders
        with tempfile.TemporaryDirectory(prefix="aftersale-cube-") as folder, connected(folder) as connection:
            reading = Reading(Question(policy, where), open_table(connection, where, Path(folder)))
            try:
                return cls(policy, reading, *grouping.grouped(connection, reading, policy))
            except duckdb.Error as error:
                raise unreadable(where, error) from None

    @property
    def groups(self) -> int:
        """How many running totals there are."""
        return len(self.profiles) * (len(self.values) + 2)

    def price(self, policy: Policy) -> Price:
        """What a version comes to, exactly. Raises BacktestError where it asks for what is not grouped."""
        self._refuse_other(policy)
        codes = self._codes(policy)
        apart = [code for code in range(gap_code(policy.document)) if self._priced_apart(policy, code)]
        minors: dict[tuple[int, str], int] = {}
        # A slot for each code, from -1, and each currency and rest: plain lists are summed fastest.
        kinds = len(self.kinds)
        totals = [[0] * ((conflict_code(policy.document) + 2) * kinds) for _ in self.totals]
        for segment, columns in enumerate(self._segments(policy)):
            column = [row[segment] for row in codes]
            slots = [(code + 1) * kinds + kind for code, kind in zip(column, self.kind, strict=True)]
            for total, values in zip(totals, columns, strict=True):
                for slot, value in zip(slots, values, strict=True):
                    total[slot] += value
            for profile, code in enumerate(column if apart else ()):
                if code in apart:
                    key = code, self.kinds[self.kind[profile]][0]
                    minor = self._fact_sum(policy, code, profile, [values[profile] for values in columns])
                    minors[key] = minors.get(key, 0) + minor
        counted: dict[tuple[int, str], int] = {}
        for slot, line in enumerate(zip(*totals, strict=True)):
            code, (currency, rest) = slot // kinds - 1, self.kinds[slot % kinds]
            if line[0]:
                counted[code, currency] = counted.get((code, currency), 0) + line[0]
                if code >= 0 and code not in apart:
                    minor = self._minor(policy, code, rest, line)
                    minors[code, currency] = minors.get((code, currency), 0) + minor
        return self._price(policy, counted, minors)

    def _fill(self, rows: Sequence[Sequence[Any]]) -> None:
        """Spreads the grouped rows into profiles and running totals."""
        at = self.keyed.index(self.counted) if self.counted else -1
        self.others = [name for name in self.keyed if name != self.counted]
        width = len(self.keyed)
        profiles: dict[tuple[Any, ...], int] = {}
        known = sorted({row[at] for row in rows if row[at] is not None}) if self.counted else []
        place_of = {value: place + 1 for place, value in enumerate(known)}
        placed = []
        for row in rows:
            others = (*row[:at], *row[at + 1 : width + 2]) if self.counted else tuple(row[: width + 2])
            profile = profiles.setdefault(others, len(profiles))
            place = place_of.get(row[at], -1) if self.counted else -1
            placed.append((profile, place, row[width + 2 :]))
        self.values: list[Any] = known
        self.profiles = list(profiles)
        if self.groups * (1 + len(self.priced)) > MOST_TOTALS:
            raise BacktestError(
                f"{self.groups:,} kinds of orders are too many to hold", "test the edit over the orders"
            )
        self.kind, self.kinds = _coded([profile[-2:] for profile in self.profiles])
        self.codes_of = {name: _coded([p[i] for p in self.profiles]) for i, name in enumerate(self.others)}
        self.totals = [self._running(placed, measure) for measure in range(1 + len(self.priced))]
        self._joint: dict[tuple[str, ...], tuple[Column, list[tuple[Value, ...]]]] = {}

    def _running(self, placed: Sequence[tuple[int, int, Sequence[int]]], measure: int) -> list[Column]:
        """Column 0 is zero, column i + 1 the total up to value i, the last column those absent."""
        single = [[0] * (len(self.values) + 1) for _ in self.profiles]
        absent = [0] * len(self.profiles)
        for profile, place, measures in placed:
            if place < 0:
                absent[profile] += measures[measure]
            else:
                single[profile][place] += measures[measure]
        running = [list(accumulate(row)) for row in single]
        columns = [*zip(*running, strict=True), absent] if running else [[], []]
        return [_packed(column) for column in columns]

    def _refuse_other(self, policy: Policy) -> None:
        mine, other = (
            {
                name: fact._replace(meaning="", values=tuple(sorted(fact.values)))
                for name, fact in facts.items()
            }
            for facts in (self.facts, policy.facts)
        )
        if mine != other:
            raise BacktestError("this version has other facts", "group the orders again, for this version")
        if extra := [name for name in grouping.keyed(policy) if name not in self.keyed]:
            raise BacktestError(f"the orders are not grouped by `{extra[0]}`", "group them for this version")
        if self.modulus % grouping.modulus(policy):
            raise BacktestError("the amounts are not grouped for this percentage", "group the orders again")

    def _cuts(self, policy: Policy, space: Space) -> tuple[list[int], list[Dimension]]:
        """Where among the values an answer can turn, and the dimensions that mix the counted fact."""
        if self.counted is None:
            return [], []
        alone = ((1, self.counted),)
        mixed = [d for d in space.dimensions if self.counted in d.facts and d.key != alone]
        if mixed:
            return list(range(1, len(self.values))), mixed
        dates = self.facts[self.counted].kind == "date"
        values = [value.toordinal() for value in self.values] if dates else self.values
        cuts = {cut for d in space.dimensions if d.key == alone for cut in d.cuts}
        return sorted({bisect_right(values, cut) for cut in cuts} - {0, len(values)}), []

    def _segments(self, policy: Policy) -> Iterator[list[Column]]:
        """Counts and sums by profile, for each stretch of the counted fact and for the absent."""
        cuts = [0, *self._cuts(policy, _space(policy))[0], len(self.values)]
        for first, last in pairwise(cuts):
            yield [list(map(sub, total[last], total[first])) for total in self.totals]
        yield [total[-1] for total in self.totals]

    def _codes(self, policy: Policy) -> list[list[int]]:
        """For each profile, the code in each segment; profiles that are not told apart share one list."""
        space = _space(policy)
        cuts, mixed = self._cuts(policy, space)
        ends = [*cuts, len(self.values)]
        samples = [self.values[end - 1] if self.values else None for end in ends] + [None]
        signature = [0] * len(self.profiles)
        stride = 1
        for dimension in space.dimensions:
            if self.counted not in dimension.facts:
                part, size = self._cells(dimension, stride)
            elif dimension in mixed:
                part, size = self._raw(tuple(n for n in dimension.facts if n != self.counted), stride)
            else:
                continue
            signature = list(map(add, signature, part))
            stride *= size
        decide = _decider(policy)
        decided: dict[int, list[int]] = {}
        for profile, mark in enumerate(signature):
            if mark not in decided:
                decided[mark] = self._decided(decide, profile, samples)
        return [decided[mark] for mark in signature]

    def _decided(
        self, decide: Callable[[Mapping[str, Value]], int], profile: int, samples: Sequence[Value]
    ) -> list[int]:
        facts: dict[str, Value] = dict(zip(self.others, self.profiles[profile], strict=False))
        if self.counted is None:
            return [decide(facts)] * len(samples)
        may_be_absent = self.facts[self.counted].may_be_absent
        return [
            decide({**facts, self.counted: value}) if value is not None or may_be_absent else _REFUSED
            for value in samples
        ]

    def _cells(self, dimension: Dimension, stride: int) -> tuple[Column, int]:
        """The cell of each profile in a dimension, times the stride."""
        codes, values = self._column(dimension.facts)
        cells = [
            stride * dimension.cell(dict(zip(dimension.facts, value, strict=True))).bit_length()
            for value in values
        ]
        return list(map(cells.__getitem__, codes)), dimension.full.bit_length() + 1

    def _raw(self, names: tuple[str, ...], stride: int) -> tuple[Column, int]:
        """Every combination of some facts' values apart."""
        if not names:
            return [0] * len(self.profiles), 1
        codes, values = self._column(names)
        return [stride * code for code in codes], len(values)

    def _column(self, names: tuple[str, ...]) -> tuple[Column, list[tuple[Value, ...]]]:
        """The number of each profile's combination of some facts, and the combinations by number."""
        if names not in self._joint:
            columns = [self.codes_of[name] for name in names]
            together = list(zip(*(codes for codes, _ in columns), strict=True))
            joint, seen = _coded(together)
            values = [tuple(columns[i][1][code] for i, code in enumerate(pair)) for pair in seen]
            self._joint[names] = joint, values
        return self._joint[names]

    def _priced_apart(self, policy: Policy, code: int) -> bool:
        """Whether an outcome pays from facts that profiles are told apart by: then each is priced alone."""
        outcome = _outcome(policy, code)
        terms = outcome.pays.terms if outcome and outcome.pays else ()
        return any(not isinstance(term, str) or term not in self.priced for _, term in terms)

    def _fact_sum(self, policy: Policy, code: int, profile: int, totals: Sequence[int]) -> int:
        """What orders of one profile are paid by a sum of facts."""
        outcome = _outcome(policy, code)
        assert outcome and outcome.pays
        facts: dict[str, Value] = dict(zip(self.others, self.profiles[profile], strict=False))
        minor = totals[0] * outcome.pays.plus
        for times, term in outcome.pays.terms:
            if isinstance(term, str) and term in self.priced:
                minor += times * totals[1 + self.priced.index(term)]
            else:
                minor += totals[0] * value_of(Sum(((times, term),)), facts)
        return minor

    def _minor(self, policy: Policy, code: int, rest: int, totals: Sequence[int]) -> int:
        """What orders are paid whose amounts leave the same rest."""
        outcome = _outcome(policy, code)
        if outcome and outcome.pays:
            summed = ((times, str(term)) for times, term in outcome.pays.terms)
            parts = (times * totals[1 + self.priced.index(term)] for times, term in summed)
            return totals[0] * outcome.pays.plus + sum(parts)
        percent = outcome.pays_percent if outcome else None
        if not percent or "amount" not in self.priced:
            return 0
        count, total = totals[0], totals[1]
        whole = (total - count * rest) // self.modulus
        return percent * self.modulus // 100 * whole + count * percent_of(percent, rest, "half up")

    def _price(
        self,
        policy: Policy,
        counted: Mapping[tuple[int, str], int],
        minors: Mapping[tuple[int, str], int],
    ) -> Price:
        lines: dict[int, tuple[int, dict[str, int]]] = {}
        refused = self.refused
        for (code, currency), count in sorted(counted.items()):
            if code == _REFUSED:
                refused += count
                continue
            outcome = _outcome(policy, code)
            before, money = lines.get(code, (0, {}))
            named = (outcome and outcome.currency) or currency
            money[named] = money.get(named, 0) + minors.get((code, currency), 0)
            lines[code] = before + count, money
        told = []
        for code, (count, money) in lines.items():
            clause, name = end_of(policy, code)
            outcome = _outcome(policy, code)
            untold = outcome and outcome.pays is None and outcome.pays_percent and "amount" not in self.priced
            told.append(Line(name, clause, "", "", count, None if untold else money, None))
        ranks = {name: -outcome.rank for name, outcome in policy.outcomes.items()}
        return Price(sorted(told, key=lambda line: (ranks.get(line.outcome, 1), *line[:4])), refused)


def _space(policy: Policy) -> Space:
    conditions = [rule.holds for rule in policy.document.rules]
    return Space(policy.facts, [*conditions, *(clause.when for clause in policy.clauses.values())])


def _decider(policy: Policy) -> Callable[[Mapping[str, Value]], int]:
    """From facts to a code, clause by clause: an edit is decided on too seldom for its tree to pay."""
    order, facts = policy.document.precedence.order, policy.facts
    rules = [condition_text(rule.holds, facts) for rule in policy.document.rules]
    refusals = [f" if not {rule}: return {_REFUSED}" for rule in rules]
    tests = [condition_text(policy.clauses[name].when, facts) for name in order]
    matching = cast(
        "Callable[[Mapping[str, Value]], int]", compiled("matching", [*refusals, *mask_lines(tests)], {})
    )
    verdict = verdicts(policy)

    def decide(told: Mapping[str, Value]) -> int:
        mask = matching(told)
        return mask if mask == _REFUSED else verdict(mask)

    return decide


def _outcome(policy: Policy, code: int) -> Outcome | None:
    return policy.outcomes.get(end_of(policy, code)[1]) if code >= 0 else None


def _packed(column: Sequence[int]) -> Column:
    """The numbers side by side in memory, where 64 bits hold them."""
    try:
        return array("q", column)
    except OverflowError:
        return column


def _coded(values: Sequence[Any]) -> tuple[Column, list[Any]]:
    """Each value's number, and the values by number."""
    numbers: dict[Any, int] = {}
    codes = [numbers.setdefault(value, len(numbers)) for value in values]
    return codes, list(numbers)
