"""A refund whose card is gone: asked for, agreed, proved, paid by two people, in the books to the cent."""

import pytest
from django.db import IntegrityError, connection, transaction

from aftersale.accounts.models import Role, User
from aftersale.accounts.proving import NotProven
from aftersale.base.errors import BadInput
from aftersale.base.models import Notification
from aftersale.ledger.models import Account, Entry
from aftersale.payments.errors import NotNow, SamePerson
from aftersale.payments.iban import read_iban, shown_iban
from aftersale.payments.models import Redirect, Refund, TenderMoney
from aftersale.payments.providers.sandbox.models import Behaviour, Charge
from aftersale.payments.providers.sandbox.services import behave, refund_by_hand
from aftersale.payments.queries import latest
from aftersale.payments.redirecting import (
    Choice,
    approve_redirect,
    ask_again,
    ask_where_to,
    choose_target,
    forget_ibans,
    iban_for,
    mail_redirect_code,
    record_bank_payment,
    record_sent_back,
    release_redirect,
)
from aftersale.payments.services import Reported, record_provider_refund, release_refund, retry_refund
from aftersale.payments.states import State
from tests.money import shop
from tests.money.checks import books_are_whole, breaches

pytestmark = pytest.mark.django_db
CHARGE = "charge-M-1001-1"
IBAN = "DE89 3704 0044 0532 0130 00"
BANK = Choice("bank", "Ann Example", IBAN)
BALANCE = Choice("balance")


@pytest.fixture
def desk():
    desk = shop.desk()
    yield desk
    books_are_whole(desk)


def fred() -> User:
    return User.objects.get_or_create(
        email="fred@example.com", defaults={"name": "Fred", "role": Role.FINANCE}
    )[0]


def asked(desk, amount=40_00) -> Redirect:
    """Ann's refund was paid, and her bank sent it back: the account behind the card is closed."""
    ann = shop.ann()
    ann.set_unusable_password()
    ann.save()
    bought = shop.order(ports=desk.ports)
    behave(CHARGE, Behaviour.FAILS_LATE)
    shop.refund(bought, amount, ports=desk.ports, intent="i")
    desk.settle()
    desk.clock.move(days=1)
    desk.reconcile()
    return Redirect.objects.get()


def code_for(desk, redirect) -> str:
    desk.clock.move(minutes=2)
    mail_redirect_code(ports=desk.ports, redirect=redirect)
    return str(Notification.objects.filter(kind="proof-code").latest("pk").words["code"])


def chosen(desk, choice=BANK) -> Redirect:
    redirect = asked(desk)
    code = code_for(desk, redirect)
    return choose_target(ports=desk.ports, redirect=redirect, choice=choice, agreed=True, proof=code)


def released(desk, choice=BANK) -> Redirect:
    approved = approve_redirect(ports=desk.ports, redirect=chosen(desk, choice), actor=shop.mia())
    return release_redirect(ports=desk.ports, redirect=approved, actor=fred())


def balances():
    return dict(Account.objects.values_list("kind", "balance_minor"))


def test_ann_is_asked_when_her_bank_says_that_the_card_is_gone(desk):
    redirect = asked(desk)
    (mail,) = Notification.objects.filter(kind="refund-where-to")
    assert (mail.recipient, mail.words["path"]) == (
        "ann@example.com",
        f"/account/refunds/{redirect.reference}/",
    )
    assert redirect.refund.state == State.HELD and TenderMoney.objects.get().reserved_minor == 40_00
    desk.clock.move(days=8)
    desk.settle(), desk.reconcile()
    assert Charge.objects.get().refunded_minor == 0  # nobody asks that card again
    assert Redirect.objects.count() == 1


def test_a_bank_that_gives_no_such_reason_leaves_it_to_finance_which_may_ask(desk):
    bought = shop.order(ports=desk.ports)
    behave(CHARGE, Behaviour.DECLINES)
    first = shop.refund(bought, 40_00, ports=desk.ports, intent="i")
    desk.settle()
    assert not Redirect.objects.exists()
    heir = latest(first)
    redirect = ask_where_to(ports=desk.ports, refund=heir, actor=shop.mia())
    assert ask_where_to(ports=desk.ports, refund=heir, actor=shop.mia()) == redirect
    assert Notification.objects.filter(kind="refund-where-to").count() == 1


def test_to_the_balance_it_is_paid_by_the_release(desk):
    redirect = released(desk, BALANCE)
    assert redirect.state == "paid"
    refund = Refund.objects.get(pk=redirect.refund_id)
    assert (refund.state, TenderMoney.objects.get().succeeded_minor) == (State.SUCCEEDED, 40_00)
    assert (balances()["customer_balance"], balances()["escrow"]) == (40_00, 60_00)


