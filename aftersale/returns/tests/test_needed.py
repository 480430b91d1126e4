"""The form asks for the day of receipt exactly where some day gives another answer than another."""

from itertools import product

import pytest

from aftersale.orders.models import Line, Order
from aftersale.returns.facts import Asked, Moment, facts_of
from aftersale.returns.models import Reason
from aftersale.returns.needed import receipt_matters
from aftersale.returns.policies import policy_of, version_for

from .cast import World, an_order
from .test_versions import publish

DAYS = (None, 0, 59, 60, 61, 36_500)
TENDERS = ("card", "balance", "bank_transfer")


def answers_by_day(world: World, order: Order, asked: Asked) -> set[tuple[str, ...]]:
    """The outcomes by tender, for every kind of day there can be."""
    policy = policy_of(version_for(order.day_of(order.ordered_at)))
    tenders, moment = list(order.tenders.all()), Moment(world.clock.now(), rma=False)
    found = set()
    for days in DAYS:
        each = [facts_of(asked, tender, together=[asked], moment=moment).values for tender in tenders]
        found.add(tuple(policy.decide({**values, "days": days}).outcome for values in each))
    return found


@pytest.mark.parametrize("tender", TENDERS)
def test_the_day_is_asked_for_where_it_changes_the_answer_and_nowhere_else(world: World, tender: str) -> None:
    seen = set()
    for terms, country, marked in product(("any_reason", "defective_or_wrong"), ("CN", "DE"), (None, 1)):
        order = an_order(
            world,
            lines=[(2, 6000)],
            tenders=[(tender, 6000)],
            terms=terms,
            country=country,
            delivered_days_ago=None,
            marked_days_ago=marked,
        )
        line = Line.objects.get(order=order)
        for reason, units in product(Reason.values, (1, 2)):
            asked = Asked(line, units, reason)
            matters = receipt_matters(order, [line], [asked], now=world.clock.now())
            assert matters == (len(answers_by_day(world, order, asked)) > 1), (terms, country, marked, asked)
            seen.add(matters)
    assert seen == ({False} if tender == "balance" else {True, False})


@pytest.mark.parametrize(("tender", "asks"), [("card", True), ("balance", False), ("bank_transfer", True)])
def test_before_anything_is_chosen_it_is_asked_for_where_some_choice_needs_it(
    world: World, tender: str, asks: bool
) -> None:
    order = an_order(world, tenders=[(tender, 6000)], delivered_days_ago=None)
    line = Line.objects.get(order=order)
    now = world.clock.now()
    assert receipt_matters(order, [line], [], now=now) == asks
    assert receipt_matters(order, [line], [Asked(line, 1, "")], now=now) == asks


def test_a_day_that_the_carrier_has_told_is_not_asked_for(world: World) -> None:
    order = an_order(world)
    line = Line.objects.get(order=order)
    assert not receipt_matters(order, [line], [Asked(line, 1, "unwanted")], now=world.clock.now())


def test_one_means_of_payment_that_needs_the_day_is_enough(world: World) -> None:
    order = an_order(world, tenders=[("balance", 3000), ("card", 3000)], delivered_days_ago=None)
    line = Line.objects.get(order=order)
    assert receipt_matters(order, [line], [Asked(line, 1, "defective")], now=world.clock.now())


def test_no_day_is_asked_for_where_a_newer_version_gives_as_much_on_every_day(world: World, tmp_path) -> None:
    order = an_order(world, tenders=[("card", 6000)], delivered_days_ago=None)
    asked, now = Asked(Line.objects.get(order=order), 1, "defective"), world.clock.now()
    assert receipt_matters(order, [asked.line], [asked], now=now)
    ninety = ("late means days more than 60", "late means days more than 90"), ("60 days", "90 days")
    publish(world, tmp_path, *ninety, days_ago=2)
    assert receipt_matters(order, [asked.line], [asked], now=now)
    publish(world, tmp_path, ("over means late or marked_delivered", "over means marked_delivered"))
    assert not receipt_matters(order, [asked.line], [asked], now=now)
