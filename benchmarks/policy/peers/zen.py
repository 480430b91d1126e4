"""The policy in GoRules ZEN: a decision table in the engine, and one bare expression without it.

The engine reads its content from a static loader, the quickest way that its Python package has. The table has
a row a clause, strongest first, each with its whole condition in one cell: some compare two facts or have an
`or`, which a column a fact cannot say.
"""

from collections.abc import Callable, Mapping
from typing import Any

import zen

from aftersale.policy import Policy

from .choices import Infix, chain, optional, tree

PACKAGE = "zen-engine"


def forms(policy: Policy) -> dict[str, Callable[[Mapping[str, Any]], str]]:
    """Each way to ask it for the clause."""
    language = Infix("not ({})", " and ", " or ", "{}", "{} != null", optional(policy))
    evaluate = zen.ZenEngine(
        {"loader": {"type": "static", "content": {"policy": _table(policy, language)}}}
    ).evaluate

    def table(facts: Mapping[str, Any]) -> str:
        clause: str = evaluate("policy", facts)["result"]["clause"]
        return clause

    return {
        "table": table,
        "expression": zen.compile_expression(language.ternary(chain(policy))).evaluate,
        "tree": zen.compile_expression(language.ternary(tree(policy))).evaluate,
    }


def _table(policy: Policy, language: Infix) -> dict[str, Any]:
    rules = [
        {"_id": name, "when": language.condition(policy.clauses[name].when), "clause": f'"{name}"'}
        for name in policy.document.precedence.order
    ]
    content = {
        "hitPolicy": "first",
        "inputs": [{"id": "when", "name": "when"}],
        "outputs": [{"id": "clause", "name": "clause", "field": "clause"}],
        "rules": rules,
    }
    nodes = [
        _node("facts", "inputNode", {}),
        _node("clauses", "decisionTableNode", content),
        _node("answer", "outputNode", {}),
    ]
    edges = [
        {"id": f"{one}-{other}", "type": "edge", "sourceId": one, "targetId": other}
        for one, other in (("facts", "clauses"), ("clauses", "answer"))
    ]
    return {"contentType": "application/vnd.gorules.decision", "nodes": nodes, "edges": edges}


def _node(name: str, kind: str, content: dict[str, Any]) -> dict[str, Any]:
    return {"id": name, "name": name, "type": kind, "position": {"x": 0, "y": 0}, "content": content}
