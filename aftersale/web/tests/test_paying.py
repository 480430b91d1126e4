"""Ann pays what an order still owes on the pages, and reads what a failed payment means and what helps."""

import re

import pytest

from aftersale.base.models import Notification
from aftersale.base.services import rendered
from aftersale.orders.models import Order
from aftersale.payments.card_models import SavedCard
from aftersale.payments.charge_models import Charge
from aftersale.payments.providers.registry import system_card_providers
from aftersale.payments.providers.sandbox.models import CardCharge, VaultSetUp
from aftersale.payments.providers.sandbox.vault import give_card
from aftersale.payments.saved_cards import finish_set_up, start_set_up
from aftersale.returns.tests.cast import World, an_order

pytestmark = pytest.mark.django_db


def main_of(answer) -> str:
    page: str = answer.content.decode()
    return page.partition("<main")[2].partition("</main>")[0]


def unpaid_order(world: World, **facts) -> Order:
    return an_order(world, tenders=(), unpaid=6000, delivered_days_ago=None, **facts)


def saved(world: World, trial_card: str, *, of=None) -> SavedCard:
    vaults = system_card_providers(clock=world.clock, ids=world.ports.ids)
    card, _page = start_set_up(
        ports=world.ports, providers=vaults, customer=of or world.ann, provider="sandbox", return_to="/x/"
    )
    give_card(clock=world.clock, ids=world.ports.ids, set_up=card.setup, trial_card=trial_card)
    return finish_set_up(ports=world.ports, providers=vaults, card=card)


def pay(client, order: Order, card: SavedCard):
    return client.post(f"/account/orders/{order.code}/pay/", {"card": card.reference}, follow=True)


@pytest.fixture
def ann(world, client):
    client.force_login(world.ann)
    return client


def test_an_order_that_owes_says_so_everywhere_and_leads_to_paying(world, ann):
    order = unpaid_order(world)
    for path in ("/account/", "/account/orders/", f"/account/orders/{order.code}/"):
        page = main_of(ann.get(path))
        assert f'href="/account/orders/{order.code}/pay/"' in page, path
        assert "€60.00" in page


def test_the_rights_of_each_means_stand_beside_before_paying(world, ann):
    order = unpaid_order(world)
    page = ann.get(f"/account/orders/{order.code}/pay/").content.decode()
    assert "What can come back later" in page
    assert "By credit or debit card" in page and "By bank transfer" in page
    assert "within 60 days after delivery" in page
    assert "From your stored balance" not in page


def test_a_saved_card_pays_the_order(world, ann):
    order, card = unpaid_order(world), saved(world, "visa-good")
    page = main_of(pay(ann, order, card))
    assert "We received" in page and "€60.00" in page
    assert Charge.objects.get().state == "succeeded"
    assert "Pay or try again" not in main_of(ann.get(f"/account/orders/{order.code}/"))


def test_a_failed_payment_says_what_happened_what_helps_and_not_to_add_the_card_again(world, ann):
    page = main_of(pay(ann, unpaid_order(world), saved(world, "mastercard-funds-hour")))
    assert "Not enough money, or a limit was reached" in page
    assert "Pay with another card, or by bank transfer." in page
    assert "We try this card again by ourselves on" in page
    assert "No: do not add this card again" in page


def test_the_lost_card_is_not_added_again_and_nobody_is_asked(world, ann):
    order = unpaid_order(world)
    pay(ann, order, saved(world, "visa-lost"))
    failed, pages = Charge.objects.get(), VaultSetUp.objects.count()
    address = f"/account/payments/{failed.reference}/add-card/"
    assert "may count as one more attempt" in main_of(ann.get(address))
    answer = ann.post(address, {"which": "same"})
    assert answer.status_code == 409
    assert "No: do not add this card again" in main_of(answer)
    assert VaultSetUp.objects.count() == pages
    assert SavedCard.objects.count() == 1


