"""What was begun: kept by the button, or by the page itself while one types and chooses files."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from aftersale.accounts.models import User
from aftersale.base.errors import BadInput, Refused
from aftersale.support.markdown import quoted
from aftersale.support.models import Thread, Visibility
from aftersale.support.posting import is_written
from aftersale.support.queries import post_for
from aftersale.support.services import draft_of, save_draft
from aftersale.web.doors import DeskRequest, number_in, say, shown
from aftersale.web.refusals import told_refusal
from aftersale.web.threads_files import files_sent, files_waiting
from aftersale.web.threads_shown import ThreadShown

_EYES = {"public": Visibility.PUBLIC, "private": Visibility.PARTICIPANTS}


def keeps_by_itself(request: DeskRequest) -> bool:
    """Whether the page asks to keep what stands in its form, and its reader has pressed nothing."""
    return request.POST.get("do") == "draft" and bool(getattr(request, "htmx", False))


def kept_by_itself(request: DeskRequest, thread: Thread | None) -> HttpResponse:
    """Nothing to show, or the files that wait now, where some were chosen; what was sent has no draft."""
    if is_written(request.user, request.POST.get("intent", "")):
        return HttpResponse(status=204)
    wrong = ""
    try:
        _save(request, thread)
        files_sent(request, thread)
    except (BadInput, Refused) as error:
        wrong = told_refusal(error)
    if not request.FILES:
        return HttpResponse(status=422 if wrong else 204)
    unticked = set(request.POST.getlist("waiting")) - set(request.POST.getlist("file"))
    context = {"waiting": files_waiting(request, thread), "unticked": unticked, "files_wrong": wrong}
    return shown(request, "threads/choose_files.html", context)


def keep_draft(request: DeskRequest, thread: Thread | None, *, back: str) -> HttpResponse:
    """Keep what was typed, and say so."""
    try:
        _save(request, thread)
    except BadInput as error:
        say(request, error)
    else:
        messages.success(request, _("Your draft is kept. Nobody else sees it."))
    return redirect(back)


def begun(request: DeskRequest, thread: Thread) -> str:
    """What stands in the field of the answer: what was refused just now, a quotation, or the draft."""
    if request.method == "POST":
        return request.POST.get("body", "")
    if not isinstance(request.user, User):
        return ""
    draft = draft_of(request.user, thread)
    text = draft.body if draft else ""
    number = number_in(request.GET.get("quote", ""))
    if number is not None:
        text += ("\n\n" if text else "") + quoted(post_for(request.user, thread.reference, number).body)
    return text


def eyes_begun(request: DeskRequest, thread: Thread) -> str:
    """For whom our staff began it; a note, where it cannot be for those any more."""
    if request.method == "POST":
        return request.POST.get("visibility", "")
    draft = draft_of(request.user, thread) if isinstance(request.user, User) else None
    eyes = draft.visibility if draft else ""
    offered = ThreadShown(thread, request.user, request.ports.clock.now()).audiences
    return eyes if not eyes or eyes in offered else Visibility.STAFF.value


def audience_begun(request: DeskRequest) -> str:
    """Who is to read the thread that is to be opened: what the form says, the address, or the draft."""
    told = request.POST if request.method == "POST" else request.GET
    draft = draft_of(request.user)
    kept = "public" if draft and draft.visibility == Visibility.PUBLIC else ""
    return told.get("audience", kept)


def _save(request: DeskRequest, thread: Thread | None) -> None:
    eyes = request.POST.get("visibility", "")
    if thread is None:
        eyes = _EYES.get(request.POST.get("audience", ""), "")
    save_draft(
        ports=request.ports,
        by=request.user,
        body=request.POST.get("body", ""),
        subject=request.POST.get("subject", ""),
        visibility=eyes,
        thread=thread,
    )
