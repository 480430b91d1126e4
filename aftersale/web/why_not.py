"""Why not another answer: what each clause that would give one still asks for, in the reader's words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from aftersale.policy import Policy
from aftersale.policy.told_why_not import Unmet
from aftersale.web.words import fact_name, fact_value

type Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ClauseNot:
    """A clause that does not decide: what of it is `unmet`, or the titles of those that go `before` it."""

    clause: str
    title: str
    outcome: str
    href: str
    unmet: Sequence[Unmet]
    before: Sequence[str]


def kinder_clauses(
    policy: Policy, orders: Iterable[Facts], *, outcome: str, language: str, version: str = ""
) -> list[ClauseNot]:
    """The clauses that would give the customer more than an outcome, the nearest first."""
    rank = policy.outcomes[outcome].rank
    names = [name for name, one in policy.clauses.items() if policy.outcomes[one.then].rank > rank]
    return _told(policy, list(orders), names, language, version)


def other_clauses(
    policy: Policy, facts: Facts, *, clause: str, language: str, version: str
) -> list[ClauseNot]:
    """Every clause but the one that decides, the nearest first."""
    names = [name for name in policy.clauses if name != clause]
    return _told(policy, [facts], names, language, version)


def _told(
    policy: Policy, orders: Sequence[Facts], names: Sequence[str], language: str, version: str
) -> list[ClauseNot]:
    found = (_clause_not(policy, orders, name, language, version) for name in names)
    return sorted((one for one in found if one.unmet or one.before), key=lambda one: len(one.unmet))


def _clause_not(policy: Policy, orders: Sequence[Facts], name: str, language: str, version: str) -> ClauseNot:
    """What is told of several orders is told once where it is the same."""
    unmet: dict[str, dict[str, None]] = {}
    before: dict[str, None] = {}
    for facts in orders:
        why = policy.why_not(facts, name)
        for part in policy.told_why_not(why, language, fact_name, fact_value):
            unmet.setdefault(part.asked, {})[part.here] = None
        before |= dict.fromkeys(policy.clause_title(other, language) for other in why.overridden_by)
    href = f"/policy/{f'?version={version}' if version else ''}#{name}"
    title = policy.clause_title(name, language)
    told = [Unmet(asked, _(", ").join(here)) for asked, here in unmet.items()]
    return ClauseNot(name, title, policy.clauses[name].then, href, told, list(before))
