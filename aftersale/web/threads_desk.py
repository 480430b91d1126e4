"""Our staff's side of threads: the queue by due time, assignment, and what is held or reported."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from aftersale.accounts.models import User
from aftersale.base.errors import BadInput, Refused
from aftersale.support.models import TEAM, Post
from aftersale.support.queries import (
    held_posts,
    held_threads,
    post_for,
    queue,
    reported_posts,
    standing_still,
    thread_for,
    waiting_counts,
)
from aftersale.support.services import (
    assign_thread,
    close_thread,
    dismiss_reports,
    hide_post,
    release_post,
    unhide_post,
)
from aftersale.web.doors import DeskRequest, door, page_of, say, shown
from aftersale.web.threads_shown import PostShown, ThreadShown

type Step = Callable[[DeskRequest, Post], object]


@door(*TEAM)
@require_safe
def threads(request: DeskRequest) -> HttpResponse:
    """What waits for an answer, the earliest due first."""
    which, now = request.GET.get("for", ""), request.ports.clock.now()
    rows = queue(now)
    if which == "me":
        rows = rows.filter(assignee=request.user)
    elif which == "nobody":
        rows = rows.filter(assignee=None)
    page = page_of(request, rows)
    context = {
        "page": page,
        "threads": [ThreadShown(row, request.user, now) for row in page],
        "still": [ThreadShown(row, request.user, now) for row in standing_still(now)[:50]],
        "which": which if which in ("me", "nobody") else "",
        "mine": queue(now).filter(assignee=request.user).count(),
        "counts": waiting_counts(now),
        "held_threads": [ThreadShown(row, request.user, now) for row in held_threads()[:10]],
        "held": [PostShown(post, request.user) for post in held_posts()[:10]],
        "reported": [PostShown(post, request.user) for post in reported_posts()[:10]],
        "nav": "threads",
    }
    return shown(request, "threads/queue.html", context)


@door(*TEAM)
@require_POST
def assign(request: DeskRequest, reference: str) -> HttpResponse:
    """Take the thread, give it to somebody, or put it back."""
    thread, chosen = thread_for(request.user, reference), request.POST.get("to", "")
    to = User.objects.filter(role__in=TEAM, is_active=True, email=chosen).first()
    if chosen and to is None:
        raise Http404
    assign_thread(ports=request.ports, by=request.user, thread=thread, to=to)
    return redirect("thread", reference)


@door(*TEAM)
@require_POST
def close(request: DeskRequest, reference: str) -> HttpResponse:
    """End the thread for good."""
    close_thread(ports=request.ports, by=request.user, thread=thread_for(request.user, reference))
    return redirect("thread", reference)


@door(*TEAM)
@require_POST
def moderate(request: DeskRequest, reference: str, number: int, step: str) -> HttpResponse:
    """Hide a post or show it again, let a newcomer's through, put reports aside."""
    if step not in _STEPS:
        raise Http404
    verb, done = _STEPS[step]
    try:
        verb(request, post_for(request.user, reference, number))
    except (BadInput, Refused) as error:
        say(request, error)
    else:
        messages.success(request, str(done))
    return redirect(reverse("thread", args=[reference]) + f"#post-{number}")


def _hide(request: DeskRequest, post: Post) -> object:
    reason = request.POST.get("reason", "")
    return hide_post(ports=request.ports, by=request.user, post=post, reason=reason)


_STEPS: dict[str, tuple[Step, Promise]] = {
    "hide": (_hide, _("The post is hidden.")),
    "unhide": (
        lambda request, post: unhide_post(ports=request.ports, by=request.user, post=post),
        _("The post is shown again."),
    ),
    "release": (
        lambda request, post: release_post(ports=request.ports, by=request.user, post=post),
        _("Everybody sees the post now."),
    ),
    "dismiss": (
        lambda request, post: dismiss_reports(ports=request.ports, by=request.user, post=post),
        _("The reports are put aside."),
    ),
}
