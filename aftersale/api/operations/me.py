"""Who the key is."""

from django.http import HttpResponse
from ninja import Router

from aftersale.api.doors import READ, ApiRequest, door, told
from aftersale.api.shapes.people import Me, told_me

router = Router(tags=["you"])


@door(router, "GET", "/me", summary="Whom this key acts for", answers=Me, scope=READ)
def get_me(request: ApiRequest) -> HttpResponse:
    """The key's user and role, its scopes and its last day: a first call that shows that it works."""
    return told(told_me(request.auth))
