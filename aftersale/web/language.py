"""The switch in every page's head: in which language one reads, and is written to."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_POST
from django.views.i18n import set_language as keep_and_go_on

from aftersale.accounts.models import User
from aftersale.accounts.services import checked_language, set_language
from aftersale.base.errors import BadInput
from aftersale.web.doors import refused


@require_POST
def choose(request: HttpRequest) -> HttpResponseBase:
    """Keep the language in this browser; mails to whoever is signed in follow it."""
    try:
        language = checked_language(request.POST.get("language", ""))
    except BadInput as error:
        return refused(request, error)
    if isinstance(request.user, User):
        set_language(person=request.user, language=language)
    return keep_and_go_on(request)


def show_pages_in(response: HttpResponse, language: str) -> None:
    """As the switch does it: the browser keeps it for a year."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        samesite="Lax",
    )
