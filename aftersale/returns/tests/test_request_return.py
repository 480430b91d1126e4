"""A customer asks to send something back."""

from datetime import timedelta

import pytest

from aftersale.base.errors import BadInput, NotYours
from aftersale.base.models import Notification
from aftersale.ledger.models import Entry
from aftersale.orders.models import Parcel, ParcelEvent
from aftersale.payments.models import Refund
from aftersale.returns.errors import NotNow, UnitsTaken
from aftersale.returns.models import Decision, LineState, Return, ReturnUnit
from aftersale.returns.queries import preview, told_decisions, units_left
from aftersale.returns.services import Wish, complete_order, request_return, withdraw_return
from aftersale.returns.tests.cast import World, an_order


def ask(world, order, *wishes, intent="form-1", by=None, **more):
    return request_return(
        ports=world.ports,
        by=by or world.ann,
        order=order,
        supplier="LI",
        wishes=wishes or (Wish(1, 1, "defective"),),
        intent=intent,
        **more,
    )


def outcomes(case):
    return {(d.tender.kind, d.outcome, d.clause) for d in Decision.objects.filter(return_line__case=case)}


def test_ann_s_defective_lamp_by_card_may_go_back_in_full_until_day_60(world: World):
    order = an_order(world, delivered_days_ago=10)
    case = ask(world, order)
    (decision,) = Decision.objects.all()
    assert (decision.outcome, decision.clause) == ("refund", "card-in-time")
    assert decision.amount_minor == 6000
    assert decision.last_day == order.day_of(world.clock.now()) + timedelta(days=50)
    assert case.lines.get().state == LineState.AUTHORISED
    assert (case.waiting_on, case.on_expiry) == ("customer", "expire")
    assert case.order.day_of(case.due_at - timedelta(seconds=1)) == decision.last_day
    assert Notification.objects.get().recipient == "ann@example.com"


def test_a_decision_keeps_all_that_it_takes_to_decide_again(world: World):
    ask(world, an_order(world))
    decision = Decision.objects.get()
    assert decision.facts == {
        "tender": "card",
        "reason": "defective",
        "days": 10,
        "marked_delivered": False,
        "supplier_terms": "defective_or_wrong",
        "mainland_supplier": True,
        "rma": False,
        "units_with_customer": 1,
        "units_returned": 1,
    }
    assert set(decision.sources) == set(decision.facts)
    assert decision.policy.hash == decision.return_line.case.policy.hash


@pytest.mark.parametrize(
    ("tender", "reason", "days", "marked", "outcome", "clause"),
    [
        ("card", "defective", 60, None, "refund", "card-in-time"),
        ("card", "defective", 61, None, "ask_supplier", "card-faulty-over"),
        ("card", "unwanted", 60, None, "ask_supplier", "card-supplier-terms"),
        ("card", "unwanted", 61, None, "deny", "card-unwanted-over"),
        ("card", "defective", 20, 1, "ask_supplier", "card-faulty-over"),
        ("bank_transfer", "defective", 60, 1, "refund", "bank-faulty"),
        ("bank_transfer", "defective", 61, None, "deny", "bank-late"),
        ("bank_transfer", "unwanted", 5, None, "deny", "bank-unwanted"),
        ("balance", "defective", 5, None, "deny", "balance"),
        ("balance", "missing", 5, None, "claim", "balance-missing"),
        ("card", "missing", 5, None, "claim", "missing-claim"),
        ("card", "defective", None, None, "refund", "card-in-time"),
    ],
)
def test_the_policy_answers(world: World, tender, reason, days, marked, outcome, clause):
    order = an_order(world, tenders=[(tender, 6000)], delivered_days_ago=days, marked_days_ago=marked)
    case = ask(world, order, Wish(1, 1, reason))
    assert outcomes(case) == {(tender, outcome, clause)}


