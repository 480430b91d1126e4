"""The parcel comes back: handed over, received, inspected; then the money is reserved."""

from datetime import timedelta

import pytest

from aftersale.base.errors import BadInput, NotYours
from aftersale.payments.models import Refund, TenderMoney
from aftersale.returns.errors import NotNow
from aftersale.returns.models import LineState, ReturnUnit, Rma, Settlement
from aftersale.returns.queries import told_decisions, units_left
from aftersale.returns.services import Finding, Wish, hand_over, inspect_return, receive_return
from aftersale.returns.tests.cast import World, an_order
from aftersale.returns.tests.test_answer_of_the_supplier import number
from aftersale.returns.tests.test_request_return import ask


def send(world, case, *, at=None, by=None):
    return hand_over(
        ports=world.ports, by=by or world.ann, case=case, at=at or world.clock.now(), source="customer"
    )


def inspect(world, case, *found, by=None):
    """`found` as (units, reason) line by line; what was said, in full, when nothing is given."""
    rows = list(case.lines.filter(state=LineState.RECEIVED))
    said = found or [(row.units, row.reason) for row in rows]
    findings = [Finding(row.pk, units, reason) for row, (units, reason) in zip(rows, said, strict=True)]
    return inspect_return(ports=world.ports, by=by or world.li, case=case, findings=findings)


def bring_back(world, case, *found):
    case = receive_return(ports=world.ports, by=world.li, case=send(world, case))
    return inspect(world, case, *found)


def test_a_return_goes_all_the_way_to_a_reserved_refund(world: World):
    case = bring_back(world, ask(world, an_order(world)))
    refund = Refund.objects.get()
    assert (refund.amount_minor, refund.state, refund.about) == (6000, "reserved", f"return:{case.reference}")
    assert TenderMoney.objects.get().reserved_minor == 6000
    assert [(t.stage, t.outcome) for t in told_decisions(case, "en")] == [("final", "refund")]
    assert case.waiting_on == "desk"
    kinds = list(case.events.values_list("kind", flat=True))
    assert kinds == ["requested", "decided", "handed_over", "received", "inspected", "decided"]


def test_handing_over_on_day_60_keeps_the_promise_and_on_day_61_breaks_it_by_the_days(world: World):
    order = an_order(world, delivered_days_ago=59)
    case = ask(world, order)
    late = ask(world, an_order(world, delivered_days_ago=59), intent="form-2")
    world.clock.move(days=1)
    send(world, case)
    assert [t.outcome for t in told_decisions(case, "en")] == ["refund"]
    world.clock.move(days=1)
    send(world, late)
    (told,) = told_decisions(late, "en")
    assert (told.outcome, told.decisive["days"]) == ("ask_supplier", 61)


def test_what_counts_is_the_day_of_handing_over_not_of_arrival(world: World):
    case = send(world, ask(world, an_order(world, delivered_days_ago=60)))
    world.clock.move(days=20)
    case = receive_return(ports=world.ports, by=world.li, case=case)
    inspect(world, case)
    assert Refund.objects.get().amount_minor == 6000


@pytest.mark.parametrize("moved", [{"days": 1}, {"minutes": 5}])
def test_a_parcel_cannot_be_handed_over_in_the_future(world: World, moved):
    case = ask(world, an_order(world))
    with pytest.raises(BadInput) as refused:
        send(world, case, at=world.clock.now() + timedelta(**moved))
    assert refused.value.field == "handed_over_at"
    case.refresh_from_db()
    assert case.handed_over_at is None


def test_a_parcel_cannot_be_handed_over_before_it_was_delivered(world: World):
    case = ask(world, an_order(world, delivered_days_ago=3))
    with pytest.raises(BadInput, match="not before the delivery"):
        send(world, case, at=world.clock.now() - timedelta(days=4))


def test_what_has_no_delivery_date_is_not_sent_back_before_ann_says_when_it_came(world: World):
    case = ask(world, an_order(world, delivered_days_ago=None))
    with pytest.raises(BadInput) as refused:
        send(world, case)
    assert refused.value.field == "received_on"


def test_a_refused_return_is_not_sent(world: World):
    case = ask(world, an_order(world, tenders=[("balance", 6000)]))
    with pytest.raises(NotNow):
        send(world, case)
    assert not Refund.objects.exists()


def test_bob_cannot_hand_over_ann_s_parcel_and_otto_cannot_receive_li_s(world: World):
    case = ask(world, an_order(world))
    with pytest.raises(NotYours):
        send(world, case, by=world.bob)
    case = send(world, case)
    with pytest.raises(NotYours):
        receive_return(ports=world.ports, by=world.other, case=case)
    case = receive_return(ports=world.ports, by=world.li, case=case)
    with pytest.raises(NotYours):
        inspect(world, case, by=world.other)
    assert not Refund.objects.exists()


def test_steps_out_of_order_are_refused_and_steps_told_twice_change_nothing(world: World):
    case = ask(world, an_order(world))
    with pytest.raises(NotNow):
        receive_return(ports=world.ports, by=world.li, case=case)
    with pytest.raises(NotNow):
        inspect(world, case)
    case = bring_back(world, case)
    receive_return(ports=world.ports, by=world.li, case=case)
    inspect_return(ports=world.ports, by=world.li, case=case, findings=[])
    assert Refund.objects.count() == 1
    assert case.events.count() == 6


