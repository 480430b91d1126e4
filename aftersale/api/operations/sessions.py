"""Where the key's user is signed in, and the end of it."""

from django.http import HttpResponse
from ninja import Router

from aftersale.accounts import sessions
from aftersale.api.doors import ACCOUNT, READ, ApiRequest, door, told
from aftersale.api.fields import Reference
from aftersale.api.shapes.sessions import Session, Sessions, told_session

router = Router(tags=["you"])


@door(router, "GET", "/sessions", summary="Where this person is signed in", answers=Sessions, scope=READ)
def list_sessions(request: ApiRequest) -> HttpResponse:
    """The browsers with a living session of the key's user, the latest used first."""
    return told(Sessions(items=[told_session(one) for one in sessions.sessions_of(request.auth.user)]))


@door(
    router,
    "POST",
    "/sessions/{reference}/end",
    summary="Sign a browser out",
    answers=Session,
    scope=ACCOUNT,
)
def end_session(request: ApiRequest, reference: Reference) -> HttpResponse:
    """At once. A sign-in there is told by mail again, as on a new device."""
    return told(told_session(sessions.end_session(user=request.auth.user, reference=reference)))
