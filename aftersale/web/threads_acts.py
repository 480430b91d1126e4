"""What a supplier or an agent does to a return from its thread."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from aftersale.accounts.models import Role
from aftersale.base.errors import BadInput, Refused
from aftersale.support.queries import thread_for
from aftersale.support.services import give_rma
from aftersale.web.doors import DeskRequest, door, say
from aftersale.web.handling import day_typed


@door(Role.SUPPLIER, Role.AGENT)
@require_POST
def rma(request: DeskRequest, reference: str) -> HttpResponse:
    """Record the supplier's number for the return that the thread is about."""
    thread = thread_for(request.user, reference)
    try:
        post = give_rma(
            ports=request.ports,
            by=request.user,
            thread=thread,
            number=request.POST.get("number", ""),
            intent=request.POST.get("intent", ""),
            expires_on=day_typed(request.POST.get("expires_on", "")),
        )
    except (BadInput, Refused) as error:
        say(request, error)
        return redirect(reverse("thread", args=[reference]) + "#rma")
    messages.success(request, _("The RMA number is recorded, and the customer was told."))
    return redirect(reverse("thread", args=[post.thread.reference]) + f"#post-{post.number}")
