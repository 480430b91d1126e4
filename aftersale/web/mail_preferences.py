"""What a person wants of mails about threads: on a page of their account, and by the link in each mail."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aftersale.accounts.models import Role
from aftersale.base.errors import BadInput
from aftersale.support.mail.bouncing import confirm_address, mails_come_back
from aftersale.support.mail.stopping import stop_mails, stop_token, want_thread_mails, wants_thread_mails
from aftersale.support.models import Notify
from aftersale.support.queries import reading_of
from aftersale.support.titles import title_for
from aftersale.web.doors import DeskRequest, door, open_door, refused, shown


@door(*Role.values)
@require_safe
def preferences(request: DeskRequest) -> HttpResponse:
    """Where mails go, whether they arrive, and whether threads send any."""
    context = {
        "wants_thread_mails": wants_thread_mails(request.user),
        "come_back": mails_come_back(request.user, request.ports.clock.now()),
    }
    return shown(request, "mail_preferences/preferences.html", context)


@door(*Role.values)
@require_POST
def want(request: DeskRequest) -> HttpResponse:
    """Mails about the threads that one follows, or about none."""
    wanted = request.POST.get("wanted") == "yes"
    want_thread_mails(person=request.user, wanted=wanted)
    messages.success(
        request,
        _("You hear by mail of the threads that you follow.") if wanted else _("No thread sends you mails."),
    )
    return redirect("mail_preferences")


@door(*Role.values)
@require_POST
def confirm(request: DeskRequest) -> HttpResponse:
    """The address takes mails again, its owner says."""
    confirm_address(ports=request.ports, person=request.user)
    messages.success(request, _("Mails go to %s again.") % request.user.email)
    return redirect("mail_preferences")


@csrf_exempt
@open_door
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponseBase:
    """The link of a mail: looking changes nothing, for mail scanners look; a button, or a mail program, does.

    A mail program sends the line of RFC 8058, without a cookie, and wants no redirect.
    """
    link = stop_token(token)
    if request.method == "POST":
        is_one_click = request.POST.get("List-Unsubscribe") == "One-Click"
        try:
            stop_mails(link=link, step="thread" if is_one_click else request.POST.get("step", ""))
        except BadInput as error:
            return refused(request, error)
        if not is_one_click:
            return redirect("mail_stop", token=token)
    reader = reading_of(link.person, link.thread)
    context = {
        "link": link,
        "title": title_for(link.person, link.thread),
        "hears": reader is not None and reader.notify == Notify.FOLLOWS,
        "wants_thread_mails": wants_thread_mails(link.person),
    }
    return shown(request, "mail_preferences/stop.html", context)
