"""The policy as it was published, and what it answers to facts."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal

from pydantic import ConfigDict, Field, JsonValue

from aftersale.api.fields import Day, Shape
from aftersale.base.errors import BadInput
from aftersale.policy import Policy as Document
from aftersale.policy.page import page_of
from aftersale.returns.policies import Span, policy_of

State = Literal["coming", "in_force", "over"]

_FACTS: dict[str, JsonValue] = {
    "tender": "card",
    "reason": "unwanted",
    "days": 10,
    "marked_delivered": False,
    "supplier_terms": "any_reason",
    "mainland_supplier": False,
    "rma": False,
    "units_with_customer": 2,
    "units_returned": 2,
}


class Fact(Shape):
    """A fact that the policy asks for."""

    name: str
    kind: str
    meaning: str
    accepts: str
    may_be_absent: bool


class Outcome(Shape):
    """An answer that the policy can give; a higher rank is kinder."""

    name: str
    rank: int
    meaning: str
    next_step: str


class Clause(Shape):
    """A rule, with the text that customers read."""

    id: str
    title: str
    text: str


class Version(Shape):
    """A version in its place in time; `hash` is its name, and never stands for anything else."""

    hash: str
    title: str
    in_force_from: date
    in_force_until: date | None = Field(description="its last day; null while none follows it")
    state: State
    published_at: datetime


class Versions(Shape):
    """Versions, the newest published first."""

    items: list[Version]
    next_cursor: str | None


class Policy(Version):
    """A policy document as it was published."""

    corrected_at: datetime | None = Field(description="when its translations were last corrected")
    languages: list[str]
    facts: list[Fact]
    outcomes: list[Outcome]
    clauses: list[Clause]
    document: str = Field(description="the document itself, in Markdown")
    translations: dict[str, str] = Field(description="language -> the translation, in Markdown")


class PolicyPage(Shape):
    """The page that customers read, with each clause's id as its anchor."""

    hash: str
    language: str
    title: str
    in_force_from: date
    markdown: str
    html: str = Field(description="a fragment: every text of the document is escaped")


class Question(Shape):
    """Facts, as the policy lists them; on a day, or today."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"facts": _FACTS}]})

    facts: dict[str, JsonValue] = Field(
        max_length=100, description="every fact of the policy by its name; absent facts are null"
    )
    on: Day | None = Field(None, description="the policy in force on this day; left out: today's")


class Clue(Question):
    """What is known so far."""

    facts: dict[str, JsonValue] = Field(
        max_length=100, description="the facts that are known by their names; absent facts are null"
    )
    model_config = ConfigDict(json_schema_extra={"examples": [{"facts": {"tender": "balance"}}]})


class StillOpen(Shape):
    """What can still come of it, and what is worth asking: nothing else could change the answer."""

    outcomes: list[str]
    ask: str | None = Field(description="the fact to ask next; null where the answer is certain")
    questions: list[str] = Field(description="all facts worth asking, in their order")
    policy: str = Field(description="the hash of the version that was asked")


class WhyNotQuestion(Question):
    """Facts, and the clause that might have decided them."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"facts": _FACTS | {"days": 61}, "clause": "card-in-time"}]}
    )

    clause: str = Field(max_length=200, description="the id of a clause")


class FailedPart(Shape):
    """A part of the clause's condition that is not as it must be."""

    condition: str
    must_hold: bool = Field(description="whether it ought to hold, or ought not to")
    facts: dict[str, JsonValue] = Field(description="the facts that it speaks of")


class UnmetPart(Shape):
    """What the clause still asks for, in words, and what there is instead."""

    asked: str
    here: str


class WhyNot(Shape):
    """What keeps a clause from deciding: the parts that fail, or the stronger clauses that match as well."""

    clause: str
    clause_title: str
    decides: bool = Field(description="nothing keeps it")
    failed: list[FailedPart]
    unmet: list[UnmetPart] = Field(description="the same in the language that is asked for")
    overridden_by: list[str]
    policy: str = Field(description="the hash of the version that was asked")


class Pays(Shape):
    """A share of what the return may give back, or a fixed amount."""

    percent: int | None = None
    minor: int | None = None
    currency: str | None = None


