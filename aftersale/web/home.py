"""The first page, and where each person begins."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from aftersale.accounts.models import Role, User
from aftersale.base.money import Money
from aftersale.returns.deciding import REFUND
from aftersale.returns.models import PolicyVersion
from aftersale.returns.policies import policy_of
from aftersale.web.doors import language_now
from aftersale.web.reads import people_of_the_demo

_STARTS: dict[str, str] = {
    Role.CUSTOMER: "account",
    Role.SUPPLIER: "supplier_returns",
    Role.AGENT: "desk",
    Role.FINANCE: "finance_refunds",
    Role.POLICY_OWNER: "policy_desk",
}


def start_of(user: User) -> str:
    """The name of the page where this person's work begins."""
    return _STARTS[user.role]


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What this desk is; who is signed in goes straight to the own pages."""
    if request.user.is_authenticated:
        return redirect(start_of(request.user))
    people = [] if settings.PRODUCTION else list(people_of_the_demo())
    return render(request, "home.html", {"people": people, "example": _example()})


def _example() -> dict[str, Any] | None:
    """An answer of the policy in force, for those who have not asked yet; None before one is published."""
    version = PolicyVersion.objects.order_by("in_force_from", "pk").last()
    if version is None:
        return None
    policy = policy_of(version)
    refunding = [clause for clause in policy.clauses.values() if clause.then == REFUND]
    if not refunding:
        return None
    # The most ordinary answer: bought by card, sent back in time.
    clause = policy.clauses.get("card-in-time", refunding[0])
    language = language_now()
    return {
        "clause": clause.id,
        "title": policy.clause_title(clause.id, language),
        "because": policy.because(clause.id, language),
        "href": f"/policy/#{clause.id}",
        "amount": Money(12990, "EUR"),
    }