def test_what_was_paid_by_balance_is_refused_with_its_clause_and_moves_no_money(world: World):
    before = Entry.objects.count()
    order = an_order(world, tenders=[("balance", 6000)])
    opened = Entry.objects.count()
    case = ask(world, order)
    (told,) = told_decisions(case, "en")
    assert "stored balance" in told.because
    assert told.clause == "balance"
    assert case.closed_at is not None
    assert case.lines.get().state == LineState.REFUSED
    assert units_left(order) == {case.lines.get().line_id: 1}
    assert not Refund.objects.exists()
    assert Entry.objects.count() == opened == before + 1


def test_a_split_payment_is_decided_by_each_means_and_adds_up_exactly(world: World):
    order = an_order(world, lines=[(3, 10000)], tenders=[("balance", 3333), ("card", 6667)])
    case = ask(world, order, Wish(1, 3, "defective"))
    assert outcomes(case) == {("balance", "deny", "balance"), ("card", "refund", "card-in-time")}
    amounts = dict(Decision.objects.values_list("tender__kind", "amount_minor"))
    assert amounts == {"balance": 0, "card": 6667}


def test_an_unwanted_lamp_of_a_supplier_with_narrow_terms_waits_for_the_supplier(world: World):
    case = ask(world, an_order(world), Wish(1, 1, "unwanted"))
    assert (case.waiting_on, case.on_expiry) == ("supplier", "escalate")
    kinds = set(Notification.objects.values_list("kind", "recipient"))
    assert kinds == {("return-decided", "ann@example.com"), ("supplier-asked", "li@example.com")}
    asked = Notification.objects.get(kind="supplier-asked")
    assert "ann" not in str(asked.words).lower()
    assert "card" not in str(asked.words).lower()


def test_one_wrong_of_three_after_completion_is_to_come_back_with_the_rest(world: World):
    order = an_order(world, lines=[(1, 3000), (2, 3000)], marked_days_ago=1)
    case = ask(world, order, Wish(1, 1, "wrong"))
    assert outcomes(case) == {("card", "return_all", "together")}
    assert case.waiting_on == "customer"
    everything = ask(
        world, order, Wish(1, 1, "wrong"), Wish(2, 2, "unwanted"), intent="form-2", replaces=case.reference
    )
    first = everything.lines.get(line__number=1)
    assert {d.outcome for d in first.decisions.all()} == {"ask_supplier"}
    case.refresh_from_db()
    assert case.closed_at is not None


def test_the_form_shows_the_same_answer_that_the_return_gets(world: World):
    order = an_order(world, lines=[(3, 10000)], tenders=[("balance", 3333), ("card", 6667)])
    wishes = [Wish(1, 2, "defective")]
    shown = preview(order=order, supplier="LI", wishes=wishes, now=world.clock.now(), language="en")
    case = ask(world, order, *wishes)
    assert [(t.tender, t.outcome, t.clause, t.amount, t.last_day) for t in shown] == [
        (t.tender, t.outcome, t.clause, t.amount, t.last_day) for t in told_decisions(case, "en")
    ]
    assert not Return.objects.exclude(pk=case.pk).exists()


def test_the_answer_is_told_in_the_reader_s_language(world: World):
    case = ask(world, an_order(world))
    english, chinese = told_decisions(case, "en")[0], told_decisions(case, "zh-hans")[0]
    assert english.because != chinese.because
    assert "60" in chinese.because


def test_a_double_click_opens_one_return(world: World):
    order = an_order(world)
    assert ask(world, order) == ask(world, order)
    assert Return.objects.count() == 1


def test_units_are_sent_back_once(world: World):
    order = an_order(world, lines=[(3, 9000)])
    ask(world, order, Wish(1, 2, "defective"))
    with pytest.raises(UnitsTaken, match="1 of 3 can still be sent back"):
        ask(world, order, Wish(1, 2, "defective"), intent="form-2")
    assert Return.objects.count() == 1
    assert ReturnUnit.objects.count() == 2


def test_bob_cannot_send_back_what_ann_bought(world: World):
    with pytest.raises(NotYours):
        ask(world, an_order(world), by=world.bob)
    assert not Return.objects.exists()


