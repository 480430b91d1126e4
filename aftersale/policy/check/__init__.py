"""The checks of a policy: gaps, conflicts, clauses that never count, broken promises, drifted prose.

The only place that knows Z3, which is an optional package; a decision never comes here.
"""

from collections.abc import Callable, Iterator, Mapping
from math import inf

from aftersale.policy.policy import Policy

from .conflict import conflicts
from .dead import dead
from .finding import Code, Example, Finding
from .gap import gaps
from .idle_override import idle_overrides
from .kept import failed_examples, prose_drifts
from .never_decisive import never_decisive
from .promise import broken_promises
from .study import Study, study_of
from .world import DEFAULT_SECONDS, OutOfTime

type Check = Callable[[Study], Iterator[Finding]]

CHECKS: Mapping[Code, Check] = {
    "dead": dead,
    "gap": gaps,
    "conflict": conflicts,
    "never-decisive": never_decisive,
    "idle-override": idle_overrides,
    "promise-broken": broken_promises,
    "prose-drift": prose_drifts,
    "example-failed": failed_examples,
}

__all__ = ["CHECKS", "DEFAULT_SECONDS", "Example", "Finding", "check_policy"]


def check_policy(policy: Policy, *, seconds: float = DEFAULT_SECONDS, in_all: float = inf) -> list[Finding]:
    """Everything that the checks find, in at most so many seconds for each question to Z3, and for all."""
    study = study_of(policy, seconds, in_all)
    findings: list[Finding] = []
    for code, check in CHECKS.items():
        try:
            findings.extend(check(study))
        except OutOfTime:
            findings.append(study.not_proved(code, (), "which order is the smallest example"))
    return findings
