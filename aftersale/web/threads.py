"""The forum and private threads: lists, a thread's page, asking, answering, drafts."""

from typing import Any

from django.contrib import messages
from django.db.models import Max
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aftersale.accounts.models import Role, User
from aftersale.base.errors import BadInput, Refused
from aftersale.orders.queries import deliveries
from aftersale.support.errors import Overtaken
from aftersale.support.models import TEAM, Kind, Notify, Thread
from aftersale.support.names import choose_forum_name
from aftersale.support.queries import (
    is_team,
    our_people,
    post_for,
    posts_of,
    reading_of,
    thread_for,
    unread_posts,
)
from aftersale.support.services import (
    About,
    draft_of,
    mark_read,
    notify_about,
    open_thread,
    report_post,
    solve_thread,
)
from aftersale.web.doors import DeskRequest, door, language_now, number_in, open_door, page_of, say, shown
from aftersale.web.refusals import told_refusal
from aftersale.web.threads_about import about_of
from aftersale.web.threads_drafts import (
    audience_begun,
    begun,
    eyes_begun,
    keep_draft,
    keeps_by_itself,
    kept_by_itself,
)
from aftersale.web.threads_facts import Facts
from aftersale.web.threads_files import files_sent, files_waiting
from aftersale.web.threads_macros import macro_context, sent, text_inserted
from aftersale.web.threads_related import is_news, related_context, related_near
from aftersale.web.threads_shown import PostShown, Sheet, ThreadShown, kinds_to_ask

POSTS_A_PAGE = 30
_PAGE = ["GET", "HEAD", "POST"]
WRITERS = (Role.CUSTOMER, Role.SUPPLIER, *TEAM)
# What an address may say a thread is about, and the kind that follows from it.
_ABOUT = {"case": Kind.RETURN, "charge": Kind.CHARGE, "card": Kind.CARD}


@open_door
@require_safe
def thread_page(request: DeskRequest, reference: str) -> HttpResponse:
    """A thread at the place where this reader left it; one that was put into another leads there."""
    thread = thread_for(request.user, reference)
    if thread.reference != reference:
        return redirect(_address_now(request, thread, reference))
    return page_of_thread(request, thread)


@open_door
@require_safe
def fresh(request: DeskRequest, reference: str) -> HttpResponse:
    """The posts after the one that the page shows last; the page asks for them again and again."""
    thread = thread_for(request.user, reference)
    after = number_in(request.GET.get("after", ""))
    if after is None:
        raise Http404
    if thread.reference != reference:
        return shown(request, "threads/gone.html", {"address": _address_now(request, thread, reference)})
    posts = [
        PostShown(post, request.user) for post in posts_of(request.user, thread).filter(number__gt=after)
    ]
    if not posts:
        return HttpResponse(status=204)
    if isinstance(request.user, User):
        mark_read(by=request.user, thread=thread)
    view = ThreadShown(thread, request.user, request.ports.clock.now())
    return shown(
        request, "threads/fresh.html", {"posts": posts, "shown": view, "last": posts[-1].post.number}
    )


@door(Role.CUSTOMER)
@require_http_methods(_PAGE)
def ask(request: DeskRequest) -> HttpResponse:
    """Open a thread: about an order, a line, a return, a payment, a card, or nothing of one's own."""
    about, names = about_of(request)
    if request.method != "POST":
        return _ask_page(request, about, names)
    if keeps_by_itself(request):
        return kept_by_itself(request, None)
    try:
        files = files_sent(request, None)
        if request.POST.get("do") == "draft":
            return keep_draft(request, None, back=f"{reverse('thread_ask')}?{urlencode(names)}")
        if is_news(request, about):
            return _ask_page(request, about, names)
        thread = open_thread(
            ports=request.ports,
            by=request.user,
            kind=request.POST.get("kind", ""),
            subject=request.POST.get("subject", ""),
            body=request.POST.get("body", ""),
            is_public=not names and request.POST.get("audience") == "public",
            intent=request.POST.get("intent", ""),
            about=about,
            files=files,
        )
    except (BadInput, Refused) as error:
        return _ask_page(request, about, names, error)
    return redirect("thread", thread.reference)


