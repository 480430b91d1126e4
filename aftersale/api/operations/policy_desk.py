"""The policy owner's desk: drafts, proofs, what a change gives and costs, publishing, and the past."""

from typing import Annotated

from django.http import HttpResponse
from ninja import Router
from ninja.params.functions import Query

from aftersale.api.doors import OWNING, POLICY, ApiRequest, door, language_of, told
from aftersale.api.fields import HASH, Cursor, IdempotencyKey, Limit, Reference, VersionHash
from aftersale.api.idempotency import Verb, once, once_prepared
from aftersale.api.operations.policies import router as versions  # an address has one router
from aftersale.api.operations.policies import today
from aftersale.api.pages import page_of
from aftersale.api.shapes.backtests import (
    Backtest,
    Backtests,
    BacktestSummary,
    NewBacktest,
    told_backtest,
    told_backtest_summary,
)
from aftersale.api.shapes.policies import Policy, told_policy
from aftersale.api.shapes.publishing import (
    Approved,
    Checks,
    Difference,
    Draft,
    Examples,
    History,
    MissingExamples,
    Publication,
    Review,
    Text,
    ToPublish,
    ToReview,
    Translations,
    told_checks,
    told_difference,
    told_draft,
    told_examples,
    told_history,
    told_publication,
    told_review,
)
from aftersale.base.errors import BadInput, NotYours
from aftersale.policy import Policy as Document
from aftersale.policy.boundaries import Boundaries, with_examples
from aftersale.returns.backtests import ask_backtest, backtests_of
from aftersale.returns.correcting import correct_translations
from aftersale.returns.models import PolicyVersion
from aftersale.returns.months import months
from aftersale.returns.policies import (
    policy_of,
    span_of,
    version_before,
    version_for,
    version_found,
    version_named,
)
from aftersale.returns.proving import difference_of, findings_of
from aftersale.returns.publishing import candidate, discard_draft, draft_of, keep, review, save_draft

router = Router(tags=["policy desk"])

Against = Annotated[
    str,
    Query("", pattern=f"^$|{HASH}", description="the hash of the older version; left out: the one before"),
]


@door(router, "GET", "/policies/draft", summary="Your draft", answers=Draft, scope=POLICY, roles=OWNING)
def get_draft(request: ApiRequest) -> HttpResponse:
    """What the key's user is writing; the text of the version in force where nothing was begun."""
    return told(told_draft(draft_of(request.auth.user, today=today(request))))


@door(router, "POST", "/policies/draft", summary="Keep a draft", answers=Draft, scope=POLICY, roles=OWNING)
def keep_draft(request: ApiRequest, asked: Text) -> HttpResponse:
    """Keep a text as the draft of the key's user, in place of what there was. It need not be readable yet."""
    draft = save_draft(
        ports=request.ports, by=request.auth.user, text=asked.text, translations=asked.translations
    )
    return told(told_draft(draft))


@door(
    router,
    "POST",
    "/policies/draft/discard",
    summary="Throw the draft away",
    answers=Draft,
    scope=POLICY,
    roles=OWNING,
)
def throw_draft_away(request: ApiRequest) -> HttpResponse:
    """The draft begins again with the version in force. Versions stay as they are."""
    discard_draft(by=request.auth.user)
    return get_draft(request)


@door(router, "POST", "/policies/review", summary="Review a text", answers=Review, scope=POLICY, roles=OWNING)
def review_text(request: ApiRequest, asked: ToReview) -> HttpResponse:
    """Prove a text, compare it with the version in force, and price it on the past. Nothing is written.

    The proofs take at most some 30 seconds; what is left then is told as not proved, never as fine.
    """
    day = asked.on or today(request)
    return told(told_review(review(asked.text, asked.translations, on=day)))


@door(
    router,
    "POST",
    "/policies/examples",
    summary="The examples that a text lacks",
    answers=MissingExamples,
    scope=POLICY,
    roles=OWNING,
)
def complete_examples(request: ApiRequest, asked: Approved) -> HttpResponse:
    """Both sides of every boundary that the text does not show, and the text with those approved."""
    policy = Document.parse(asked.text, "policy.md")
    missing = Boundaries(policy).missing()
    for place, number in enumerate(asked.approved):
        if not 1 <= number <= len(missing):
            raise BadInput(
                f"approved[{place}]", number, f"the number of a missing example, 1 to {len(missing)}"
            )
    approved = set(asked.approved)
    left = [one for number, one in enumerate(missing, 1) if number not in approved]
    taken = [one for number, one in enumerate(missing, 1) if number in approved]
    text = with_examples(policy, taken) if taken else asked.text
    return told(MissingExamples(missing=told_examples(left), text=text))


@door(
    versions,
    "POST",
    "/policies/versions",
    summary="Publish a version",
    answers=Policy,
    status=201,
    scope=POLICY,
    roles=OWNING,
    is_money=True,
)
def publish_version(request: ApiRequest, asked: ToPublish, idempotency_key: IdempotencyKey) -> HttpResponse:
    """Only what is proved, keeps its examples, and takes nothing from those who have ordered. For ever.

    Refused with every reason (`reasons`); then nothing is written.
    """

    def prepare() -> Verb:
        now = request.ports.clock.now()
        text = candidate(asked.text, asked.translations, asked.in_force_from, now=now, seen=asked.seen)

        def verb(_intent: str) -> HttpResponse:
            return _told_version(request, keep(text, ports=request.ports, by=request.auth.user), 201)

        return verb

    return once_prepared(request, idempotency_key, asked, prepare)


