"""Ann's card cannot take her refund: she says where to, Fin and Flo pay it there, and the books agree."""

from playwright.sync_api import Page, expect

from aftersale.accounts.models import Role, User
from aftersale.payments.models import Redirect
from aftersale.payments.providers.sandbox.models import Behaviour
from aftersale.payments.providers.sandbox.services import behave
from aftersale.payments.services import Part, want_refund
from tests.stories.people import PHONE, People, faults, look_again
from tests.stories.site import PASSWORD, Site


def asked_by_fin(site: Site, people: People) -> tuple[Page, Redirect]:
    """Ann's bank refuses her refund; Fin finds it on the page of finance and asks Ann where it shall go."""
    order = site.order()
    tender = order.tenders.get()
    behave(tender.reference, Behaviour.DECLINES)
    parts = [Part(order.components.all()[0], 1, 1, 10_00)]
    about = f"goodwill:{order.code}"
    refund = want_refund(ports=site.world.ports, tender=tender, parts=parts, about=about, intent=about)
    fin = people.signed_in(site.fin)
    fin.goto("/finance/")
    waiting = fin.locator(".needing", has_text=order.code)
    look_again(fin, waiting.count)
    waiting.get_by_role("button", name="Ask the customer where to").click()
    expect(fin.get_by_text("the customer is asked where to")).to_be_visible()
    return fin, Redirect.objects.get(refund__replaces=refund)


def test_a_refund_goes_to_ann_s_bank_account_by_two_people(site: Site, people: People):
    flo = User.objects.create_user("flo@example.com", name="Flo", role=Role.FINANCE)
    fin, redirect = asked_by_fin(site, people)
    ann = people.signed_in(site.world.ann, java_script_enabled=False, **PHONE)
    ann.goto(f"/account/refunds/{redirect.reference}/")
    found = []
    ann.get_by_label("Holder of the account").fill("Ann Example")
    ann.locator("#id_iban").fill("DE89 3704 0044 0532 0130 01")
    ann.get_by_label("I want this refund there").check()
    ann.get_by_label("Your password").fill(PASSWORD)
    ann.get_by_role("button", name="Pay it there").click()
    expect(ann.get_by_text("This is no IBAN")).to_be_visible()
    ann.locator("#id_iban").fill("DE89 3704 0044 0532 0130 00")
    ann.get_by_label("Your password").fill(PASSWORD)
    ann.get_by_role("button", name="Pay it there").click()
    expect(ann.get_by_text("You chose the bank account DE •••• 3000.")).to_be_visible()

    fin.reload()
    found += faults(fin)
    fin.get_by_role("button", name="Approve").click()
    expect(fin.get_by_text("You approved it yourself")).to_be_visible()
    second = people.signed_in(flo)
    second.goto(fin.url)
    second.get_by_role("button", name="Release").click()
    expect(second.get_by_text("DE89 3704 0044 0532 0130 00")).to_be_visible()
    found += faults(second)
    second.get_by_label("The bank's reference").fill("B-77")
    second.get_by_role("button", name="It is sent").click()
    expect(second.get_by_text("B-77")).to_be_visible()
    ann.reload()
    expect(ann.get_by_text("It was sent to your bank account DE •••• 3000")).to_be_visible()
    redirect.refresh_from_db()
    assert redirect.refund.state == "succeeded"
    assert not found, "\n".join(found)


def test_the_page_that_asks_in_dark_and_in_chinese(site: Site, people: People):
    _fin, redirect = asked_by_fin(site, people)
    found = []
    for language, options in (("en", PHONE), ("zh-hans", {})):
        page = people.signed_in(site.world.ann, language=language, color_scheme="dark", **options)
        page.goto(f"/account/refunds/{redirect.reference}/")
        found += faults(page)
    assert not found, "\n".join(found)
