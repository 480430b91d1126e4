"""The checks of a policy: gaps, conflicts, clauses that never count, broken promises, drifted prose.

The only place that knows Z3, which is an optional package; a decision never comes here.
"""

from collections.abc import Callable, Iterator

from aftersale.policy.policy import Policy

from .conflict import conflicts
from .dead import dead
from .finding import Example, Finding
from .gap import gaps
from .idle_override import idle_overrides
from .kept import failed_examples, prose_drifts
from .never_decisive import never_decisive
from .promise import broken_promises
from .study import Study, study_of
from .world import DEFAULT_SECONDS

type Check = Callable[[Study], Iterator[Finding]]

CHECKS: tuple[Check, ...] = (
    dead,
    gaps,
    conflicts,
    never_decisive,
    idle_overrides,
    broken_promises,
    prose_drifts,
    failed_examples,
)

__all__ = ["CHECKS", "DEFAULT_SECONDS", "Example", "Finding", "check_policy"]


def check_policy(policy: Policy, *, seconds: float = DEFAULT_SECONDS) -> list[Finding]:
    """Everything that the checks find, each question to Z3 taking at most so many seconds."""
    study = study_of(policy, seconds)
    return [finding for check in CHECKS for finding in check(study)]
