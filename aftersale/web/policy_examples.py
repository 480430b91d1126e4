"""Examples made from a draft's own boundaries: the owner approves them one by one into the document."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from aftersale.accounts.models import Role
from aftersale.policy import DocumentError, Policy, UndecidedError
from aftersale.policy.boundaries import Boundaries, NoTree, Shown, with_examples
from aftersale.returns.policies import version_for
from aftersale.returns.publishing import draft_of, save_draft
from aftersale.web.doors import DeskRequest, door, shown
from aftersale.web.words import FactRow, fact_rows


@dataclass(frozen=True, slots=True)
class Suggested:
    """An order at a boundary that no example of the document shows yet, and what the draft answers to it."""

    example: Shown
    title: str
    rows: Sequence[FactRow]

    @property
    def mark(self) -> str:
        """Names it as long as the draft answers the same to it."""
        one = self.example
        return sha256(repr((sorted(one.facts.items()), one.outcome, one.clause)).encode()).hexdigest()[:16]


@door(Role.POLICY_OWNER)
@require_http_methods(["GET", "HEAD", "POST"])
def examples(request: DeskRequest) -> HttpResponse:
    """What the draft answers on both sides of every boundary; the one that is approved goes into the text."""
    today = request.ports.clock.now().date()
    draft = draft_of(request.user, today=today)
    try:
        policy = Policy.parse(draft.text, version_for(today).name)
        suggested = _suggested(policy)
    except (DocumentError, NoTree, UndecidedError) as error:
        context = {"wrong": str(error), "nav": "policy"}
        return shown(request, "policy_desk/examples.html", context, status=422)
    if request.method == "POST":
        chosen = [one for one in suggested if one.mark == request.POST.get("mark", "")]
        if chosen:
            text = with_examples(policy, [one.example for one in chosen])
            save_draft(ports=request.ports, by=request.user, text=text, translations=draft.translations)
            messages.success(request, _("The example stands in the draft now."))
        else:
            messages.warning(request, _("The draft answers that differently by now. Nothing was added."))
        return redirect("policy_examples")
    return shown(request, "policy_desk/examples.html", {"suggested": suggested, "nav": "policy"})


def _suggested(policy: Policy) -> list[Suggested]:
    ordinary = policy.document.ordinary
    found = []
    for one in Boundaries(policy).missing():
        telling = {name: value for name, value in one.facts.items() if ordinary.get(name, ...) != value}
        rows = fact_rows(telling)
        found.append(Suggested(one, policy.clause_title(one.clause), rows))
    return found
