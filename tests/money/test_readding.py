"""Ann adds a card again after a failed payment: mostly that cannot help, and the card is not even kept."""

from datetime import timedelta

import pytest

from aftersale.cards.errors import NotNow
from aftersale.cards.models import RemovalRequest
from aftersale.cards.services import submit_removal
from aftersale.cards.states import RemovalState
from aftersale.orders.models import Order
from aftersale.payments.card_models import CardState, FreezeReason, SavedCard
from aftersale.payments.charge_models import Charge
from aftersale.payments.declines import AddAgain
from aftersale.payments.errors import CardNotSetUp, NotAgain, PointlessCard
from aftersale.payments.providers.cards import Gone
from aftersale.payments.providers.sandbox.models import CardBehaviour, CardCharge, VaultSetUp
from aftersale.payments.providers.sandbox.vault import behave_with_card, give_card
from aftersale.payments.readding import may_add_card
from aftersale.payments.retrying import answer_to
from aftersale.payments.saved_cards import (
    cards_of,
    finish_set_up,
    freeze_card,
    let_go_of_refused_cards,
    start_set_up_after,
)
from tests.money import shop
from tests.money.till import bob, till

pytestmark = pytest.mark.django_db
POINTLESS = ["visa-lost", "visa-revoked", "visa-funds", "visa-declined", "visa-trouble", "visa-unsupported"]


@pytest.fixture
def at():
    return till()


def bobs_order(at, code):
    order = at.order(code)
    Order.objects.filter(pk=order.pk).update(customer=bob())
    order.refresh_from_db()
    return order


def add_after(at, charge, named):
    return start_set_up_after(
        ports=at.ports,
        providers=at.vaults,
        charge=charge,
        named=named,
        provider="sandbox",
        return_to="/account/cards/{card}/",
    )


@pytest.mark.parametrize("card", POINTLESS)
def test_naming_the_card_that_failed_is_refused_without_a_call(at, card):
    charge = at.pay(at.order(), saved := at.card(card))
    pages = VaultSetUp.objects.count()
    assert may_add_card(shop.ann(), charge, saved) == AddAgain.NO
    with pytest.raises(PointlessCard):
        add_after(at, charge, saved)
    assert VaultSetUp.objects.count() == pages
    assert SavedCard.objects.count() == 1


@pytest.mark.parametrize("card", POINTLESS)
def test_the_same_card_that_comes_back_from_the_page_is_let_go_and_never_charged(at, card):
    order = at.order()
    at.pay(order, at.card(card))
    asked = CardCharge.objects.count()
    with pytest.raises(PointlessCard) as first:
        at.card(card)
    back = SavedCard.objects.latest("pk")
    assert (back.state, back.detached_at) == (CardState.DETACHED, at.clock.now())
    assert at.vaults["sandbox"].find_card(back.token) == Gone()
    assert cards_of(shop.ann()).count() == 1
    with pytest.raises(PointlessCard) as second:
        finish_set_up(ports=at.ports, providers=at.vaults, card=back)
    assert str(first.value) == str(second.value)
    assert CardCharge.objects.count() == asked


def test_two_families_that_must_look_alike_do_so_when_the_card_comes_back(at):
    said = []
    for card in ("visa-stolen", "visa-declined"):
        at.pay(at.order(card), at.card(card))
        with pytest.raises(PointlessCard) as refusal:
            at.card(card)
        said.append((type(refusal.value), str(refusal.value)))
    assert said[0] == said[1]


def test_a_card_typed_wrongly_may_be_added_again_and_pays(at):
    order = at.order()
    charge = at.pay(order, saved := at.card("visa-wrong-code"))
    assert may_add_card(order.customer, charge, saved) == AddAgain.YES
    card, _page = add_after(at, charge, saved)
    again = at.given(card, "visa-right-code")
    assert again.fingerprint_hash == saved.fingerprint_hash
    assert at.pay(order, again).state == "succeeded"


def test_an_expired_card_is_updated_keeps_its_history_and_takes_the_place_of_the_old_one(at):
    order = at.order()
    charge = at.pay(order, saved := at.card("visa-expired"))
    assert may_add_card(order.customer, charge, saved) == AddAgain.UPDATE
    card, _page = add_after(at, charge, saved)
    renewed = at.given(card, "visa-renewed")
    assert list(cards_of(order.customer)) == [renewed]
    assert let_go_of_refused_cards(ports=at.ports, providers=at.vaults) == 1
    assert at.vaults["sandbox"].find_card(saved.token) == Gone()
    assert at.pay(order, renewed).state == "succeeded"
    assert Charge.objects.values("fingerprint_hash").distinct().count() == 1


