"""A payment fails, and Ann is told what happened, what helps, and whether to add the card again."""

import re
from typing import Any

from playwright.sync_api import Page, expect

from aftersale.orders.models import Order
from aftersale.payments.card_models import SavedCard
from aftersale.payments.charge_models import Charge
from aftersale.payments.charging import pay_order
from aftersale.payments.providers.registry import system_card_providers, system_charge_providers
from aftersale.payments.providers.sandbox.models import VaultSetUp
from aftersale.payments.providers.sandbox.vault import give_card
from aftersale.payments.saved_cards import finish_set_up, start_set_up
from tests.stories.people import PHONE, People, faults
from tests.stories.site import Site


def unpaid(site: Site) -> Order:
    return site.order(tenders=(), unpaid=6000, delivered_days_ago=None)


def saved(site: Site, trial_card: str) -> SavedCard:
    """A card that Ann saved before the story begins."""
    world = site.world
    vaults = system_card_providers(clock=world.clock, ids=world.ports.ids)
    card, _page = start_set_up(
        ports=world.ports, providers=vaults, customer=world.ann, provider="sandbox", return_to="/account/"
    )
    give_card(clock=world.clock, ids=world.ports.ids, set_up=card.setup, trial_card=trial_card)
    return finish_set_up(ports=world.ports, providers=vaults, card=card)


def failed(site: Site, trial_card: str) -> Charge:
    """A payment of Ann's that failed before the story begins."""
    world = site.world
    return pay_order(
        ports=world.ports,
        providers=system_charge_providers(clock=world.clock, ids=world.ports.ids),
        order=unpaid(site),
        card=saved(site, trial_card),
        by=world.ann,
        return_to="/account/payments/{charge}/back/",
    )


def pay_with(page: Page, card: SavedCard) -> None:
    page.locator(f"input[value='{card.reference}']").check()
    page.get_by_role("button", name=re.compile("^Pay €60.00")).click()


def give(page: Page, trial_card: str) -> None:
    """On the provider's own page."""
    page.locator(f"#id_{trial_card}").check()
    page.get_by_role("button", name="Save the card").click()


def test_funds_are_short_so_ann_is_told_sees_the_schedule_and_pays_with_another_card(
    site: Site, people: People
):
    order, short, good = unpaid(site), saved(site, "mastercard-funds-hour"), saved(site, "visa-good")
    ann = people.signed_in(site.world.ann)
    ann.goto("/account/")
    ann.get_by_role("link", name=f"Pay or try again of order {order.code}").first.click()
    expect(ann.get_by_text("What can come back later, paid so").first).to_be_visible()
    pay_with(ann, short)
    expect(ann.get_by_text("Not enough money, or a limit was reached")).to_be_visible()
    expect(ann.get_by_text("We try this card again by ourselves on")).to_be_visible()
    expect(ann.get_by_text("No: do not add this card again")).to_be_visible()
    ann.get_by_role("link", name="Pay another way").click()
    expect(ann.get_by_text("If you pay now, that is given up.")).to_be_visible()
    pay_with(ann, good)
    expect(ann.get_by_text("We received €60.00")).to_be_visible()
    ann.get_by_role("link", name="See the order").click()
    expect(ann.get_by_role("link", name=re.compile("Pay or try again"))).to_have_count(0)
    assert {charge.state for charge in Charge.objects.filter(order=order)} == {
        "declined",
        "released",
        "succeeded",
    }


def test_a_card_that_was_typed_wrong_is_added_again_and_pays(site: Site, people: People):
    charge = failed(site, "visa-wrong-code")
    ann = people.signed_in(site.world.ann)
    ann.goto(f"/account/payments/{charge.reference}/")
    expect(ann.get_by_text("The security code was not right")).to_be_visible()
    ann.get_by_role("link", name="Add this card again").click()
    expect(ann.get_by_text("may count as one more attempt")).to_be_visible()
    ann.get_by_role("radio", name="Visa ending in 0127").check()
    ann.get_by_role("button", name="Go on").click()
    give(ann, "visa-right-code")
    expect(ann.get_by_text("The card is saved. Now pay with it.")).to_be_visible()
    ann.get_by_role("button", name="Pay €60.00").click()
    expect(ann.get_by_text("We received €60.00")).to_be_visible()


def test_adding_the_lost_card_again_is_refused_and_nobody_is_asked(site: Site, people: People):
    charge = failed(site, "visa-lost")
    ann = people.signed_in(site.world.ann)
    ann.goto(f"/account/payments/{charge.reference}/")
    expect(ann.get_by_text("Your bank declined the payment")).to_be_visible()
    expect(ann.locator("main")).not_to_contain_text(re.compile("lost|stolen", re.IGNORECASE))
    ann.get_by_role("link", name="Add a different card").click()
    pages, cards = VaultSetUp.objects.count(), SavedCard.objects.count()
    ann.get_by_role("radio", name="Visa ending in 9987").check()
    ann.get_by_role("button", name="Go on").click()
    expect(ann.get_by_role("alert")).to_contain_text("No: do not add this card again")
    assert (VaultSetUp.objects.count(), SavedCard.objects.count()) == (pages, cards)
    # Named as another one, it is recognised when it comes back from the provider's page.
    ann.get_by_role("radio", name="A different card").check()
    ann.get_by_role("button", name="Go on").click()
    give(ann, "visa-lost")
    expect(ann.get_by_text("adding it again cannot help, so it was not saved")).to_be_visible()
    assert SavedCard.objects.latest("pk").state == "detached"


