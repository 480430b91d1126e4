"""Macros: written, listed, filled for a thread; sent by the operation of every answer."""

from django.http import HttpResponse
from ninja import Router

from aftersale.api.doors import READ, THREADS, ApiRequest, door, told
from aftersale.api.fields import IdempotencyKey, Reference
from aftersale.api.idempotency import once
from aftersale.api.operations.threads import told_fresh
from aftersale.api.shapes.macros import (
    Macro,
    MacroFilled,
    Macros,
    MacroToFill,
    MacroToSave,
    told_macro,
)
from aftersale.api.shapes.threads import Thread, ThreadKind
from aftersale.base.errors import BadInput, NotYours
from aftersale.support import services
from aftersale.support.macros import filled, macro_called, version_of
from aftersale.support.models import TEAM
from aftersale.support.models import Macro as MacroRow
from aftersale.support.queries import thread_for

router = Router(tags=["threads"])


@door(router, "GET", "/macros", summary="List macros", answers=Macros, scope=READ, roles=TEAM)
def list_macros(request: ApiRequest) -> HttpResponse:
    """Those not offered any more, too."""
    return told(Macros(items=[told_macro(row) for row in MacroRow.objects.order_by("name")]))


@door(
    router,
    "POST",
    "/macros",
    summary="Write a macro",
    answers=Macro,
    status=201,
    scope=THREADS,
    roles=TEAM,
)
def add_macro(request: ApiRequest, asked: MacroToSave, idempotency_key: IdempotencyKey) -> HttpResponse:
    """Names in braces that are none of ours are refused now, not when it is sent."""
    return once(
        request, idempotency_key, asked, lambda _intent: told(told_macro(_saved(request, asked, None)), 201)
    )


@door(
    router,
    "POST",
    "/macros/{reference}",
    summary="Write the next version of a macro",
    answers=Macro,
    scope=THREADS,
    roles=TEAM,
)
def save_macro(request: ApiRequest, reference: Reference, asked: MacroToSave) -> HttpResponse:
    """What it says and does from now on. The version before is kept."""
    return told(told_macro(_saved(request, asked, macro_called(reference))))


@door(
    router,
    "POST",
    "/threads/{reference}/macro",
    summary="Fill a macro for a thread",
    answers=MacroFilled,
    scope=READ,
    roles=TEAM,
)
def fill_macro(request: ApiRequest, reference: Reference, asked: MacroToFill) -> HttpResponse:
    """Nothing is sent: the text is for `write_post`, which names the macro and the actions."""
    thread = thread_for(request.auth.user, reference)
    try:
        version = version_of(macro_called(asked.macro))
    except NotYours:
        raise BadInput("macro", asked.macro, "the reference of a macro") from None
    return told(MacroFilled(body=filled(version, thread), actions=version.actions))


@door(
    router,
    "POST",
    "/threads/{reference}/kind",
    summary="Give a thread another kind",
    answers=Thread,
    scope=THREADS,
    roles=TEAM,
)
def sort_thread(request: ApiRequest, reference: Reference, asked: ThreadKind) -> HttpResponse:
    """A claim stays one."""
    viewer = request.auth.user
    thread = thread_for(viewer, reference)
    services.sort_thread(ports=request.ports, by=viewer, thread=thread, kind=asked.kind)
    return told_fresh(request, thread)


def _saved(request: ApiRequest, asked: MacroToSave, row: MacroRow | None) -> MacroRow:
    return services.save_macro(
        ports=request.ports,
        by=request.auth.user,
        macro=row,
        name=asked.name,
        texts=asked.texts,
        actions=asked.actions,
        is_active=asked.is_active,
    )
