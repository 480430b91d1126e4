"""What a version of the policy would have decided and paid over all decisions of the past, exactly.

Each return line and tender counts once, as it was last decided. Decisions on the same facts are decided once.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models import Count, Max, QuerySet, Sum

from aftersale.base.money import Money, percent_of
from aftersale.policy import FactsError, Policy, UndecidedError
from aftersale.returns.deciding import SUPPLIER_AT_FAULT
from aftersale.returns.models import Decision
from aftersale.returns.prices import numbers_in_group, prices_of

UNREAD = ""  # the outcome of facts that a version does not read, or has no answer to
_ORDERS_AT_HAND = 100  # decisions of an order mostly follow each other; a long past must not fill memory


class Ending(NamedTuple):
    """What a version comes to: the outcome and its clause, both "" where it has no answer."""

    outcome: str
    clause: str


@dataclass(frozen=True, slots=True)
class Kind:
    """Decisions on the same facts: currency and what the units were worth -> how many."""

    facts: Mapping[str, Any]
    worth: Mapping[tuple[str, int], int]

    @property
    def count(self) -> int:
        return sum(self.worth.values())


@dataclass(frozen=True, slots=True)
class InCurrency:
    """What is paid in one currency under the one version and the other."""

    before: Money
    after: Money

    @property
    def difference(self) -> Money:
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Move:
    """Decisions that come to another outcome; "" where a version has none."""

    before: str
    after: str
    count: int


@dataclass(frozen=True, slots=True)
class Priced:
    """The past under two versions: how many decisions there are, which change, and the money of both.

    `broken` are the rules of the new version's world that the past breaks: such a return got no answer.
    """

    decisions: int
    moves: tuple[Move, ...]
    money: tuple[InCurrency, ...]
    broken: tuple[tuple[str, int], ...] = ()

    @property
    def changed(self) -> int:
        return sum(move.count for move in self.moves)

    @property
    def unread(self) -> int:
        """How many decisions the new version could not have made."""
        return sum(move.count for move in self.moves if move.after == UNREAD)

    def as_json(self) -> dict[str, Any]:
        """For the records, and for a program."""
        return {
            "decisions": self.decisions,
            "changed": self.changed,
            "moves": [
                {"before": move.before, "after": move.after, "count": move.count} for move in self.moves
            ],
            "broken_rules": [{"rule": rule, "count": count} for rule, count in self.broken],
            "money": [
                {"currency": one.before.currency, "before": one.before.minor, "after": one.after.minor}
                for one in self.money
            ],
        }


def priced(old: Policy, new: Policy) -> Priced:
    """All decisions of the past under two versions."""
    kinds = _kinds()
    moves: Counter[tuple[str, str]] = Counter()
    broken: Counter[str] = Counter()
    paid: dict[str, list[int]] = {}
    for kind in kinds:
        if rule := _broken_rule(new, kind.facts):
            broken[rule] += kind.count
        outcomes = [ending_under(policy, kind.facts).outcome for policy in (old, new)]
        if outcomes[0] != outcomes[1]:
            moves[outcomes[0], outcomes[1]] += kind.count
        for place, (policy, outcome) in enumerate(zip((old, new), outcomes, strict=True)):
            for (currency, worth), count in kind.worth.items():
                paid.setdefault(currency, [0, 0])[place] += count * paid_by(policy, outcome, worth)
    return Priced(
        sum(kind.count for kind in kinds),
        tuple(Move(*pair, count) for pair, count in moves.most_common()),
        tuple(
            InCurrency(Money(before, currency), Money(after, currency))
            for currency, (before, after) in sorted(paid.items())
        ),
        tuple(broken.most_common()),
    )


def latest() -> QuerySet[Decision]:
    """Each return line and tender as it was last decided."""
    return Decision.objects.filter(superseded_by=None)


def ending_under(policy: Policy, facts: Mapping[str, Any]) -> Ending:
    """What these facts come to under a version."""
    try:
        decided = policy.decide(facts)
    except (FactsError, UndecidedError):
        return Ending(UNREAD, "")
    return Ending(decided.outcome, decided.clause)


def paid_by(policy: Policy, outcome: str, worth: int) -> int:
    """What an outcome pays of what a full refund would be, in minor units."""
    return percent_of(worth, policy.outcomes[outcome].pays_percent or 0) if outcome != UNREAD else 0


def _broken_rule(policy: Policy, facts: Mapping[str, Any]) -> str:
    """The rule of the policy's world that these facts break; "" where they keep them all."""
    try:
        policy.read(facts)
    except FactsError as error:
        return error.rule
    return ""


def _kinds() -> tuple[Kind, ...]:
    """The past, grouped; it is read again only when something was decided since."""
    state = latest().aggregate(
        count=Count("pk"), last=Max("pk"), at=Max("decided_at"), paid=Sum("amount_minor")
    )
    newest = Decision.objects.order_by("pk").last()
    told = (json.dumps(newest.facts, sort_keys=True), newest.tender.reference) if newest else ()
    return _grouped((*state.values(), *told))


@lru_cache(maxsize=1)
def _grouped(_state: tuple[object, ...]) -> tuple[Kind, ...]:
    found: dict[str, tuple[dict[str, Any], Counter[tuple[str, int]]]] = {}
    for decision, worth in each_worth(read_whole(latest())):
        key = json.dumps(decision.facts, sort_keys=True)
        _, counted = found.setdefault(key, (decision.facts, Counter()))
        counted[worth.currency, worth.minor] += 1
    return tuple(Kind(facts, counted) for facts, counted in found.values())


def read_whole(rows: QuerySet[Decision]) -> Iterable[Decision]:
    """Decisions with all that their worth is told from."""
    return (
        rows.select_related("return_line__line__group__supplier", "tender__order")
        .prefetch_related(
            "tender__order__tenders",
            "tender__order__components",
            "return_line__unit_rows",
            "return_line__line__group__lines",
        )
        .iterator(chunk_size=500)
    )


def each_worth(rows: Iterable[Decision]) -> Iterator[tuple[Decision, Money]]:
    """Each decision with what a full refund of its units is, exactly, whether or not one was promised.

    That is their goods, and their shipping where the supplier is at fault. Shipping that comes back only
    because everything of a supplier has come back counts where it was promised.
    """
    prices_once = lru_cache(maxsize=_ORDERS_AT_HAND)(prices_of)
    for decision in rows:
        order, line = decision.tender.order, decision.return_line
        prices = prices_once(order)
        numbers = sorted(row.number for row in line.unit_rows.all())[: decision.units]
        parts = prices.goods(line.line, decision.tender, numbers)
        if decision.facts.get("reason") in SUPPLIER_AT_FAULT:
            shipped = numbers_in_group(line.line, numbers)
            parts += prices.shipping(line.line.group, decision.tender, shipped)
        whole = sum(part.amount_minor for part in parts)
        yield decision, order.money(max(whole, decision.amount_minor))
