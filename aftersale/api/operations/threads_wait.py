"""Letting a thread wait for a third party, and ending that; the measured waits of both lanes."""

from django.http import HttpResponse
from ninja import Router

from aftersale.api.doors import THREADS, ApiRequest, door, open_door, told
from aftersale.api.fields import Reference
from aftersale.api.operations.threads import told_fresh
from aftersale.api.shapes.thread_waits import Contact, ThirdParty, told_contact
from aftersale.api.shapes.threads import Thread
from aftersale.support import services
from aftersale.support.models import TEAM
from aftersale.support.queries import thread_for
from aftersale.support.waits import lanes_foot

router = Router(tags=["threads"])


@door(
    router,
    "POST",
    "/threads/{reference}/wait",
    summary="Let a thread wait for a third party",
    answers=Thread,
    scope=THREADS,
    roles=TEAM,
)
def wait_for(request: ApiRequest, reference: Reference, asked: ThirdParty) -> HttpResponse:
    """Its clocks stand still until then; then it is due again. Another wait takes the place of this one."""
    viewer = request.auth.user
    thread = thread_for(viewer, reference)
    services.wait_for(ports=request.ports, by=viewer, thread=thread, whom=asked.whom, until=asked.until)
    return told_fresh(request, thread)


@door(
    router,
    "POST",
    "/threads/{reference}/wait/end",
    summary="Let a thread wait no longer",
    answers=Thread,
    scope=THREADS,
    roles=TEAM,
)
def end_wait(request: ApiRequest, reference: Reference) -> HttpResponse:
    """Its clocks run on with what was left; where it waits for nobody, nothing changes."""
    viewer = request.auth.user
    thread = thread_for(viewer, reference)
    services.end_wait(ports=request.ports, by=viewer, thread=thread)
    return told_fresh(request, thread)


@open_door(router, "/contact", summary="How to reach us, and how long it takes", answers=Contact)
def get_contact(request: ApiRequest) -> HttpResponse:
    """A thread first, then the e-mail address; each with its wait as measured over the last 30 days."""
    return told(told_contact(**lanes_foot(request.ports.clock.now())))
