"""What only a demo has: the mails that were sent, and the carrier's part to be played."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.csp import CSP
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_POST, require_safe

from aftersale.base.errors import BadInput, Refused
from aftersale.base.models import DemoMail
from aftersale.base.ports import Ports
from aftersale.orders.models import EventSource, Parcel, ParcelEventKind
from aftersale.orders.services import record_parcel_event
from aftersale.returns.models import LineState, Return
from aftersale.returns.queries import with_lines
from aftersale.returns.services import hand_over
from aftersale.web.doors import page_of, say

_MAIL_POLICY: dict[str, list[str]] = {
    "default-src": [CSP.NONE],
    "style-src": [CSP.UNSAFE_INLINE],
    "frame-ancestors": [CSP.SELF],
    "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
}


@never_cache
@require_safe
def mails(request: HttpRequest) -> HttpResponse:
    """Who got what, the newest first; of one reader when the address names one."""
    reader = request.GET.get("to", "").replace("\0", "")
    rows = DemoMail.objects.filter(recipient=reader) if reader else DemoMail.objects.all()
    readers = DemoMail.objects.order_by("recipient").values_list("recipient", flat=True).distinct()
    context: dict[str, Any] = {"page": page_of(request, rows, 15), "reader": reader, "readers": readers[:12]}
    context["more"] = urlencode({"to": reader}) if reader else ""
    return render(request, "demo/mails.html", context)


@never_cache
@require_safe
def mail(request: HttpRequest, pk: int) -> HttpResponse:
    """One mail, as its reader sees it."""
    found = get_object_or_404(DemoMail, pk=pk)
    return render(request, "demo/mail.html", {"mail": found, "reply_to": found.headers.get("Reply-To")})


@never_cache
@require_safe
@xframe_options_sameorigin
@csp_override(_MAIL_POLICY)
def mail_body(_request: HttpRequest, pk: int) -> HttpResponse:
    """The mail's own page, shut in: no script, nothing loaded; its links open beside."""
    html = get_object_or_404(DemoMail, pk=pk).html
    return HttpResponse(html.replace("<head>", '<head>\n<base target="_blank">', 1))


@never_cache
@require_safe
def carrier(request: HttpRequest) -> HttpResponse:
    """Parcels under way, out to customers and back to suppliers."""
    arrived = ParcelEventKind.DELIVERED
    outbound = Parcel.objects.exclude(events__kind=arrived).filter(group__order__cancelled_at=None)
    outbound = outbound.select_related("group__order", "group__supplier").order_by(
        "-group__order__ordered_at"
    )
    back = with_lines(
        Return.objects.filter(handed_over_at=None, lines__state=LineState.AUTHORISED).distinct()
    )
    context = {"outbound": outbound[:20], "back": back.select_related("order", "group__supplier")[:10]}
    return render(request, "demo/carrier.html", context)


@require_POST
def carrier_acts(request: HttpRequest, what: str, pk: int) -> HttpResponse:
    """The carrier's own word: a parcel was delivered, or a return was handed over."""
    ports: Ports = request.ports  # type: ignore[attr-defined]
    try:
        _scan(what, pk, ports, ports.clock.now())
    except (BadInput, Refused) as error:
        say(request, error)
    else:
        messages.success(request, _("Scanned."))
    return redirect(request.POST.get("next", "") if _is_here(request) else "demo_carrier")


def _scan(what: str, pk: int, ports: Ports, now: datetime) -> None:
    if what == "delivered":
        parcel = get_object_or_404(Parcel, pk=pk)
        source = EventSource.CARRIER
        record_parcel_event(ports=ports, parcel=parcel, kind=ParcelEventKind.DELIVERED, at=now, source=source)
    elif what == "handed-over":
        case = get_object_or_404(Return, pk=pk)
        hand_over(ports=ports, by=None, case=case, at=now, source=EventSource.CARRIER, carrier="Demo Post")
    else:
        raise Http404


def _is_here(request: HttpRequest) -> bool:
    """Whether the address to go on to is one of this site."""
    target = request.POST.get("next", "")
    return target.startswith("/") and not target.startswith(("//", "/\\"))
