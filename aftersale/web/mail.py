"""The page behind an acknowledgement's link: it shows both lanes, and its button opens the thread.

Looking does nothing, so that a mail scanner that follows links does nothing.
"""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from aftersale.accounts.tries import network_of
from aftersale.base.errors import BadInput, Refused
from aftersale.support.mail.opening import conversation_by_token, open_thread_from_mail
from aftersale.support.models import ConversationState, MailConversation
from aftersale.web.doors import DeskRequest, open_door, shown
from aftersale.web.mail_shown import ConversationShown
from aftersale.web.refusals import told_refusal
from aftersale.web.sign_in import AccountAdapter

_PAGE = ["GET", "HEAD", "POST"]


@open_door
@require_http_methods(_PAGE)
def mail(request: DeskRequest, token: str) -> HttpResponse:
    """What was asked by mail, and the button that makes a thread of it; nobody is signed in by it."""
    conversation = conversation_by_token(token)
    if request.method != "POST":
        return _page(request, conversation)
    network = network_of(AccountAdapter().get_client_ip(request))
    try:
        open_thread_from_mail(ports=request.ports, token=token, network=network)
    except (BadInput, Refused) as error:
        return _page(request, conversation, error)
    return redirect("mail", token)


def _page(
    request: DeskRequest, conversation: MailConversation, error: BadInput | Refused | None = None
) -> HttpResponse:
    context = {
        "shown": ConversationShown(conversation, request.user, request.ports.clock.now()),
        "is_opened": conversation.state == ConversationState.OPENED,
        "is_theirs": getattr(request.user, "email", "") == conversation.address,
        "wrong": told_refusal(error) if error else "",
    }
    answer = shown(request, "mail/mail.html", context, status=422 if error else 200)
    answer["X-Robots-Tag"] = "noindex, nofollow"
    return answer
