"""A policy changes after a purchase: the order keeps its own version, unless the newer one is kinder."""

from datetime import timedelta

from aftersale.returns.models import Decision
from aftersale.returns.policies import publish_policy
from aftersale.returns.services import Wish
from aftersale.returns.tests.cast import POLICY, World, an_order
from aftersale.returns.tests.test_request_return import ask, outcomes
from aftersale.returns.tests.test_send_and_inspect import bring_back


def publish(world, tmp_path, *changes, days_ago=1):
    """The shipped policy with some of its words changed, in force since some days ago."""
    text = POLICY.read_text(encoding="utf-8")
    since = (world.clock.now() - timedelta(days=days_ago)).date()
    for old, new in [("In force from 2026-01-01", f"In force from {since}"), *changes]:
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / f"policy-{len(changes)}.md"
    path.write_text(text, encoding="utf-8")
    return publish_policy(ports=world.ports, path=path)


def test_a_stricter_version_takes_nothing_from_what_was_bought_before(world: World, tmp_path):
    order = an_order(world, delivered_days_ago=50)
    publish(
        world,
        tmp_path,
        ("late means days more than 60", "late means days more than 45"),
        ("60 days", "45 days"),
    )
    case = ask(world, order)
    assert outcomes(case) == {("card", "refund", "card-in-time")}
    assert Decision.objects.get().policy == case.policy


def test_a_kinder_version_gives_more_to_what_was_bought_before(world: World, tmp_path):
    order = an_order(world, delivered_days_ago=80)
    newer = publish(
        world,
        tmp_path,
        ("late means days more than 60", "late means days more than 90"),
        ("60 days", "90 days"),
    )
    case = ask(world, order)
    assert outcomes(case) == {("card", "refund", "card-in-time")}
    assert Decision.objects.get().policy == newer != case.policy


def test_a_version_that_is_not_in_force_yet_decides_nothing(world: World, tmp_path):
    order = an_order(world, delivered_days_ago=80)
    publish(
        world,
        tmp_path,
        ("late means days more than 60", "late means days more than 90"),
        ("60 days", "90 days"),
        days_ago=-1,
    )
    assert outcomes(ask(world, order)) == {("card", "ask_supplier", "card-faulty-over")}


def test_an_outcome_may_pay_a_part_and_the_cents_still_add_up(world: World, tmp_path):
    publish(world, tmp_path, ("| refund | 5 | 100 % |", "| refund | 5 | 33 % |"), days_ago=20)
    order = an_order(world, lines=[(3, 1000)], shipping=101, tenders=[("card", 1101)], delivered_days_ago=3)
    case = bring_back(world, ask(world, order, Wish(1, 3, "defective")))
    assert Decision.objects.filter(return_line__case=case, stage="final").get().amount_minor == 363