@door(
    router,
    "POST",
    "/policies/versions/{version}/translations",
    summary="Correct the translations of a version",
    answers=Policy,
    scope=POLICY,
    roles=OWNING,
    is_money=True,
)
def correct_version(
    request: ApiRequest, version: VersionHash, asked: Translations, idempotency_key: IdempotencyKey
) -> HttpResponse:
    """Better words for what is decided as before. Every clause and every number is still told."""
    row = version_found(version)

    def verb(_intent: str) -> HttpResponse:
        correct_translations(
            ports=request.ports, by=request.auth.user, version=row, translations=asked.translations
        )
        return _told_version(request, version_found(version), 200)

    return once(request, idempotency_key, asked, verb)


@door(
    router,
    "GET",
    "/policies/versions/{version}/checks",
    summary="The proofs of a version",
    answers=Checks,
    scope=POLICY,
    roles=OWNING,
)
def get_version_checks(request: ApiRequest, version: VersionHash) -> HttpResponse:
    """Gaps, conflicts, dead clauses, broken promises: proved now, over every order there can be."""
    policy = policy_of(version_found(version))
    return told(told_checks(policy.hash, findings_of(policy)))


@door(
    router,
    "GET",
    "/policies/versions/{version}/diff",
    summary="What changes between two versions",
    answers=Difference,
    scope=POLICY,
    roles=OWNING,
)
def get_version_diff(request: ApiRequest, version: VersionHash, against: Against = "") -> HttpResponse:
    """What the version gives and takes against an older one, proved, each with its smallest order."""
    new = version_found(version)
    old = version_found(against) if against else version_before(new)
    return told(told_difference(old.hash, new.hash, difference_of(policy_of(old), policy_of(new))))


@door(
    router,
    "GET",
    "/policies/versions/{version}/examples",
    summary="Both sides of every boundary",
    answers=Examples,
    scope=POLICY,
    roles=OWNING,
)
def list_version_examples(request: ApiRequest, version: VersionHash) -> HttpResponse:
    """An order for every way to decide and for both sides of every boundary, as ordinary as can be."""
    return told(Examples(examples=told_examples(Boundaries(policy_of(version_found(version))).examples())))


@door(
    router,
    "GET",
    "/policies/versions/{version}/publication",
    summary="What was known when it was published",
    answers=Publication,
    scope=POLICY,
    roles=OWNING,
)
def get_version_publication(request: ApiRequest, version: VersionHash) -> HttpResponse:
    """Who published it and when; what it gave, took and would have cost, as it was told then."""
    return told(told_publication(version_found(version)))


@door(
    router,
    "GET",
    "/policies/history",
    summary="The past by month",
    answers=History,
    scope=POLICY,
    roles=OWNING,
)
def get_history(request: ApiRequest) -> HttpResponse:
    """How many decisions came to what, and what was refunded of returns: the figures of the plots."""
    return told(told_history(months()))


@door(
    router,
    "POST",
    "/policies/backtests",
    summary="Try a text on the past",
    answers=BacktestSummary,
    status=201,
    scope=POLICY,
    roles=OWNING,
)
def start_backtest(request: ApiRequest, asked: NewBacktest) -> HttpResponse:
    """The worker decides every decision of the past again, by the text and by a version."""
    against = version_named(asked.against) if asked.against else version_for(today(request))
    if against is None:
        raise BadInput("against", asked.against, "the hash of a version")
    row = ask_backtest(
        ports=request.ports, by=request.auth.user, text=asked.text, name=against.name, against=against
    )
    return told(told_backtest_summary(row), 201)


@door(
    router,
    "GET",
    "/policies/backtests",
    summary="List back-tests",
    answers=Backtests,
    scope=POLICY,
    roles=OWNING,
)
def list_backtests(request: ApiRequest, limit: Limit = 20, cursor: Cursor = "") -> HttpResponse:
    """What the policy owners have tried, newest first."""
    rows = backtests_of(request.auth.user)
    page, following = page_of(rows, by="asked_at", cursor=cursor, limit=limit)
    return told(Backtests(items=[told_backtest_summary(row) for row in page], next_cursor=following))


@door(
    router,
    "GET",
    "/policies/backtests/{reference}",
    summary="One back-test",
    answers=Backtest,
    scope=POLICY,
    roles=OWNING,
)
def get_backtest(request: ApiRequest, reference: Reference) -> HttpResponse:
    """How far it is, and what is counted so far: by month, supplier, means, and both answers."""
    row = backtests_of(request.auth.user).filter(reference=reference).first()
    if row is None:
        raise NotYours
    return told(told_backtest(row))


def _told_version(request: ApiRequest, version: PolicyVersion, status: int) -> HttpResponse:
    return told(told_policy(span_of(version, today(request)), language_of(request)), status)
