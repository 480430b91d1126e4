"""The policy as json-logic, in the quickest of its engines in Python."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from json_logic import jsonLogic

from aftersale.policy import Policy

from .choices import chain, optional, tree
from .json_rules import rule

PACKAGE = "panzi-json-logic"


def forms(policy: Policy) -> dict[str, Callable[[Mapping[str, Any]], str]]:
    """Each way to ask it for the clause."""
    absent = optional(policy)
    return {
        "clauses": partial(jsonLogic, rule(chain(policy), absent)),
        "tree": partial(jsonLogic, rule(tree(policy), absent)),
    }
