"""The clauses of the policy, each with an anchor: where every answer's link leads."""

from typing import cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from aftersale.returns.models import PolicyVersion
from aftersale.returns.policies import policy_of
from aftersale.web.doors import DeskRequest, language_now


@require_safe
def policy_page(request: HttpRequest) -> HttpResponse:
    """The policy in force, or the version that an older answer names."""
    version = _version(request, request.GET.get("version", ""))
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


def _version(request: HttpRequest, named: str) -> PolicyVersion | None:
    versions = PolicyVersion.objects.order_by("in_force_from", "pk")
    if named:
        return None if not named.isalnum() else versions.filter(hash__startswith=named).last()
    today = cast(DeskRequest, request).ports.clock.now().date()
    return versions.filter(in_force_from__lte=today).last() or versions.first()
