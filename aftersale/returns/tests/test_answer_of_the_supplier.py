"""The supplier is asked, and gives a number or says no."""

from datetime import timedelta

import pytest

from aftersale.base.errors import BadInput, NotYours
from aftersale.base.models import Notification
from aftersale.payments.models import Refund
from aftersale.returns.errors import NotNow, RmaBarred, RmaTaken, UnitsTaken
from aftersale.returns.models import LineState, Rma
from aftersale.returns.queries import told_decisions, units_left
from aftersale.returns.services import (
    Finding,
    Wish,
    hand_over,
    inspect_return,
    issue_rma,
    refuse_rma,
    revoke_rma,
)
from aftersale.returns.services.answering import normalised
from aftersale.returns.tests.cast import World, an_order
from aftersale.returns.tests.test_request_return import ask


def unwanted(world, **order):
    return ask(world, an_order(world, **order), Wish(1, 1, "unwanted"))


def number(world, case, text="RMA-0012", by=None, **more):
    return issue_rma(ports=world.ports, by=by or world.li, case=case, number=text, **more)


def test_li_s_number_from_mainland_china_guarantees_the_refund(world: World):
    case = unwanted(world)
    number(world, case)
    (told,) = told_decisions(case, "en")
    assert (told.outcome, told.clause, told.amount.minor) == ("refund", "rma-card", 6000)
    assert (told.last_day, told.last_day_by) == (Rma.objects.get().expires_on, "rma")
    assert case.lines.get().state == LineState.AUTHORISED
    assert [d.outcome for d in told_decisions(case, "en", history=True)] == ["ask_supplier", "refund"]
    assert Notification.objects.filter(kind="return-decided", recipient="ann@example.com").count() == 2


def test_a_number_from_elsewhere_is_that_supplier_s_yes(world: World):
    case = unwanted(world, country="HK")
    number(world, case)
    assert [t.clause for t in told_decisions(case, "en")] == ["rma-elsewhere"]


def test_li_says_no_and_ann_reads_why(world: World):
    case = unwanted(world)
    refuse_rma(ports=world.ports, by=world.li, case=case, answer="The seal is broken.")
    case.refresh_from_db()
    assert case.lines.get().state == LineState.REFUSED
    assert case.closed_at is not None
    assert list(units_left(case.order).values()) == [1]
    last = Notification.objects.filter(kind="return-decided").latest("pk")
    assert last.words["answer"] == "The seal is broken."


def test_a_late_card_return_that_was_refused_is_lifted_by_a_mainland_number(world: World):
    case = unwanted(world, delivered_days_ago=100)
    assert case.closed_at is not None
    number(world, case)
    case.refresh_from_db()
    assert case.closed_at is None
    assert case.lines.get().state == LineState.AUTHORISED
    assert list(units_left(case.order).values()) == [0]


@pytest.mark.parametrize(
    ("tender", "reason", "days", "clause"),
    [
        ("balance", "defective", 5, "Paid from your stored balance"),
        ("bank_transfer", "unwanted", 5, "Unwanted, paid by bank transfer"),
        ("bank_transfer", "defective", 61, "Too late, paid by bank transfer"),
        ("card", "defective", 5, "In time, paid by card"),
    ],
)
def test_a_number_that_would_change_nothing_is_refused_with_the_clause(
    world: World, tender, reason, days, clause
):
    order = an_order(world, tenders=[(tender, 6000)], delivered_days_ago=days)
    case = ask(world, order, Wish(1, 1, reason))
    with pytest.raises(RmaBarred, match=clause):
        number(world, case)
    assert not Rma.objects.exists()


def test_a_number_is_refused_until_everything_comes_back_together(world: World):
    order = an_order(world, lines=[(1, 3000), (2, 3000)], marked_days_ago=1)
    case = ask(world, order, Wish(1, 1, "wrong"))
    with pytest.raises(RmaBarred, match="together"):
        number(world, case)
    assert not Rma.objects.exists()


def test_a_number_is_the_supplier_s_once(world: World):
    number(world, unwanted(world), "RMA0012")
    other = ask(world, an_order(world), Wish(1, 1, "unwanted"), intent="form-2")
    with pytest.raises(RmaTaken):
        number(world, other, " rma-0012 ")
    assert Rma.objects.count() == 1


