"""My Account, Security: the password, the second step, and where one is signed in."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any

from allauth.account.views import password_set
from allauth.mfa.totp.views import activate_totp
from allauth.mfa.webauthn.views import add_webauthn
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aftersale.accounts.models import Role
from aftersale.accounts.proving import NotProven, TooManyProofs, Way, mail_proof, prove, way_of
from aftersale.accounts.second_step import has_second_step, lacks_second_step, second_steps_of
from aftersale.accounts.sessions import end_other_sessions, end_session, sessions_of
from aftersale.web.doors import DeskRequest, door, say, shown
from aftersale.web.sign_in import PROVEN_AT

_PURPOSE = "security"
_FRESH = timedelta(minutes=10)


@door(*Role.values, before_second_step=True)
@require_safe
def security(request: DeskRequest) -> HttpResponse:
    """All of signing in on one page."""
    context = {
        "steps": second_steps_of(request.user),
        "sessions": sessions_of(request.user, this=request.session.session_key or ""),
        "has_password": request.user.has_usable_password(),
        "must_add": lacks_second_step(request.user),
    }
    return shown(request, "security/security.html", context)


@door(*Role.values, before_second_step=True)
@require_POST
def end_one(request: DeskRequest, reference: str) -> HttpResponse:
    """Sign one other browser out."""
    end_session(user=request.user, reference=reference)
    messages.success(request, _("Signed out there."))
    return redirect(reverse("security") + "#sessions")


@door(*Role.values, before_second_step=True)
@require_POST
def end_others(request: DeskRequest) -> HttpResponse:
    """Sign every other browser out."""
    count = end_other_sessions(user=request.user, this=request.session.session_key or "")
    told = ngettext(
        "Signed out in %(count)s other browser.", "Signed out in %(count)s other browsers.", count
    )
    messages.success(request, told % {"count": count})
    return redirect(reverse("security") + "#sessions")


@door(*Role.values, before_second_step=True)
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: DeskRequest) -> HttpResponse:
    """One without a password and a second step proves to be the owner by a mailed code."""
    onward = request.POST.get("next") or request.GET.get("next", "")
    context: dict[str, Any] = {"next": onward}
    if request.POST.get("do") == "mail":
        try:
            mail_proof(ports=request.ports, user=request.user, purpose=_PURPOSE)
        except TooManyProofs as error:
            say(request, error)
        return redirect(reverse("security_confirm") + "?" + urlencode({"next": onward, "mailed": "yes"}))
    if request.method == "POST":
        try:
            given = request.POST.get("code", "")[:20]
            prove(ports=request.ports, user=request.user, purpose=_PURPOSE, given=given)
        except NotProven:
            return shown(request, "security/confirm.html", {**context, "wrong": True}, status=422)
        request.session[PROVEN_AT] = request.ports.clock.now().timestamp()
        is_here = url_has_allowed_host_and_scheme(onward, allowed_hosts=None)
        return redirect(onward if is_here else "security")
    return shown(request, "security/confirm.html", {**context, "mailed": "mailed" in request.GET})


def proven(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """allauth asks for the password or the second step first; who has neither proves by a mailed code.

    Else whoever finds a browser open could lock its owner out by a second step of their own.
    """

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not _is_proven(request):
            return redirect(reverse("security_confirm") + "?" + urlencode({"next": request.path}))
        return view(request, *args, **kwargs)

    return guarded


def _is_proven(request: HttpRequest) -> bool:
    if way_of(request.user) is Way.PASSWORD or has_second_step(request.user):  # type: ignore[arg-type]
        return True
    now = request.ports.clock.now()  # type: ignore[attr-defined]
    proven_at = datetime.fromtimestamp(request.session.get(PROVEN_AT, 0), UTC)
    return bool(timedelta(0) <= now - proven_at < _FRESH)


add_app = proven(activate_totp)
add_passkey = proven(add_webauthn)
set_password = proven(password_set)
