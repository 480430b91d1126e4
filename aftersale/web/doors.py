"""What every page shares: who may come in, whose clock counts, and what a refusal looks like."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, cast
from urllib.parse import urlsplit, urlunsplit
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache

from aftersale.accounts.models import User
from aftersale.accounts.second_step import lacks_second_step
from aftersale.base.errors import BadInput, NotYours, Refused
from aftersale.base.ports import Ports
from aftersale.web.refusals import told_refusal


class DeskRequest(HttpRequest):
    """A request of somebody who signed in, with the ports of its process."""

    user: User
    ports: Ports


type View[**P] = Callable[Concatenate[DeskRequest, P], HttpResponseBase]


def door[**P](
    *roles: str, before_second_step: bool = False
) -> Callable[[View[P]], Callable[..., HttpResponseBase]]:
    """Let in who is signed in with one of `roles`. What is another's answers as what does not exist.

    Staff that must have a second step set it up first. Nothing behind is kept by browsers or on the way.
    """

    def decorated(view: View[P]) -> Callable[..., HttpResponseBase]:
        @never_cache
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(_page_of(request))
            if request.user.role not in roles:
                raise Http404
            if not before_second_step and lacks_second_step(request.user):
                return redirect("security")
            try:
                return _answered(view, request, *args, **kwargs)
            except (BadInput, Refused) as error:
                return refused(request, error)

        return guarded

    return decorated


def open_door[**P](view: View[P]) -> Callable[..., HttpResponseBase]:
    """Let everybody in, signed in or not. What is not theirs answers as what does not exist."""

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.user.is_authenticated and lacks_second_step(request.user):
            return redirect("security")
        return _answered(view, request, *args, **kwargs)

    return guarded


def _answered[**P](
    view: View[P], request: HttpRequest, *args: P.args, **kwargs: P.kwargs
) -> HttpResponseBase:
    """What the view answers; what is another's answers as what does not exist."""
    _refuse_unreadable(request)
    try:
        return view(cast(DeskRequest, request), *args, **kwargs)
    except NotYours:
        raise Http404 from None


def _page_of(request: HttpRequest) -> str:
    """Where to go on after signing in: what was asked for, or the page on which a button was pressed."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    stood_on = urlsplit(request.headers.get("Referer", ""))
    if stood_on.netloc != request.get_host():
        return reverse("home")
    return urlunsplit(("", "", stood_on.path, stood_on.query, ""))


def _refuse_unreadable(request: HttpRequest) -> None:
    """A NUL is in nothing that people type, and not every database takes one."""
    if "\0" in request.path_info:
        raise Http404
    if any("\0" in text for sent in (request.GET, request.POST) for text in sent.values()):
        raise BadRequest("a NUL was sent")


def refused(request: HttpRequest, error: BadInput | Refused) -> HttpResponse:
    """The page for what cannot be done where no form can say it: nothing was changed."""
    status = 400 if isinstance(error, BadInput) else 409
    return render(request, "refused.html", {"why": told_refusal(error)}, status=status)


def shown(
    request: HttpRequest, template: str, context: dict[str, Any], *, zone: str = "UTC", status: int = 200
) -> HttpResponse:
    """The page, its moments told by the clock of `zone`."""
    with timezone.override(ZoneInfo(zone)):
        return render(request, template, context, status=status)


def say(request: HttpRequest, error: BadInput | Refused) -> None:
    """Tell on the next page why nothing was changed."""
    messages.error(request, told_refusal(error))


def page_of(
    request: HttpRequest, rows: QuerySet[Any], size: int = 20, *, count: int | None = None
) -> Page[Any]:
    """The page of `rows` that the address asks for; the nearest one when there is no such page.

    `count` says how many rows there are, where that is known already.
    """
    paginator = Paginator(rows, size)
    if count is not None:
        vars(paginator)["count"] = count
    return paginator.get_page(request.GET.get("page"))


def number_in(typed: str) -> int | None:
    """The number of a post that an address or a form names; None for what is none."""
    return int(typed) if typed.isdecimal() and len(typed) < 8 else None


def language_now() -> str:
    return get_language() or "en"
