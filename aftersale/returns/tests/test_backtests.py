"""Pia tries a draft on the past: each decision once, money exact, what was not paid told apart."""

from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from aftersale.accounts.models import Role, User
from aftersale.base.money import Money
from aftersale.payments.models import Refund
from aftersale.policy import DocumentError
from aftersale.returns import backtests
from aftersale.returns.backtests import ask_backtest, cells_of, work_backtests
from aftersale.returns.models import Backtest, Decision
from aftersale.returns.past import each_worth
from aftersale.returns.policies import version_for
from aftersale.returns.services import Wish, request_return

from .cast import World, an_order


@pytest.fixture
def pia(db: None) -> User:
    return User.objects.create_user("pia@example.com", name="Pia", role=Role.POLICY_OWNER)


def returned(world: World, days: int, reason: str = "unwanted", **order: Any) -> None:
    made = an_order(world, delivered_days_ago=days, **{"terms": "any_reason", **order})
    request_return(
        ports=world.ports,
        by=world.ann,
        order=made,
        supplier="LI",
        wishes=[Wish(1, 1, reason)],
        intent=made.code,
    )


def tried(world: World, pia: User, text: str) -> Backtest:
    version = version_for(world.clock.now().date())
    return ask_backtest(ports=world.ports, by=pia, text=text, name=version.name, against=version)


def forty_five(world: World) -> str:
    text = version_for(world.clock.now().date()).text
    return text.replace("days more than 60", "days more than 45")


def test_a_text_that_a_version_says_is_no_draft(world: World, pia: User) -> None:
    text = version_for(world.clock.now().date()).text
    assert not tried(world, pia, text).is_draft
    assert tried(world, pia, forty_five(world)).is_draft


def test_what_a_draft_takes_is_counted_by_outcome_and_priced_to_the_cent(world: World, pia: User) -> None:
    returned(world, 50)
    returned(world, 10)
    one = tried(world, pia, forty_five(world))
    assert work_backtests(ports=world.ports) == 2
    one.refresh_from_db()
    assert one.finished_at and one.done == one.total == 2
    changed = [cell for cell in cells_of(one) if cell.now.outcome != cell.was.outcome]
    (cell,) = changed
    assert (cell.was.outcome, cell.now.outcome, cell.now.clause) == ("refund", "deny", "card-unwanted-over")
    assert (cell.paid.minor, cell.pays.minor, cell.booked.minor) == (6000, 0, 6000)
    assert sum(cell.pays.minor for cell in cells_of(one)) == 6000


def test_what_was_not_paid_is_told_apart_with_the_shipping_a_full_refund_would_hold(
    world: World, pia: User
) -> None:
    returned(world, 70, "defective", shipping=500, tenders=[("card", 6500)])
    one = tried(world, pia, version_for(world.clock.now().date()).text)
    work_backtests(ports=world.ports)
    one.refresh_from_db()
    (cell,) = cells_of(one)
    assert cell.now.outcome == "ask_supplier"
    assert (cell.pays.minor, cell.paid.minor, cell.booked.minor) == (0, 0, 0)
    assert cell.worth.minor == 6500
    assert not Refund.objects.exists()


def test_it_is_worked_in_slices_and_what_is_decided_meanwhile_does_not_count(world: World, pia: User) -> None:
    for days in (5, 20, 50):
        returned(world, days)
    one = tried(world, pia, forty_five(world))
    assert work_backtests(ports=world.ports, slice_of=2) == 2
    one.refresh_from_db()
    assert (one.done, one.total, one.finished_at) == (2, 3, None)
    returned(world, 50)
    assert Decision.objects.count() == 4
    assert work_backtests(ports=world.ports, slice_of=2) == 1
    one.refresh_from_db()
    assert one.finished_at and one.done == 3
    assert sum(cell.count for cell in cells_of(one)) == 3
    assert work_backtests(ports=world.ports) == 0


def test_slices_come_to_what_one_piece_comes_to(world: World, pia: User) -> None:
    for days in (5, 20, 50, 70):
        returned(world, days, "defective")
    whole, sliced = tried(world, pia, forty_five(world)), tried(world, pia, forty_five(world))
    work_backtests(ports=world.ports)
    while work_backtests(ports=world.ports, slice_of=1):
        pass
    for one in (whole, sliced):
        one.refresh_from_db()
    assert whole.cells == sliced.cells


def test_of_two_workers_on_one_slice_one_keeps_it(
    world: World, pia: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    returned(world, 50)
    one = tried(world, pia, forty_five(world))
    others: list[int] = []

    def meanwhile(rows: Iterable[Decision]) -> Iterator[tuple[Decision, Money]]:
        monkeypatch.setattr(backtests, "each_worth", each_worth)
        others.append(work_backtests(ports=world.ports))
        return each_worth(rows)

    monkeypatch.setattr(backtests, "each_worth", meanwhile)
    assert (work_backtests(ports=world.ports), others) == (0, [1])
    one.refresh_from_db()
    assert one.done == 1 and sum(cell.count for cell in cells_of(one)) == 1


def test_a_text_that_cannot_be_read_is_refused_and_nothing_is_kept(world: World, pia: User) -> None:
    with pytest.raises(DocumentError):
        tried(world, pia, "# Nothing")
    assert not Backtest.objects.exists()
