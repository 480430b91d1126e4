"""The policy in force, and what it decides on given facts."""

from django.http import HttpResponse
from ninja import Router

from aftersale.api.doors import READ, ApiRequest, door, language_of, told
from aftersale.api.shapes.policies import Policy, PolicyDecision, Question, told_policy, told_policy_decision
from aftersale.returns.policies import policy_of, version_for

router = Router(tags=["policy"])


@door(router, "GET", "/policies/current", summary="The policy in force", answers=Policy, scope=READ)
def get_current_policy(request: ApiRequest) -> HttpResponse:
    """The one document that decides returns: facts, outcomes, clauses, and the hash of this version."""
    version = version_for(request.ports.clock.now().date())
    return told(told_policy(policy_of(version), language_of(request)))


@door(
    router,
    "POST",
    "/policies/decide",
    summary="Ask the policy",
    answers=PolicyDecision,
    scope=READ,
)
def decide_by_policy(request: ApiRequest, asked: Question) -> HttpResponse:
    """Facts in, the one answer out, with the clause and the facts that decided. Nothing is written."""
    version = version_for(asked.on or request.ports.clock.now().date())
    return told(told_policy_decision(policy_of(version), asked.facts, language_of(request)))
