"""The policy in CEL, in Google's own engine in C++: one expression, checked and compiled once."""

from collections.abc import Callable, Mapping
from typing import Any

from cel_expr_python import cel

from aftersale.policy import Policy

from .choices import Choices, Infix, chain, optional, tree

PACKAGE = "cel-expr-python"


def forms(policy: Policy) -> dict[str, Callable[[Mapping[str, Any]], str]]:
    """Each way to ask it for the clause."""
    return {"clauses": _compiled(policy, chain(policy)), "tree": _compiled(policy, tree(policy))}


def _compiled(policy: Policy, choices: Choices) -> Callable[[Mapping[str, Any]], str]:
    types = {"one of": cel.Type.STRING, "yes or no": cel.Type.BOOL, "whole number": cel.Type.INT}
    language = Infix("!({})", " && ", " || ", "{}", "{} != null", optional(policy))
    variables = {
        fact.name: cel.Type.DYN if fact.may_be_absent else types[fact.kind] for fact in policy.facts.values()
    }
    evaluate = cel.NewEnv(variables=variables).compile(language.ternary(choices)).eval

    def clause(facts: Mapping[str, Any]) -> str:
        told: str = evaluate(data=facts).value()
        return told

    return clause
