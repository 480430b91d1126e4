"""My Account, Credit Cards: saved, frozen, unfrozen and removed, until the receipt verifies offline."""

import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

from playwright.sync_api import Page, expect

from aftersale.accounts.models import User
from aftersale.accounts.services import set_birthdate
from aftersale.base.models import Notification
from aftersale.cards.models import RemovalRequest
from aftersale.cards.tests.cast import BIRTHDATE, a_card, code_mailed_to
from aftersale.payments.card_models import SavedCard
from tests.stories.people import PHONE, People, faults, look_again, says, sign_in
from tests.stories.site import PASSWORD, Site


def test_ann_removes_her_card_by_her_password_and_the_receipt_verifies(
    site: Site, people: People, tmp_path: Path
):
    ada = site.customer("ada")
    card = a_card(site.world.ports, ada, "visa-good", "cards@home.example")
    page = people.visitor()
    sign_in(page, ada)
    expect(page.get_by_role("heading", name="My Account")).to_be_visible()
    page.locator("main, aside").get_by_role("link", name="Credit Cards").click()
    expect(page.get_by_role("heading", name="Credit Cards", level=1)).to_be_visible()
    page.get_by_role("link", name="Remove Card").click()
    page.get_by_label("E-mail tied to the card").fill("Cards@home.example")
    page.get_by_role("button", name="Remove Card").click()
    page.get_by_label("Your password").fill("not this one, I think")
    page.get_by_role("button", name="Remove Card").click()
    expect(page.get_by_role("alert")).to_contain_text("This does not prove that the card is yours")
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Remove Card").click()
    expect(page.locator("main")).to_contain_text("A removed card does not come back")
    assert SavedCard.objects.get(pk=card.pk).state == "active"
    page.get_by_role("button", name="Submit Removal Request").click()
    says(page, "We looked: the payment provider has the card no more.")

    mia = people.signed_in(site.world.mia)
    mia.goto("/desk/")
    mia.get_by_role("link", name="Card removals").click()
    case = RemovalRequest.objects.get(card=card)
    mia.get_by_role("listitem").filter(has_text=case.reference).get_by_role("link").click()
    seen = mia.locator("body").inner_text()
    assert card.token and card.token not in seen
    assert "cards@home.example" not in seen
    mia.get_by_label("Note for ourselves").fill("Looked through the exports.")
    mia.get_by_role("button", name="Our systems are clean: confirm").click()
    expect(mia.locator(".messages")).to_contain_text("Confirmed. The customer has the receipt.")

    page.reload()
    expect(page.locator("main")).to_contain_text("The card is gone")
    with page.expect_download() as download:
        page.get_by_role("link", name="Get the receipt").click()
    download.value.save_as(tmp_path / "removal.json")
    page.get_by_role("link", name="How to check it").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="The key as a file").click()
    download.value.save_as(tmp_path / "receipt-key.pem")
    assert _verify(tmp_path).returncode == 0
    forged = (tmp_path / "removal.json").read_text().replace('"4242"', '"4243"')
    (tmp_path / "removal.json").write_text(forged)
    assert _verify(tmp_path).returncode == 1
    page.goto("/account/cards/")
    expect(page.get_by_role("link", name="Remove Card")).to_have_count(0)


def test_carol_gives_her_birthdate_on_her_phone_without_javascript_and_the_link_stops_it(
    site: Site, people: People
):
    carol, card = _without_password(site, "carol")
    page = people.signed_in(carol, java_script_enabled=False, **PHONE)
    _to_the_proof(page, card)
    assert page.get_by_label("Your password").count() == 0
    page.get_by_label("Your birthdate").fill(BIRTHDATE)
    page.get_by_role("button", name="Remove Card").click()
    expect(page.locator("main")).to_contain_text("A birthdate is no secret.")
    page.get_by_role("button", name="Submit Removal Request").click()
    main = page.locator("main")
    expect(main).to_contain_text("Frozen; removed after the waiting time")
    expect(main).to_contain_text("This does not block the card at your bank")

    reader = people.visitor()
    reader.goto(f"/demo/mails/?to={card.email}")
    mail = reader.get_by_role("link", name="is being removed").first
    look_again(reader, mail.count)
    mail.click()
    stop = Notification.objects.get(kind="card-removal-notice", recipient=card.email).words["veto"]
    reader.goto(stop)
    assert RemovalRequest.objects.get(card=card).state == "submitted", "looking does nothing"
    reader.get_by_role("button", name="Stop the removal").click()
    expect(reader.locator("main")).to_contain_text("The card was not removed, and stays frozen.")
    page.reload()
    expect(main).to_contain_text("It was stopped from the e-mail tied to the card.")
    assert SavedCard.objects.get(pk=card.pk).state == "frozen"


