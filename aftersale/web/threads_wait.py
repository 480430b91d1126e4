"""Our staff lets a thread wait for a third party until a day, and ends that."""

from datetime import date, datetime, time

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from aftersale.base.errors import BadInput, Refused
from aftersale.support.models import TEAM
from aftersale.support.queries import thread_for
from aftersale.support.services import end_wait, wait_for
from aftersale.web.doors import DeskRequest, door, say


@door(*TEAM)
@require_POST
def wait(request: DeskRequest, reference: str) -> HttpResponse:
    """Let the clocks stand until the desk opens on that day."""
    thread, whom = thread_for(request.user, reference), request.POST.get("whom", "")
    try:
        until = _opening_of(request.POST.get("until", ""))
        wait_for(ports=request.ports, by=request.user, thread=thread, whom=whom, until=until)
    except (BadInput, Refused) as error:
        say(request, error)
    else:
        messages.success(request, _("The clocks stand still until then. Then it is on top of the queue."))
    return redirect("thread", thread.reference)


@door(*TEAM)
@require_POST
def end(request: DeskRequest, reference: str) -> HttpResponse:
    """Let the clocks run on."""
    thread = end_wait(ports=request.ports, by=request.user, thread=thread_for(request.user, reference))
    messages.success(request, _("The clocks run again."))
    return redirect("thread", thread.reference)


def _opening_of(day: str) -> datetime:
    """When the desk would open on this day. Raises BadInput."""
    _weekdays, opens, _closes, zone = settings.SUPPORT_HOURS
    try:
        return datetime.combine(date.fromisoformat(day), time(opens), tzinfo=zone)
    except ValueError:
        raise BadInput("until", day, "a day such as 2026-11-30") from None
