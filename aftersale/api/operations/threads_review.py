"""Publishing one's verdict on a finished order as a copy, and taking it back."""

from django.http import HttpResponse
from ninja import Router

from aftersale.accounts.models import Role
from aftersale.api.doors import THREADS, ApiRequest, door, told
from aftersale.api.fields import Reference
from aftersale.api.operations.threads import told_fresh
from aftersale.api.shapes.thread_facts import NewReview, Withdrawn
from aftersale.api.shapes.threads import Thread
from aftersale.support import reviewing
from aftersale.support.queries import thread_for

router = Router(tags=["threads"])
OWNER = (Role.CUSTOMER,)


@door(
    router,
    "POST",
    "/threads/{reference}/review",
    summary="Publish a verdict on a finished order",
    answers=Thread,
    status=201,
    scope=THREADS,
    roles=OWNER,
)
def publish_review(request: ApiRequest, reference: Reference, asked: NewReview) -> HttpResponse:
    """A public copy without names and numbers, marked `bought_here`; a second time answers the same."""
    viewer = request.auth.user
    thread = thread_for(viewer, reference)
    copy = reviewing.publish_review(
        ports=request.ports, by=viewer, thread=thread, subject=asked.subject, body=asked.body
    )
    return told_fresh(request, copy, 201)


@door(
    router,
    "POST",
    "/threads/{reference}/review/withdrawal",
    summary="Take a published verdict back",
    answers=Withdrawn,
    scope=THREADS,
    roles=OWNER,
)
def withdraw_review(request: ApiRequest, reference: Reference) -> HttpResponse:
    """The public copy is seen by nobody but the staff any more."""
    viewer = request.auth.user
    reviewing.withdraw_review(ports=request.ports, by=viewer, thread=thread_for(viewer, reference))
    return told(Withdrawn(withdrawn=True))
