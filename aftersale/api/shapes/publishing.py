"""What a policy owner writes, what is proved and priced of it, and what the past came to."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import ConfigDict, Field, JsonValue

from aftersale.api.fields import LANGUAGE, PLAIN, WHOLE_HASH, Day, Money, Shape, Whole, told_money
from aftersale.api.problems import Reason
from aftersale.policy.facts import show
from aftersale.returns.models import PolicyDraft, PolicyVersion
from aftersale.returns.months import Month as MonthFound
from aftersale.returns.past import Priced
from aftersale.returns.publishing import LONGEST
from aftersale.returns.publishing import Review as Reviewed

if TYPE_CHECKING:
    from aftersale.policy.boundaries import Shown
    from aftersale.policy.check.finding import Finding as Found
    from aftersale.policy.diff import Change as Changed
    from aftersale.policy.diff import Difference as Differs

_TEXT = "# Refunds and returns\n\nIn force from 2026-07-01.\n\n…"
Words = Annotated[str, Field(max_length=LONGEST, pattern=PLAIN)]
Told = dict[Annotated[str, Field(pattern=LANGUAGE)], Words]
Verdict = Literal["only gives more", "only takes", "both", "nothing", "not proved"]


class Text(Shape):
    """A policy document, and the same in other languages."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"text": _TEXT, "translations": {"zh-hans": "# 退货与退款\n\n…"}}]}
    )

    text: Words = Field(description="the document, in Markdown")
    translations: Told = Field(
        default_factory=dict, max_length=20, description="language -> the translation, in Markdown"
    )


class Draft(Text):
    """What the key's user is writing; the version in force where nothing was begun."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"text": _TEXT, "saved_at": "2026-06-01T09:00:00Z"}]}
    )

    saved_at: datetime | None = Field(description="null where nothing was begun")


class ToReview(Text):
    """A text that may become a version."""

    on: Day | None = Field(None, description="compared with the version in force on this day; else today's")


class ToPublish(Text):
    """A text that is to become a version."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "text": _TEXT,
                    "translations": {"zh-hans": "# 退货与退款\n\n…"},
                    "in_force_from": "2026-07-01",
                    "seen": "058c" * 16,
                }
            ]
        }
    )

    in_force_from: Day = Field(description="its first day; the text's own date becomes this day")
    seen: str = Field(
        "", pattern=f"^$|{WHOLE_HASH}", description="`base` of the review that was read; left out: any"
    )


class Translations(Shape):
    """All translations of a version, in better words."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"translations": {"zh-hans": "# 退货与退款\n\n…"}}]}
    )

    translations: Told = Field(max_length=20, description="language -> the translation, in Markdown")


class Approved(Text):
    """A text, and which of the examples that it lacks are right."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": _TEXT, "approved": [1, 2]}]})

    approved: list[Whole] = Field(
        default_factory=list,
        max_length=10_000,
        description="numbers of `missing`, from 1, as answered before",
    )


class ShownExample(Shape):
    """An order, what is decided, and by which clause."""

    facts: dict[str, JsonValue]
    outcome: str
    clause: str


class Examples(Shape):
    """Both sides of every boundary, each as ordinary an order as can be."""

    examples: list[ShownExample]


class MissingExamples(Shape):
    """The examples that a text does not show yet, and the text with the approved ones."""

    missing: list[ShownExample] = Field(description="without those that were approved")
    text: str


class Finding(Shape):
    """A fault of the document, proved by the smallest order that shows it."""

    code: str = Field(examples=["gap"])
    severity: Literal["error", "warning", "waived", "not proved"]
    clauses: list[str]
    message: str
    line: int
    rules: list[str] = Field(description="the rules of the world without which it would not be so")
    example: dict[str, JsonValue] | None
    differs_in: list[str] = Field(description="the facts in which the example is not an ordinary order")
    suggest: list[str] = Field(description="what one could write")


class Checks(Shape):
    """All that the checks find. Clean: nothing but what the document waives itself."""

    policy: str = Field(description="the hash of what was checked")
    is_clean: bool
    findings: list[Finding]


class ClauseAndOutcome(Shape):
    """What decided, and to what; both empty where no clause decides."""

    clause: str
    outcome: str


class PolicyChange(Shape):
    """Orders that come to something else, with the smallest of them."""

    gives: Literal["more", "less", "other"]
    old: ClauseAndOutcome
    new: ClauseAndOutcome
    example: dict[str, JsonValue]


class Difference(Shape):
    """What changes from one version to another, proved over all orders."""

    old: str = Field(description="the hash of the old version")
    new: str = Field(description="the hash of the new one")
    verdict: Verdict
    changes: list[PolicyChange]
    notes: list[str]