class Change(Shape):
    """Facts that the customer or the supplier could still change, and the kinder outcome they would give."""

    facts: dict[str, JsonValue]
    outcome: str


class PolicyDecision(Shape):
    """The one answer to these facts, with its grounds."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "outcome": "refund",
                    "clause": "card-in-time",
                    "because": "You paid by card and hand the parcel to the carrier in time.",
                    "pays": {"percent": 100, "minor": None, "currency": None},
                    "decisive": {"tender": "card", "days": 10},
                    "holds_until": {"days": 60},
                    "would_change": [],
                    "policy": "6f1e" * 16,
                }
            ]
        }
    )

    outcome: str
    clause: str
    because: str
    pays: Pays | None
    decisive: dict[str, JsonValue] = Field(description="the facts that were looked at")
    holds_until: dict[str, int] | None = Field(description="the last value for which the outcome stays")
    would_change: list[Change] | None = Field(
        description="the smallest changes that would give more; empty where nothing would, null where unknown"
    )
    policy: str = Field(description="the hash of the version that decided")


def told_version(span: Span) -> Version:
    return Version.model_validate(_version_fields(span))


def _version_fields(span: Span) -> dict[str, object]:
    return {
        "hash": span.version.hash,
        "title": span.title,
        "in_force_from": span.version.in_force_from,
        "in_force_until": span.until,
        "state": span.state,
        "published_at": span.version.published_at,
    }


def told_page(policy: Document, language: str) -> PolicyPage:
    page = page_of(policy, language)
    return PolicyPage(
        hash=policy.hash,
        language=page.language,
        title=page.title,
        in_force_from=page.in_force_from,
        markdown=page.markdown(),
        html=page.html(),
    )


def told_policy(span: Span, language: str) -> Policy:
    policy, corrected = policy_of(span.version), span.version.corrections.last()
    return Policy(
        **_version_fields(span),
        corrected_at=corrected.made_at if corrected else None,
        translations=span.version.translations,
        languages=list(policy.languages),
        facts=[
            Fact(
                name=fact.name,
                kind=fact.kind,
                meaning=policy.fact_meaning(fact.name, language),
                accepts=fact.accepts,
                may_be_absent=fact.may_be_absent,
            )
            for fact in policy.facts.values()
        ],
        outcomes=[
            Outcome(
                name=outcome.name,
                rank=outcome.rank,
                meaning=policy.outcome_meaning(outcome.name, language),
                next_step=policy.outcome_next_step(outcome.name, language),
            )
            for outcome in policy.outcomes.values()
        ],
        clauses=[
            Clause(id=name, title=policy.clause_title(name, language), text=policy.because(name, language))
            for name in policy.clauses
        ],
        document=policy.text,
    )


def told_policy_decision(policy: Document, facts: Mapping[str, Any], language: str) -> PolicyDecision:
    """What `policy` decides on `facts`. Raises FactsError and UndecidedError."""
    decided = policy.decide(facts).as_json()
    decided["because"] = policy.because(str(decided["clause"]), language)
    return PolicyDecision.model_validate(decided)


def told_still_open(policy: Document, facts: Mapping[str, Any]) -> StillOpen:
    """What is still possible where only `facts` are known. Raises FactsError."""
    left = policy.partial(facts)
    questions = policy.questions(facts)
    return StillOpen(
        outcomes=list(left.outcomes), ask=left.ask, questions=list(questions), policy=policy.hash
    )


def told_why_not(policy: Document, facts: Mapping[str, Any], clause: str, language: str) -> WhyNot:
    """Why `clause` does not decide `facts`. Raises FactsError, and BadInput where there is no such clause."""
    if clause not in policy.clauses:
        raise BadInput("clause", clause, "one of " + ", ".join(policy.clauses))
    why = policy.why_not(facts, clause)
    told = {
        "clause_title": policy.clause_title(clause, language),
        "unmet": [one._asdict() for one in policy.told_why_not(why, language)],
        "policy": policy.hash,
    }
    return WhyNot.model_validate({**why.as_json(), **told})
