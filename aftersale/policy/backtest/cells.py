"""Orders numbered by all that a policy can tell apart, so that each kind of order is decided once.

The number is a sum of one small CASE for each dimension, which a columnar engine works out once for each
value of a dictionary; a CASE of all clauses would be worked out for each row. The clauses are then asked
about each number that occurs, with one version of the policy or with several.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple, cast

from aftersale.policy.facts import Fact
from aftersale.policy.nodes import Condition, IsOneOf, Known, Sum, Within
from aftersale.policy.policy import Policy
from aftersale.policy.python import compiled
from aftersale.policy.space import Dimension, Formula, Group, Space
from aftersale.policy.sql import Writer, bounds_of, conflict_code, gap_code

from .question import Check
from .readers import Reader

MOST_CELLS = 2**20

type Decide = Callable[[Sequence[int]], int]


class Axis(NamedTuple):
    """A part of the number: one CASE in SQL, and how many values it has."""

    sql: str
    size: int


class Cells:
    """The numbering of orders for some versions of a policy that have the same facts."""

    def __init__(self, policies: Sequence[Policy]) -> None:
        self.policies = policies
        self.facts = policies[0].facts
        conditions: list[Condition] = [_kind_of(fact) for fact in self.facts.values()]
        for policy in policies:
            conditions += [rule.holds for rule in policy.document.rules]
            conditions += [clause.when for clause in policy.clauses.values()]
        self.space = Space(self.facts, conditions)
        self.sizes = [dimension.full.bit_length() + 1 for dimension in self.space.dimensions]

    def count(self, checks: int) -> int:
        """How many numbers there are, with so many checks of yes or no beside the facts."""
        total = 2**checks
        for size in self.sizes:
            total *= size
        return total

    def sql(self, writer: Writer, readers: Mapping[str, Reader], checks: Sequence[Check]) -> str:
        """The number of a row: facts and sums first, then a digit for each further check."""
        parts, stride = [], 1
        for dimension, size in zip(self.space.dimensions, self.sizes, strict=True):
            whens = list(self._whens(dimension, writer, readers))
            lines = " ".join(f"WHEN {when} THEN {cell * stride}" for when, cell in whens[:-1] if when)
            last = whens[-1][1] * stride
            parts.append(f"CASE {lines} ELSE {last} END" if lines else str(last))
            stride *= size
        for check in checks:
            parts.append(f"CASE WHEN {check.when} THEN {stride} ELSE 0 END")
            stride *= 2
        return " + ".join(f"({part})" for part in parts)

    def decider(self, policy: Policy) -> Callable[[int], int]:
        """From a row's number to its code, as one of the versions has it."""
        decide = cast("Decide", compiled("decide", self._lines(policy), {}))
        sizes = self.sizes
        reasons = len(self.facts) + len(policy.document.rules)

        def code(number: int) -> int:
            cells = []
            for size in sizes:
                number, cell = divmod(number, size)
                cells.append(1 << cell)
            found = decide(cells)
            if found >= 0 and number:
                return -1 - reasons - ((number & -number).bit_length() - 1)
            return found

        return code

    def _whens(
        self, dimension: Dimension, writer: Writer, readers: Mapping[str, Reader]
    ) -> Iterator[tuple[str, int]]:
        """The tests of a dimension with their cells, in order; the last one is what is left."""
        bad, absent = dimension.full.bit_length(), dimension.absent.bit_length() - 1
        key = dimension.key
        alone = len(key) == 1 and key[0] == (1, dimension.facts[0])
        if alone and readers[dimension.facts[0]].misfit:
            yield readers[dimension.facts[0]].misfit, bad
        nothing = absent if dimension.absent else bad
        if dimension.values:
            column = writer.column[dimension.facts[0]]
            yes_no = dimension.values == (False, True)
            for cell, value in enumerate(dimension.values):
                test = (column if value else f"NOT {column}") if yes_no else f"{column} = '{value}'"
                yield test, cell
            if dimension.absent:
                yield f"{column} IS NULL", absent
            yield "", bad
            return
        for cell, cut in enumerate(dimension.cuts):
            yield writer.compared(Sum(dimension.key), "<=", cut), cell
        yield " OR ".join(f"{writer.column[name]} IS NULL" for name in dimension.facts), nothing
        yield "", len(dimension.cuts)

    def _lines(self, policy: Policy) -> Iterator[str]:
        """The lines of the function that decides on cells; refusals come first, in their order."""
        for place, fact in enumerate(self.facts.values()):
            yield f" if not c[{self._place(fact)}] & {self._good(fact)}: return {-1 - place}"
        for place, rule in enumerate(policy.document.rules):
            text = _text(self.space.formula(rule.holds))
            yield f" if not {text}: return {-1 - len(self.facts) - place}"
        order, stronger = policy.document.precedence
        tests = {name: _text(self.space.formula(policy.clauses[name].when)) for name in order}
        for place, name in enumerate(order):
            yield f" if {tests[name]}:"
            for rival in order[place + 1 :]:
                if policy.clauses[rival].then != policy.clauses[name].then and name not in stronger[rival]:
                    beaten = [f"not {tests[other]}" for other in order if other in stronger[rival]]
                    both = " and ".join([tests[rival], *beaten])
                    yield f"  if {both}: return {conflict_code(policy.document)}"
            yield f"  return {place}"
        yield f" return {gap_code(policy.document)}"

    def _place(self, fact: Fact) -> int:
        return self.space.places[((1, fact.name),)]

    def _good(self, fact: Fact) -> int:
        """The mask of the cells that a fact may be in."""
        dimension = self.space.dimensions[self._place(fact)]
        if fact.kind in ("one of", "yes or no", "date"):
            return dimension.full
        return dimension.stretch(*bounds_of(fact)) | dimension.absent


def _kind_of(fact: Fact) -> Condition:
    """A condition that makes the fact a dimension, cut at its bounds."""
    if fact.kind in ("one of", "yes or no"):
        return IsOneOf(fact.name, fact.values or (False, True))
    if fact.kind == "date":
        return Known(fact.name)
    return Within(((1, fact.name),), *bounds_of(fact))


def _text(formula: Formula) -> str:
    """A formula as Python, over the list `c` of cells."""
    if isinstance(formula, bool):
        return str(formula)
    if isinstance(formula, Group):
        return "(" + (" and " if formula.every else " or ").join(map(_text, formula.parts)) + ")"
    return f"c[{formula.dimension}] & {formula.mask}"
