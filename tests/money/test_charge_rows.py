"""A charge's row: what may follow what, what the database refuses, and that nothing of it is ever deleted."""

import pytest
from django.db import IntegrityError, transaction

from aftersale.payments.charge_models import Charge
from aftersale.payments.charge_moves import move_charge
from aftersale.payments.charge_states import (
    CHARGE_IN_FLIGHT,
    CHARGE_LIVE,
    CHARGE_OVER,
    CHARGE_TRANSITIONS,
    ChargeState,
)
from tests.money.till import till

pytestmark = pytest.mark.django_db


@pytest.fixture
def at():
    return till()


@pytest.fixture
def paid(at):
    return at.pay(at.order(), at.card())


def test_every_state_has_its_line_and_is_either_live_or_over():
    assert set(CHARGE_TRANSITIONS) == set(ChargeState.values)
    assert set(CHARGE_LIVE) | set(CHARGE_OVER) == set(ChargeState)
    assert not set(CHARGE_LIVE) & set(CHARGE_OVER)
    assert set(CHARGE_IN_FLIGHT) < set(CHARGE_LIVE)


def test_from_each_state_a_charge_can_come_to_an_end_and_what_was_paid_stays_paid():
    for state in ChargeState:
        reached, todo = set(), [state.value]
        while todo:
            reached.add(now := todo.pop())
            todo += [to for to in CHARGE_TRANSITIONS[now] if to not in reached]
        assert reached & set(CHARGE_OVER)
    assert CHARGE_TRANSITIONS[ChargeState.SUCCEEDED] == ()
    assert all(ChargeState.CREATED not in after for after in CHARGE_TRANSITIONS.values())


def test_of_two_moves_from_one_state_the_second_changes_nothing(at):
    charge = at.pay(at.order(), at.card("visa-slow"))
    one, two = Charge.objects.get(), Charge.objects.get()
    now = at.clock.now()
    assert move_charge(one, ChargeState.DECLINED, family="silent", settled_at=now)
    assert not move_charge(two, ChargeState.RELEASED, reason="customer", settled_at=now)
    charge.refresh_from_db()
    assert (charge.state, charge.reason) == ("declined", "")


def test_a_move_that_the_table_does_not_know_is_our_mistake(paid):
    with pytest.raises(AssertionError):
        move_charge(paid, ChargeState.DECLINED)


@pytest.mark.parametrize(
    "written",
    [
        {"state": "captured"},
        {"amount_minor": 0},
        {"tender": None},
        {"settled_at": None},
        {"submitted_at": None},
        {"reason": "customer"},
        {"state": "declined", "tender": None},
        {"state": "released", "tender": None},
        {"state": "created", "tender": None, "settled_at": None},
    ],
    ids=str,
)
def test_the_database_refuses_a_charge_that_makes_no_sense(paid, written):
    with pytest.raises(IntegrityError), transaction.atomic():
        Charge.objects.filter(pk=paid.pk).update(**written)
    assert Charge.objects.get().state == "succeeded"


@pytest.mark.parametrize(
    "written", [{"key": "other"}, {"reference": "H-other"}, {"amount_minor": 1}], ids=str
)
def test_what_was_asked_for_is_never_rewritten(paid, written):
    with pytest.raises(IntegrityError), transaction.atomic():
        Charge.objects.filter(pk=paid.pk).update(**written)


def test_a_charge_is_never_deleted(paid):
    with pytest.raises(IntegrityError), transaction.atomic():
        Charge.objects.filter(pk=paid.pk).delete()
    assert Charge.objects.exists()