def test_a_card_with_a_typing_error_is_added_again_and_pays(world, ann):
    order = unpaid_order(world)
    pay(ann, order, saved(world, "visa-wrong-code"))
    failed = Charge.objects.get()
    page = main_of(ann.get(f"/account/payments/{failed.reference}/"))
    assert "Yes: add this card again" in page and "Update this card" not in page
    assert re.search(r"button-primary[^>]*>.*?Add this card again", page, re.DOTALL)
    answer = ann.post(f"/account/payments/{failed.reference}/add-card/", {"which": "same"})
    set_up = VaultSetUp.objects.latest("pk")
    assert answer["Location"] == f"/sandbox/cards/{set_up.reference}/"
    back = ann.post(answer["Location"], {"card": "visa-right-code"}, follow=True)
    new = SavedCard.objects.latest("pk")
    assert f'value="{new.reference}" required checked' in main_of(back)
    assert "We received" in main_of(pay(ann, order, new))


def test_an_expired_card_is_updated_and_the_new_one_takes_its_place(world, ann):
    order, old = unpaid_order(world), saved(world, "visa-expired")
    pay(ann, order, old)
    failed = Charge.objects.get()
    page = main_of(ann.get(f"/account/payments/{failed.reference}/"))
    assert "Update it" in page and "Update this card" in page and "Add this card again" not in page
    answer = ann.post(f"/account/payments/{failed.reference}/add-card/", {"which": "same"})
    ann.post(answer["Location"], {"card": "visa-renewed"}, follow=True)
    new = SavedCard.objects.latest("pk")
    page = main_of(ann.get(f"/account/orders/{order.code}/pay/"))
    assert new.reference in page and old.reference not in page
    assert "We received" in main_of(pay(ann, order, new))


def test_another_card_pays_after_one_has_failed(world, ann):
    order, good = unpaid_order(world), saved(world, "visa-good")
    failed = saved(world, "visa-funds")
    pay(ann, order, failed)
    page = main_of(ann.get(f"/account/orders/{order.code}/pay/"))
    assert "What happened, and what helps" in page
    assert "We received" in main_of(pay(ann, order, good))


def test_a_payment_is_confirmed_on_the_banks_page(world, ann):
    order, card = unpaid_order(world), saved(world, "visa-confirm")
    answer = ann.post(f"/account/orders/{order.code}/pay/", {"card": card.reference})
    bank = CardCharge.objects.get()
    assert answer["Location"] == f"/sandbox/bank/{bank.reference}/"
    page = main_of(ann.get(f"/account/orders/{order.code}/pay/", follow=True))
    assert "Your bank wants you to confirm" in page
    done = ann.post(answer["Location"], {"answer": "yes"}, follow=True)
    assert "We received" in main_of(done)


def test_a_refused_confirmation_charges_nothing(world, ann):
    order, card = unpaid_order(world), saved(world, "visa-confirm")
    answer = ann.post(f"/account/orders/{order.code}/pay/", {"card": card.reference})
    done = main_of(ann.post(answer["Location"], {"answer": "no"}, follow=True))
    assert "Your bank wants to hear from you" in done
    assert "Try this card again" in done


def test_while_it_is_unknown_the_page_checks_by_itself_and_nothing_else_can_be_paid(world, ann):
    order, card = unpaid_order(world), saved(world, "visa-answer-lost")
    page = main_of(pay(ann, order, card))
    charge = Charge.objects.get()
    assert "We are checking: do not pay again" in page
    assert f'hx-get="/account/payments/{charge.reference}/" hx-trigger="every 3s"' in page
    assert "Look again</a>" in page and "http-equiv" not in page
    other = saved(world, "visa-good")
    assert "We are checking" in main_of(pay(ann, order, other))
    assert Charge.objects.count() == 1
    transfer = main_of(ann.get(f"/account/orders/{order.code}/pay/transfer/"))
    assert "Do not send it yet" in transfer
    part = ann.get(f"/account/payments/{charge.reference}/", headers={"HX-Request": "true"})
    assert part.content.decode().strip().startswith('<div class="stack" id="state"')


def test_a_duplicate_shows_the_earlier_payment(world, ann):
    card = saved(world, "visa-duplicate")
    earlier = unpaid_order(world)
    paid = pay(ann, earlier, saved(world, "visa-good"))
    assert "We received" in main_of(paid)
    first = Charge.objects.get()
    page = main_of(pay(ann, unpaid_order(world), card))
    assert "This may be paid already" in page
    assert f'href="/account/payments/{first.reference}/"' in page