def test_to_a_bank_account_it_is_paid_when_the_bank_s_reference_is_there(desk):
    redirect = released(desk)
    assert redirect.state == "paying" and TenderMoney.objects.get().submitted_minor == 40_00
    assert not Entry.objects.filter(intent_key=f"refund:{redirect.refund.reference}").exists()
    with pytest.raises(BadInput):
        record_bank_payment(ports=desk.ports, redirect=redirect, bank_reference=" ", actor=fred())
    paid = record_bank_payment(ports=desk.ports, redirect=redirect, bank_reference="B-77", actor=fred())
    assert (paid.state, balances()["bank_clearing"], balances()["escrow"]) == ("paid", 40_00, 60_00)
    with pytest.raises(NotNow):
        record_bank_payment(ports=desk.ports, redirect=redirect, bank_reference="B-78", actor=fred())
    assert balances()["bank_clearing"] == 40_00


def test_the_iban_is_sealed_masked_and_whole_only_for_who_sends_it(desk):
    redirect = chosen(desk)
    assert redirect.iban_shown == "DE •••• 3000" and iban_for(redirect, shop.mia()) == "DE •••• 3000"
    assert "37040044" not in str(Redirect.objects.values().get())
    approved = approve_redirect(ports=desk.ports, redirect=redirect, actor=shop.mia())
    paying = release_redirect(ports=desk.ports, redirect=approved, actor=fred())
    assert iban_for(paying, fred()) == IBAN and iban_for(paying, shop.ann()) == "DE •••• 3000"


def test_the_iban_is_forgotten_three_months_after_it_was_given_and_paid_to(desk):
    redirect = released(desk)
    desk.clock.move(days=91)
    assert forget_ibans(ports=desk.ports) == 0  # it is not sent yet
    record_bank_payment(ports=desk.ports, redirect=redirect, bank_reference="B-77", actor=fred())
    assert forget_ibans(ports=desk.ports) == 1
    row = Redirect.objects.get()
    assert (row.iban_sealed, row.iban_shown) == ("", "DE •••• 3000")


@pytest.mark.parametrize(
    ("choice", "agreed", "field"),
    [
        (Choice("card"), True, "target"),
        (Choice("bank", "", IBAN), True, "holder"),
        (Choice("bank", "Ann", "DE89 3704 0044 0532 0130 01"), True, "iban"),
        (Choice("bank", "Ann", "DE89 3704 0044"), True, "iban"),
        (Choice("bank", "Ann", ""), True, "iban"),
        (BANK, False, "agreed"),
    ],
)
def test_a_choice_that_cannot_be_names_the_field_and_uses_up_no_proof(desk, choice, agreed, field):
    redirect = asked(desk)
    code = code_for(desk, redirect)
    with pytest.raises(BadInput) as refused:
        choose_target(ports=desk.ports, redirect=redirect, choice=choice, agreed=agreed, proof=code)
    assert refused.value.field == field
    assert Redirect.objects.get().state == "asked"
    choose_target(ports=desk.ports, redirect=redirect, choice=BALANCE, agreed=True, proof=code)


def test_without_a_proof_nothing_is_chosen(desk):
    redirect = asked(desk)
    code_for(desk, redirect)
    with pytest.raises(NotProven):
        choose_target(ports=desk.ports, redirect=redirect, choice=BANK, agreed=True, proof="000000")
    assert Redirect.objects.get().state == "asked"


def test_who_approved_cannot_release_and_the_database_says_so_too(desk):
    approved = approve_redirect(ports=desk.ports, redirect=chosen(desk, BALANCE), actor=shop.mia())
    with pytest.raises(SamePerson):
        release_redirect(ports=desk.ports, redirect=approved, actor=shop.mia())
    with pytest.raises(IntegrityError), transaction.atomic():
        Redirect.objects.update(released_by=shop.mia())
    assert balances().get("customer_balance", 0) == 0


def test_nothing_is_released_before_it_is_approved(desk):
    redirect = chosen(desk)
    with pytest.raises(NotNow):
        release_redirect(ports=desk.ports, redirect=redirect, actor=fred())
    with pytest.raises(NotNow):
        record_bank_payment(ports=desk.ports, redirect=redirect, bank_reference="B", actor=fred())
    assert Refund.objects.get(pk=redirect.refund_id).state == State.HELD


def test_ann_may_choose_again_until_it_is_approved(desk):
    redirect = chosen(desk)
    code = code_for(desk, redirect)
    redirect = choose_target(ports=desk.ports, redirect=redirect, choice=BALANCE, agreed=True, proof=code)
    assert (redirect.target, redirect.iban_sealed, redirect.holder) == ("balance", "", "")
    approve_redirect(ports=desk.ports, redirect=redirect, actor=shop.mia())
    code = code_for(desk, redirect)
    with pytest.raises(NotNow):
        choose_target(ports=desk.ports, redirect=redirect, choice=BANK, agreed=True, proof=code)
    assert Redirect.objects.get().target == "balance"


