"""The policy in force, and what it answers to facts."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic import ConfigDict, Field, JsonValue

from aftersale.api.fields import Day, Shape
from aftersale.policy import Policy as Document

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


class Policy(Shape):
    """A policy document as it was published. `hash` names the version."""

    hash: str
    title: str
    in_force_from: date
    languages: list[str]
    facts: list[Fact]
    outcomes: list[Outcome]
    clauses: list[Clause]
    document: str = Field(description="the document itself, in Markdown")


class Question(Shape):
    """Facts, as the policy lists them; on a day, or today."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"facts": _FACTS}]})

    facts: dict[str, JsonValue] = Field(
        max_length=100, description="every fact of the policy by its name; absent facts are null"
    )
    on: Day | None = Field(None, description="the policy in force on this day; left out: today's")


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


def told_policy(policy: Document, language: str) -> Policy:
    return Policy(
        hash=policy.hash,
        title=policy.title,
        in_force_from=policy.in_force_from,
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
