"""Prepared answers: chosen into an answer, sent with what follows; and the pages where they are written."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from aftersale.base.errors import BadInput, Refused
from aftersale.support.macros import (
    ACTIONS,
    ASSIGN,
    SOLVE,
    VARIABLES,
    filled,
    macro_called,
    macros_for,
    version_of,
)
from aftersale.support.models import TEAM, Kind, Macro, Post, Thread
from aftersale.support.services import reply, reply_with_macro, save_draft, save_macro
from aftersale.web.doors import DeskRequest, door, shown
from aftersale.web.refusals import told_refusal

_PAGE = ["GET", "HEAD", "POST"]
_NAMES: dict[str, Promise] = {
    SOLVE: gettext_lazy("Mark the thread as solved"),
    ASSIGN: gettext_lazy("Take the thread"),
}


@dataclass(frozen=True)
class ActionShown:
    """Something that may follow an answer, ticked or not."""

    name: str
    is_chosen: bool

    @property
    def told(self) -> str:
        if self.name in _NAMES:
            return str(_NAMES[self.name])
        return _("Sort it under: %s") % Kind(self.name.removeprefix("kind:")).label


def text_inserted(request: DeskRequest, thread: Thread) -> str:
    """What was typed so far, and the chosen macro's text below it; kept as the draft. Raises BadInput."""
    body, text = request.POST.get("body", "").strip(), filled(version_of(_chosen(request, thread)), thread)
    body = f"{body}\n\n{text}".strip()
    save_draft(ports=request.ports, by=request.user, body=body, thread=thread)
    return body


def sent(request: DeskRequest, thread: Thread, *, files: Sequence[str], seen: int | None) -> Post:
    """The answer, with what follows it where it came from a macro. Raises what the verbs raise."""
    how: dict[str, Any] = {
        "ports": request.ports,
        "by": request.user,
        "thread": thread,
        "body": request.POST.get("body", ""),
        "intent": request.POST.get("intent", ""),
        "visibility": request.POST.get("visibility", ""),
        "files": files,
        "seen": seen,
    }
    named = request.POST.get("macro", "")
    if named and request.user.role in TEAM:
        chosen = request.POST.getlist("act")
        return reply_with_macro(macro=macro_called(named), actions=chosen, **how)
    return reply(**how)


def macro_context(request: DeskRequest, thread: Thread) -> dict[str, Any]:
    """For the form of an answer: what may be inserted, and what follows the one that was."""
    is_new = request.POST.get("do") == "macro"
    named = request.POST.get("insert" if is_new else "macro", "")
    offered = macros_for(thread)
    macro = next((each for each in offered if each.reference == named), None)
    acts = version_of(macro).actions if macro else []
    chosen = acts if is_new else request.POST.getlist("act")
    return {
        "macros": offered,
        "macro": macro,
        "acts": [ActionShown(name, name in chosen) for name in acts],
    }


@door(*TEAM)
@require_http_methods(_PAGE)
def macros(request: DeskRequest) -> HttpResponse:
    """The prepared answers, how often each was sent, and a new one."""
    if request.method == "POST":
        return _saved(request, None)
    rows = Macro.objects.order_by("-is_active", "name")
    return shown(request, "macros/macros.html", _form(request, None) | {"macros": rows})


@door(*TEAM)
@require_http_methods(_PAGE)
def macro(request: DeskRequest, reference: str) -> HttpResponse:
    """One prepared answer, its next version, and those before it."""
    row = macro_called(reference)
    if request.method == "POST":
        return _saved(request, row)
    return _macro_page(request, row)


def _saved(request: DeskRequest, row: Macro | None) -> HttpResponse:
    texts = {code: request.POST.get(f"text-{code}", "") for code, _name in settings.LANGUAGES}
    try:
        made = save_macro(
            ports=request.ports,
            by=request.user,
            macro=row,
            name=request.POST.get("name", ""),
            texts=texts,
            actions=[each for each in request.POST.getlist("act") if each],
            is_active=row is None or request.POST.get("is_active") == "yes",
        )
    except (BadInput, Refused) as error:
        wrong = _("Take a name that no other macro has.") if _is_name(error) else told_refusal(error)
        return _macro_page(request, row, wrong)
    messages.success(request, _("The macro is saved."))
    return redirect("macro", made.reference)


def _is_name(error: BadInput | Refused) -> bool:
    return isinstance(error, BadInput) and error.field == "name"


def _macro_page(request: DeskRequest, row: Macro | None, wrong: str = "") -> HttpResponse:
    context = _form(request, row) | {"wrong": wrong}
    return shown(request, "macros/macro.html", context, status=422 if wrong else 200)


def _form(request: DeskRequest, row: Macro | None) -> dict[str, Any]:
    last = version_of(row) if row else None
    texts, acts = (last.texts, last.actions) if last else ({}, [])
    name, is_active = (row.name, row.is_active) if row else ("", True)
    if request.method == "POST":
        acts, name = request.POST.getlist("act"), request.POST.get("name", "")
        texts = {code: request.POST.get(f"text-{code}", "") for code, _name in settings.LANGUAGES}
        is_active = request.POST.get("is_active") == "yes"
    return {
        "row": row,
        "name": name,
        "is_active": is_active,
        "texts": [(code, told, texts.get(code, "")) for code, told in settings.LANGUAGES],
        "acts": [ActionShown(each, each in acts) for each in ACTIONS],
        "variables": ", ".join(f"{{{each}}}" for each in VARIABLES),
        "versions": row.versions.select_related("by").order_by("-number") if row else [],
        "nav": "threads",
    }


def _chosen(request: DeskRequest, thread: Thread) -> Macro:
    """The macro that was chosen; only our staff has any. Raises BadInput."""
    named = request.POST.get("insert", "")
    offered = macros_for(thread) if request.user.role in TEAM else []
    for each in offered:
        if each.reference == named:
            return each
    raise BadInput("insert", named, "one of the macros that fit this thread")
