"""Gives every request its ports, and every page the few words it needs of the settings."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from aftersale.accounts.sessions import note_session
from aftersale.config.ports import system_ports


class PortsMiddleware:
    """Hands the process's ports to each request as `request.ports`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response
        self._ports = system_ports()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.ports = self._ports  # type: ignore[attr-defined]
        return self._get_response(request)


class SessionsMiddleware:
    """Writes down where people are signed in, for their own list of it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Reading the user reads the session; who brings no cookie is nobody.
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            note_session(
                ports=request.ports,  # type: ignore[attr-defined]
                user=request.user,
                session=request.session,
                address=get_adapter().get_client_ip(request),
                agent=request.headers.get("User-Agent", ""),
            )
        return self._get_response(request)


class ButtonsMiddleware:
    """Says to a person who opened the address of a button that nothing was done."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        # The API's own refusal of a method has a text already.
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and not response.content:
            page = render(request, "405.html", status=response.status_code)
            page["Allow"] = response.get("Allow", "")
            return page
        return response


def site(request: HttpRequest) -> dict[str, Any]:
    """Words of the settings for every template."""
    return {"marketplace": settings.MARKETPLACE_NAME, "is_demo": not settings.PRODUCTION}
