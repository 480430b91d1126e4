"""The desk's incidents: a list with counts, and one with its threads and how far its answers have come."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aftersale.base.errors import BadInput, NotYours, Refused
from aftersale.support.incident_queries import answers_of, incident_called, incidents
from aftersale.support.models import TEAM, Incident, Kind, Thread
from aftersale.support.queries import queue, thread_for, visible_threads
from aftersale.support.search import threads_found
from aftersale.support.services import (
    answer_incident,
    close_incident,
    link_threads,
    open_incident,
    unlink_thread,
)
from aftersale.web.doors import DeskRequest, door, page_of, say, shown
from aftersale.web.refusals import told_refusal
from aftersale.web.threads_shown import ThreadShown

_CHOICES = 50


@door(*TEAM)
@require_http_methods(["GET", "HEAD", "POST"])
def all_of_them(request: DeskRequest) -> HttpResponse:
    """The incidents with their counts; opening one."""
    wrong = ""
    if request.method == "POST":
        try:
            made = open_incident(
                ports=request.ports,
                by=request.user,
                title=request.POST.get("title", ""),
                text=request.POST.get("text", ""),
                kind=request.POST.get("kind", ""),
                intent=request.POST.get("intent", ""),
            )
        except (BadInput, Refused) as error:
            wrong = told_refusal(error)
        else:
            return redirect("incident", made.reference)
    context = {
        "page": page_of(request, incidents()),
        "kinds": Kind.choices,
        "sent": request.POST,
        "intent": request.POST.get("intent") or request.ports.ids.key(),
        "wrong": wrong,
        "nav": "threads",
    }
    return shown(request, "incidents/incidents.html", context, status=422 if wrong else 200)


@door(*TEAM)
@require_safe
def incident(request: DeskRequest, reference: str) -> HttpResponse:
    """One incident; what the desk owes or a search found may be chosen to be linked."""
    return _page(request, incident_called(reference))


@door(*TEAM)
@require_safe
def progress(request: DeskRequest, reference: str) -> HttpResponse:
    """How far the answers have come: nothing where nothing has changed since the page asked last."""
    row = incident_called(reference)
    told = _progress(row)
    if told["was"] == request.GET.get("was", ""):
        return HttpResponse(status=204)
    return shown(request, "incidents/answers.html", told | _linked(request, row) | {"is_fresh": True})


@door(*TEAM)
@require_POST
def link(request: DeskRequest, reference: str) -> HttpResponse:
    """Link the chosen threads, here or from a thread's own page."""
    row, back = incident_called(reference), ""
    try:
        chosen = [_chosen(request, each) for each in request.POST.getlist("thread")]
        back = next((each.reference for each in chosen if each.reference == request.POST.get("back")), "")
        linked = link_threads(ports=request.ports, by=request.user, incident=row, threads=chosen)
    except (BadInput, Refused) as error:
        say(request, error)
    else:
        told = ngettext("%(n)s thread is linked now.", "%(n)s threads are linked now.", linked)
        messages.success(request, told % {"n": linked})
    return redirect("thread", back) if back else redirect("incident", reference)


@door(*TEAM)
@require_POST
def unlink(request: DeskRequest, reference: str) -> HttpResponse:
    """Say that a thread is about something else."""
    thread = _chosen(request, request.POST.get("thread", ""))
    unlink_thread(ports=request.ports, by=request.user, incident=incident_called(reference), thread=thread)
    messages.success(request, _("The thread is not linked any more. What was answered there stays."))
    return redirect("incident", reference)


@door(*TEAM)
@require_POST
def answer(request: DeskRequest, reference: str) -> HttpResponse:
    """Answer all linked threads."""
    row = incident_called(reference)
    try:
        answer_incident(
            ports=request.ports,
            by=request.user,
            incident=row,
            body=request.POST.get("body", ""),
            intent=request.POST.get("intent", ""),
        )
    except (BadInput, Refused) as error:
        return _page(request, row, error)
    messages.success(request, _("The answer is being posted into each linked thread."))
    return redirect("incident", reference)


@door(*TEAM)
@require_POST
def close(request: DeskRequest, reference: str) -> HttpResponse:
    """End the incident, and solve its threads where that is asked for."""
    solve = request.POST.get("solve") == "yes"
    close_incident(ports=request.ports, by=request.user, incident=incident_called(reference), solve=solve)
    messages.success(request, _("The incident is closed."))
    return redirect("incident", reference)


def _chosen(request: DeskRequest, reference: str) -> Thread:
    """The thread of this name; whoever is led elsewhere by it links what it leads to. Raises BadInput."""
    try:
        return thread_for(request.user, reference.strip().upper())
    except NotYours:
        raise BadInput("thread", reference, "the reference of a thread") from None


def _page(request: DeskRequest, row: Incident, error: BadInput | Refused | None = None) -> HttpResponse:
    viewer, now = request.user, request.ports.clock.now()
    words = request.GET.get("q", "").strip()
    found = threads_found(viewer, words) if words else queue(now).filter(kind=row.kind or Kind.GENERAL)
    found = found.exclude(incident_links__incident=row)
    context = (
        _progress(row)
        | _linked(request, row)
        | {
            "found": [ThreadShown(each, viewer, now) for each in found[:_CHOICES]],
            "words": words,
            "body": request.POST.get("body", ""),
            "wrong": told_refusal(error) if error else "",
            "intent": request.POST.get("intent") or request.ports.ids.key(),
            "nav": "threads",
        }
    )
    return shown(request, "incidents/incident.html", context, status=422 if error else 200)


def _linked(request: DeskRequest, row: Incident) -> dict[str, object]:
    viewer, now = request.user, request.ports.clock.now()
    page = page_of(request, visible_threads(viewer).filter(incident_links__incident=row))
    return {"page": page, "linked": [ThreadShown(each, viewer, now) for each in page]}


def _progress(row: Incident) -> dict[str, object]:
    failed = row.tasks.exclude(reason="").select_related("thread")[:_CHOICES]
    owed = row.tasks.filter(done_at=None).count()
    was = "-".join(str(number) for number in (row.tasks.count(), owed, len(failed)))
    return {"incident": row, "answers": answers_of(row), "failed": failed, "owed": owed, "was": was}
