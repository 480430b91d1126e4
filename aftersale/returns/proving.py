"""Asks the policy's proofs for the site: they are an optional package, and one thread's at a time."""

import importlib
from threading import Lock
from typing import TYPE_CHECKING, Any

from aftersale.policy import Policy
from aftersale.returns.errors import ProofsMissing

if TYPE_CHECKING:
    # The modules themselves need Z3: they are loaded when a proof is asked for.
    from aftersale.policy.check.finding import Finding
    from aftersale.policy.diff import Difference

# What a page waits for one question at most; what takes longer counts as not proved.
SECONDS = 3.0
_ONE_AT_A_TIME = Lock()  # Z3 keeps one state for the whole process


def findings_of(policy: Policy) -> "list[Finding]":
    """All that the checks find, failed examples too. Raises ProofsMissing."""
    module = _loaded("aftersale.policy.check")
    with _ONE_AT_A_TIME:
        found: list[Finding] = module.check_policy(policy, seconds=SECONDS)
    return found


def difference_of(old: Policy, new: Policy) -> "Difference":
    """What changes from one version to another, with an example of each change. Raises ProofsMissing."""
    module = _loaded("aftersale.policy.diff")
    with _ONE_AT_A_TIME:
        found: Difference = module.compare(old, new, seconds=SECONDS)
    return found


def _loaded(name: str) -> Any:
    """The module of this name."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as missing:
        if missing.name != "z3":
            raise
        raise ProofsMissing(
            "The policy's proofs are not installed here: pip install 'aftersale[check]'. Nothing was checked."
        ) from None
