"""Finance's page: where every refund is, and which of them need a person."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from aftersale.accounts.models import Role
from aftersale.base.errors import BadInput, NotYours, Refused
from aftersale.payments.models import Refund
from aftersale.payments.queries import refunds_for_finance, refunds_needing_a_person, sum_by_state
from aftersale.payments.services import release_refund, retry_refund
from aftersale.payments.states import State
from aftersale.web.doors import DeskRequest, door, page_of, say, shown


@door(Role.FINANCE)
@require_safe
def refunds(request: DeskRequest) -> HttpResponse:
    """All refunds, or those of one state; those that need a person stand first."""
    state = request.GET.get("state", "")
    state = state if state in State.values else ""
    needing = refunds_needing_a_person(request.ports.clock.now())
    context = {
        "page": page_of(request, refunds_for_finance(state), 25),
        "needing": needing[:20],
        "needing_count": needing.count(),
        "sums": sorted((c, s, total) for (c, s), total in sum_by_state().items()),
        "state": state,
        "states": State.values,
        "nav": "refunds",
    }
    return shown(request, "finance/refunds.html", context)


@door(Role.FINANCE)
@require_POST
def act(request: DeskRequest, reference: str, step: str) -> HttpResponse:
    """Let a held refund be tried again, or give it up with a reason."""
    refund = Refund.objects.filter(reference=reference).first()
    if refund is None or step not in ("retry", "release"):
        raise NotYours
    try:
        if step == "retry":
            retry_refund(ports=request.ports, refund=refund, actor=request.user)
        else:
            reason = request.POST.get("reason", "")
            release_refund(ports=request.ports, refund=refund, reason=reason, actor=request.user)
    except (BadInput, Refused) as error:
        say(request, error)
    else:
        messages.success(request, _("Noted. The books follow."))
    return redirect("finance_refunds")
