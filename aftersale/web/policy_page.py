"""The clauses of the policy, each with an anchor: where every answer's link leads."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from aftersale.returns.models import PolicyVersion
from aftersale.returns.policies import policy_of
from aftersale.web.doors import language_now


@require_safe
def policy_page(request: HttpRequest) -> HttpResponse:
    """The policy in force, or the version that an older answer names."""
    versions = PolicyVersion.objects.order_by("-in_force_from", "-pk")
    if named := request.GET.get("version", ""):
        versions = versions.filter(hash__startswith=named)
    version = versions.first()
    if version is None:
        raise Http404
    policy, language = policy_of(version), language_now()
    clauses = [
        {
            "id": clause.id,
            "outcome": clause.then,
            "title": policy.clause_title(clause.id, language),
            "text": policy.because(clause.id, language),
            "next": policy.outcome_next_step(clause.then, language),
        }
        for clause in policy.clauses.values()
    ]
    return render(request, "policy/policy.html", {"version": version, "clauses": clauses, "nav": "policy"})
