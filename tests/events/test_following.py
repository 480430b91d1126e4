"""What follows from an event: the provider is asked, and what it says is done, once."""

from datetime import timedelta

import pytest

from aftersale.accounts.models import Role
from aftersale.base.mail import DemoMailbox
from aftersale.base.money import Money
from aftersale.cards.tests.cast import the_cards
from aftersale.config import worker as module
from aftersale.config.worker import Stop, Worker, house_steps
from aftersale.payments.card_models import CardState, FreezeReason, SavedCard
from aftersale.payments.event_models import ProviderEvent, ProviderList
from aftersale.payments.hints import Slots, follow_due_hints, read_due_lists, receive_event, take_hint
from aftersale.payments.models import ProviderRefund, Refund, TenderMoney
from aftersale.payments.providers import Unavailable
from aftersale.payments.providers.events import Hint, Topic
from aftersale.payments.providers.registry import system_card_providers, system_event_readers
from aftersale.payments.providers.sandbox.events import send_due_events
from aftersale.payments.providers.sandbox.models import Behaviour, Delivery, SandboxRefund, VaultCard
from aftersale.payments.providers.sandbox.provider import Sandbox
from aftersale.payments.providers.sandbox.services import behave, refund_by_hand
from aftersale.payments.providers.sandbox.vault import give_card
from aftersale.payments.saved_cards import freeze_card, start_set_up
from aftersale.payments.states import State
from tests.money import shop
from tests.money.checks import books_are_whole

pytestmark = pytest.mark.django_db
CHARGE = "charge-M-1001-1"


@pytest.fixture
def desk():
    desk = shop.desk()
    yield desk
    books_are_whole(desk)


def slots(desk):
    return Slots(desk.providers, system_card_providers(clock=desk.clock, ids=desk.ids))


def hinted(desk, topic, about, ours="", event="evt_1"):
    return take_hint(ports=desk.ports, provider="sandbox", hint=Hint(event, topic, about, ours))


def follow(desk):
    return follow_due_hints(ports=desk.ports, slots=slots(desk))


def send(desk, **known):
    reader = system_event_readers(clock=desk.clock)["sandbox"]

    def one(raw, headers):
        return receive_event(ports=desk.ports, reader=reader, raw=raw, headers=headers)

    return send_due_events(ports=desk.ports, send=one, **known)


def by_hand(desk, amount=5_00):
    bought = shop.order(ports=desk.ports)
    return refund_by_hand(ports=desk.ports, reference=CHARGE, amount=bought.money(amount))


def test_a_refund_started_at_the_provider_is_recorded_once_by_its_event(desk):
    row = by_hand(desk)
    assert hinted(desk, Topic.REFUND, row.reference)
    assert not hinted(desk, Topic.REFUND, row.reference)
    assert hinted(desk, Topic.REFUND, row.reference, event="evt_2")
    assert [follow(desk), follow(desk)] == [2, 0]
    assert [(each.reference, each.amount_minor) for each in ProviderRefund.objects.all()] == [
        (row.reference, 5_00)
    ]
    assert TenderMoney.objects.get().external_minor == 5_00


def test_without_any_event_the_list_tells_of_it(desk):
    row = by_hand(desk)
    assert [read_due_lists(ports=desk.ports, slots=slots(desk)) for _ in range(2)] == [1, 0]
    assert ProviderRefund.objects.get().reference == row.reference
    desk.clock.move(hours=1)
    late = refund_by_hand(ports=desk.ports, reference=CHARGE, amount=Money(1_00, "EUR"))
    assert read_due_lists(ports=desk.ports, slots=slots(desk)) == 1
    assert [each.reference for each in ProviderRefund.objects.all()] == [row.reference, late.reference]


def test_a_list_that_does_not_come_is_read_again_soon_from_the_same_place(desk):
    by_hand(desk)

    class Silent(Sandbox):
        def refunds(self, *, since=None):
            raise Unavailable("no answer")

    broken = Slots({"sandbox": Silent(clock=desk.clock, ids=desk.ids)}, {})
    assert read_due_lists(ports=desk.ports, slots=broken) == 1
    assert ProviderList.objects.get().read_until is None
    desk.clock.move(minutes=5)
    assert read_due_lists(ports=desk.ports, slots=slots(desk)) == 1
    assert ProviderRefund.objects.count() == 1


def test_news_of_our_own_refund_brings_the_look_forward_and_pays_nothing(desk):
    bought = shop.order(ports=desk.ports)
    behave(CHARGE, Behaviour.FAILS_LATE)
    refund = shop.refund(bought, 40_00, ports=desk.ports, intent="i")
    desk.settle()
    desk.clock.move(hours=25)
    Refund.objects.filter(pk=refund.pk).update(due_at=desk.clock.now() + timedelta(days=6))
    theirs = SandboxRefund.objects.get()
    hinted(desk, Topic.REFUND, theirs.reference, refund.key)
    assert follow(desk) == 1
    assert desk.reconcile() == 1
    refund.refresh_from_db()
    assert refund.state == State.REVERSED
    assert not ProviderRefund.objects.exists()


def test_a_hint_of_what_is_not_there_changes_nothing(desk):
    shop.order(ports=desk.ports)
    for number, topic in enumerate(Topic):
        hinted(desk, topic, "no-such-thing", "no-such-name", event=f"evt_{number}")
    assert follow(desk) == 4
    assert not ProviderRefund.objects.exists()
    assert not ProviderEvent.objects.filter(followed_at=None).exists()


