"""Gives every request its ports, and every page the few words it needs of the settings."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from aftersale.config.ports import system_ports


class PortsMiddleware:
    """Hands the process's ports to each request as `request.ports`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response
        self._ports = system_ports()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.ports = self._ports  # type: ignore[attr-defined]
        return self._get_response(request)


def site(request: HttpRequest) -> dict[str, Any]:
    """Words of the settings for every template."""
    return {"marketplace": settings.MARKETPLACE_NAME, "is_demo": not settings.PRODUCTION}