def test_finance_asks_again_and_says_why(desk):
    approved = approve_redirect(ports=desk.ports, redirect=chosen(desk), actor=shop.mia())
    again = ask_again(ports=desk.ports, redirect=approved, reason="The name is another's.", actor=fred())
    assert (again.state, again.iban_sealed, again.approved_by) == ("asked", "", None)
    mails = Notification.objects.filter(kind="refund-where-to").order_by("pk")
    assert [mail.words["note"] for mail in mails] == ["", "The name is another's."]
    with pytest.raises(NotNow):
        release_redirect(ports=desk.ports, redirect=again, actor=fred())


def test_a_refund_that_finance_tried_again_or_gave_up_is_not_paid_elsewhere(desk):
    redirect = chosen(desk)
    release_refund(ports=desk.ports, refund=redirect.refund, reason="Paid in cash.", actor=shop.mia())
    with pytest.raises(NotNow):
        approve_redirect(ports=desk.ports, redirect=redirect, actor=shop.mia())


def test_a_release_after_a_retry_is_refused_as_a_whole(desk):
    approved = approve_redirect(ports=desk.ports, redirect=chosen(desk, BALANCE), actor=shop.mia())
    retry_refund(ports=desk.ports, refund=approved.refund, actor=shop.mia())
    with pytest.raises(NotNow):
        release_redirect(ports=desk.ports, redirect=approved, actor=fred())
    assert Redirect.objects.get().state == "approved"
    behave(CHARGE, Behaviour.SUCCEEDS)
    desk.settle()
    assert (Charge.objects.get().refunded_minor, balances().get("customer_balance", 0)) == (40_00, 0)


def test_a_transfer_that_the_bank_sends_back_is_asked_for_again(desk):
    redirect = released(desk)
    record_bank_payment(ports=desk.ports, redirect=redirect, bank_reference="B-77", actor=fred())
    record_sent_back(ports=desk.ports, redirect=Redirect.objects.get(), actor=shop.mia())
    assert (balances()["bank_clearing"], balances()["escrow"]) == (0, 100_00)
    states = list(Redirect.objects.values_list("state", flat=True))
    assert states == ["sent_back", "asked"]
    with pytest.raises(NotNow):
        record_sent_back(ports=desk.ports, redirect=Redirect.objects.earliest("pk"), actor=shop.mia())


def test_a_provider_that_pays_it_after_all_takes_it_out_of_finance_s_hands(desk):
    redirect = chosen(desk)
    order = redirect.refund.tender.order
    row = refund_by_hand(ports=desk.ports, reference=CHARGE, amount=order.money(100_00))
    reported = Reported(row.reference, order.money(100_00))
    record_provider_refund(ports=desk.ports, tender=redirect.refund.tender, reported=reported)
    with pytest.raises(NotNow):
        approve_redirect(ports=desk.ports, redirect=redirect, actor=shop.mia())


FAULTS = [
    "UPDATE payments_redirect SET approved_at = '2030-01-01 00:00:00+00:00'",
    "UPDATE payments_redirect SET target = 'balance'",
    "UPDATE payments_redirect SET state = 'asked'",
    "UPDATE payments_redirect SET state = 'sent_back'",
    "UPDATE accounts_user SET role = 'agent' WHERE email = 'fred@example.com'",
]


@pytest.mark.parametrize("fault", FAULTS)
def test_verify_finds_a_redirect_that_is_not_what_it_says(fault):
    desk = shop.desk()
    record_bank_payment(ports=desk.ports, redirect=released(desk), bank_reference="B-77", actor=fred())
    books_are_whole(desk)
    with connection.cursor() as cursor:
        cursor.execute(fault)
    assert "payments-redirects" in {breach.invariant for breach in breaches(desk)}


@pytest.mark.parametrize(
    "good",
    ["DE89370400440532013000", "gb82 west 1234 5698 7654 32", "BE68 5390 0754 7034", "NL91ABNA0417164300"],
)
def test_an_iban_is_read_as_people_type_it(good):
    assert " " not in read_iban(good) and len(shown_iban(read_iban(good))) == 12


def test_what_ann_chose_after_the_page_was_read_is_neither_approved_nor_released(desk):
    chosen(desk)
    seen = Redirect.objects.get()
    anew = choose_target(
        ports=desk.ports, redirect=seen, choice=BALANCE, agreed=True, proof=code_for(desk, seen)
    )
    with pytest.raises(NotNow, match="chose anew"):
        approve_redirect(ports=desk.ports, redirect=seen, actor=shop.mia())
    assert Redirect.objects.get().approved_by is None
    approve_redirect(ports=desk.ports, redirect=anew, actor=shop.mia())
    with pytest.raises(NotNow, match="chose anew"):
        release_redirect(ports=desk.ports, redirect=seen, actor=fred())
    assert Redirect.objects.get().state == "approved"
