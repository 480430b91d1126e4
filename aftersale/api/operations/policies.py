"""The policy for everybody: its versions, what it decides on given facts, and what holds before paying."""

from datetime import date
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Router
from ninja.params.functions import Query

from aftersale.api.doors import READ, ApiRequest, door, language_of, open_door, told
from aftersale.api.fields import PLAIN, Cursor, Limit, VersionHash
from aftersale.api.pages import page_of
from aftersale.api.shapes.policies import (
    Clue,
    Policy,
    PolicyDecision,
    PolicyPage,
    Question,
    StillOpen,
    Versions,
    WhyNot,
    WhyNotQuestion,
    told_page,
    told_policy,
    told_policy_decision,
    told_still_open,
    told_version,
    told_why_not,
)
from aftersale.api.shapes.rights import Rights, told_means
from aftersale.base.errors import BadInput
from aftersale.policy import Policy as Document
from aftersale.returns.models import PolicyVersion
from aftersale.returns.policies import policy_of, span_of, spans, version_for, version_found, versions
from aftersale.returns.rights import LEAST_TERMS, policy_on, rights_before_paying, terms_of

router = Router(tags=["policy"])
ANY_SHOP_READS_IT = {"Access-Control-Allow-Origin": "*", "Cache-Control": "public, max-age=300"}

Terms = Annotated[
    str,
    Query(
        LEAST_TERMS,
        max_length=64,
        pattern=PLAIN,
        description="what the supplier takes back, as the policy says it",
    ),
]
Mainland = Annotated[bool, Query(default=False, description="whether the supplier is in mainland China")]
Tender = Annotated[str, Query("", max_length=64, pattern=PLAIN, description="only this means of payment")]


@door(router, "GET", "/policies/current", summary="The policy in force", answers=Policy, scope=READ)
def get_current_policy(request: ApiRequest) -> HttpResponse:
    """The one document that decides returns: facts, outcomes, clauses, and the hash of this version."""
    return _told_version(request, version_for(today(request)))


@door(router, "GET", "/policies/versions", summary="List versions", answers=Versions, scope=READ)
def list_versions(request: ApiRequest, limit: Limit = 20, cursor: Cursor = "") -> HttpResponse:
    """Every version there is, the newest published first, with the days on which it is or was in force."""
    rows, following = page_of(versions(), by="published_at", cursor=cursor, limit=limit)
    places = {span.version: span for span in spans(today(request))}
    return told(Versions(items=[told_version(places[row]) for row in rows], next_cursor=following))


@door(router, "GET", "/policies/versions/{version}", summary="One version", answers=Policy, scope=READ)
def get_version(request: ApiRequest, version: VersionHash) -> HttpResponse:
    """The document as it was published: what it decides never changes."""
    return _told_version(request, version_found(version))


@door(
    router,
    "GET",
    "/policies/versions/{version}/page",
    summary="The customers' page of a version",
    answers=PolicyPage,
    scope=READ,
)
def get_version_page(request: ApiRequest, version: VersionHash) -> HttpResponse:
    """The page that customers read, as Markdown and as HTML, in the language that is asked for."""
    return told(told_page(policy_of(version_found(version)), language_of(request)))


@door(
    router,
    "POST",
    "/policies/decide",
    summary="Ask the policy",
    answers=PolicyDecision,
    scope=READ,
)
def decide_by_policy(request: ApiRequest, asked: Question) -> HttpResponse:
    """Facts in, the one answer out, with the clause and the facts that decided. Nothing is written."""
    return told(told_policy_decision(_asked(request, asked.on), asked.facts, language_of(request)))


@door(
    router,
    "POST",
    "/policies/questions",
    summary="What is still worth asking",
    answers=StillOpen,
    scope=READ,
)
def ask_what_matters(request: ApiRequest, asked: Clue) -> HttpResponse:
    """Some facts in; out come the outcomes that are still possible, and the facts that could change them."""
    return told(told_still_open(_asked(request, asked.on), asked.facts))


@door(router, "POST", "/policies/why-not", summary="Why not by this clause", answers=WhyNot, scope=READ)
def explain_why_not(request: ApiRequest, asked: WhyNotQuestion) -> HttpResponse:
    """What keeps a clause from deciding these facts: what fails of it, or what is stronger."""
    policy = _asked(request, asked.on)
    return told(told_why_not(policy, asked.facts, asked.clause, language_of(request)))


@open_door(router, "/policies/rights", summary="Rights before paying", answers=Rights)
def get_rights(
    request: HttpRequest, supplier_terms: Terms = LEAST_TERMS, mainland: Mainland = False, tender: Tender = ""
) -> HttpResponse:
    """What each means of payment gives back, for a shop's checkout. No key is needed."""
    policy = policy_on(today(request))
    if supplier_terms not in terms_of(policy):
        raise BadInput("supplier_terms", supplier_terms, "one of " + ", ".join(terms_of(policy)))
    if tender and tender not in policy.facts["tender"].values:
        raise BadInput("tender", tender, "one of " + ", ".join(policy.facts["tender"].values))
    language = str(request.LANGUAGE_CODE)
    means = rights_before_paying(policy, supplier_terms=supplier_terms, mainland=mainland, language=language)
    answer = told(
        Rights(
            policy=policy.hash,
            supplier_terms=supplier_terms,
            mainland_supplier=mainland,
            means=[told_means(one) for one in means if tender in ("", one.tender)],
        )
    )
    for name, value in ANY_SHOP_READS_IT.items():
        answer[name] = value
    return answer


def today(request: HttpRequest) -> date:
    moment: date = request.ports.clock.now().date()  # type: ignore[attr-defined]
    return moment


def _told_version(request: ApiRequest, version: PolicyVersion) -> HttpResponse:
    return told(told_policy(span_of(version, today(request)), language_of(request)))


def _asked(request: ApiRequest, on: date | None) -> Document:
    """The policy in force on the day that was asked for, else today's."""
    return policy_on(on or today(request))
