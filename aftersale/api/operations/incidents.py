"""Incidents: opened, linked to threads, answered in all of them, closed."""

from functools import partial

from django.http import HttpResponse
from ninja import Router

from aftersale.accounts.models import User
from aftersale.api.doors import READ, THREADS, ApiRequest, door, told
from aftersale.api.fields import IdempotencyKey, Reference
from aftersale.api.idempotency import once
from aftersale.api.shapes.incidents import (
    ClosingIncident,
    Incident,
    Incidents,
    NewAnswerToAll,
    NewIncident,
    ThreadsToLink,
    ThreadToUnlink,
    told_incident,
)
from aftersale.base.errors import BadInput, NotYours
from aftersale.support import services
from aftersale.support.incident_queries import incident_called, incidents
from aftersale.support.models import TEAM, Thread
from aftersale.support.queries import thread_for

router = Router(tags=["threads"])
_AT_MOST = 100


@door(router, "GET", "/incidents", summary="List incidents", answers=Incidents, scope=READ, roles=TEAM)
def list_incidents(request: ApiRequest) -> HttpResponse:
    """With how many threads are linked, and what is still to be done in them."""
    return told(Incidents(items=[told_incident(row) for row in incidents()[:_AT_MOST]]))


@door(
    router,
    "GET",
    "/incidents/{reference}",
    summary="One incident",
    answers=Incident,
    scope=READ,
    roles=TEAM,
)
def get_incident(request: ApiRequest, reference: Reference) -> HttpResponse:
    """With its answers, and in how many threads each stands."""
    return _told(reference)


@door(
    router,
    "POST",
    "/incidents",
    summary="Open an incident",
    answers=Incident,
    status=201,
    scope=THREADS,
    roles=TEAM,
)
def open_incident(request: ApiRequest, asked: NewIncident, idempotency_key: IdempotencyKey) -> HttpResponse:
    """Nothing is linked yet; new threads of its kind are offered it."""

    def made(intent: str) -> HttpResponse:
        row = services.open_incident(
            ports=request.ports,
            by=request.auth.user,
            title=asked.title,
            text=asked.text,
            kind=asked.kind or "",
            intent=intent,
        )
        return _told(row.reference, 201)

    return once(request, idempotency_key, asked, made)


@door(
    router,
    "POST",
    "/incidents/{reference}/links",
    summary="Link threads to an incident",
    answers=Incident,
    scope=THREADS,
    roles=TEAM,
)
def link_threads(request: ApiRequest, reference: Reference, asked: ThreadsToLink) -> HttpResponse:
    """All of them or none. One that is linked already stays so."""
    viewer = request.auth.user
    threads = [_thread(viewer, f"threads[{at}]", each) for at, each in enumerate(asked.threads)]
    row = incident_called(reference)
    services.link_threads(ports=request.ports, by=viewer, incident=row, threads=threads)
    return _told(reference)


@door(
    router,
    "POST",
    "/incidents/{reference}/unlinking",
    summary="Unlink a thread from an incident",
    answers=Incident,
    scope=THREADS,
    roles=TEAM,
)
def unlink_thread(request: ApiRequest, reference: Reference, asked: ThreadToUnlink) -> HttpResponse:
    """What was answered there stays; what is still owed to it is not posted."""
    viewer = request.auth.user
    row, thread = incident_called(reference), _thread(viewer, "thread", asked.thread)
    services.unlink_thread(ports=request.ports, by=viewer, incident=row, thread=thread)
    return _told(reference)


@door(
    router,
    "POST",
    "/incidents/{reference}/answers",
    summary="Answer all threads of an incident",
    answers=Incident,
    status=201,
    scope=THREADS,
    roles=TEAM,
)
def answer_incident(
    request: ApiRequest, reference: Reference, asked: NewAnswerToAll, idempotency_key: IdempotencyKey
) -> HttpResponse:
    """The worker posts it into each linked thread, once; `answers` tells how far it is."""
    answer = partial(
        services.answer_incident,
        ports=request.ports,
        by=request.auth.user,
        incident=incident_called(reference),
        body=asked.body,
    )

    def made(intent: str) -> HttpResponse:
        answer(intent=intent)
        return _told(reference, 201)

    return once(request, idempotency_key, asked, made)


@door(
    router,
    "POST",
    "/incidents/{reference}/closing",
    summary="Close an incident",
    answers=Incident,
    scope=THREADS,
    roles=TEAM,
)
def close_incident(request: ApiRequest, reference: Reference, asked: ClosingIncident) -> HttpResponse:
    """With `solve` its threads are solved, after what is still owed to them."""
    row = incident_called(reference)
    services.close_incident(ports=request.ports, by=request.auth.user, incident=row, solve=asked.solve)
    return _told(reference)


def _told(reference: str, status: int = 200) -> HttpResponse:
    return told(told_incident(incident_called(reference)), status)


def _thread(viewer: User, field: str, reference: str) -> Thread:
    try:
        return thread_for(viewer, reference)
    except NotYours:
        raise BadInput(field, reference, "the reference of a thread") from None