def test_cleo_gives_a_mailed_code_and_nobody_has_to_wait(site: Site, people: People):
    cleo, card = _without_password(site, "cleo")
    page = people.signed_in(cleo)
    _to_the_proof(page, card)
    page.get_by_role("button", name="Mail me a code").click()
    expect(page.locator(".messages")).to_contain_text("A code is on its way")
    page.get_by_label("The code from the e-mail").fill(code_mailed_to(card))
    page.get_by_role("button", name="Remove Card").click()
    page.get_by_role("button", name="Submit Removal Request").click()
    says(page, "We looked: the payment provider has the card no more.")


def test_a_lost_card_is_frozen_by_one_press_and_unfrozen_by_the_password(site: Site, people: People):
    dora = site.customer("dora")
    order = site.order()
    order.customer = dora
    order.save(update_fields=["customer"])
    card = a_card(site.world.ports, dora, "visa-good")
    page = people.signed_in(dora)
    page.goto("/account/cards/")
    page.get_by_text("It is lost or stolen").click()
    for said in (
        order.code,
        "From now on nothing can be charged",
        "This does not block the card at your bank",
    ):
        expect(page.locator("main")).to_contain_text(said)
    page.get_by_role("button", name="Lost: freeze it now").click()
    for said in (order.code, "Frozen: nothing can be charged to it here", "Call your bank"):
        expect(page.locator("main")).to_contain_text(said)
    assert SavedCard.objects.get(pk=card.pk).state == "frozen"

    page.get_by_role("link", name="Unfreeze the card").click()
    page.get_by_label("E-mail tied to the card").fill(card.email)
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Unfreeze the card").click()
    expect(page.locator(".messages")).to_contain_text("The card is not frozen any more.")
    assert SavedCard.objects.get(pk=card.pk).state == "active"


def test_a_stolen_card_is_frozen_by_keys_alone_and_stays_so(site: Site, people: People):
    emma = site.customer("emma")
    # Nobody else's in these stories: once stolen, the same physical card is not taken from anybody.
    card = a_card(site.world.ports, emma, "amex-good")
    page = people.signed_in(emma)
    page.goto("/account/cards/")
    for wanted in ("It is lost or stolen", "Stolen: freeze it now"):
        _focus(page, wanted)
        page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("A card that was reported stolen stays frozen.")
    assert page.get_by_role("link", name="Unfreeze the card").count() == 0
    assert SavedCard.objects.get(pk=card.pk).freeze_reason == "stolen"
    _focus(page, "Remove Card")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Remove Card")).to_be_visible()
    _focus(page, "")
    page.keyboard.type(card.email)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Your password")).to_be_visible()


def test_fleur_saves_a_card_on_the_provider_s_own_page(site: Site, people: People):
    fleur = site.customer("fleur")
    page = people.signed_in(fleur)
    page.goto("/account/cards/")
    expect(page.locator("main")).to_contain_text("No saved cards")
    page.get_by_role("button", name="Add a card").click()
    expect(page.get_by_role("heading", name="Sandbox Pay")).to_be_visible()
    assert not faults(page)
    page.locator("[name=card][value=unionpay-good]").check()
    page.get_by_label("E-mail tied to the card").fill("fleur@home.example")
    page.get_by_role("button", name="Save the card").click()
    expect(page.locator(".messages")).to_contain_text("The card is saved. Its number stays with the")
    expect(page.get_by_role("heading", name="ending in 0005")).to_be_visible()
    assert SavedCard.objects.get(customer=fleur, state="active").email == "fleur@home.example"


def test_a_late_removal_stands_out_on_the_pages_of_finance(site: Site, people: People):
    gwen, card = _without_password(site, "gwenda")
    page = people.signed_in(gwen)
    _submit_by_birthdate(page, card)
    case = RemovalRequest.objects.get(card=card)
    assert case.submitted_at
    late = case.submitted_at - timedelta(days=1)
    RemovalRequest.objects.filter(pk=case.pk).update(team_due_at=late)
    fin = people.signed_in(site.fin)
    fin.goto("/finance/")
    fin.get_by_role("link", name="Card removals").click()
    item = fin.get_by_role("listitem").filter(has_text=case.reference)
    expect(item).to_contain_text("was due")
    item.get_by_role("link").click()
    expect(fin.locator("main")).to_contain_text("Overdue")
    expect(fin.locator("main")).to_contain_text("the request stays open")
    fin.reload()
    says(fin, "Overdue: our team was reminded")


