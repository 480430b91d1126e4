"""The policy owner's verbs: review a text, publish it as a version that nobody edits, keep a draft."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from aftersale.accounts.models import Role, User
from aftersale.base.ports import Ports
from aftersale.orders.models import TenderKind
from aftersale.policy import DocumentError, Policy
from aftersale.policy.facts import Fact
from aftersale.returns.deciding import ASK_SUPPLIER, CLAIM, REFUND, RETURN_ALL
from aftersale.returns.errors import Obstacle, PublishRefused
from aftersale.returns.models import PolicyDraft, PolicyVersion, Reason
from aftersale.returns.past import Priced, priced
from aftersale.returns.policies import policy_of, version_for
from aftersale.returns.proving import difference_of, findings_of

if TYPE_CHECKING:
    from aftersale.policy.check.finding import Finding
    from aftersale.policy.diff import Difference

DENY = "deny"
OUTCOMES = (REFUND, ASK_SUPPLIER, RETURN_ALL, CLAIM, DENY)
LONGEST = 300_000
_FARTHEST_EAST = timedelta(hours=14)  # no zone of the world is further ahead of UTC
_IN_FORCE = re.compile(r"In force from [0-9]{4}-[0-9]{2}-[0-9]{2}")
# Every fact that the desk knows of a return, with values that it can come to.
_FACTS: dict[str, tuple[object, ...]] = {
    "tender": tuple(TenderKind.values),
    "reason": tuple(Reason.values),
    "days": (0, 36_500, None),
    "marked_delivered": (True, False),
    "supplier_terms": ("any_reason", "defective_or_wrong"),
    "mainland_supplier": (True, False),
    "rma": (True, False),
    "units_with_customer": (0, 10_000),
    "units_returned": (0, 10_000),
}


@dataclass(frozen=True, slots=True)
class Review:
    """What is known of a text that may become a version: proofs, examples, the change, and its price."""

    policy: Policy
    base: PolicyVersion
    findings: "tuple[Finding, ...]"
    difference: "Difference"
    price: Priced
    obstacles: tuple[Obstacle, ...]

    @property
    def is_clean(self) -> bool:
        """Whether it may be published on a coming day."""
        return not self.obstacles

    @property
    def counting(self) -> "tuple[Finding, ...]":
        return tuple(finding for finding in self.findings if finding.counts)

    @property
    def waived(self) -> "tuple[Finding, ...]":
        return tuple(finding for finding in self.findings if not finding.counts)

    def as_json(self) -> dict[str, Any]:
        """What is kept of it with the version."""
        return {
            "base": self.base.hash,
            "verdict": self.difference.verdict,
            "changes": [change.as_json() for change in self.difference.changes],
            "waived": [finding.as_json() for finding in self.waived],
            "price": self.price.as_json(),
        }


def review(text: str, translations: Mapping[str, str], *, on: date) -> Review:
    """Prove and price a text against the version in force on a day. Nothing is written.

    Raises DocumentError and TranslationError for what cannot be read, ProofsMissing without the proofs.
    """
    base = version_for(on)
    policy = Policy.parse(text, base.name, dict(translations))
    old = policy_of(base)
    findings = tuple(findings_of(policy))
    difference = difference_of(old, policy)
    obstacles = [
        Obstacle("example_failed" if one.code == "example-failed" else "finding", one.message)
        for one in findings
        if one.counts
    ]
    price = priced(old, policy)
    obstacles += [*_obstacles(old, policy, difference), *_of_the_past(price)]
    return Review(policy, base, findings, difference, price, tuple(obstacles))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A text that is to become a version, with all that stands against it; no review where it has a fault."""

    review: Review | None
    translations: Mapping[str, str]
    obstacles: tuple[Obstacle, ...]


def publish(
    *,
    ports: Ports,
    by: User,
    text: str,
    translations: Mapping[str, str],
    in_force_from: date,
    seen: str = "",
) -> PolicyVersion:
    """Make the text a version, in force from a day on; its own date becomes that day.

    `seen` is the hash of the version it was compared with when its owner said yes. Raises PublishRefused with
    every reason, and ProofsMissing; then nothing is written.
    """
    found = candidate(text, translations, in_force_from, now=ports.clock.now(), seen=seen)
    return keep(found, ports=ports, by=by)


def candidate(
    text: str, translations: Mapping[str, str], in_force_from: date, *, now: datetime, seen: str = ""
) -> Candidate:
    """Review a text that is to be in force from a day on. Proofs take their time; nothing is written."""
    text, told = dated(text, translations, in_force_from)
    try:
        found = review(text, told, on=in_force_from)
    except DocumentError as error:
        return Candidate(None, told, (Obstacle("unreadable", str(error)),))
    obstacles = [*_of_the_day(found, in_force_from, now), *found.obstacles]
    if seen and seen != found.base.hash:
        obstacles.append(_MEANWHILE)
    return Candidate(found, told, tuple(obstacles))


def first_day_to_take(now: datetime) -> date:
    """The first day on which a version may take something: one that has begun nowhere, so nobody has ordered.

    The day of an order is that of its delivery address.
    """
    return (now + _FARTHEST_EAST).date() + timedelta(days=1)


