"""What needs no solver: prose that drifted from its condition, and examples that do not come true."""

from collections.abc import Iterator

from aftersale.policy.drift import drifts
from aftersale.policy.examples import run_examples

from .finding import Finding
from .study import Study, differing


def prose_drifts(study: Study) -> Iterator[Finding]:
    """Each number and value that stands only in a clause's prose, or only in its condition."""
    for drift in drifts(study.policy):
        what = f"`{drift.clause}`: {drift.what}"
        yield Finding("prose-drift", "warning", (drift.clause,), what, drift.where, suggest=(drift.help,))


def failed_examples(study: Study) -> Iterator[Finding]:
    """Each example of the document that comes out otherwise than its row says."""
    for failure in run_examples(study.policy):
        examples = study.policy.clauses[failure.clause].examples
        example = next(e for e in examples if e.row.line == failure.error.line)
        what = f"an example of `{failure.clause}` does not come true: {failure.error.what}"
        yield Finding(
            "example-failed",
            "error",
            (failure.clause,),
            what,
            example.row,
            differing(study.policy, example.facts),
            suggest=(failure.error.help,),
        )
