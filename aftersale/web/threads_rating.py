"""Saying how a solution was: on the thread, and by the link of a mail."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from aftersale.accounts.models import Role
from aftersale.base.errors import BadInput, Refused
from aftersale.support.queries import thread_for
from aftersale.support.ratings import can_be_rated, rating_link, rating_of
from aftersale.support.services import rate_by_link, rate_solution
from aftersale.support.titles import title_for
from aftersale.web.doors import DeskRequest, door, open_door, say, shown
from aftersale.web.ratings_shown import rating_choices
from aftersale.web.refusals import told_refusal


@door(Role.CUSTOMER)
@require_POST
def rate(request: DeskRequest, reference: str) -> HttpResponse:
    """Say how the solution of one's own thread was."""
    thread = thread_for(request.user, reference)
    try:
        content, comment = _said(request)
        rate_solution(ports=request.ports, by=request.user, thread=thread, content=content, comment=comment)
    except (BadInput, Refused) as error:
        say(request, error)
    else:
        messages.success(request, _("Thank you. Our staff reads what you said, and nobody else."))
    return redirect(reverse("thread", args=[reference]))


@open_door
@require_http_methods(["GET", "HEAD", "POST"])
def by_link(request: DeskRequest, token: str) -> HttpResponse:
    """The links of a mail: looking counts nothing, for mail scanners look; a button does. Signs nobody in."""
    link, error = rating_link(token), None
    if request.method == "POST":
        try:
            content, comment = _said(request)
            rate_by_link(ports=request.ports, link=link, content=content, comment=comment)
        except (BadInput, Refused) as refusal:
            error = refusal
        else:
            return redirect("rate_by_link", token)
    given = rating_of(link.thread)
    is_current = link.thread.solved_at == link.solved_at
    wanted = request.POST.get("content") or request.GET.get("content")
    context = {
        "title": title_for(link.person, link.thread),
        "thread": link.thread,
        "is_asked": is_current and can_be_rated(link.thread, request.ports.clock.now()),
        "given": given,
        "choices": rating_choices(),
        "content": wanted or (given.content if given else ""),
        "comment": request.POST.get("comment", given.comment if given else ""),
        "wrong": told_refusal(error) if error else "",
    }
    return shown(request, "ratings/rate.html", context, status=422 if error else 200)


def _said(request: DeskRequest) -> tuple[str, str]:
    return request.POST.get("content", ""), request.POST.get("comment", "")
