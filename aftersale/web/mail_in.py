"""The door for mails that a provider receives and posts to us: a secret, a signature, and one `deliver`."""

import structlog
from anymail.exceptions import AnymailError, AnymailWebhookValidationFailure
from anymail.webhooks.base import AnymailBaseWebhookView, AnymailBasicAuthMixin
from anymail.webhooks.mailgun import MailgunInboundWebhookView
from anymail.webhooks.postmark import PostmarkInboundWebhookView
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from aftersale.base.ports import Ports
from aftersale.support.mail.delivering import Fate, deliver
from aftersale.support.mail.parsing import LARGEST
from aftersale.web.mail_posted import PostedMail, mail_in

PROVIDERS: dict[str, type[AnymailBaseWebhookView]] = {
    "mailgun": MailgunInboundWebhookView,
    "postmark": PostmarkInboundWebhookView,
}
# What each takes for "not this one, not now and not later". At 200 it would count as taken.
_NEVER = {"mailgun": 406, "postmark": 403}
# A mail grows when it is written as JSON or as a form.
_LARGEST_POST = LARGEST * 8 // 5
_NOT_A_MAIL = (AnymailError, ValueError, LookupError, TypeError, AttributeError, RecursionError)
log = structlog.get_logger("mail")


@csrf_exempt
@never_cache
@require_POST
def receive(request: HttpRequest, provider: str) -> HttpResponse:
    """200 once it is stored; 503 asks the provider to bring it again, and 406 or 403 never to."""
    if provider not in settings.MAIL_WEBHOOKS:
        raise Http404
    view = PROVIDERS[provider]()
    try:
        # Before anything is read of what a stranger may send.
        AnymailBasicAuthMixin.validate_request(view, request)
        body = request.read(_LARGEST_POST + 1)
        if len(body) > _LARGEST_POST:
            return _answer(_NEVER[provider], "larger than any mail that is taken")
        posted = PostedMail(request, body)
        view.run_validators(posted)
        mail = mail_in(view, posted)
    except AnymailWebhookValidationFailure:
        return _answer(400, "no good secret or signature")
    except _NOT_A_MAIL as error:
        log.warning("a provider's post is no mail", provider=provider, error=type(error).__name__)
        return _answer(400, "not a mail as this provider posts it")
    ports: Ports = request.ports  # type: ignore[attr-defined]
    outcome = deliver(ports=ports, raw=mail.raw, sender=mail.sender, recipient=mail.recipient, via=provider)
    if outcome.fate is Fate.TAKEN:
        return HttpResponse(status=200)
    return _answer(503 if outcome.fate is Fate.LATER else _NEVER[provider], outcome.reason)


def _answer(status: int, reason: str) -> HttpResponse:
    return HttpResponse(f"not taken: {reason}\n", status=status, content_type="text/plain")
