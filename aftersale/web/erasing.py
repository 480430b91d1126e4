"""Erasing an account: by its owner, who proves to be it, or by our staff on their wish."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from aftersale.accounts.models import Role
from aftersale.accounts.proving import NotProven, TooManyProofs, mail_proof, way_of
from aftersale.accounts.queries import person_called
from aftersale.base.errors import NotYours, Refused
from aftersale.support.duties import Duty, duties_of
from aftersale.support.erasing import PURPOSE, erase_me, erase_person
from aftersale.web.doors import DeskRequest, door, say, shown
from aftersale.web.refusals import told_refusal

_PAGE = ["GET", "HEAD", "POST"]
_KINDS: dict[str, Promise] = {
    "return": gettext_lazy("Return"),
    "refund": gettext_lazy("Refund"),
    "redirect": gettext_lazy("Refund to another account"),
    "charge": gettext_lazy("Payment"),
    "order": gettext_lazy("Order to be paid"),
    "removal": gettext_lazy("Removal of a card"),
    "card": gettext_lazy("Saved card"),
}


@door(Role.CUSTOMER)
@require_http_methods(_PAGE)
def erase(request: DeskRequest) -> HttpResponse:
    """What goes, what stays, and what has to end first; then the proof."""
    context: dict[str, Any] = {"duties": _told(duties_of(request.user)), "proof": way_of(request.user).value}
    if request.POST.get("code") == "mail":
        try:
            mail_proof(ports=request.ports, user=request.user, purpose=PURPOSE)
            context["mailed"] = True
        except TooManyProofs as error:
            say(request, error)
        return shown(request, "account/erase.html", context)
    if request.method != "POST":
        return shown(request, "account/erase.html", context)
    try:
        given, keep = request.POST.get("proof", "")[:200], request.POST.get("public") != "erase"
        erase_me(ports=request.ports, person=request.user, given=given, keep_public=keep)
    except NotProven:
        return shown(request, "account/erase.html", {**context, "wrong": True}, status=422)
    except Refused:
        return shown(request, "account/erase.html", context, status=409)
    logout(request)
    messages.success(request, _("Your account is erased. Nobody can sign in with it any more."))
    return redirect("home")


@door(Role.AGENT)
@require_http_methods(_PAGE)
def erase_customer(request: DeskRequest) -> HttpResponse:
    """On the wish of a customer who wrote to us, and whom our staff has made sure of."""
    context: dict[str, Any] = {"nav": "desk", "email": request.POST.get("email", "")[:254].strip()}
    if request.method != "POST":
        return shown(request, "desk/erase.html", context)
    try:
        person = person_called(context["email"])
    except NotYours:
        context["wrong"] = _("There is no customer with this e-mail or code.")
        return shown(request, "desk/erase.html", context, status=422)
    try:
        keep = request.POST.get("public") != "erase"
        erase_person(ports=request.ports, by=request.user, person=person, keep_public=keep)
    except Refused as error:
        context |= {"wrong": told_refusal(error), "duties": _told(duties_of(person))}
        return shown(request, "desk/erase.html", context, status=409)
    messages.success(request, _("The customer is erased."))
    return redirect("desk_erase")


def _told(duties: list[Duty]) -> list[tuple[Promise, Duty]]:
    return [(_KINDS[duty.kind], duty) for duty in duties]