@door(*WRITERS)
@require_POST
def answer(request: DeskRequest, reference: str) -> HttpResponse:
    """Write into the thread, or keep what was typed."""
    thread = thread_for(request.user, reference)
    if keeps_by_itself(request):
        return kept_by_itself(request, thread)
    try:
        files = files_sent(request, thread)
        if request.POST.get("do") == "draft":
            return keep_draft(request, thread, back=reverse("thread", args=[reference]) + "#reply")
        if request.POST.get("do") == "macro":
            return page_of_thread(request, thread, body=text_inserted(request, thread))
        post = sent(request, thread, files=files, seen=_seen(request, thread, reference))
    except (BadInput, Refused) as error:
        return page_of_thread(request, thread, error)
    return redirect(reverse("thread", args=[reference]) + f"#post-{post.number}")


@door(*WRITERS)
@require_POST
def solve(request: DeskRequest, reference: str) -> HttpResponse:
    """Mark the thread as solved, by a post of it where one is named."""
    thread, number = thread_for(request.user, reference), number_in(request.POST.get("number", ""))
    by_post = None if number is None else post_for(request.user, reference, number).number
    solve_thread(ports=request.ports, by=request.user, thread=thread, number=by_post)
    return redirect("thread", reference)


@door(*Role.values)
@require_POST
def notify(request: DeskRequest, reference: str) -> HttpResponse:
    """Follow, mute, or neither."""
    thread = thread_for(request.user, reference)
    row = notify_about(by=request.user, thread=thread, notify=request.POST.get("notify", ""))
    told = {
        Notify.FOLLOWS: _("You hear of every new post here."),
        Notify.MUTED: _("You hear of nothing here any more."),
        Notify.READS: _("You do not follow this thread any more."),
    }
    messages.success(request, told[Notify(row.notify)])
    return redirect("thread", reference)


@door(*WRITERS)
@require_POST
def report(request: DeskRequest, reference: str, number: int) -> HttpResponse:
    """Ask our staff to look at a post."""
    post = post_for(request.user, reference, number)
    try:
        report_post(ports=request.ports, by=request.user, post=post, reason=request.POST.get("reason", ""))
    except (BadInput, Refused) as error:
        say(request, error)
    else:
        messages.success(request, _("Thank you. Our staff looks at this post."))
    return redirect(reverse("thread", args=[reference]) + f"#post-{number}")


@door(Role.CUSTOMER)
@require_POST
def name(request: DeskRequest) -> HttpResponse:
    """Choose the name on the forum."""
    try:
        choose_forum_name(ports=request.ports, person=request.user, name=request.POST.get("name", ""))
    except BadInput as error:
        say(request, error)
    else:
        messages.success(request, _("This is your name on the forum now, on older posts, too."))
    return redirect(reverse("threads") + "?show=mine")