def test_the_bank_wants_ann_and_she_confirms_on_its_page(site: Site, people: People):
    order, card = unpaid(site), saved(site, "visa-confirm")
    ann = people.signed_in(site.world.ann)
    ann.goto(f"/account/orders/{order.code}/pay/")
    pay_with(ann, card)
    expect(ann.get_by_role("heading", name="Sandbox Bank")).to_be_visible()
    ann.go_back()
    ann.goto(f"/account/orders/{order.code}/")
    ann.get_by_role("link", name="See where the payment stands").click()
    ann.get_by_role("button", name="Go to the bank's page").click()
    ann.get_by_role("button", name="Confirm the payment").click()
    expect(ann.get_by_text("We received €60.00")).to_be_visible()


def test_while_nobody_knows_ann_is_told_to_wait_and_the_page_finds_out_by_itself(site: Site, people: People):
    order, card = unpaid(site), saved(site, "visa-answer-lost")
    ann = people.signed_in(site.world.ann)
    ann.goto(f"/account/orders/{order.code}/pay/")
    pay_with(ann, card)
    expect(ann.get_by_text("We are checking: do not pay again")).to_be_visible()
    # The worker asks the provider; nobody touches the page.
    expect(ann.get_by_text("We received €60.00")).to_be_visible(timeout=60_000)
    assert Charge.objects.filter(order=order).count() == 1


def test_without_javascript_the_page_is_looked_at_again_by_hand(site: Site, people: People):
    charge = failed(site, "visa-answer-lost")
    ann = people.signed_in(site.world.ann, java_script_enabled=False)
    ann.goto(f"/account/payments/{charge.reference}/")
    if charge.state != "succeeded":
        ann.wait_for_timeout(1000)
    for _ in range(60):
        if ann.get_by_text("We received €60.00").count():
            break
        ann.get_by_role("link", name="Look again").click()
        ann.wait_for_timeout(1000)
    expect(ann.get_by_text("We received €60.00")).to_be_visible()


def test_ann_is_told_how_to_send_a_transfer_and_what_comes_back_of_it(site: Site, people: People):
    order = unpaid(site)
    ann = people.signed_in(site.world.ann)
    ann.goto(f"/account/orders/{order.code}/pay/")
    ann.get_by_role("link", name="See where to send it").click()
    for text in ("DE89 3704 0044 0532 0130 00", "€60.00", order.code):
        expect(ann.get_by_role("main")).to_contain_text(text)
    expect(ann.get_by_role("region", name="By bank transfer")).to_contain_text("Defective")


def test_a_visitor_reads_what_each_message_means(people: People):
    visitor = people.visitor()
    visitor.goto("/")
    visitor.get_by_role("link", name="When a payment fails").click()
    visitor.get_by_role("link", name="The card has expired or was replaced").click()
    expect(visitor.get_by_role("region", name="The card has expired or was replaced")).to_contain_text(
        "Update it"
    )


def test_every_page_of_it_can_be_used_by_everyone(site: Site, people: People):
    for charge in (failed(site, "visa-stolen"), failed(site, "visa-limit")):
        found = _faults_of_all(people, site, charge)
        assert not found, "\n".join(found)


def _faults_of_all(people: People, site: Site, charge: Charge) -> list[str]:
    payment = f"/account/payments/{charge.reference}/"
    order = f"/account/orders/{charge.order.code}/"
    mine = [payment, f"{payment}add-card/", f"{order}pay/", f"{order}pay/transfer/", order, "/account/"]
    mine += ["/account/orders/", "/help/failed-payments/"]
    theirs = ["/desk/payments/", f"/desk/payments/{charge.reference}/", "/desk/payments/declines/"]
    found: list[str] = []
    for language, options in (("en", {}), ("zh-hans", PHONE)):
        for person, paths in ((site.world.ann, mine), (site.fin, theirs)):
            page = people.signed_in(person, language=language, **options)
            for path in paths:
                found += _faults(page, path, language)
    return found


def _faults(page: Page, path: str, language: str) -> list[str]:
    answer: Any = page.goto(path)
    assert answer.status == 200, f"{path} answers {answer.status}"
    found = faults(page)
    page.emulate_media(color_scheme="dark")
    page.wait_for_timeout(250)
    found += faults(page, only="color-contrast")
    page.emulate_media(color_scheme="light")
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return found + ([f"{path} is {wide} pixels too wide"] if wide > 0 else [])
