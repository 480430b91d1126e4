"""Reads that several pages share: answers with what they are worth, and the desk's lists."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from aftersale.accounts.models import Role, User
from aftersale.base.money import Money
from aftersale.base.ports import Ports
from aftersale.orders.models import Order, Parcel, Tender
from aftersale.orders.queries import deliveries
from aftersale.policy import Policy
from aftersale.policy.change import Change
from aftersale.returns.deciding import Answer, Units, answers_for
from aftersale.returns.facts import Moment, asked_of, live_lines, numbers_of
from aftersale.returns.models import Decision, PolicyVersion, Return
from aftersale.returns.numbers import plain_number
from aftersale.returns.policies import policy_of, version_for
from aftersale.returns.prices import Prices, prices_of
from aftersale.returns.queries import (
    Told,
    answers_now,
    found,
    returns_of,
    told_answer,
    told_decision,
    with_lines,
)
from aftersale.returns.wishes import Wish, receipt_moment

# An order dispatched this long ago with no delivery date is looked at by the desk.
SILENT_FOR = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Row:
    """An answer for one line and tender, with what its goods cost and what a supplier's yes would give.

    `changes` are the smallest ones that would give more; none when nothing does, None when it is not asked.
    """

    told: Told
    reason: str
    worth: Money
    if_agreed: Money
    policy: Policy
    facts: Mapping[str, Any]
    changes: tuple[Change, ...] | None = None
    version: str = ""  # of the policy, where it is not the one in force today
    decision: Decision | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody thinks of sending back: the form before it is sent."""

    order: Order
    supplier: str
    wishes: Sequence[Wish]
    received_on: date | None = None


def previewed(question: Question, *, ports: Ports, language: str) -> list[Row]:
    """What the policy would answer now; raises what asking for the return raises. Nothing is kept."""
    now, order, day = ports.clock.now(), question.order, question.received_on
    answers = answers_now(
        order=order, supplier=question.supplier, wishes=question.wishes, now=now, received_on=day
    )
    units = list({id(answer.units): answer.units for answer in answers}.values())
    prices = prices_of(order)
    received_at = receipt_moment(order, day, now=now) if day else None
    own, in_force = version_for(order.day_of(order.ordered_at)), version_for(order.day_of(now))
    agreed = _if_agreed(own, prices, units, now=now, received_at=received_at)
    return [
        Row(
            told=told_answer(answer, language),
            reason=answer.units.asked.reason,
            worth=_worth(prices, answer.units, answer.tender),
            if_agreed=yes.amount,
            policy=answer.policy,
            facts=answer.facts.values,
            changes=answer.decided.would_change,
            version=_named(answer.version, in_force),
        )
        for answer, yes in zip(answers, agreed, strict=True)
    ]


def decided(case: Return, *, now: datetime, language: str) -> list[Row]:
    """The current answers of a return, line by line and tender by tender."""
    current = (
        Decision.objects.filter(return_line__case=case, superseded_by=None)
        .select_related("return_line__line__group__supplier", "tender__order", "policy", "supersedes__policy")
        .order_by("return_line", "tender__number")
    )
    is_open = case.closed_at is None and case.handed_over_at is None
    units = {row.pk: Units(asked_of(row), numbers_of(row), row) for row in live_lines(case)}
    asked = [unit for unit in units.values() if unit.numbers and is_open]
    prices, nothing = prices_of(case.order), case.order.money(0)
    agreed = _if_agreed(case.policy, prices, asked, now=now, case=case)
    yes = {(a.units.row.pk if a.units.row else 0, a.tender.pk): a.amount for a in agreed}
    in_force = version_for(case.order.day_of(now))
    rows = []
    for decision in current:
        key, unit = decision.return_line_id, units.get(decision.return_line_id)
        rows.append(
            Row(
                told=told_decision(decision, language),
                reason=decision.return_line.reason_found or decision.return_line.reason,
                worth=_worth(prices, unit, decision.tender) if unit else nothing,
                if_agreed=yes.get((key, decision.tender_id), nothing),
                policy=policy_of(decision.policy),
                facts=decision.facts,
                changes=policy_of(decision.policy).decide(decision.facts).would_change if is_open else None,
                version=_named(decision.policy, in_force),
                decision=decision,
            )
        )
    return rows


def _named(version: PolicyVersion, in_force: PolicyVersion) -> str:
    """Nothing for the policy in force today, whose page needs no name; else the start of its hash."""
    return "" if version == in_force else version.hash[:12]


def _if_agreed(
    version: PolicyVersion,
    prices: Prices,
    units: Sequence[Units],
    *,
    now: datetime,
    received_at: datetime | None = None,
    case: Return | None = None,
) -> list[Answer]:
    """What would be answered with a valid RMA number."""
    moment = Moment(now, rma=True, received_at=received_at)
    return answers_for(version, prices, units, moment=moment, case=case) if units else []


def _worth(prices: Prices, units: Units, tender: Tender) -> Money:
    """What this tender paid for the goods of these units."""
    parts = prices.goods(units.asked.line, tender, units.numbers)
    return prices.order.money(sum(part.amount_minor for part in parts))


def history(case: Return) -> QuerySet[Decision]:
    """Every decision that was ever made on a return, the newest first."""
    rows = Decision.objects.filter(return_line__case=case)
    return rows.select_related("return_line__line", "tender__order", "policy").order_by("-decided_at", "-pk")


def open_returns(user: User, party: str = "") -> QuerySet[Return]:
    """Open returns by due date; only those that wait for `party` when it is given."""
    rows = returns_of(user).filter(closed_at=None).order_by("due_at", "pk")
    return with_lines(rows.filter(waiting_on=party) if party else rows)


def closed_returns(user: User) -> QuerySet[Return]:
    return with_lines(returns_of(user).filter(closed_at__isnull=False).order_by("-closed_at", "-pk"))


def silent_orders(now: datetime) -> QuerySet[Order]:
    """Orders under way for long with a parcel that nobody saw arrive: their 60 days have not begun."""
    arrived = deliveries().filter(parcel=OuterRef("pk"))
    silent = Parcel.objects.filter(~Exists(arrived), group__order=OuterRef("pk"))
    return (
        Order.objects.filter(Exists(silent), cancelled_at=None, ordered_at__lte=now - SILENT_FOR)
        .select_related("customer")
        .order_by("ordered_at", "pk")
    )


def returns_found(user: User, words: str) -> QuerySet[Return]:
    """Returns by their reference, their order or the supplier's number, however its letters are written."""
    rows, numbered = returns_of(user), Return.objects.filter(rmas__number=plain_number(words))
    return with_lines(
        rows.filter(Q(pk__in=found(rows, words).values("pk")) | Q(pk__in=numbered.values("pk")))
    )


def orders_found(words: str) -> QuerySet[Order]:
    """Orders with this code, or of the customer with this e-mail or code."""
    text = words.strip()
    named = Q(code__iexact=text) | Q(customer__email__iexact=text) | Q(customer__customer_code__iexact=text)
    return Order.objects.filter(named).select_related("customer")


def people_of_the_demo() -> Iterable[User]:
    """One person of each role to try the demo as: the one with the most to see comes first of each."""
    for role in Role.values:
        rows = User.objects.filter(role=role, is_active=True, reads_mail=True)
        if (person := rows.order_by("pk").first()) is not None:
            yield person