class Move(Shape):
    """Decisions of the past that come to another outcome; empty where a version has none."""

    before: str
    after: str
    count: int


class BrokenRule(Shape):
    """A rule that is said to be always true, and how many decisions of the past break it."""

    rule: str
    count: int


class Cost(Shape):
    """What is paid of the past under the one version and the other."""

    before: Money
    after: Money


class Price(Shape):
    """The desk's own past under two versions."""

    decisions: int
    changed: int
    moves: list[Move]
    money: list[Cost]
    broken_rules: list[BrokenRule]


class Review(Shape):
    """What is known of a text: proofs, the change against the version in force, and its price."""

    policy: str = Field(description="the hash of the text as it stands")
    base: str = Field(description="the hash of the version it is compared with")
    is_clean: bool = Field(description="it may be published on a coming day")
    obstacles: list[Reason] = Field(description="all that stands against publishing")
    findings: list[Finding]
    difference: Difference
    price: Price


class Publication(Shape):
    """Who published a version, and what was known of it then; nothing for one that came with the release."""

    hash: str
    published_at: datetime
    published_by: str | None = Field(description="null: it came with the release")
    base: str | None = Field(description="the hash of the version it was compared with")
    verdict: Verdict | None
    changes: list[PolicyChange]
    money: list[Cost]


class Month(Shape):
    """One calendar month in UTC."""

    month: str = Field(examples=["2026-04"])
    outcomes: dict[str, int] = Field(description="how many decisions came to what")
    refunded: list[Money]


class History(Shape):
    """The past by month, the oldest first: at most the last 24 with anything in them."""

    months: list[Month]


def told_draft(draft: PolicyDraft) -> Draft:
    return Draft(
        text=draft.text, translations=draft.translations, saved_at=draft.saved_at if draft.pk else None
    )


def told_finding(found: "Found") -> Finding:
    return Finding.model_validate(
        {
            **found.as_json(),
            "line": found.where.line,
            "rules": [rule.text for rule in found.because],
            "differs_in": list(found.example.differing) if found.example else [],
        }
    )


def told_checks(policy_hash: str, findings: "Sequence[Found]") -> Checks:
    is_clean = not any(finding.counts for finding in findings)
    return Checks(policy=policy_hash, is_clean=is_clean, findings=[told_finding(one) for one in findings])


def told_difference(old: str, new: str, found: "Differs") -> Difference:
    changes = [_told_change(change) for change in found.changes]
    return Difference.model_validate(
        {"old": old, "new": new, "verdict": found.verdict, "changes": changes, "notes": list(found.notes)}
    )


def _told_change(change: "Changed") -> PolicyChange:
    return PolicyChange.model_validate(change.as_json())


def told_price(price: Priced) -> Price:
    return Price(
        decisions=price.decisions,
        changed=price.changed,
        moves=[Move(before=one.before, after=one.after, count=one.count) for one in price.moves],
        money=[Cost(before=told_money(one.before), after=told_money(one.after)) for one in price.money],
        broken_rules=[BrokenRule(rule=rule, count=count) for rule, count in price.broken],
    )


def told_review(found: Reviewed) -> Review:
    return Review(
        policy=found.policy.hash,
        base=found.base.hash,
        is_clean=found.is_clean,
        obstacles=[Reason(code=one.code, text=one.text) for one in found.obstacles],
        findings=[told_finding(one) for one in found.findings],
        difference=told_difference(found.base.hash, found.policy.hash, found.difference),
        price=told_price(found.price),
    )


def told_publication(version: PolicyVersion) -> Publication:
    kept: dict[str, Any] = version.review
    return Publication.model_validate(
        {
            "hash": version.hash,
            "published_at": version.published_at,
            "published_by": version.published_by.name if version.published_by else None,
            "base": kept.get("base"),
            "verdict": kept.get("verdict"),
            "changes": kept.get("changes", []),
            "money": [
                {when: {"minor": row[when], "currency": row["currency"]} for when in ("before", "after")}
                for row in kept.get("price", {}).get("money", [])
            ],
        }
    )


def told_examples(shown: "Sequence[Shown]") -> list[ShownExample]:
    return [
        ShownExample(
            facts={name: show(value) for name, value in one.facts.items()},
            outcome=one.outcome,
            clause=one.clause,
        )
        for one in shown
    ]


def told_history(months: Sequence[MonthFound]) -> History:
    return History(
        months=[
            Month(
                month=one.name,
                outcomes=dict(one.outcomes),
                refunded=[told_money(amount) for _, amount in sorted(one.refunded.items())],
            )
            for one in months
        ]
    )
