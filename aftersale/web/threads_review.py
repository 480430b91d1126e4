"""Publishing one's verdict on a finished order: shown as it will stand before it does, and taken back."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from aftersale.accounts.models import Role
from aftersale.base.errors import BadInput, Refused
from aftersale.support.queries import thread_for
from aftersale.support.reviewing import may_publish, publish_review, scrubbed, scrubbed_copy, withdraw_review
from aftersale.web.doors import DeskRequest, door, shown
from aftersale.web.refusals import told_refusal


@door(Role.CUSTOMER)
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: DeskRequest, reference: str) -> HttpResponse:
    """What would be public, without names and numbers; its writer changes it, looks, and agrees."""
    thread = thread_for(request.user, reference)
    if not may_publish(request.user, thread):
        return redirect("thread", reference)
    subject, body = scrubbed_copy(thread)
    if request.method == "POST":
        subject = scrubbed(request.POST.get("subject", ""), thread)
        body = scrubbed(request.POST.get("body", ""), thread)
    context: dict[str, Any] = {"thread": thread, "subject": subject, "body": body, "nav": "threads"}
    if request.POST.get("agreed") != "yes":
        return shown(request, "threads/publish.html", context)
    try:
        copy = publish_review(ports=request.ports, by=request.user, thread=thread, subject=subject, body=body)
    except (BadInput, Refused) as error:
        return shown(request, "threads/publish.html", {**context, "wrong": told_refusal(error)}, status=422)
    messages.success(request, _("Your verdict is public now. You can take it back at any time."))
    return redirect("thread", copy.reference)


@door(Role.CUSTOMER)
@require_POST
def withdraw(request: DeskRequest, reference: str) -> HttpResponse:
    """Take the public copy back."""
    thread = thread_for(request.user, reference)
    withdraw_review(ports=request.ports, by=request.user, thread=thread)
    messages.success(request, _("It is not public any more."))
    return redirect("thread", reference)
