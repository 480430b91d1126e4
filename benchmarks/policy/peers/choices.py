"""A policy as nested choices: what each peer's file says in its own language.

`chain` is the clauses one after another, strongest first, as one writes them where the first match wins.
`tree` is the decision tree that our compiler grows from them: nobody would write it by hand, but a peer that
is given it has less to test, so both are measured.
"""

from collections.abc import Sequence
from typing import NamedTuple

from aftersale.policy import Policy
from aftersale.policy.nodes import Condition, IsOneOf, Join, Known, Not, Within
from aftersale.policy.space import Dimension
from aftersale.policy.tree import Branch, Tree

type Choices = Choice | str


class Choice(NamedTuple):
    """What to do when a condition holds and when not; at each end stands the name of a clause."""

    when: Condition
    yes: Choices
    no: Choices


def chain(policy: Policy) -> Choices:
    """The clauses, strongest first."""
    choices: Choices = "no clause"
    for name in reversed(policy.document.precedence.order):
        choices = Choice(policy.clauses[name].when, name, choices)
    return choices


def tree(policy: Policy) -> Choices:
    """The decision tree of the compiled policy."""
    grown = policy.engine.tree
    assert grown is not None
    return _choices(grown, policy.engine.dimensions)


def _choices(grown: Tree, dimensions: Sequence[Dimension]) -> Choices:
    if not isinstance(grown, Branch):
        return grown.clause
    dimension, yes, no, mask = dimensions[grown.dimension], grown.yes, grown.no, grown.mask
    rest = grown.allowed & ~mask
    if _effort(dimension, rest) < _effort(dimension, mask):
        yes, no, mask = no, yes, rest
    condition = _condition(dimension, mask, grown.allowed)
    return Choice(condition, _choices(yes, dimensions), _choices(no, dimensions))


def _effort(dimension: Dimension, mask: int) -> tuple[bool, int]:
    """How much there is to write for a mask: an absent value is best told by what is left over."""
    return bool(mask & dimension.absent), sum(value is not True for value in _values(dimension, mask))


def _values(dimension: Dimension, mask: int) -> tuple[str | bool, ...]:
    return tuple(value for place, value in enumerate(dimension.values) if mask >> place & 1)


def _condition(dimension: Dimension, mask: int, allowed: int) -> Condition:
    """The value lies in one of the cells of the mask, of those that are allowed."""
    if dimension.values:
        return IsOneOf(dimension.facts[0], _values(dimension, mask))
    known = allowed & ~dimension.absent
    first, last = (mask & -mask).bit_length() - 1, mask.bit_length() - 1
    assert mask == ((1 << (last + 1)) - (1 << first)) & known, "one run of cells"
    lo = dimension.cuts[first - 1] + 1 if known & ((1 << first) - 1) else None
    hi = dimension.cuts[last] if known >> (last + 1) else None
    return Within(dimension.key, lo, hi) if (lo, hi) != (None, None) else Known(dimension.facts[0])


class Infix(NamedTuple):
    """How a language that writes conditions as text does it; `fact` and `known` take a name."""

    opposite: str
    both: str
    either: str
    fact: str
    known: str
    optional: frozenset[str]

    def condition(self, condition: Condition) -> str:
        """A condition as text; what the shipped policy does not use is not told."""
        match condition:
            case Not(part):
                return self.opposite.format(self.condition(part))
            case Join(how, parts):
                return f"({self._joined(how, [self.condition(part) for part in parts])})"
            case Known(fact):
                return self.known.format(fact)
            case IsOneOf(fact, (bool(value),)):
                return self.fact.format(fact) if value else self.opposite.format(self.fact.format(fact))
            case IsOneOf(fact, values):
                tests = [f'{self.fact.format(fact)} == "{value}"' for value in values]
                return tests[0] if len(tests) == 1 else f"({self._joined('or', tests)})"
            case Within(((1, str(less)), (-1, str(more))), None, -1):
                return f"{self.fact.format(less)} < {self.fact.format(more)}"
            case Within(((1, str(fact)),), lo, hi):
                bounds = [(">=", lo), ("<=", hi)]
                tests = [self.known.format(fact)] if fact in self.optional else []
                tests += [f"{self.fact.format(fact)} {sign} {end}" for sign, end in bounds if end is not None]
                return tests[0] if len(tests) == 1 else f"({self._joined('and', tests)})"
        raise NotImplementedError(condition)

    def _joined(self, how: str, tests: Sequence[str]) -> str:
        return (self.both if how == "and" else self.either).join(tests)

    def ternary(self, choices: Choices) -> str:
        """Nested choices in the way of `when ? yes : no`."""
        if isinstance(choices, str):
            return f'"{choices}"'
        yes = self.ternary(choices.yes)
        yes = yes if isinstance(choices.yes, str) else f"({yes})"
        return f"{self.condition(choices.when)} ? {yes} : {self.ternary(choices.no)}"


def optional(policy: Policy) -> frozenset[str]:
    """The facts that may be absent."""
    return frozenset(fact.name for fact in policy.facts.values() if fact.may_be_absent)
