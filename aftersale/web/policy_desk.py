"""The policy owner's desk: versions, a draft with its proofs and its price beside it, publishing."""

from datetime import date
from hashlib import sha256

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aftersale.accounts.models import Role
from aftersale.base.errors import BadInput, NotYours
from aftersale.returns.correcting import correct_translations, version_told_as
from aftersale.returns.errors import ProofsBusy, ProofsMissing, PublishRefused
from aftersale.returns.models import PolicyDraft
from aftersale.returns.policies import policy_of, spans, version_for, version_named
from aftersale.returns.publishing import (
    LONGEST,
    discard_draft,
    draft_of,
    first_day_to_take,
    publish,
    save_draft,
)
from aftersale.web.doors import DeskRequest, door, shown
from aftersale.web.policy_review import obstacles_told, reviewed

_EDIT = ["GET", "HEAD", "POST"]
# Buttons of the editor that save and lead on.
_ONWARD = {"publish": "policy_publish", "examples": "policy_examples"}


@door(Role.POLICY_OWNER)
@require_safe
def desk(request: DeskRequest) -> HttpResponse:
    """Every version with what was known when it was published, and what is being written."""
    rows = spans(_today(request))
    context = {"versions": rows[::-1], "draft": _draft(request), "nav": "policy"}
    return shown(request, "policy_desk/versions.html", context)


@door(Role.POLICY_OWNER)
@require_http_methods(_EDIT)
def draft(request: DeskRequest) -> HttpResponse:
    """The editor; sent, what is written is kept, checked, thrown away, or begun from another version."""
    do = request.POST.get("do", "")
    if do == "begin":
        version = version_named(request.POST.get("version", ""))
        if version is None:
            raise NotYours
        save_draft(ports=request.ports, by=request.user, text=version.text, translations=version.translations)
        return redirect("policy_draft")
    if do == "discard":
        discard_draft(by=request.user)
        messages.success(request, _("The draft is thrown away. Every version is as it was."))
        return redirect("policy_desk")
    if request.method == "POST":
        _save(request)
    if do in _ONWARD:
        return redirect(_ONWARD[do])
    return _editor(request)


@door(Role.POLICY_OWNER)
@require_POST
def draft_review(request: DeskRequest) -> HttpResponse:
    """What is known of the draft as it stands, for the panel beside it; the draft is kept."""
    found = reviewed(*_texts(_save(request)), on=_today(request))
    return shown(request, "policy_desk/panel.html", {"review": found})


@door(Role.POLICY_OWNER)
@require_http_methods(_EDIT)
def publishing(request: DeskRequest) -> HttpResponse:
    """What the draft gives, takes and costs from a day on; sent, it becomes a version."""
    day, one = _day(request), _draft(request)
    if request.method != "POST":
        return _confirm(request, one, day, [])
    if request.POST.get("mark") != _mark(one):
        return _confirm(request, one, day, [_("The draft was changed meanwhile. Please look at it again.")])
    text, translations = _texts(one)
    try:
        publish(
            ports=request.ports,
            by=request.user,
            text=text,
            translations=translations,
            in_force_from=day,
            seen=request.POST.get("seen", ""),
        )
    except PublishRefused as error:
        return _confirm(request, one, day, obstacles_told(error.obstacles))
    except (ProofsMissing, ProofsBusy):
        return _confirm(request, one, day, [])
    messages.success(request, _("It is published, and nobody can change it any more."))
    return redirect("policy_desk")


@door(Role.POLICY_OWNER)
@require_POST
def correcting(request: DeskRequest) -> HttpResponse:
    """The draft says what a version says, in a better translation: it is told so from now on."""
    one, day = _draft(request), _day(request)
    text, translations = _texts(one)
    version = version_told_as(text, translations)
    if version is None or request.POST.get("mark") != _mark(one):
        return _confirm(request, one, day, [_("The draft was changed meanwhile. Please look at it again.")])
    try:
        correct_translations(ports=request.ports, by=request.user, version=version, translations=translations)
    except PublishRefused as error:
        return _confirm(request, one, day, obstacles_told(error.obstacles))
    discard_draft(by=request.user)
    messages.success(request, _("The translation is corrected. What was said before is kept."))
    return redirect("policy_desk")


@door(Role.POLICY_OWNER)
@require_safe
def checks(request: DeskRequest) -> HttpResponse:
    """The proofs of the version in force, or of another one."""
    named = request.GET.get("version", "")
    version = version_named(named) if named else version_for(_today(request))
    if version is None:
        raise NotYours
    found = reviewed(version.text, version.translations, on=version.in_force_from)
    context = {"version": version, "review": found, "title": policy_of(version).title, "nav": "checks"}
    return shown(request, "policy_desk/checks.html", context)


def _editor(request: DeskRequest) -> HttpResponse:
    one = _draft(request)
    text, translations = _texts(one)
    found = reviewed(text, translations, on=_today(request))
    told = _translations(one).items()
    context = {"draft": one, "translations": told, "review": found, "nav": "policy"}
    return shown(request, "policy_desk/draft.html", context)


def _confirm(request: DeskRequest, one: PolicyDraft, day: date, wrong: list[str]) -> HttpResponse:
    text, translations = _texts(one)
    context = {
        "review": reviewed(text, translations, on=day),
        "day": day,
        "today": _today(request),
        "mark": _mark(one),
        "told_as": version_told_as(text, translations),
        "wrong": wrong,
        "nav": "policy",
    }
    return shown(request, "policy_desk/publish.html", context, status=422 if wrong else 200)


def _save(request: DeskRequest) -> PolicyDraft:
    """Keep what was typed. Browsers send line ends of two characters."""
    kept = _draft(request)
    translations = {
        language: _typed(request, f"translation-{language}", text)
        for language, text in _translations(kept).items()
    }
    text = _typed(request, "text", kept.text)
    return save_draft(ports=request.ports, by=request.user, text=text, translations=translations)


def _typed(request: DeskRequest, name: str, before: str) -> str:
    text = request.POST.get(name, before).replace("\r\n", "\n")
    if len(text) > LONGEST:
        raise BadInput(name, f"{len(text)} characters", f"at most {LONGEST}")
    return text


def _draft(request: DeskRequest) -> PolicyDraft:
    return draft_of(request.user, today=_today(request))


def _texts(one: PolicyDraft) -> tuple[str, dict[str, str]]:
    return one.text, {language: text for language, text in one.translations.items() if text.strip()}


def _translations(one: PolicyDraft) -> dict[str, str]:
    """The draft's translations, and an empty one for each further language of the site."""
    site = [language for language, _name in settings.LANGUAGES if language != "en"]
    return {language: one.translations.get(language, "") for language in [*site, *one.translations]}


def _mark(one: PolicyDraft) -> str:
    """Tells one state of a draft from another."""
    return sha256(repr((one.text, sorted(one.translations.items()))).encode()).hexdigest()


def _day(request: DeskRequest) -> date:
    """The first day that was asked for; the next on which nobody has ordered yet where none was."""
    told = request.POST.get("day") or request.GET.get("day") or ""
    try:
        return date.fromisoformat(told) if told else first_day_to_take(request.ports.clock.now())
    except ValueError:
        raise BadInput("day", told, "a day such as 2026-04-30") from None


def _today(request: DeskRequest) -> date:
    return request.ports.clock.now().date()
