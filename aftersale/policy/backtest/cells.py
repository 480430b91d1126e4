"""Orders numbered by all that a policy can tell apart, so that each kind of order is decided once.

The number is a sum of one small CASE for each dimension, which a columnar engine works out once for each
value of a dictionary; a CASE of all clauses would be worked out for each row. The clauses are then asked
about each number that occurs, with one version of the policy or with several.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import prod
from typing import cast

from aftersale.policy.facts import Fact
from aftersale.policy.nodes import Condition, IsOneOf, Known, Sum, Within
from aftersale.policy.policy import Policy
from aftersale.policy.python import compiled
from aftersale.policy.space import Dimension, Formula, Group, Space
from aftersale.policy.sql import Writer, bounds_of

from .question import Check
from .readers import Reader
from .verdict import mask_lines, verdicts

MOST_CELLS = 2**21


class Cells:
    """The numbering of orders for some versions of a policy that have the same facts.

    `bits` has, for each dimension, what each of its digits stands for: a cell of the dimension, or 0 for a
    value that the fact may not have.
    """

    def __init__(self, policies: Sequence[Policy]) -> None:
        self.facts = policies[0].facts
        conditions: list[Condition] = [_kind_of(fact) for fact in self.facts.values()]
        for policy in policies:
            conditions += [rule.holds for rule in policy.document.rules]
            conditions += [clause.when for clause in policy.clauses.values()]
        self.space = Space(self.facts, conditions)
        self.bits = [self._bits(dimension) for dimension in self.space.dimensions]

    def count(self, checks: int) -> int:
        """How many numbers there are, with so many checks of yes or no beside the facts."""
        return prod(map(len, self.bits)) << checks

    def sql(self, writer: Writer, readers: Mapping[str, Reader], checks: Sequence[Check]) -> str:
        """The number of a row: facts and sums first, then a digit for each further check."""
        parts, stride = [], 1
        for dimension, bits in zip(self.space.dimensions, self.bits, strict=True):
            *whens, (_, last) = self._whens(dimension, bits, writer, readers)
            lines = " ".join(f"WHEN {when} THEN {digit * stride}" for when, digit in whens)
            parts.append(f"CASE {lines} ELSE {last * stride} END" if lines else str(last * stride))
            stride *= len(bits)
        for check in checks:
            parts.append(f"CASE WHEN {check.when} THEN {stride} ELSE 0 END")
            stride *= 2
        return " + ".join(f"({part})" for part in parts)

    def decider(self, policy: Policy) -> Callable[[int], int]:
        """From a row's number to its code, as one of the versions has it."""
        matching = cast("Callable[[Sequence[int]], int]", compiled("matching", self._lines(policy), {}))
        verdict = verdicts(policy)
        sizes = [(bits, len(bits)) for bits in self.bits]
        reasons = len(self.facts) + len(policy.document.rules)

        def code(number: int) -> int:
            cells = []
            for bits, size in sizes:
                number, digit = divmod(number, size)
                cells.append(bits[digit])
            found = matching(cells)
            if found < 0:
                return found
            # What is left of the number are the further checks, a bit each.
            return verdict(found) if not number else -reasons - (number & -number).bit_length()

        return code

    def _fact(self, dimension: Dimension) -> Fact | None:
        """The fact that a dimension is, None for a sum."""
        alone = dimension.key == ((1, dimension.facts[0]),)
        return self.facts[dimension.facts[0]] if alone else None

    def _bits(self, dimension: Dimension) -> list[int]:
        cells = [1 << cell for cell in range(len(dimension.values) or len(dimension.cuts) + 1)]
        fact = self._fact(dimension)
        if fact and fact.kind in ("whole number", "money"):
            good = dimension.stretch(*bounds_of(fact))
            cells = [cell for cell in cells if cell & good]
        cells += [dimension.absent] if dimension.absent else []
        return [*cells, 0] if fact else cells

    def _whens(
        self, dimension: Dimension, bits: Sequence[int], writer: Writer, readers: Mapping[str, Reader]
    ) -> Iterator[tuple[str, int]]:
        """The tests of a dimension with their digits, in order; the last one is what is left."""
        fact, bad = self._fact(dimension), len(bits) - 1
        if fact:
            lo, hi = bounds_of(fact)
            column = writer.column[fact.name]
            outside = f"{column} NOT BETWEEN {lo} AND {hi}" if lo is not None else ""
            if misfit := " OR ".join(filter(None, [readers[fact.name].misfit, outside])):
                yield misfit, bad
        nothing = " OR ".join(f"{writer.column[name]} IS NULL" for name in dimension.facts)
        absent = bits.index(dimension.absent) if dimension.absent else bad
        if dimension.values:
            yes_no = dimension.values == (False, True)
            column = writer.column[dimension.facts[0]]
            for digit, value in enumerate(dimension.values):
                test = (column if value else f"NOT {column}") if yes_no else f"{column} = '{value}'"
                yield test, digit
            if dimension.absent:
                yield nothing, absent
            yield "", bad
            return
        kept = [bit for bit in bits if bit not in (0, dimension.absent)]
        for digit, bit in enumerate(kept[:-1]):
            yield writer.compared(Sum(dimension.key), "<=", dimension.cuts[bit.bit_length() - 1]), digit
        if fact or dimension.absent:
            yield nothing, absent
        yield "", len(kept) - 1

    def _lines(self, policy: Policy) -> Iterator[str]:
        """The lines of the function from cells to the clauses that match, or to why they are refused."""
        for place, fact in enumerate(self.facts.values()):
            yield f" if not facts[{self._place(fact)}] & {self._good(fact)}: return {-1 - place}"
        for place, rule in enumerate(policy.document.rules):
            text = _text(self.space.formula(rule.holds))
            yield f" if not {text}: return {-1 - len(self.facts) - place}"
        order = policy.document.precedence.order
        yield from mask_lines(_text(self.space.formula(policy.clauses[name].when)) for name in order)

    def _place(self, fact: Fact) -> int:
        return self.space.places[((1, fact.name),)]

    def _good(self, fact: Fact) -> int:
        """The mask of the cells that a fact may be in."""
        return sum(self.bits[self._place(fact)])


def _kind_of(fact: Fact) -> Condition:
    """A condition that makes the fact a dimension, cut at its bounds."""
    if fact.kind in ("one of", "yes or no"):
        return IsOneOf(fact.name, fact.values or (False, True))
    if fact.kind == "date":
        return Known(fact.name)
    return Within(((1, fact.name),), *bounds_of(fact))


def _text(formula: Formula) -> str:
    """A formula as Python, over the cells, which `compiled` calls facts."""
    if isinstance(formula, bool):
        return str(formula)
    if isinstance(formula, Group):
        return "(" + (" and " if formula.every else " or ").join(map(_text, formula.parts)) + ")"
    return f"facts[{formula.dimension}] & {formula.mask}"
