"""What the key's person wants of mails about threads."""

from django.http import HttpResponse
from ninja import Router

from aftersale.api.doors import READ, THREADS, ApiRequest, door, told
from aftersale.api.shapes.mail_preferences import MailPreference, WantedMails, told_mail_preference
from aftersale.support.mail.bouncing import confirm_address
from aftersale.support.mail.stopping import want_thread_mails

router = Router(tags=["you"])


@door(router, "GET", "/me/mails", summary="What one is mailed", answers=MailPreference, scope=READ)
def get_mail_preference(request: ApiRequest) -> HttpResponse:
    """The address, whether mails to it come back, and whether threads send any."""
    return _told(request)


@door(
    router,
    "POST",
    "/me/mails",
    summary="Want mails about threads, or none",
    answers=MailPreference,
    scope=THREADS,
)
def set_mail_preference(request: ApiRequest, asked: WantedMails) -> HttpResponse:
    """Of no thread at all, or of those that one follows; each can be muted by itself."""
    want_thread_mails(person=request.auth.user, wanted=asked.wants_thread_mails)
    return _told(request)


@door(
    router,
    "POST",
    "/me/mails/confirm",
    summary="Confirm the address",
    answers=MailPreference,
    scope=THREADS,
)
def confirm_mail_address(request: ApiRequest) -> HttpResponse:
    """After mails came back: the mailbox works, and threads send mails again."""
    confirm_address(ports=request.ports, person=request.auth.user)
    return _told(request)


def _told(request: ApiRequest) -> HttpResponse:
    return told(told_mail_preference(request.auth.user, request.ports))