def test_while_the_provider_is_silent_the_hint_waits_and_after_a_day_it_is_dropped(desk):
    row = by_hand(desk)
    behave(CHARGE, Behaviour.OUTAGE)
    hinted(desk, Topic.REFUND, row.reference)
    assert follow(desk) == 1
    assert ProviderEvent.objects.get().last_error
    assert follow(desk) == 0
    desk.clock.move(days=1)
    assert follow(desk) == 1
    assert ProviderEvent.objects.get().followed_at is not None
    assert not ProviderRefund.objects.exists()
    behave(CHARGE, Behaviour.SUCCEEDS)
    read_due_lists(ports=desk.ports, slots=slots(desk))
    assert ProviderRefund.objects.count() == 1


def test_a_provider_that_is_no_longer_set_up_keeps_its_hints_waiting(desk):
    take_hint(ports=desk.ports, provider="elsewhere", hint=Hint("evt_1", Topic.REFUND, "re_1"))
    assert follow(desk) == 1
    assert "elsewhere" in ProviderEvent.objects.get().last_error


@pytest.mark.parametrize("reason", [None, FreezeReason.STOLEN])
def test_a_card_that_its_provider_let_go_is_removed_and_one_it_still_has_is_not(desk, reason):
    world = the_cards(shop.NOON)
    if reason:
        freeze_card(ports=world.ports, card=world.visa, reason=reason)
    hinted(desk, Topic.CARD, world.visa.token)
    follow(desk)
    world.visa.refresh_from_db()
    assert world.visa.state == (CardState.FROZEN if reason else CardState.ACTIVE)
    VaultCard.objects.filter(token=world.visa.token).update(detached_at=desk.clock.now())
    hinted(desk, Topic.CARD, world.visa.token, event="evt_2")
    follow(desk)
    world.visa.refresh_from_db()
    assert world.visa.state == CardState.DETACHED
    assert world.visa.freeze_reason == (reason or FreezeReason.REMOVAL)
    assert world.visa.detached_at == desk.clock.now()


def test_a_card_given_just_before_the_browser_was_closed_is_saved_all_the_same(desk):
    world = the_cards(shop.NOON)
    card, _ = start_set_up(
        ports=world.ports,
        providers=world.vaults,
        customer=world.bob,
        provider="sandbox",
        return_to="/account/cards/{card}/",
    )
    give_card(clock=desk.clock, ids=desk.ids, set_up=card.setup, trial_card="visa-good")
    send(desk)
    desk.clock.move(minutes=10)
    assert send(desk) > 0
    follow(desk)
    assert SavedCard.objects.get(pk=card.pk).state == CardState.ACTIVE


def test_the_sandbox_tells_everything_twice_late_and_not_in_order(desk):
    bought = shop.order(ports=desk.ports)
    for number in range(12):
        shop.refund(bought, 1_00, ports=desk.ports, intent=f"i-{number}")
    desk.settle()
    assert send(desk) == 0
    made = list(SandboxRefund.objects.order_by("pk").values_list("reference", flat=True))
    for _ in range(220):
        desk.clock.move(seconds=1)
        send(desk)
    assert Delivery.objects.filter(sent_at=None).count() == 0
    assert Delivery.objects.count() == 24
    arrived = list(ProviderEvent.objects.order_by("received_at", "pk").values_list("about", flat=True))
    assert sorted(arrived) == sorted(made)
    assert arrived != made
    follow(desk)
    assert not ProviderRefund.objects.exists()


def test_a_refund_by_hand_at_the_sandbox_reaches_our_books_by_its_events_alone(desk):
    by_hand(desk)
    for _ in range(20):
        desk.clock.move(seconds=15)
        send(desk)
        follow(desk)
    assert ProviderRefund.objects.count() == 1
    assert ProviderEvent.objects.count() == 1
    assert Delivery.objects.filter(sent_at__isnull=False).count() == 2


def test_more_than_was_captured_goes_to_finance(desk):
    bought = shop.order(ports=desk.ports)
    shop.refund(bought, 100_00, ports=desk.ports, intent="i")
    desk.settle()
    SandboxRefund.objects.create(
        charge=SandboxRefund.objects.get().charge,
        reference="S-extra",
        amount_minor=5_00,
        status="succeeded",
        created_at=desk.clock.now(),
    )
    hinted(desk, Topic.REFUND, "S-extra")
    follow(desk)
    row = ProviderRefund.objects.get()
    assert (row.excess_minor, row.owner) == (5_00, Role.FINANCE)


def test_the_worker_of_a_demo_sends_the_sandboxs_events_and_follows_them(desk, monkeypatch):
    monkeypatch.setattr(module, "close_old_connections", lambda: None)
    by_hand(desk)
    ProviderList.objects.create(provider="sandbox", due_at=desk.clock.now() + timedelta(days=9))
    steps = house_steps(ports=desk.ports, mail=DemoMailbox(desk.clock), providers=desk.providers, stop=Stop())
    for _ in range(20):
        assert Worker(steps).run_once()
        desk.clock.move(seconds=15)
    assert ProviderRefund.objects.count() == 1
    assert Delivery.objects.filter(sent_at__isnull=False).count() == 2
