"""What a back-test asks of an engine, and the counts that every engine answers with."""

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from aftersale.policy.nodes import Sum
from aftersale.policy.policy import Policy
from aftersale.policy.sql import CONFLICT, GAP, Writer

from .errors import BacktestError
from .orders import Orders

# A share of the amount in percent, or a sum of money facts.
type Measure = int | Sum
type Progress = Callable[[float], None]

BY = ("month", "supplier")
UNKNOWN = "unknown"


class Check(NamedTuple):
    """A reason to refuse a row: in words, when it is so in SQL ("" for never), and its fact or rule."""

    because: str
    when: str
    fact: str = ""
    rule: str = ""


class Question(NamedTuple):
    """Which policy, against which other, over which orders, broken down by what."""

    policy: Policy
    orders: Orders
    against: Policy | None = None
    by: tuple[str, ...] = ()
    progress: Progress | None = None

    @property
    def policies(self) -> list[Policy]:
        """The policy, and the other where there is one."""
        return [self.policy] if self.against is None else [self.policy, self.against]

    def refuse_unknown(self) -> None:
        """Raises BacktestError about a breakdown that nothing tells, or another policy's other facts."""
        for name in self.by:
            fact = self.policy.facts.get(name)
            if name not in BY and (fact is None or fact.kind not in ("one of", "yes or no")):
                known = [n for n, f in self.policy.facts.items() if f.kind in ("one of", "yes or no")]
                raise BacktestError(
                    f"orders cannot be counted by `{name}`", "count by " + ", ".join([*BY, *known])
                )


class Refused(NamedTuple):
    """One refused row: where it stands, its order where that is told, why, and what it says."""

    row: int
    order: str
    because: str
    value: str


class Group(NamedTuple):
    """Rows with one answer: of the table `by` ("" for all) at `key`.

    `now` and `was` are codes: the place of a clause in its policy's precedence, one past them for no clause,
    two past for clauses that disagree, and -1 - i for the check that refused them.
    """

    by: str
    key: str
    now: int
    was: int
    currency: str
    rows: int
    sums: tuple[int | None, ...]


class Answer(NamedTuple):
    """What an engine found; `checks` are the reasons that negative codes stand for."""

    groups: list[Group]
    checks: list[Check]
    measures: tuple[Measure, ...]
    unreadable: int
    refused: list[Refused]


class Engine(Protocol):
    """Runs a question."""

    def __call__(self, question: Question) -> Answer:
        """The counts. Raises BacktestError."""


def measures_of(policies: Sequence[Policy], *, amount: bool) -> tuple[Measure, ...]:
    """The sums that price every outcome, each once; a share of the amount only where an amount is told."""
    found: dict[Measure, None] = {100: None} if amount else {}
    for policy in policies:
        for outcome in policy.outcomes.values():
            if outcome.pays is not None:
                found[outcome.pays] = None
            elif outcome.pays_percent and amount:
                found[outcome.pays_percent] = None
    return tuple(found)


def measure_sql(writer: Writer, measure: Measure, amount: str) -> str:
    """A measure of one row."""
    if isinstance(measure, Sum):
        return writer.sum(measure)
    return amount if measure == 100 else writer.share(measure, amount)


def end_of(policy: Policy, code: int) -> tuple[str, str]:
    """The clause and the outcome that a code of 0 or more stands for."""
    order = policy.document.precedence.order
    if code < len(order):
        return order[code], policy.clauses[order[code]].then
    return "", GAP if code == len(order) else CONFLICT


def minor_of(policy: Policy, code: int, group: Group, measures: Sequence[Measure]) -> tuple[int, str] | None:
    """What the rows of a group are paid, in which currency; None where that takes an amount not told."""
    outcome = policy.outcomes.get(end_of(policy, code)[1])
    if outcome is None:
        return 0, group.currency
    if outcome.pays is None and not outcome.pays_percent:
        return 0, group.currency
    measure: Measure = outcome.pays if outcome.pays is not None else outcome.pays_percent or 0
    if measure not in measures:
        return None
    return group.sums[measures.index(measure)] or 0, outcome.currency or group.currency
