"""The policy in Cedar: a `permit` for each clause, in a policy set that is parsed once.

Cedar answers allow or deny and which policies said so: of these the strongest is the clause, by a look-up
that is timed with it. It has no null: a fact that is absent is left out of the context.
"""

from collections.abc import Callable, Mapping
from typing import Any

import cedarpy

from aftersale.policy import Policy

from .choices import Infix, optional

PACKAGE = "cedarpy"


def forms(policy: Policy) -> dict[str, Callable[[Mapping[str, Any]], str]]:
    """Each way to ask it for the clause."""
    language = Infix("!({})", " && ", " || ", "context.{}", "context has {}", optional(policy))
    order = policy.document.precedence.order
    permits = [
        f"permit(principal, action, resource) when {{ {language.condition(policy.clauses[name].when)} }};"
        for name in order
    ]
    policies = cedarpy.PolicySet.from_str("\n".join(permits))
    entities = cedarpy.Entities.from_json_str("[]")
    # Cedar numbers the policies in the order in which they stand.
    strength = {f"policy{place}": place for place in range(len(order))}
    request = {
        "principal": {"type": "Customer", "id": "ann"},
        "action": {"type": "Action", "id": "return"},
        "resource": {"type": "Parcel", "id": "1"},
    }

    def clause(facts: Mapping[str, Any]) -> str:
        known = {name: value for name, value in facts.items() if value is not None}
        answer = cedarpy.is_authorized({**request, "context": known}, policies, entities)
        return order[min(strength[reason] for reason in answer.diagnostics.reasons)]

    return {"clauses": clause}
