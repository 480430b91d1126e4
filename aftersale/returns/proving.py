"""Asks the policy's proofs for the site: they are an optional package, and one thread's at a time."""

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Any

from aftersale.policy import Policy
from aftersale.returns.errors import ProofsBusy, ProofsMissing

if TYPE_CHECKING:
    # The modules themselves need Z3: they are loaded when a proof is asked for.
    from aftersale.policy.check.finding import Finding
    from aftersale.policy.diff import Difference

# What a page waits at most, for one question and for all of them; what takes longer counts as not proved.
SECONDS, IN_ALL = 3.0, 15.0
TURN = 20.0  # how long one waits for the proofs of others
_ONE_AT_A_TIME = Lock()  # Z3 keeps one state for the whole process


def findings_of(policy: Policy) -> "list[Finding]":
    """All that the checks find, failed examples too. Raises ProofsMissing and ProofsBusy."""
    module = _loaded("aftersale.policy.check")
    with _turn():
        found: list[Finding] = module.check_policy(policy, seconds=SECONDS, in_all=IN_ALL)
    return found


def difference_of(old: Policy, new: Policy) -> "Difference":
    """What changes from one version to another, each with an example. Raises ProofsMissing, ProofsBusy."""
    module = _loaded("aftersale.policy.diff")
    with _turn():
        found: Difference = module.compare(old, new, seconds=SECONDS, in_all=IN_ALL)
    return found


@contextmanager
def _turn() -> Iterator[None]:
    if not _ONE_AT_A_TIME.acquire(timeout=TURN):
        raise ProofsBusy("Other proofs are being made. Nothing was checked; ask again in a moment.")
    try:
        yield
    finally:
        _ONE_AT_A_TIME.release()


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
