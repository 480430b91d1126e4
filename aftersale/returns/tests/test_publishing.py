"""Pia owns the policy: what she may publish, what she is told before, and what it never does."""

import re
import sys
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from aftersale.accounts.models import Role, User
from aftersale.base.money import Money
from aftersale.policy import DocumentError
from aftersale.returns import proving
from aftersale.returns.errors import ProofsBusy, ProofsMissing, PublishRefused
from aftersale.returns.models import PolicyDraft, PolicyVersion
from aftersale.returns.past import Move
from aftersale.returns.policies import policy_of, version_for
from aftersale.returns.publishing import (
    discard_draft,
    draft_of,
    first_day_to_take,
    publish,
    review,
    save_draft,
)
from aftersale.returns.tests.cast import POLICY, World, an_order
from aftersale.returns.tests.test_request_return import ask, outcomes

TEXT = POLICY.read_text(encoding="utf-8")
CHINESE = {"zh-hans": POLICY.with_suffix(".zh-hans.md").read_text(encoding="utf-8")}


def days(number: int) -> tuple[str, dict[str, str]]:
    """The shipped policy and its translation with another number of days, examples on both sides too."""

    def put(text: str) -> str:
        for old, new in ((60, number), (61, number + 1), (59, number - 1)):
            text = text.replace(str(old), str(new))
        return text

    return put(TEXT), {language: put(text) for language, text in CHINESE.items()}


def put(pattern: str, new: str) -> str:
    """The shipped policy with one place of it changed."""
    changed, count = re.subn(pattern, new, TEXT, count=1)
    assert count, pattern
    return changed


@pytest.fixture
def pia(db: None) -> User:
    return User.objects.create_user("pia@example.com", name="Pia", role=Role.POLICY_OWNER)


@pytest.fixture
def today(world: World) -> date:
    return world.clock.now().date()


@pytest.fixture
def codes_of(world: World, pia: User, today: date) -> Callable[..., set[str]]:
    """What stands against publishing something; nothing may have been written."""

    def codes(text: str, told: dict[str, str] = CHINESE, *, ahead: int = 1, seen: str = "") -> set[str]:
        before = list(PolicyVersion.objects.values())
        with pytest.raises(PublishRefused) as refused:
            publish(
                ports=world.ports,
                by=pia,
                text=text,
                translations=told,
                in_force_from=today + timedelta(days=ahead),
                seen=seen,
            )
        assert list(PolicyVersion.objects.values()) == before
        return {one.code for one in refused.value.obstacles}

    return codes


def test_pia_reads_what_forty_five_days_take_and_what_they_would_have_saved(world: World, today: date):
    ask(world, an_order(world, delivered_days_ago=50), intent="one")
    ask(world, an_order(world, delivered_days_ago=10), intent="two")
    found = review(*days(45), on=today)
    assert found.is_clean
    assert [finding.code for finding in found.waived] == ["promise-broken"]
    assert found.difference.verdict == "only takes"
    assert found.price.decisions == 2
    assert found.price.moves == (Move("refund", "ask_supplier", 1),)
    assert [(one.before, one.after) for one in found.price.money] == [
        (Money(12000, "EUR"), Money(6000, "EUR"))
    ]


def test_reviewing_writes_nothing(world: World, today: date, django_assert_max_num_queries):
    ask(world, an_order(world, delivered_days_ago=50), intent="one")
    before = list(PolicyVersion.objects.values())
    with django_assert_max_num_queries(12):
        review(*days(45), on=today)
    assert list(PolicyVersion.objects.values()) == before


def test_the_past_is_read_in_as_many_queries_for_many_as_for_few(
    world: World, today: date, django_assert_max_num_queries
):
    for number in range(6):
        order = an_order(world, delivered_days_ago=number, tenders=[("card", 3000), ("balance", 3000)])
        ask(world, order, intent=order.code)
    with django_assert_max_num_queries(12):
        assert review(*days(45), on=today).price.decisions == 12


def test_pia_publishes_for_tomorrow_and_old_orders_keep_their_days(world: World, pia: User, today: date):
    text, translations = days(45)
    old, order = PolicyVersion.objects.get(), an_order(world, delivered_days_ago=50)
    tomorrow = today + timedelta(days=1)
    version = publish(ports=world.ports, by=pia, text=text, translations=translations, in_force_from=tomorrow)
    assert version.in_force_from == policy_of(version).in_force_from == tomorrow
    assert (version.published_by, version.published_at) == (pia, world.clock.now())
    assert version.review["verdict"] == "only takes"
    assert version.review["base"] == old.hash
    assert "45 天" in policy_of(version).because("card-in-time", "zh-hans")
    assert (version_for(today), version_for(tomorrow)) == (old, version)
    world.clock.move(days=2)
    assert outcomes(ask(world, order)) == {("card", "refund", "card-in-time")}


def test_a_check_that_fails_stops_it(codes_of):
    assert codes_of(TEXT.replace("days more than 60", "days more than 45")) >= {"finding", "example_failed"}
    gap = TEXT.replace("when: tender is balance and reason is missing", "when: tender is balance and rma")
    assert "finding" in codes_of(gap)


def test_an_example_that_fails_stops_it(codes_of):
    broken = put(r"(bank_transfer *\| defective *\| 60 .*?)refund *\| bank-faulty", r"\1deny | bank-late")
    assert codes_of(broken) == {"example_failed", "same"}


