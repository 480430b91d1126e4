"""Ann and Bob pay, try again, freeze, add and confirm in any order, with any trial card: all books agree."""

import random
from contextlib import suppress

import pytest

from aftersale.base.errors import Refused
from aftersale.orders.models import Order, Tender
from aftersale.payments.card_models import CardState, FreezeReason, SavedCard
from aftersale.payments.charge_models import Charge
from aftersale.payments.charge_states import CHARGE_LIVE
from aftersale.payments.charging import expect_charge_news, give_up_charge
from aftersale.payments.providers.sandbox.models import CardBehaviour, CardCharge
from aftersale.payments.providers.sandbox.models import Charge as Captured
from aftersale.payments.providers.sandbox.terminal import answer_the_bank
from aftersale.payments.providers.sandbox.trial_cards import TRIAL_CARDS
from aftersale.payments.providers.sandbox.vault import behave_with_card
from aftersale.payments.saved_cards import freeze_card, let_go_of_refused_cards
from tests.money import shop
from tests.money.checks import books_are_whole
from tests.money.till import bob, till

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
STEPS = 150
FAULTS = [CardBehaviour.TIMES_OUT_BEFORE, CardBehaviour.TIMES_OUT_AFTER, CardBehaviour.OUTAGE]


class Life:
    """Somebody's next step, drawn by lot."""

    def __init__(self, seed):
        self.at, self.lot = till(), random.Random(seed)
        self.people = [shop.ann(), bob()]
        self.frozen_with: dict[int, set[str]] = {}

    def step(self):
        steps = [self.order, self.order, self.card, self.card, *[self.pay] * 6, self.again, self.bank]
        steps += [self.freeze, self.give_up, self.hint, self.fault, self.wait, self.wait]
        with suppress(Refused):
            self.lot.choice(steps)()

    def order(self):
        order = self.at.order(
            f"M-{Order.objects.count()}", unpaid=self.lot.choice([1, 999, 100_00]), lines=(100_00,)
        )
        order.customer = self.lot.choice(self.people)
        order.save()

    def card(self):
        names = [name for name in TRIAL_CARDS if name != "visa-refused"]
        self.at.card(self.lot.choice(names), of=self.lot.choice(self.people))

    def pay(self):
        order = self.one(Order.objects.filter(tenders=None))
        cards = SavedCard.objects.filter(customer=order.customer, token__isnull=False)
        if self.lot.random() < 0.9:
            cards = cards.filter(state=CardState.ACTIVE)
        self.at.pay(order, self.one(cards))

    def again(self):
        self.at.again(self.one(Charge.objects.all()))

    def bank(self):
        charge = self.one(Charge.objects.filter(state="requires_action"))
        answer_the_bank(charge.provider_reference, confirmed=self.lot.random() < 0.7)
        if self.lot.random() < 0.7:
            self.at.back_from_the_bank(charge)

    def freeze(self):
        if self.lot.random() < 0.4:
            card = self.one(SavedCard.objects.filter(state=CardState.ACTIVE))
            freeze_card(ports=self.at.ports, card=card, reason=self.lot.choice(list(FreezeReason)))
            asked = CardCharge.objects.filter(card__token=card.token)
            self.frozen_with[card.pk] = set(asked.values_list("key", flat=True))

    def give_up(self):
        charge = self.one(Charge.objects.filter(state__in=CHARGE_LIVE))
        customer = charge.order.customer
        give_up_charge(ports=self.at.ports, providers=self.at.terminals, charge=charge, by=customer)

    def hint(self):
        expect_charge_news(clock=self.at.clock, reference=self.one(Charge.objects.all()).reference)

    def fault(self):
        card = self.one(SavedCard.objects.filter(state=CardState.ACTIVE))
        behave_with_card(card.token, self.lot.choice(FAULTS), calls=self.lot.randint(1, 3))

    def wait(self):
        self.at.wait(minutes=self.lot.choice([1, 5, 20, 61, 60 * 24, 60 * 24 * 9]))
        let_go_of_refused_cards(ports=self.at.ports, providers=self.at.vaults)

    def one(self, rows):
        """One of these rows; where there is none, somebody waits instead."""
        found = list(rows.order_by("pk"))
        if not found:
            raise Refused("nothing to do")
        return self.lot.choice(found)


@pytest.mark.parametrize("seed", range(6))
def test_whatever_people_and_providers_do_every_order_is_paid_once_and_all_books_agree(seed):
    life = Life(seed)
    life.order()
    for _ in range(STEPS):
        life.step()
    for _ in range(12):
        life.at.wait(days=3)
        let_go_of_refused_cards(ports=life.at.ports, providers=life.at.vaults)
    assert not Charge.objects.filter(state__in=CHARGE_LIVE).exists(), "everything comes to its end"
    for order in Order.objects.all():
        assert Tender.objects.filter(order=order).count() <= 1
    taken = set(CardCharge.objects.filter(status="succeeded").values_list("reference", flat=True))
    assert taken == set(Tender.objects.values_list("reference", flat=True))
    assert taken == set(Captured.objects.values_list("reference", flat=True))
    for card, keys in life.frozen_with.items():
        token = SavedCard.objects.get(pk=card).token
        later = set(CardCharge.objects.filter(card__token=token).values_list("key", flat=True)) - keys
        assert not later, "nothing reached the provider of a card after its freeze"
    let_go = SavedCard.objects.filter(state=CardState.DETACHED)
    assert not let_go.filter(detached_at=None).exists()
    books_are_whole(life.at.desk)