def test_another_card_may_always_be_added(at):
    charge = at.pay(at.order(), at.card("visa-declined"))
    assert may_add_card(shop.ann(), charge, None) == AddAgain.YES
    assert may_add_card(shop.ann(), charge, at.card()) == AddAgain.YES
    card, _page = add_after(at, charge, None)
    assert at.given(card, "mastercard-good").state == CardState.ACTIVE


def test_once_the_order_is_paid_the_card_without_a_reason_may_come_back(at):
    order = at.order()
    at.pay(order, at.card("visa-declined"))
    at.pay(order, at.card())
    assert at.card("visa-declined").state == CardState.ACTIVE


def test_with_no_failure_of_one_s_own_a_reported_card_is_kept_and_its_bank_is_not_asked(
    at,
):
    answers = []
    for card in ("visa-stolen", "visa-declined"):
        at.pay(at.order(card), at.card(card))
        of_bob = at.card(card, of=bob())
        asked = CardCharge.objects.count()
        failed = at.pay(bobs_order(at, f"B-{card}"), of_bob)
        answers.append((of_bob.state, failed.state, answer_to(failed).name))
        assert CardCharge.objects.count() - asked == (card == "visa-declined")
    assert answers[0] == answers[1] == (CardState.ACTIVE, "declined", "no_reason_given")


def test_a_card_that_ann_reported_is_refused_to_her_and_bob_learns_nothing_of_it(at):
    freeze_card(ports=at.ports, card=at.card(), reason=FreezeReason.STOLEN)
    with pytest.raises(PointlessCard):
        at.card()
    asked = CardCharge.objects.count()
    failed = at.pay(bobs_order(at, "B-1"), at.card(of=bob()))
    assert (failed.state, answer_to(failed).name) == ("declined", "no_reason_given")
    assert CardCharge.objects.count() == asked


def test_removing_and_adding_again_gives_no_new_attempts(at):
    order, card = at.order(), at.card("visa-declined")
    at.pay(order, card)
    freeze_card(ports=at.ports, card=card, reason=FreezeReason.REMOVAL)
    with pytest.raises(CardNotSetUp):
        at.card("visa-declined")
    assert CardCharge.objects.count() == 1


def test_a_provider_that_is_down_is_asked_again_to_let_the_card_go(at):
    at.pay(at.order(), at.card("visa-declined"))
    card, _page = add_after(at, Charge.objects.get(), None)
    row = give_card(clock=at.clock, ids=at.ids, set_up=card.setup, trial_card="visa-declined")
    behave_with_card(row.card.token, CardBehaviour.TIMES_OUT_BEFORE, calls=1)
    with pytest.raises(PointlessCard):
        finish_set_up(ports=at.ports, providers=at.vaults, card=card)
    card.refresh_from_db()
    assert (card.state, card.detached_at) == (CardState.DETACHED, None)
    assert let_go_of_refused_cards(ports=at.ports, providers=at.vaults) == 0
    at.clock.move(minutes=5)
    assert let_go_of_refused_cards(ports=at.ports, providers=at.vaults) == 1
    card.refresh_from_db()
    assert card.detached_at == at.clock.now()
    with pytest.raises(NotAgain):
        at.pay(Charge.objects.get().order, SavedCard.objects.filter(state="active").first())


def test_a_card_that_was_updated_while_its_removal_was_asked_for_has_nothing_left_to_remove(at):
    charge = at.pay(at.order(), old := at.card("visa-expired"))
    now = at.clock.now()
    request = RemovalRequest.objects.create(
        reference="C-1",
        card=old,
        customer=shop.ann(),
        email_hash="x",
        state=RemovalState.PROVEN,
        proof="password",
        proven_at=now,
        due_at=now + timedelta(minutes=30),
        created_at=now,
    )
    card, _page = add_after(at, charge, old)
    at.given(card, "visa-renewed")
    with pytest.raises(NotNow):
        submit_removal(ports=at.ports, request=request)
    request.refresh_from_db()
    assert request.state == RemovalState.PROVEN