def test_a_rule_of_the_world_that_the_past_breaks_stops_it(codes_of, world: World, today: date):
    rule = "units_returned at most units_with_customer"
    ruled = TEXT.replace(f"- {rule}\n", f"- {rule}\n- days at most 40 or days is absent\n")
    assert "rule" not in codes_of(ruled)
    ask(world, an_order(world, delivered_days_ago=50))
    assert "rule" in codes_of(ruled)
    found = review(ruled, CHINESE, on=today)
    assert found.price.broken == (("days at most 40 or days is absent", 1),)
    assert (found.price.decisions, found.price.unread) == (1, 1)


def test_what_the_desk_could_not_act_on_stops_it(codes_of):
    renamed = {language: text.replace("return_all", "send_all") for language, text in CHINESE.items()}
    assert "outcome" in codes_of(TEXT.replace("return_all", "send_all"), renamed)
    assert "pays" in codes_of(put(r"(\| claim *\| 2 *\|) *nothing", r"\1 50 %"))
    assert "fact" in codes_of(TEXT.replace("whole number 0 to 36500", "whole number 0 to 400"))
    assert "unreadable" in codes_of(TEXT.replace("then: refund", "then: refnd"))
    assert "unreadable" in codes_of(days(45)[0])  # the translation still says 60
    assert "language" in codes_of(days(45)[0], {})


def test_nothing_is_taken_from_those_who_bought_today_or_before(
    codes_of, world: World, pia: User, today: date
):
    assert codes_of(*days(45), ahead=0) == {"takes_today"}
    assert codes_of(*days(90), ahead=-1) == {"past"}
    text, translations = days(90)
    kinder = publish(ports=world.ports, by=pia, text=text, translations=translations, in_force_from=today)
    assert version_for(today) == kinder


def test_where_tomorrow_has_begun_for_some_it_takes_nothing_from_them(
    codes_of, world: World, pia: User, today: date
):
    """The day of an order is that of its address: at 11 o'clock UTC it is tomorrow in the farthest east."""
    world.clock.move(hours=2)
    assert codes_of(*days(45), ahead=1) == {"takes_today"}
    text, translations = days(45)
    day_after = today + timedelta(days=2)
    assert first_day_to_take(world.clock.now()) == day_after
    publish(ports=world.ports, by=pia, text=text, translations=translations, in_force_from=day_after)
    kinder, told = days(90)
    publish(
        ports=world.ports,
        by=pia,
        text=kinder,
        translations=told,
        in_force_from=today + timedelta(days=1),
    )


def test_the_same_again_is_no_version(codes_of):
    assert codes_of(TEXT) == {"same"}


def test_what_changed_meanwhile_is_looked_at_again(codes_of):
    assert codes_of(*days(45), seen="0" * 64) == {"meanwhile"}


def test_an_older_text_comes_back_as_a_new_version(world: World, pia: User, today: date):
    for ahead, (text, translations) in enumerate([days(45), (TEXT, CHINESE)], 1):
        day = today + timedelta(days=ahead)
        publish(ports=world.ports, by=pia, text=text, translations=translations, in_force_from=day)
    first, _, third = PolicyVersion.objects.order_by("in_force_from")
    assert first.hash != third.hash
    assert policy_of(third).because("card-in-time") == policy_of(first).because("card-in-time")


def test_a_draft_is_kept_for_its_owner_alone(world: World, pia: User, today: date):
    other = User.objects.create_user("pat@example.com", name="Pat", role=Role.POLICY_OWNER)
    assert draft_of(pia, today=today).text == TEXT
    save_draft(ports=world.ports, by=pia, text="# Mine", translations={})
    assert draft_of(pia, today=today).text == "# Mine"
    assert draft_of(other, today=today).text == TEXT
    text, translations = days(90)
    publish(ports=world.ports, by=pia, text=text, translations=translations, in_force_from=today)
    assert not PolicyDraft.objects.exists()
    save_draft(ports=world.ports, by=pia, text="# Mine", translations={})
    discard_draft(by=pia)
    assert not PolicyDraft.objects.exists()
    assert PolicyVersion.objects.count() == 2


def test_what_cannot_be_read_says_where(world: World, today: date):
    with pytest.raises(DocumentError, match=r"marketplace\.md:\d+:\d+: `refnd` is not an outcome"):
        review(TEXT.replace("then: refund", "then: refnd", 1), CHINESE, on=today)


def test_without_the_proofs_nothing_is_published(world: World, today: date, monkeypatch):
    for name in [
        name for name in sys.modules if name.startswith(("aftersale.policy.check", "aftersale.policy.diff"))
    ]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "z3", None)
    with pytest.raises(ProofsMissing, match=r"aftersale\[check\]"):
        review(*days(45), on=today)


def test_only_a_policy_owner_publishes(world: World, today: date):
    with pytest.raises(AssertionError):
        publish(ports=world.ports, by=world.mia, text=TEXT, translations={}, in_force_from=today)


def test_whoever_waits_too_long_for_the_proofs_of_others_is_told_to_come_back(
    world: World, today: date, monkeypatch
):
    monkeypatch.setattr(proving, "TURN", 0.01)
    with proving._turn(), pytest.raises(ProofsBusy, match="ask again"):
        review(*days(45), on=today)
    assert review(*days(45), on=today).is_clean
