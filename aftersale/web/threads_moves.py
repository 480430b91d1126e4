"""Our staff puts threads together, takes them apart, takes that back, and holds what looks like spam."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from aftersale.base.errors import BadInput, NotYours, Refused
from aftersale.support.models import TEAM, Move, MoveKind, Thread
from aftersale.support.queries import move_called, moves_of, posts_of, thread_for, threads_to_join
from aftersale.support.services import (
    hold_thread,
    look_at_thread,
    merge_threads,
    release_thread,
    split_thread,
    undo_move,
)
from aftersale.web.doors import DeskRequest, door, number_in, say, shown
from aftersale.web.refusals import told_refusal
from aftersale.web.threads_shown import PostShown, ThreadShown


@dataclass(frozen=True)
class MoveShown:
    """One move, as one of its two threads tells of it."""

    move: Move
    thread: Thread

    @property
    def told(self) -> str:
        names = {"other": self.other.reference}
        if self.move.kind == MoveKind.MERGE:
            into = self.move.target_id == self.thread.pk
            return (_("%(other)s was put in here") if into else _("put into %(other)s")) % names
        away = self.move.source_id == self.thread.pk
        return (_("posts became %(other)s") if away else _("began with posts of %(other)s")) % names

    @property
    def other(self) -> Thread:
        return self.move.target if self.move.source_id == self.thread.pk else self.move.source


@door(*TEAM)
@require_safe
def moves(request: DeskRequest, reference: str) -> HttpResponse:
    """What may be put together with this thread, its posts to choose from, and what was moved so far."""
    return _page(request, thread_for(request.user, reference))


@door(*TEAM)
@require_POST
def merge(request: DeskRequest, reference: str) -> HttpResponse:
    """Put the thread into another one."""
    source = thread_for(request.user, reference)
    named = request.POST.get("into_other", "").strip().upper() or request.POST.get("into", "")
    try:
        target = _named(request, named)
        move = merge_threads(ports=request.ports, by=request.user, source=source, target=target)
    except (BadInput, Refused) as error:
        return _page(request, source, error)
    return _moved(move)


@door(*TEAM)
@require_POST
def split(request: DeskRequest, reference: str) -> HttpResponse:
    """Let the chosen posts become a thread of their own."""
    thread = thread_for(request.user, reference)
    numbers = map(number_in, request.POST.getlist("post"))
    chosen = [number for number in numbers if number is not None]
    try:
        move = split_thread(
            ports=request.ports,
            by=request.user,
            thread=thread,
            numbers=chosen,
            subject=request.POST.get("subject", ""),
            intent=request.POST.get("intent", ""),
        )
    except (BadInput, Refused) as error:
        return _page(request, thread, error)
    return _moved(move)


@door(*TEAM)
@require_POST
def undo(request: DeskRequest, reference: str) -> HttpResponse:
    """Take a move back, and go to where the posts are again."""
    move = move_called(reference)
    try:
        move = undo_move(ports=request.ports, by=request.user, move=move)
    except Refused as error:
        say(request, error)
        return redirect("thread_moves", move.target.reference)
    messages.success(request, _("Taken back: each post stands again where it was written."))
    return redirect("thread", move.source.reference)


@door(*TEAM)
@require_POST
def hold(request: DeskRequest, reference: str) -> HttpResponse:
    """Take a thread in doubt out of everybody's sight."""
    thread, reason = thread_for(request.user, reference), request.POST.get("reason", "")
    try:
        hold_thread(ports=request.ports, by=request.user, thread=thread, reason=reason)
    except BadInput as error:
        say(request, error)
    else:
        messages.success(request, _("Only its opener and our staff see the thread now."))
    return redirect("thread", reference)


@door(*TEAM)
@require_POST
def release(request: DeskRequest, reference: str) -> HttpResponse:
    """Show a held thread again."""
    release_thread(ports=request.ports, by=request.user, thread=thread_for(request.user, reference))
    messages.success(request, _("The thread is seen again as it was."))
    return redirect("thread", reference)


@door(*TEAM)
@require_safe
def here(request: DeskRequest, reference: str) -> HttpResponse:
    """Who else of our staff has the thread before them; the page asks again and again."""
    others = look_at_thread(ports=request.ports, by=request.user, thread=thread_for(request.user, reference))
    told = " ".join(f"{each.person.pk}{'w' if each.is_writing else ''}" for each in others)
    if told == request.GET.get("was", "").strip():
        return HttpResponse(status=204)
    context = {"here": others, "was": told, "reference": reference}
    return shown(request, "threads/here.html", context)


def _moved(move: Move) -> HttpResponse:
    """To where the posts are now; the page there says so, and takes it back."""
    return redirect(reverse("thread", args=[move.target.reference]) + f"?moved={move.reference}")


def _named(request: DeskRequest, reference: str) -> Thread:
    try:
        return thread_for(request.user, reference)
    except NotYours:
        raise BadInput("into", reference, "the reference of another thread of the same person") from None


def _page(request: DeskRequest, thread: Thread, error: BadInput | Refused | None = None) -> HttpResponse:
    viewer, now = request.user, request.ports.clock.now()
    start = number_in(request.GET.get("from", ""))
    chosen = set(request.POST.getlist("post"))
    posts = list(posts_of(viewer, thread))
    if start is not None:
        chosen = {str(post.number) for post in posts if post.number >= start}
    context = {
        "shown": ThreadShown(thread, viewer, now),
        "others": [ThreadShown(row, viewer, now) for row in threads_to_join(thread)[:20]],
        "posts": [(PostShown(post, viewer), str(post.number) in chosen) for post in posts[1:]],
        "moves": [MoveShown(row, thread) for row in moves_of(thread)],
        "subject": request.POST.get("subject", ""),
        "into": request.POST.get("into", ""),
        "wrong": told_refusal(error) if error else "",
        "field": error.field if isinstance(error, BadInput) else "",
        "intent": request.POST.get("intent") or request.ports.ids.key(),
        "back": reverse("thread", args=[thread.reference]),
        "nav": "threads",
    }
    return shown(request, "threads/moves.html", context, status=422 if error else 200)
