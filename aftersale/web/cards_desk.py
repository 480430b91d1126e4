"""The payments team's pages of removals, the link that stops one, and the public key of receipts."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aftersale.base.errors import BadInput, NotYours, Refused
from aftersale.base.ports import Ports
from aftersale.cards.queries import TEAM, removal_for, removals_of, removals_with_team
from aftersale.cards.receipt import fingerprint, public_pem
from aftersale.cards.services import confirm_removal, veto_removal, vetoable
from aftersale.cards.signing import public_receipt_key, receipt_key
from aftersale.cards.states import WITH_TEAM
from aftersale.web.cards_shown import RemovalShown
from aftersale.web.doors import DeskRequest, door, page_of, say, shown


@door(*TEAM)
@require_safe
def queue(request: DeskRequest) -> HttpResponse:
    """Open removals by their due date; below them the last that ended."""
    now, page = request.ports.clock.now(), page_of(request, removals_with_team())
    ended = removals_of(request.user).exclude(state__in=WITH_TEAM)[:10]
    context = {
        "page": page,
        "open": [RemovalShown(case, now) for case in page],
        "ended": [RemovalShown(case, now) for case in ended],
        "nav": "cards",
    }
    return shown(request, "cards/desk.html", context)


@door(*TEAM)
@require_safe
def removal(request: DeskRequest, reference: str) -> HttpResponse:
    """One removal: brand and last four, what the provider said, and what is left to do."""
    case = removal_for(request.user, reference)
    context = {"case": case, "shown": RemovalShown(case, request.ports.clock.now()), "nav": "cards"}
    return shown(request, "cards/desk_removal.html", context)


@door(*TEAM)
@require_POST
def confirm(request: DeskRequest, reference: str) -> HttpResponse:
    """The marketplace's own systems are clean: the case ends, and the receipt is signed."""
    case = removal_for(request.user, reference)
    note = request.POST.get("note", "")
    try:
        confirm_removal(ports=request.ports, request=case, actor=request.user, key=receipt_key(), note=note)
    except (BadInput, Refused) as error:
        say(request, error)
    else:
        messages.success(request, _("Confirmed. The customer has the receipt."))
    return redirect("desk_card", case.reference)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, secret: str) -> HttpResponse:
    """The link in the card's e-mail: looking at it does nothing, pressing the button stops the removal."""
    ports: Ports = request.ports  # type: ignore[attr-defined]
    try:
        case = vetoable(secret)
        if request.method == "POST":
            case = veto_removal(ports=ports, secret=secret)
    except NotYours:
        raise Http404 from None
    except Refused:
        return redirect("card_stop", secret)
    return render(request, "cards/stop.html", {"shown": RemovalShown(case, ports.clock.now()), "case": case})


@require_safe
def key_page(request: HttpRequest) -> HttpResponse:
    """The public key, and how a receipt is checked with it."""
    key = public_receipt_key()
    return render(request, "cards/receipt_key.html", {"pem": public_pem(key), "name": fingerprint(key)})


@require_safe
def key_file(_request: HttpRequest) -> HttpResponse:
    """The public key as a file."""
    return HttpResponse(public_pem(public_receipt_key()), content_type="application/x-pem-file")
