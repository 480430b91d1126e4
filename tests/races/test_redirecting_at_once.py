"""Two people of finance release the same redirect at once: it is paid once. Naive ones pay it twice."""

import pytest

from aftersale.accounts.models import Role, User
from aftersale.ledger import accounts
from aftersale.ledger.models import Account
from aftersale.ledger.services import post
from aftersale.payments.errors import NotNow
from aftersale.payments.models import Redirect
from aftersale.payments.providers.sandbox.models import Behaviour
from aftersale.payments.providers.sandbox.services import behave
from aftersale.payments.redirecting import account_of, release_redirect
from tests.money import shop
from tests.money.checks import books_are_whole
from tests.races.together import measured, met, together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
PEOPLE = 4
ROUNDS = 10


@pytest.fixture
def desk():
    return shop.desk()


@pytest.fixture
def redirects(desk):
    """Ten of Ann's refunds, each approved by Mia to go to the balance."""
    for number in range(ROUNDS):
        order = shop.order(f"M-{number}", ports=desk.ports)
        behave(f"charge-M-{number}-1", Behaviour.FAILS_LATE)
        shop.refund(order, 100_00, ports=desk.ports, intent=order.code)
    desk.settle()
    desk.clock.move(days=1)
    desk.reconcile()
    now = desk.clock.now()
    Redirect.objects.update(
        state="approved", target="balance", chosen_at=now, approved_by=shop.mia(), approved_at=now
    )
    return list(Redirect.objects.order_by("pk"))


def colleagues():
    return [
        User.objects.create_user(f"fred-{n}@example.com", name=f"Fred {n}", role=Role.FINANCE)
        for n in range(PEOPLE)
    ]


def on_the_balance():
    return Account.objects.get(kind="customer_balance").balance_minor


def test_four_people_release_the_same_redirect_and_it_is_paid_once(desk, redirects):
    people = colleagues()

    def release(turn, person):
        return release_redirect(ports=desk.ports, redirect=redirects[turn], actor=people[person])

    outcomes = together(PEOPLE, ROUNDS, release, expected=(NotNow,))
    assert all((len(each.answers), len(each.refusals)) == (1, PEOPLE - 1) for each in outcomes)
    assert on_the_balance() == 100_00 * ROUNDS
    books_are_whole(desk)


def test_control_people_who_look_and_then_pay_pay_twice(desk, redirects):
    all_have_looked = met(PEOPLE)

    def naive(turn, person):
        redirect = Redirect.objects.select_related("refund__tender__order").get(pk=redirects[turn].pk)
        all_have_looked()
        if redirect.state != "approved":
            return
        post(
            at=desk.clock.now(),
            debit=accounts.bank_clearing("EUR"),
            credit=account_of(redirect),
            amount=redirect.refund.amount,
            about="naive",
            intent_key=f"naive:{turn}:{person}",
        )
        Redirect.objects.filter(pk=redirect.pk).update(state="chosen")

    together(PEOPLE, ROUNDS, naive)
    twice = on_the_balance() // 100_00 - ROUNDS
    measured(f"control: naive people paid {twice} times too often for {ROUNDS} redirects")
    assert twice > 0