def page_of_thread(
    request: DeskRequest,
    thread: Thread,
    error: BadInput | Refused | None = None,
    body: str | None = None,
) -> HttpResponse:
    """The thread's page; with what was typed and what was wrong with it, when refused."""
    viewer, now = request.user, request.ports.clock.now()
    posts, reading = posts_of(viewer, thread), reading_of(viewer, thread)
    page = page_of(request, posts, POSTS_A_PAGE)
    if reading and "page" not in request.GET:
        read = posts.filter(number__lte=reading.last_read).count()
        page = page.paginator.get_page(max(0, read - 1) // POSTS_A_PAGE + 1)
    facts = Facts(thread, viewer, now)
    unread = unread_posts(viewer).filter(thread=thread) if isinstance(viewer, User) else None
    first_unread = unread.order_by("number").first() if unread is not None and reading else None
    context: dict[str, Any] = {
        "shown": ThreadShown(thread, viewer, now),
        "sheet": Sheet(thread, viewer, now, language_now()),
        "page": page,
        "posts": [PostShown(post, viewer) for post in page],
        "facts": facts,
        "stream": facts.stream(page),
        "unread_from": first_unread.number if first_unread and reading and reading.last_read else None,
        "body": begun(request, thread) if body is None else body,
        "wrong": told_refusal(error) if error else "",
        "field": "files" if isinstance(error, BadInput) and error.field == "files" else "body",
        "intent": request.POST.get("intent") or request.ports.ids.key(),
        "audience": eyes_begun(request, thread),
        "waiting": files_waiting(request, thread),
        "is_overtaken": isinstance(error, Overtaken),
        "seen": posts.aggregate(last=Max("number"))["last"] or 0,
        "nav": "threads",
    }
    if isinstance(viewer, User) and page:
        mark_read(by=viewer, thread=thread, number=page[-1].number)
    if is_team(viewer):
        context |= macro_context(request, thread) | {"team": our_people()}
    zone = thread.order.zone if thread.order else "UTC"
    return shown(request, "threads/thread.html", context, zone=zone, status=422 if error else 200)


def _address_now(request: DeskRequest, thread: Thread, reference: str) -> str:
    """Where the posts of the thread that was called by `reference` are now."""
    posts = posts_of(request.user, thread)
    first = posts.filter(moves__move__source__reference=reference, moves__move__undone_at=None).first()
    address = reverse("thread", args=[thread.reference])
    if first is None:
        return address
    page = (posts.filter(number__lte=first.number).count() - 1) // POSTS_A_PAGE + 1
    return f"{address}?page={page}#post-{first.number}"


def _seen(request: DeskRequest, thread: Thread, reference: str) -> int | None:
    """The last post that one of our staff had read; none, where their page was of a thread that moved."""
    seen = number_in(request.POST.get("seen", ""))
    if request.user.role not in TEAM or seen is None:
        return None
    return seen if thread.reference == reference else 0


def _usual_kind(about: About, names: dict[str, str]) -> Kind:
    """What is most likely meant: of an item whether it may go back, or where it is while it is under way."""
    if about.line is None or about.case is not None:
        return next((kind for each, kind in _ABOUT.items() if each in names), Kind.GENERAL)
    has_arrived = deliveries().filter(parcel__group=about.line.group_id).exists()
    return Kind.RETURN if has_arrived else Kind.TRACKING


def _ask_page(
    request: DeskRequest, about: About, names: dict[str, str], error: BadInput | Refused | None = None
) -> HttpResponse:
    draft, order = draft_of(request.user) if request.method != "POST" else None, about.on_order
    # Not written down: only what the sheet beside the form is drawn from.
    planned = Thread(opener=request.user, order=order, line=about.line, case=about.case)
    planned.charge, planned.card, planned.opened_at = about.charge, about.card, request.ports.clock.now()
    now = planned.opened_at
    context = {
        "names": names,
        "about": about,
        "sheet": Sheet(planned, request.user, now, language_now()),
        "kinds": kinds_to_ask(is_public=False),
        "kind": request.POST.get("kind") or request.GET.get("kind") or _usual_kind(about, names),
        "subject": request.POST.get("subject", draft.subject if draft else ""),
        "body": request.POST.get("body", draft.body if draft else ""),
        "audience": audience_begun(request),
        "intent": request.POST.get("intent") or request.ports.ids.key(),
        "wrong": told_refusal(error) if error else "",
        "field": error.field if isinstance(error, BadInput) else "body",
        "waiting": files_waiting(request, None),
        **related_context(related_near(request, about)),
        "nav": "threads",
    }
    return shown(request, "threads/ask.html", context, status=422 if error else 200)
