"""Who the key is."""

from django.http import HttpResponse
from ninja import Router

from aftersale.accounts.services import set_language
from aftersale.api.doors import ACCOUNT, READ, ApiRequest, door, told
from aftersale.api.shapes.people import Me, SpokenLanguage, told_me

router = Router(tags=["you"])


@door(router, "GET", "/me", summary="Whom this key acts for", answers=Me, scope=READ)
def get_me(request: ApiRequest) -> HttpResponse:
    """The key's user and role, its scopes and its last day: a first call that shows that it works."""
    return told(told_me(request.auth))


@door(router, "POST", "/me/language", summary="Choose the language of one's mails", answers=Me, scope=ACCOUNT)
def choose_language(request: ApiRequest, asked: SpokenLanguage) -> HttpResponse:
    """Mails and first answers of threads to this person are written in it."""
    set_language(person=request.auth.user, language=asked.language)
    return told(told_me(request.auth))
