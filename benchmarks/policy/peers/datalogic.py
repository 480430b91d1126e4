"""The policy as json-logic, compiled once by an engine in Rust."""

from collections.abc import Callable, Mapping
from typing import Any

from datalogic_py import Engine

from aftersale.policy import Policy

from .choices import chain, optional, tree
from .json_rules import rule

PACKAGE = "datalogic-py"


def forms(policy: Policy) -> dict[str, Callable[[Mapping[str, Any]], str]]:
    """Each way to ask it for the clause."""
    absent, engine = optional(policy), Engine()
    return {
        "clauses": engine.compile(rule(chain(policy), absent)).evaluate,
        "tree": engine.compile(rule(tree(policy), absent)).evaluate,
    }