def test_a_transfer_names_account_amount_and_reference_with_its_rights(world, ann, settings):
    settings.BANK_ACCOUNT = "DE02 1203 0000 0000 2020 51"
    order = unpaid_order(world)
    page = ann.get(f"/account/orders/{order.code}/pay/transfer/").content.decode()
    assert "DE02 1203 0000 0000 2020 51" in page and "€60.00" in page
    assert f'<strong class="code">{order.code}</strong>' in page
    assert "By bank transfer" in page and "By credit or debit card" not in page


def test_without_an_account_no_transfer_is_offered(world, ann, settings):
    settings.BANK_ACCOUNT = ""
    order = unpaid_order(world)
    assert "/pay/transfer/" not in main_of(ann.get(f"/account/orders/{order.code}/pay/"))
    assert ann.get(f"/account/orders/{order.code}/pay/transfer/").status_code == 404


def test_a_retry_that_waits_can_be_called_off(world, ann):
    order = unpaid_order(world)
    pay(ann, order, saved(world, "mastercard-funds-hour"))
    waiting = Charge.objects.get(automatic_round=1)
    assert "We try again by ourselves" in main_of(ann.get(f"/account/payments/{waiting.reference}/"))
    page = main_of(ann.post(f"/account/payments/{waiting.reference}/give-up/", follow=True))
    assert "You gave it up. Nothing was charged." in page


@pytest.mark.parametrize("path", ["", "back/", "confirm/", "again/", "give-up/", "add-card/"])
def test_anothers_payment_answers_like_one_that_does_not_exist(world, client, path):
    order = unpaid_order(world)
    client.force_login(world.ann)
    pay(client, order, saved(world, "visa-funds"))
    charge = Charge.objects.get()
    client.force_login(world.bob)
    do = client.get if path in ("", "back/", "add-card/") else client.post
    theirs = do(f"/account/payments/{charge.reference}/{path}")
    nobodys = do(f"/account/payments/H0000-00000/{path}")
    assert theirs.status_code == nobodys.status_code == 404
    varies = re.compile(r"[\w-]{64}|nonce=\"[^\"]*\"|H\w{5}-\w{5}|H0000-00000")
    assert varies.sub("", theirs.content.decode()) == varies.sub("", nobodys.content.decode())
    assert Charge.objects.count() == 1


@pytest.mark.parametrize("path", ["pay/", "pay/transfer/", "pay/new-card/"])
def test_nobody_pays_anothers_order(world, client, path):
    order = unpaid_order(world)
    card = saved(world, "visa-good", of=world.bob)
    client.force_login(world.bob)
    do = client.post if path == "pay/new-card/" else client.get
    assert do(f"/account/orders/{order.code}/{path}").status_code == 404
    assert client.post(f"/account/orders/{order.code}/pay/", {"card": card.reference}).status_code == 404
    assert not Charge.objects.exists()


def test_staff_see_the_family_the_words_the_schedule_and_the_budget(world, ann):
    order = unpaid_order(world)
    pay(ann, order, saved(world, "visa-lost"))
    charge = Charge.objects.get()
    ann.force_login(world.mia)
    page = main_of(ann.get(f"/desk/payments/{charge.reference}/"))
    assert "Lost, stolen, fraud, or the account is closed" in page
    assert "lost_card" in page and '<span class="code">41</span>' in page
    assert "never again" in page
    whole = ann.get(f"/desk/payments/{charge.reference}/").content.decode()
    assert "1 of 15 attempts" in whole
    assert charge.fingerprint_hash not in whole and charge.card.token not in whole
    assert charge.reference in main_of(ann.get("/desk/payments/?state=declined"))


def test_the_mails_lead_to_the_payment(world, ann):
    pay(ann, unpaid_order(world), saved(world, "visa-funds"))
    charge = Charge.objects.get()
    mail = rendered(Notification.objects.get(kind="charge-failed"))
    address = f"/account/payments/{charge.reference}/"
    assert address in mail.text and address in mail.html
    assert ann.get(address).status_code == 200


def test_an_agent_finds_the_charges_beside_the_order(world, ann):
    order = unpaid_order(world)
    pay(ann, order, saved(world, "visa-funds"))
    charge = Charge.objects.get()
    ann.force_login(world.mia)
    assert f'href="/desk/payments/{charge.reference}/"' in main_of(ann.get(f"/desk/orders/{order.code}/"))
