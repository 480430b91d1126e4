"""Runs the examples that stand in the document; each is a test of it."""

from typing import TYPE_CHECKING, NamedTuple

from .errors import DocumentError, PolicyError

if TYPE_CHECKING:
    from .policy import Policy


class Failure(NamedTuple):
    """An example that does not come true: the clause it stands under, and the error that points at it."""

    clause: str
    error: DocumentError


def run_examples(policy: "Policy") -> list[Failure]:
    """Every example that comes out otherwise than its row says; none for a document that keeps its word."""
    failures = []
    for clause in policy.clauses.values():
        for example in clause.examples:
            try:
                decision = policy.decide(example.facts)
            except PolicyError as error:
                first = str(error).partition("\n")[0]
                failures.append(
                    Failure(clause.id, example.row.error(first, "correct the row or the clauses"))
                )
                continue
            wanted = (example.outcome, example.clause or decision.clause)
            if wanted != (decision.outcome, decision.clause):
                what = f"the policy decides `{decision.outcome}` here, by `{decision.clause}`"
                failures.append(Failure(clause.id, example.row.error(what, "correct the row or the clauses")))
    return failures