def test_every_page_of_cards_in_light_dark_and_chinese(site: Site, people: People):
    hana, card = _without_password(site, "hana")
    other = a_card(site.world.ports, hana, "mastercard-good", "hana@home.example")
    page, found = people.signed_in(hana, language="zh-hans", **PHONE), []
    ways = ["/account/cards/", f"/account/cards/{other.reference}/remove/"]
    for way in ways:
        page.goto(way)
        found += _faults_in_both(page)
    page.get_by_label("与卡绑定的邮箱").fill(other.email)
    page.get_by_role("button", name="移除卡").click()
    found += _faults_in_both(page)
    page.locator("[name=proof]").fill("1991-01-01")
    page.get_by_role("button", name="移除卡").click()
    found += _faults_in_both(page)
    page.context.add_cookies([{"name": "django_language", "value": "en", "url": site.address}])
    _submit_by_birthdate(page, card)
    found += _faults_in_both(page)
    case = RemovalRequest.objects.get(card=card)
    link = Notification.objects.get(kind="card-removal-notice", recipient=card.email).words["veto"]
    SavedCard.objects.filter(pk=other.pk).update(
        state="frozen", freeze_reason="lost", frozen_at=case.submitted_at
    )
    for way in (link, f"/account/cards/{other.reference}/frozen/", "/cards/receipt-key/", "/account/",
                f"/account/cards/{other.reference}/unfreeze/?by=code"):  # fmt: skip
        page.goto(way)
        found += _faults_in_both(page)
    mia = people.signed_in(site.world.mia)
    for way in ("/desk/cards/", f"/desk/cards/{case.reference}/"):
        mia.goto(way)
        found += _faults_in_both(mia)
    assert not found, "\n".join(found)


def _without_password(site: Site, name: str) -> tuple[User, SavedCard]:
    """Somebody who signs in with mailed codes, has a birthdate on file and a saved card."""
    person = site.customer(name)
    person.set_unusable_password()
    person.save(update_fields=["password"])
    set_birthdate(person=person.email, birthdate=date.fromisoformat(BIRTHDATE))
    person.refresh_from_db()
    return person, a_card(site.world.ports, person, "visa-good", f"{name}@home.example")


def _to_the_proof(page: Page, card: SavedCard) -> None:
    page.goto("/account/cards/")
    page.locator(f"a[href='/account/cards/{card.reference}/remove/']").click()
    page.get_by_label("E-mail tied to the card").fill(card.email)
    page.get_by_role("button", name="Remove Card").click()


def _submit_by_birthdate(page: Page, card: SavedCard) -> None:
    _to_the_proof(page, card)
    page.get_by_label("Your birthdate").fill(BIRTHDATE)
    page.get_by_role("button", name="Remove Card").click()
    page.get_by_role("button", name="Submit Removal Request").click()
    expect(page.locator("main")).to_contain_text("Frozen; removed after the waiting time")


def _focus(page: Page, wanted: str) -> None:
    """Press Tab until what has the focus says `wanted`; until a field to type into, where it is empty."""
    for _ in range(60):
        page.keyboard.press("Tab")
        tag, text = page.evaluate("[document.activeElement.tagName, document.activeElement.innerText]")
        if (tag == "INPUT") if not wanted else (tag != "BODY" and wanted in text):
            return
    raise AssertionError(f"no key leads to: {wanted}")


def _faults_in_both(page: Page) -> list[str]:
    found = faults(page)
    page.emulate_media(color_scheme="dark")
    page.wait_for_timeout(250)
    found += faults(page, only="color-contrast")
    page.emulate_media(color_scheme="light")
    return found


def _verify(folder: Path) -> subprocess.CompletedProcess[str]:
    words = ["receipt", "verify", "removal.json", "--key", "receipt-key.pem"]
    root = Path(__file__).resolve().parents[2]
    return subprocess.run(
        [sys.executable, "-m", "aftersale", *words],
        cwd=folder,
        env={"PYTHONPATH": str(root), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
