"""The supplier's pages: what waits, what comes back. Never who bought it, how it was paid, or how much."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from aftersale.accounts.models import Role
from aftersale.base.errors import BadInput, Refused
from aftersale.returns.discretion import STEPS, without_addresses
from aftersale.returns.models import Party, Reason, Return
from aftersale.returns.queries import return_for
from aftersale.web.case_shown import CaseShown
from aftersale.web.doors import DeskRequest, door, page_of, shown
from aftersale.web.handling import act_on
from aftersale.web.reads import closed_returns, open_returns
from aftersale.web.refusals import told_refusal


@door(Role.SUPPLIER)
@require_safe
def returns(request: DeskRequest) -> HttpResponse:
    """The supplier's returns: those that wait for an answer or a parcel first."""
    which = request.GET.get("show", "")
    mine = open_returns(request.user, Party.SUPPLIER)
    rows = {"open": open_returns(request.user), "closed": closed_returns(request.user)}.get(which, mine)
    page, now = page_of(request, rows), request.ports.clock.now()
    context = {
        "page": page,
        "cases": [CaseShown(case, now) for case in page],
        "show": which if which in ("open", "closed") else "",
        "waiting": mine.count(),
        "nav": "returns",
    }
    return shown(request, "supplier/returns.html", context)


@door(Role.SUPPLIER)
@require_safe
def return_page(request: DeskRequest, reference: str) -> HttpResponse:
    """One case: what came back and why, and what a yes would do."""
    return _page(request, return_for(request.user, reference))


@door(Role.SUPPLIER)
@require_POST
def act(request: DeskRequest, reference: str, step: str) -> HttpResponse:
    """Issue, refuse or revoke an RMA number; receive; inspect."""
    return act_on(request, reference, step, page=_page, back="supplier_return")


def _page(
    request: DeskRequest, case: Return, step: str = "", error: BadInput | Refused | None = None
) -> HttpResponse:
    view = CaseShown(case, request.ports.clock.now())
    context = {
        "shown": view,
        "note": without_addresses(case.note, mark=_("(e-mail address left out)")),
        "events": [event for event in view.events if event.event.kind in STEPS],
        "reasons": Reason.values,
        "typed": request.POST,
        "step": step,
        "wrong": told_refusal(error) if error else "",
        "nav": "returns",
    }
    status = 422 if error else 200
    return shown(request, "supplier/return.html", context, zone=case.order.zone, status=status)
