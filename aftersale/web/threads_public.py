"""A public answer from a private thread: our staff writes it anew, who asked reads it and decides."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from aftersale.accounts.models import Role
from aftersale.base.errors import BadInput, Refused
from aftersale.support.markdown import html_of
from aftersale.support.models import TEAM, OfferState, PublicAnswer, Thread
from aftersale.support.names import forum_name_of
from aftersale.support.publishing import (
    can_offer,
    copy_of,
    decide_public_answer,
    offer_for,
    offer_of,
    offer_public_answer,
    texts_to_begin_with,
)
from aftersale.support.queries import thread_for
from aftersale.web.doors import DeskRequest, door, number_in, say, shown
from aftersale.web.refusals import told_refusal

_TEXTS = ("subject", "question", "solution")
_ANSWERS = {"yes": True, "no": False}


@door(Role.CUSTOMER, *TEAM)
@require_http_methods(["GET", "HEAD", "POST"])
def public(request: DeskRequest, reference: str) -> HttpResponse:
    """One address: our staff offers here, who asked decides."""
    thread = thread_for(request.user, reference)
    if request.user.role in TEAM:
        return _offering(request, thread)
    return _deciding(request, thread, offer_for(request.user, thread))


def _offering(request: DeskRequest, thread: Thread) -> HttpResponse:
    offer = offer_of(thread)
    context: dict[str, Any] = {"thread": thread, "offer": offer, "nav": "threads"}
    if request.method != "POST":
        if not can_offer(request.user, thread):
            return redirect("thread", thread.reference)
        return shown(request, "publishing/offer.html", context | _begun(thread, offer))
    texts = {name: request.POST.get(name, "") for name in _TEXTS}
    try:
        offer_public_answer(ports=request.ports, by=request.user, thread=thread, **texts)
    except (BadInput, Refused) as error:
        wrong = {"wrong": told_refusal(error), "field": getattr(error, "field", "subject")}
        return shown(request, "publishing/offer.html", context | texts | wrong, status=422)
    messages.success(request, _("Who asked reads it now, and decides whether everybody may."))
    return redirect("thread", thread.reference)


def _deciding(request: DeskRequest, thread: Thread, offer: PublicAnswer) -> HttpResponse:
    agreed, version = _ANSWERS.get(request.POST.get("agreed", "")), request.POST.get("version", "")
    if agreed is None:
        context = {
            "thread": thread,
            "offer": offer,
            "is_open": offer.state == OfferState.OFFERED,
            "copy": copy_of(thread),
            "question": html_of(offer.question),
            "solution": html_of(offer.solution),
            "name": forum_name_of(ports=request.ports, person=request.user).name,
            "nav": "threads",
        }
        return shown(request, "publishing/decide.html", context)
    try:
        decide_public_answer(
            ports=request.ports,
            by=request.user,
            thread=thread,
            agreed=agreed,
            version=number_in(version) or 0,
        )
    except (BadInput, Refused) as error:
        say(request, error)
        return redirect("thread_public", thread.reference)
    messages.success(
        request,
        _("It is public now. You can take it back at any time.") if agreed else _("It stays private."),
    )
    return redirect("thread", thread.reference)


def _begun(thread: Thread, offer: PublicAnswer | None) -> dict[str, str]:
    """What was offered before, or what was written in the thread, without names and numbers."""
    if offer is not None:
        return {name: getattr(offer, name) for name in _TEXTS}
    return dict(zip(_TEXTS, texts_to_begin_with(thread), strict=True))