def test_the_number_is_compared_without_case_spaces_and_hyphens():
    assert normalised(" rma-00 12/a ") == "RMA0012A"


@pytest.mark.parametrize("text", ["", "   ", "-", "ÄÖ", "x" * 65])
def test_a_number_that_is_none_is_refused(world: World, text):
    case = unwanted(world)
    with pytest.raises(BadInput, match="letters and digits"):
        number(world, case, text)
    assert not Rma.objects.exists()


def test_a_number_that_ended_yesterday_is_refused(world: World):
    case = unwanted(world)
    yesterday = case.order.day_of(world.clock.now()) - timedelta(days=1)
    with pytest.raises(BadInput) as refused:
        number(world, case, expires_on=yesterday)
    assert refused.value.field == "expires_on"
    assert not Rma.objects.exists()


def test_another_supplier_and_a_customer_cannot_answer(world: World):
    case = unwanted(world)
    for stranger in (world.other, world.ann, world.bob):
        with pytest.raises(NotYours):
            number(world, case, by=stranger)
        with pytest.raises(NotYours):
            refuse_rma(ports=world.ports, by=stranger, case=case, answer="No.")
    assert case.lines.get().state == LineState.WAITING_SUPPLIER


def test_a_no_needs_its_reason(world: World):
    case = unwanted(world)
    with pytest.raises(BadInput):
        refuse_rma(ports=world.ports, by=world.li, case=case, answer="  ")
    assert case.lines.get().state == LineState.WAITING_SUPPLIER


def test_a_return_takes_one_number(world: World):
    case = unwanted(world)
    number(world, case)
    with pytest.raises(NotNow):
        number(world, case, "RMA-0013")


def test_a_number_taken_back_before_it_is_used_no_longer_counts(world: World):
    case = unwanted(world)
    number(world, case)
    revoke_rma(ports=world.ports, by=world.li, case=case, answer="Issued by mistake.")
    assert [t.outcome for t in told_decisions(case, "en")] == ["ask_supplier"]
    assert case.lines.get().state == LineState.WAITING_SUPPLIER


def test_a_missing_item_with_all_the_rest_by_bank_transfer_is_refunded_with_a_number(world: World):
    order = an_order(
        world, lines=[(1, 2000), (2, 4000)], tenders=[("bank_transfer", 6000)], delivered_days_ago=30
    )
    case = ask(world, order, Wish(1, 1, "missing"), Wish(2, 2, "unwanted"))
    number(world, case)
    by_line = {(t.line.number, t.outcome, t.amount.minor) for t in told_decisions(case, "en")}
    assert by_line == {(1, "refund", 2000), (2, "deny", 0)}
    # What stays refused is free to be asked for again.
    assert list(units_left(order).values()) == [0, 2]


def test_a_number_that_ran_out_cannot_be_taken_back_once_the_parcel_is_sent(world: World):
    case = unwanted(world)
    number(world, case, expires_on=case.order.day_of(world.clock.now()))
    world.clock.move(days=1)
    hand_over(ports=world.ports, by=world.ann, case=case, at=world.clock.now(), source="customer")
    before = told_decisions(case, "en", history=True)
    with pytest.raises(NotNow):
        revoke_rma(ports=world.ports, by=world.li, case=case, answer="Too late.")
    assert told_decisions(case, "en", history=True) == before


def test_a_number_for_what_never_came_needs_no_parcel(world: World):
    case = ask(world, an_order(world), Wish(1, 1, "missing"))
    number(world, case)
    case.refresh_from_db()
    assert (case.waiting_on, case.lines.get().state) == ("supplier", LineState.RECEIVED)
    found = [Finding(case.lines.get().pk, 1, "missing")]
    inspect_return(ports=world.ports, by=world.li, case=case, findings=found)
    assert Refund.objects.get().amount_minor == 6000


def test_a_number_comes_too_late_for_a_lamp_that_was_sent_in_another_return(world: World):
    case = unwanted(world)
    refuse_rma(ports=world.ports, by=world.li, case=case, answer="It was used.")
    other = ask(world, case.order, Wish(1, 1, "defective"), intent="form-2")
    hand_over(ports=world.ports, by=world.ann, case=other, at=world.clock.now(), source="customer")
    with pytest.raises(UnitsTaken, match="in another return"):
        number(world, case)
    assert not Rma.objects.exists()