def dated(text: str, translations: Mapping[str, str], in_force_from: date) -> tuple[str, dict[str, str]]:
    """The texts, saying that they are in force from this day."""
    before = _IN_FORCE.search(text)
    old, new = before[0][-10:] if before else "", in_force_from.isoformat()
    told = {language: one.replace(old, new, 1) if old else one for language, one in translations.items()}
    return _IN_FORCE.sub(f"In force from {new}", text, count=1), told


def draft_of(owner: User, *, today: date) -> PolicyDraft:
    """What this owner is writing: the text of the version in force where nothing was begun. Not saved."""
    draft = PolicyDraft.objects.filter(owner=owner).first()
    if draft is None:
        base = version_for(today)
        draft = PolicyDraft(owner=owner, text=base.text, translations=dict(base.translations))
    return draft


def save_draft(*, ports: Ports, by: User, text: str, translations: Mapping[str, str]) -> PolicyDraft:
    """Keep what this owner has written, in place of what there was."""
    values = {"text": text, "translations": dict(translations), "saved_at": ports.clock.now()}
    return PolicyDraft.objects.update_or_create(owner=by, defaults=values)[0]


def discard_draft(*, by: User) -> None:
    """Forget what this owner has written; versions stay as they are."""
    PolicyDraft.objects.filter(owner=by).delete()


_MEANWHILE = Obstacle(
    "meanwhile", "on that day another version is in force than the one it was compared with"
)


@transaction.atomic
def keep(found: Candidate, *, ports: Ports, by: User) -> PolicyVersion:
    """Write the version, unless something stands against it or another owner was a moment earlier."""
    assert by.role == Role.POLICY_OWNER, "only a policy owner publishes"
    if found.review is None or found.obstacles:
        raise PublishRefused(found.obstacles)
    base, policy = found.review.base, found.review.policy
    PolicyVersion.objects.select_for_update().get(pk=base.pk)
    if version_for(policy.in_force_from) != base:
        raise PublishRefused([_MEANWHILE])
    try:
        with transaction.atomic():
            version = PolicyVersion.objects.create(
                hash=policy.hash,
                name=base.name,
                text=policy.text,
                translations=dict(found.translations),
                in_force_from=policy.in_force_from,
                published_at=ports.clock.now(),
                published_by=by,
                review=found.review.as_json(),
            )
    except IntegrityError:
        raise PublishRefused([_SAME]) from None
    PolicyDraft.objects.filter(owner=by).delete()
    return version


_SAME = Obstacle("same", "it says what a version says already: nothing would change")


def _of_the_day(found: Review, day: date, now: datetime) -> Iterator[Obstacle]:
    """What stands against this day. What was ordered was promised the version of its own day."""
    takes = found.difference.verdict not in ("only gives more", "nothing")
    today, free = now.date(), first_day_to_take(now)
    if day < today:
        yield Obstacle("past", f"a version is in force from today, {today}, or later")
    elif takes and day < free:
        yield Obstacle(
            "takes_today",
            f"it takes something, and on {day} orders are made under the version in force: begin on {free}",
        )


def _obstacles(old: Policy, new: Policy, difference: "Difference") -> Iterator[Obstacle]:
    """What the desk itself asks of a policy, beside the proofs."""
    if not difference.proved:
        yield Obstacle("not_proved", "the time ran out before every order was compared")
    if _undated(old) == _undated(new):
        yield _SAME
    for outcome in new.outcomes.values():
        if outcome.pays is not None:
            yield Obstacle("pays", f"the outcome `{outcome.name}` pays a sum: the desk pays percentages")
        if outcome.name not in OUTCOMES:
            yield Obstacle("outcome", f"the desk knows no outcome `{outcome.name}`: " + ", ".join(OUTCOMES))
        elif outcome.name != REFUND and outcome.pays_percent:
            yield Obstacle("pays", f"`{outcome.name}` pays: only `{REFUND}` gives money back")
    for name in new.facts.keys() ^ _FACTS.keys():
        which = "asks for a fact that the desk does not know" if name in new.facts else "lacks the fact"
        yield Obstacle("fact", f"it {which}: `{name}`")
    for name in new.facts.keys() & _FACTS.keys():
        if missing := [_shown(value) for value in _FACTS[name] if not _reads(new.facts[name], value)]:
            yield Obstacle("fact", f"`{name}` must take {', '.join(missing)} too")
    for language in old.languages:
        if language not in new.languages:
            yield Obstacle("language", f"its translation into `{language}` is missing")


def _of_the_past(price: Priced) -> Iterator[Obstacle]:
    """The proofs take the rules of the world for true, and a return that breaks one gets no answer."""
    for rule, count in price.broken:
        yield Obstacle("rule", f"`{rule}` is said to be always true, and {count} of the past break it")


def _undated(policy: Policy) -> str:
    """The hash of what a policy says, whatever the day."""
    day = date(2000, 1, 1)
    return Policy.parse(dated(policy.text, {}, day)[0], policy.name).hash


def _reads(fact: Fact, value: object) -> bool:
    return fact.may_be_absent if value is None else fact.fitting(value) is not None


def _shown(value: object) -> str:
    return "absent" if value is None else str(value)
