"""The customer's page of a return: where it stands, and what can be done with it."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from aftersale.accounts.models import Role
from aftersale.base.errors import BadInput, Refused
from aftersale.orders.models import EventSource, Order
from aftersale.returns.models import Return
from aftersale.returns.queries import refunds_of, return_for
from aftersale.returns.services import hand_over, withdraw_return
from aftersale.web.answers import summary_of
from aftersale.web.case_shown import CaseShown, living
from aftersale.web.doors import DeskRequest, door, language_now, say, shown
from aftersale.web.qr import qr_code
from aftersale.web.reads import decided
from aftersale.web.refusals import told_refusal


@door(Role.CUSTOMER)
@require_safe
def return_page(request: DeskRequest, reference: str) -> HttpResponse:
    """A return from the question to the money."""
    return _page(request, return_for(request.user, reference))


@door(Role.CUSTOMER)
@require_safe
def slip(request: DeskRequest, reference: str) -> HttpResponse:
    """The sheet that goes into the parcel; there is one while something may be sent."""
    case = return_for(request.user, reference)
    view = CaseShown(case, request.ports.clock.now())
    if not view.is_to_be_sent and case.handed_over_at is None:
        raise Http404
    rma = view.rma
    context = {"shown": view, "rma": rma, "code": qr_code(rma.number if rma else case.reference)}
    return shown(request, "returns/slip.html", context, zone=case.order.zone)


@door(Role.CUSTOMER)
@require_POST
def hand_over_return(request: DeskRequest, reference: str) -> HttpResponse:
    """The customer says that the parcel was given to the carrier."""
    case = return_for(request.user, reference)
    try:
        hand_over(
            ports=request.ports,
            by=request.user,
            case=case,
            at=_moment(request.POST.get("day", ""), case.order, request.ports.clock.now()),
            source=EventSource.CUSTOMER,
            carrier=request.POST.get("carrier", ""),
            tracking_number=request.POST.get("tracking_number", ""),
        )
    except (BadInput, Refused) as error:
        return _page(request, case, error)
    else:
        messages.success(request, _("Thank you. We tell you when the parcel has arrived."))
    return redirect("return", case.reference)


@door(Role.CUSTOMER)
@require_POST
def withdraw(request: DeskRequest, reference: str) -> HttpResponse:
    """The customer keeps the goods after all."""
    case = return_for(request.user, reference)
    try:
        withdraw_return(ports=request.ports, by=request.user, case=case)
    except (BadInput, Refused) as error:
        say(request, error)
    else:
        messages.success(request, _("The return is withdrawn. Nothing has to be sent."))
    return redirect("return", case.reference)


def _page(request: DeskRequest, case: Return, error: BadInput | Refused | None = None) -> HttpResponse:
    """The page; after a refused handing over with what was typed and what is wrong with it."""
    now = request.ports.clock.now()
    rows = decided(case, now=now, language=language_now())
    context = {
        "shown": CaseShown(case, now),
        "summary": summary_of(rows, case.group.supplier.name),
        "refunds": living(refunds_of(case)),
        "today": case.order.day_of(now),
        "typed": request.POST,
        "wrong": told_refusal(error) if error else "",
        "nav": "returns",
    }
    status = 422 if error else 200
    return shown(request, "returns/return.html", context, zone=case.order.zone, status=status)


def _moment(text: str, order: Order, now: datetime) -> datetime:
    """The day that was typed, at noon where the order was delivered; today is now."""
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise BadInput("handed_over_at", text, "a day such as 2026-03-01") from None
    if day == order.day_of(now):
        return now
    return datetime.combine(day, time(12), tzinfo=ZoneInfo(order.zone))