def test_two_of_three_arrived_refunds_two_and_the_third_may_follow(world: World):
    order = an_order(world, lines=[(3, 1000)], tenders=[("card", 1000)])
    bring_back(world, ask(world, order, Wish(1, 3, "defective")), (2, "defective"))
    assert Refund.objects.get().amount_minor == 667
    assert list(units_left(order).values()) == [1]
    third = ask(world, order, Wish(1, 1, "defective"), intent="form-2")
    bring_back(world, third)
    assert sum(Refund.objects.values_list("amount_minor", flat=True)) == 1000


def test_inspection_finds_another_reason_and_the_decision_names_it(world: World):
    case = bring_back(world, ask(world, an_order(world)), (1, "unwanted"))
    (told,) = told_decisions(case, "en")
    assert (told.stage, told.outcome, told.decisive["reason"]) == ("final", "ask_supplier", "unwanted")
    assert case.lines.get().settlement == Settlement.SENT_BACK
    assert not Refund.objects.exists()
    assert case.closed_at is not None
    assert not ReturnUnit.objects.filter(held=True).exists()


def test_an_empty_parcel_refunds_nothing(world: World):
    case = bring_back(world, ask(world, an_order(world)), (0, "defective"))
    assert case.lines.get().settlement == Settlement.NOT_RECEIVED
    assert not Refund.objects.exists()


@pytest.mark.parametrize("units", [-1, 2])
def test_inspection_cannot_count_what_was_not_sent(world: World, units):
    case = receive_return(ports=world.ports, by=world.li, case=send(world, ask(world, an_order(world))))
    with pytest.raises(BadInput) as refused:
        inspect(world, case, (units, "defective"))
    assert refused.value.field == "units"
    assert not Refund.objects.exists()
    case.refresh_from_db()
    assert case.inspected_at is None


def test_nothing_of_a_missing_lamp_arrives_and_that_is_not_held_against_ann(world: World):
    order = an_order(world, lines=[(2, 6000)])
    case = ask(world, order, Wish(1, 1, "missing"), Wish(1, 1, "unwanted"))
    number(world, case)
    case = receive_return(ports=world.ports, by=world.li, case=send(world, case))
    with pytest.raises(BadInput, match="how many are missing"):
        inspect(world, case, (0, "missing"), (1, "unwanted"))
    inspect(world, case, (1, "missing"), (1, "unwanted"))
    assert Refund.objects.get().amount_minor == 6000


def test_an_rma_number_is_used_up_by_the_parcel_it_covers(world: World):
    case = ask(world, an_order(world), Wish(1, 1, "unwanted"))
    number(world, case)
    bring_back(world, case)
    assert Rma.objects.get().used_at is not None
    assert Refund.objects.get().amount_minor == 6000


def test_ann_is_stopped_from_saying_a_day_before_her_number_was_issued(world: World):
    case = ask(world, an_order(world), Wish(1, 1, "unwanted"))
    world.clock.move(days=2)
    number(world, case)
    with pytest.raises(BadInput, match="your RMA number was issued then"):
        send(world, case, at=world.clock.now() - timedelta(days=1))
    send(world, case, at=world.clock.now() - timedelta(hours=2))
    assert [t.outcome for t in told_decisions(case, "en")] == ["refund"]


def test_an_expired_number_does_not_count_at_handing_over(world: World):
    case = ask(world, an_order(world), Wish(1, 1, "unwanted"))
    number(world, case, expires_on=case.order.day_of(world.clock.now()))
    world.clock.move(days=1)
    send(world, case)
    assert [t.outcome for t in told_decisions(case, "en")] == ["ask_supplier"]
    assert Rma.objects.get().used_at is None


def test_each_means_gets_its_own_share_and_the_sum_is_exact(world: World):
    order = an_order(
        world, lines=[(3, 10001)], tenders=[("card", 3334), ("bank_transfer", 6667)], currency="JPY"
    )
    for number_of_form in range(3):
        bring_back(world, ask(world, order, Wish(1, 1, "defective"), intent=f"form-{number_of_form}"))
    by_tender: dict[str, int] = {}
    for kind, amount in Refund.objects.values_list("tender__kind", "amount_minor"):
        by_tender[kind] = by_tender.get(kind, 0) + amount
    assert by_tender == {"card": 3334, "bank_transfer": 6667}


def test_shipping_comes_back_when_the_supplier_is_at_fault_or_everything_came_back(world: World):
    order = an_order(world, lines=[(3, 9000)], shipping=1000, tenders=[("card", 10000)], terms="any_reason")
    bring_back(world, ask(world, order, Wish(1, 1, "unwanted")))
    assert [r.amount_minor for r in Refund.objects.all()] == [3000]
    bring_back(world, ask(world, order, Wish(1, 1, "defective"), intent="form-2"))
    assert [r.amount_minor for r in Refund.objects.all()] == [3000, 3334]
    bring_back(world, ask(world, order, Wish(1, 1, "unwanted"), intent="form-3"))
    assert [r.amount_minor for r in Refund.objects.all()] == [3000, 3334, 3666]
    assert TenderMoney.objects.get().left_minor == 0


def test_any_order_of_partial_returns_ends_at_exactly_what_was_paid(world: World):
    tenders = [("card", 1234), ("bank_transfer", 777), ("card", 1)]
    order = an_order(world, lines=[(2, 1001), (3, 1000)], shipping=11, tenders=tenders)
    for n, wishes in enumerate([[Wish(2, 2, "wrong")], [Wish(1, 1, "wrong")], [Wish(2, 1, "defective")]]):
        bring_back(world, ask(world, order, *wishes, intent=f"form-{n}"))
    bring_back(world, ask(world, order, Wish(1, 1, "defective"), intent="form-last"))
    assert [money.left_minor for money in TenderMoney.objects.order_by("tender__number")] == [0, 0, 0]
