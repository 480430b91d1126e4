"""Our staff's side of the slow lane: what waits, what is held, one conversation; and what to do next."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from aftersale.base.errors import BadInput, Refused
from aftersale.base.services import unwritten_notifications
from aftersale.support.mail.conversations import (
    answer_conversation,
    close_conversation,
    conversation_for,
    waiting_conversations,
)
from aftersale.support.mail.picking import pick_next
from aftersale.support.mail.releasing import drop_mail, held_mails, mail_for, release_mail
from aftersale.support.models import TEAM, ConversationState, IncomingMail, MailConversation, Thread
from aftersale.web.doors import DeskRequest, door, page_of, say, shown
from aftersale.web.mail_shown import ConversationShown, MailShown
from aftersale.web.refusals import told_refusal

_MOST_UNWRITTEN = 5
type Step = Callable[[DeskRequest, IncomingMail], IncomingMail]


@door(*TEAM)
@require_safe
def mails(request: DeskRequest) -> HttpResponse:
    """What waits in the slow lane, and what is held."""
    now, is_held = request.ports.clock.now(), request.GET.get("show") == "held"
    waiting, held = waiting_conversations(request.user), held_mails(request.user)
    page = page_of(request, held.prefetch_related("attachments") if is_held else waiting)
    context = {
        "page": page,
        "is_held": is_held,
        "held": [MailShown(row, request.user) for row in page] if is_held else [],
        "conversations": [] if is_held else [ConversationShown(row, request.user, now) for row in page],
        "waiting_count": waiting.count(),
        "held_count": held.count(),
        "unwritten": unwritten_notifications(now)[:_MOST_UNWRITTEN],
        "nav": "threads",
    }
    return shown(request, "mail/desk.html", context)


@door(*TEAM)
@require_safe
def conversation(request: DeskRequest, reference: str) -> HttpResponse:
    """One conversation: its mails, our answers, and the form of the next one."""
    return _page(request, conversation_for(request.user, reference))


@door(*TEAM)
@require_POST
def answer(request: DeskRequest, reference: str) -> HttpResponse:
    """Answer by mail."""
    found = conversation_for(request.user, reference)
    try:
        answer_conversation(
            ports=request.ports,
            by=request.user,
            conversation=found,
            body=request.POST.get("body", ""),
            intent=request.POST.get("intent", ""),
        )
    except (BadInput, Refused) as error:
        return _page(request, found, error)
    messages.success(request, _("Your answer goes out by mail."))
    return redirect("desk_conversation", reference)


@door(*TEAM)
@require_POST
def close(request: DeskRequest, reference: str) -> HttpResponse:
    """Nothing is to be answered."""
    found = conversation_for(request.user, reference)
    close_conversation(ports=request.ports, by=request.user, conversation=found)
    return redirect("desk_mails")


@door(*TEAM)
@require_POST
def sort(request: DeskRequest, number: int, step: str) -> HttpResponse:
    """Let a held mail into its thread or into the slow lane, or put it aside."""
    if step not in _STEPS:
        raise Http404
    verb, done = _STEPS[step]
    try:
        verb(request, mail_for(request.user, number))
    except (BadInput, Refused) as error:
        say(request, error)
    else:
        messages.success(request, str(done))
    return redirect(reverse("desk_mails") + "?show=held")


@door(*TEAM)
@require_POST
def take(request: DeskRequest) -> HttpResponse:
    """Take the next: a thread, or at least every tenth time a conversation."""
    taken = pick_next(ports=request.ports, by=request.user)
    if isinstance(taken, Thread):
        return redirect("thread", taken.reference)
    if isinstance(taken, MailConversation):
        return redirect("desk_conversation", taken.reference)
    messages.success(request, _("Nothing waits that is in nobody's hands."))
    return redirect("desk_threads")


def _page(
    request: DeskRequest, found: MailConversation, error: BadInput | Refused | None = None
) -> HttpResponse:
    is_open = found.state in (ConversationState.WAITING, ConversationState.ANSWERED)
    context = {
        "shown": ConversationShown(found, request.user, request.ports.clock.now()),
        "is_open": is_open,
        "body": request.POST.get("body", ""),
        "intent": request.POST.get("intent") or request.ports.ids.key(),
        "wrong": told_refusal(error) if error else "",
        "nav": "threads",
    }
    return shown(request, "mail/conversation.html", context, status=422 if error else 200)


def _let_in(to: str) -> Step:
    return lambda request, mail: release_mail(ports=request.ports, by=request.user, mail=mail, to=to)


_STEPS: dict[str, tuple[Step, Promise]] = {
    "thread": (_let_in("thread"), gettext_lazy("The mail stands in its thread now.")),
    "slow_lane": (_let_in("slow_lane"), gettext_lazy("The mail waits in the slow lane now.")),
    "drop": (
        lambda request, mail: drop_mail(ports=request.ports, by=request.user, mail=mail),
        gettext_lazy("The mail is put aside. It is kept."),
    ),
}
