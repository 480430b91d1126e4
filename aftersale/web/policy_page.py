"""The customers' policy: the version in force, older and coming ones, and what holds before paying."""

from collections.abc import Mapping
from datetime import date
from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.csp import CSP
from django.views.decorators.cache import cache_control
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from aftersale.policy.page import page_of
from aftersale.returns.models import PolicyVersion
from aftersale.returns.policies import policy_of, span_of, spans, version_for, version_named, versions
from aftersale.returns.rights import LEAST_TERMS, MeansRights, policy_on, rights_before_paying, terms_of
from aftersale.web.doors import DeskRequest, language_now
from aftersale.web.policy_shown import facts_told, inline

_SPOKEN = ("en", "zh-hans")
_ANYONE_FRAMES_IT: Mapping[str, list[str]] = {
    "default-src": [CSP.NONE],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.NONE],
    "frame-ancestors": ["*"],
}


@require_safe
def policy_page(request: HttpRequest) -> HttpResponse:
    """The policy in force, or the version that an older answer names."""
    named = request.GET.get("version", "")
    version = version_named(named) if named else _in_force(_today(request))
    return _page(request, version)


@require_safe
def policy_version(request: HttpRequest, named: str) -> HttpResponse:
    """One version, by its hash or the start of it: what it says never changes."""
    return _page(request, version_named(named))


@require_safe
def policy_versions(request: HttpRequest) -> HttpResponse:
    """Every version there is, the newest first, with the days on which it is or was in force."""
    rows = spans(_today(request))
    return render(request, "policy/versions.html", {"versions": rows[::-1], "nav": "policy"})


@require_safe
def before_paying(request: HttpRequest) -> HttpResponse:
    """What can come back, by means of payment, before anything is paid."""
    return render(request, "policy/before_paying.html", {"nav": "policy", **_rights(request)})


@xframe_options_exempt
@csp_override(_ANYONE_FRAMES_IT)
@cache_control(public=True, max_age=300)
@require_safe
def before_paying_frame(request: HttpRequest) -> HttpResponse:
    """The same to stand in a shop's checkout: no header, no cookie, and any site may frame it."""
    language = request.GET.get("language", "")
    with translation.override(language if language in _SPOKEN else language_now()):
        return render(request, "policy/before_paying_frame.html", _rights(request))


def _page(request: HttpRequest, version: PolicyVersion | None) -> HttpResponse:
    if version is None:
        raise Http404
    language = language_now()
    page = page_of(policy_of(version), language)
    context = {
        "version": version,
        "corrected": version.corrections.last(),
        "page": page,
        "intro": [inline(paragraph) for paragraph in page.intro],
        "facts": facts_told(page.facts),
        "span": span_of(version, _today(request)),
        "nav": "policy",
    }
    return render(request, "policy/policy.html", context)


def _rights(request: HttpRequest) -> dict[str, Any]:
    """The rights that the address asks about: for which terms, whose supplier, and by which means."""
    policy = policy_on(_today(request))
    terms = request.GET.get("supplier_terms", LEAST_TERMS)
    terms = terms if terms in terms_of(policy) else LEAST_TERMS
    mainland = request.GET.get("mainland", "") in ("yes", "true", "1")
    means = rights_before_paying(policy, supplier_terms=terms, mainland=mainland, language=language_now())
    return {
        "means": _only(means, request.GET.get("tender", "")),
        "terms": terms,
        "all_terms": terms_of(policy),
        "mainland": mainland,
        "policy": policy,
    }


def _only(means: list[MeansRights], tender: str) -> list[MeansRights]:
    return [one for one in means if one.tender == tender] or means


def _in_force(day: date) -> PolicyVersion | None:
    return version_for(day) if versions().exists() else None


def _today(request: HttpRequest) -> date:
    return cast(DeskRequest, request).ports.clock.now().date()
