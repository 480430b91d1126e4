"""What every check works on: the policy, its texts, and the world of its orders."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf

from aftersale.policy.facts import Value
from aftersale.policy.policy import Policy
from aftersale.policy.written import Written, as_written

from .encode import Formula
from .finding import Code, Example, Finding
from .smallest import smallest_order
from .world import DEFAULT_SECONDS, Solver, World


@dataclass(frozen=True, slots=True)
class Study:
    """A policy under study."""

    policy: Policy
    written: Written
    world: World

    def line(self, name: str) -> str:
        """A clause as a finding speaks of it."""
        return f"`{name}` (line {self.policy.clauses[name].line})"

    def example(self, literals: Sequence[Formula]) -> Example:
        """The smallest order for which the literals are true."""
        return differing(self.policy, smallest_order(self.world, literals))

    def not_proved(self, code: Code, clauses: tuple[str, ...], what: str) -> Finding:
        """The finding that the time ran out before anything was proved."""
        where = self.written.clauses[clauses[0]].name if clauses else self.written.title
        what = f"no answer in time {what}"
        help = "give it more time with `--timeout SECONDS`"
        return Finding(code, "not proved", clauses, what, where, suggest=(help,))


def study_of(policy: Policy, seconds: float = DEFAULT_SECONDS, in_all: float = inf) -> Study:
    """The policy, made ready to ask about."""
    world = World(policy.document, Solver(seconds, in_all))
    return Study(policy, as_written(policy.name, policy.text), world)


def differing(policy: Policy, facts: Mapping[str, Value]) -> Example:
    """An order as an example, shown by what is not as in the document's ordinary order."""
    ordinary = policy.document.ordinary
    names = [n for n, value in facts.items() if n not in ordinary or ordinary[n] != value]
    return Example(facts, tuple(names))
