"""What a supplier or an agent does with a return: the same steps behind both pages."""

from collections.abc import Callable, Mapping
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from aftersale.base.errors import BadInput, Refused
from aftersale.returns.models import LineState, Return
from aftersale.returns.queries import return_for
from aftersale.returns.services import (
    Finding,
    inspect_return,
    issue_rma,
    receive_return,
    refuse_rma,
    revoke_rma,
)
from aftersale.web.doors import DeskRequest

type Step = Callable[[DeskRequest, Return], object]
type Page = Callable[[DeskRequest, Return, str, BadInput | Refused], HttpResponse]


def act_on(request: DeskRequest, reference: str, step: str, *, page: Page, back: str) -> HttpResponse:
    """Do one step with a return and go `back` to it; its `page` again, with what was wrong, when refused.

    404 for no such step.
    """
    case = return_for(request.user, reference)
    if step not in _STEPS:
        raise Http404
    verb, done = _STEPS[step]
    try:
        verb(request, case)
    except (BadInput, Refused) as error:
        return page(request, case, step, error)
    messages.success(request, str(done))
    return redirect(back, case.reference)


def _issue(request: DeskRequest, case: Return) -> object:
    return issue_rma(
        ports=request.ports,
        by=request.user,
        case=case,
        number=request.POST.get("number", ""),
        expires_on=day_typed(request.POST.get("expires_on", "")),
    )


def _refuse(request: DeskRequest, case: Return) -> object:
    text = request.POST.get("answer", "")
    return refuse_rma(ports=request.ports, by=request.user, case=case, answer=text)


def _revoke(request: DeskRequest, case: Return) -> object:
    text = request.POST.get("answer", "")
    return revoke_rma(ports=request.ports, by=request.user, case=case, answer=text)


def _receive(request: DeskRequest, case: Return) -> object:
    return receive_return(ports=request.ports, by=request.user, case=case)


def _inspect(request: DeskRequest, case: Return) -> object:
    arrived = case.lines.filter(state=LineState.RECEIVED)
    findings = [_finding(request.POST, pk) for pk in arrived.values_list("pk", flat=True)]
    return inspect_return(ports=request.ports, by=request.user, case=case, findings=findings)


def _finding(sent: Mapping[str, str], pk: int) -> Finding:
    units = sent.get(f"units-{pk}", "").strip()
    if not (units.isdecimal() and len(units) < 6):
        raise BadInput("units_found", units, "a whole number")
    reason, condition = sent.get(f"reason-{pk}", ""), sent.get(f"condition-{pk}", "")
    return Finding(return_line=pk, units=int(units), reason=reason, condition=condition)


def day_typed(text: str) -> date | None:
    """The day typed into a field; None where it was left empty."""
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise BadInput("expires_on", text, "a day such as 2026-03-01") from None


_STEPS: dict[str, tuple[Step, Promise]] = {
    "issue": (_issue, _("The RMA number is recorded, and the customer was told.")),
    "refuse": (_refuse, _("Your answer is recorded, and the customer was told.")),
    "revoke": (_revoke, _("The RMA number is taken back, and the customer was told.")),
    "receive": (_receive, _("Noted: the parcel has arrived.")),
    "inspect": (_inspect, _("The inspection is recorded; the final decision follows from it.")),
}