def test_a_cancelled_order_has_nothing_to_send_back(world: World):
    order = an_order(world)
    order.cancelled_at = world.clock.now()
    order.save()
    with pytest.raises(NotNow):
        ask(world, order)
    assert not Return.objects.exists()


@pytest.mark.parametrize(
    ("wishes", "field"),
    [
        ([], "lines"),
        ([Wish(9, 1, "defective")], "line"),
        ([Wish(1, 0, "defective")], "units"),
        ([Wish(1, -1, "defective")], "units"),
        ([Wish(1, 1, "boring")], "reason"),
        ([Wish(1, 1, "wrong"), Wish(1, 1, "wrong")], "line"),
    ],
)
def test_a_wish_that_makes_no_sense_is_named_and_nothing_is_done(world: World, wishes, field):
    order = an_order(world)
    with pytest.raises(BadInput) as refused:
        request_return(
            ports=world.ports, by=world.ann, order=order, supplier="LI", wishes=wishes, intent="form-1"
        )
    assert refused.value.field == field
    assert not Return.objects.exists()
    assert not Notification.objects.exists()


def test_another_supplier_s_code_is_named(world: World):
    order = an_order(world)
    with pytest.raises(BadInput, match="a supplier of this order: LI"):
        request_return(
            ports=world.ports,
            by=world.ann,
            order=order,
            supplier="OTTO",
            wishes=[Wish(1, 1, "wrong")],
            intent="form-1",
        )


def test_ann_says_when_it_came_where_the_carrier_does_not_know(world: World):
    order = an_order(world, delivered_days_ago=None)
    today = order.day_of(world.clock.now())
    with pytest.raises(BadInput) as refused:
        ask(world, order, received_on=today + timedelta(days=1))
    assert refused.value.field == "received_on"
    assert not Return.objects.exists()
    ask(world, order, received_on=today - timedelta(days=2))
    assert Decision.objects.get().facts["days"] == 2
    assert Decision.objects.get().sources["days"].startswith("customer")


def test_ann_keeps_it_after_all_and_may_ask_again(world: World):
    order = an_order(world)
    case = withdraw_return(ports=world.ports, by=world.ann, case=ask(world, order))
    assert case.closed_at is not None
    assert list(units_left(order).values()) == [1]
    with pytest.raises(NotNow):
        withdraw_return(ports=world.ports, by=world.ann, case=case)
    ask(world, order, intent="form-2")


def test_bob_cannot_withdraw_ann_s_return(world: World):
    case = ask(world, an_order(world))
    with pytest.raises(NotYours):
        withdraw_return(ports=world.ports, by=world.bob, case=case)
    assert case.lines.get().state == LineState.AUTHORISED


def test_an_order_is_not_completed_over_an_open_return(world: World):
    order = an_order(world)
    ask(world, order)
    with pytest.raises(NotNow, match="open return"):
        complete_order(ports=world.ports, by=world.ann, order=order)
    order.refresh_from_db()
    assert order.marked_delivered_at is None


def test_ann_s_word_on_one_parcel_says_nothing_of_the_other(world: World):
    order = an_order(world, lines=[(1, 3000), (1, 3000)], delivered_days_ago=None)
    first, second = order.lines.all()
    here = Parcel.objects.get(group__order=order)
    here.lines.set([first])
    under_way = Parcel.objects.create(group=here.group, code="P2")
    under_way.lines.set([second])
    ask(world, order, received_on=order.day_of(world.clock.now()))
    assert here.events.get().source == "customer"
    assert not under_way.events.exists()


def test_ann_is_believed_where_only_the_supplier_says_that_it_arrived(world: World):
    order = an_order(world, delivered_days_ago=None)
    parcel, yesterday = Parcel.objects.get(group__order=order), world.clock.now() - timedelta(days=1)
    ParcelEvent.objects.create(parcel=parcel, kind="delivered", at=yesterday, source="supplier")
    ask(world, order, received_on=order.day_of(world.clock.now()))
    assert Decision.objects.get().facts["days"] == 0
