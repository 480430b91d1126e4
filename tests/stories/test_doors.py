"""Who may come in, and what happens to what should not have been sent."""

import re

from playwright.sync_api import expect

from aftersale.returns.models import Return
from tests.stories.people import People, choose, look_again
from tests.stories.site import Site


def test_ann_signs_in_with_a_mailed_code(site: Site, people: People):
    ann = people.visitor()
    ann.goto("/")
    ann.get_by_role("button", name="Mail a code ann@example.com").click()
    expect(ann.get_by_role("heading", name="Enter the code from our mail")).to_be_visible()
    mails = people.visitor()
    mails.goto("/demo/mails/?to=ann@example.com")
    look_again(mails, mails.get_by_role("link", name="Your sign-in code for").count)
    mails.get_by_role("link", name="Your sign-in code for").first.click()
    mails.get_by_text("As plain text").click()
    code = re.search(r"^([A-Z0-9]{3,}-?[A-Z0-9]*)$", mails.locator(".mail-text").inner_text(), re.MULTILINE)
    assert code
    expect(mails.frame_locator("iframe").locator(".number")).to_have_text(code[1])
    ann.get_by_label("Code").fill(code[1])
    ann.get_by_role("button", name="Confirm").click()
    expect(ann.get_by_role("heading", name="My Account")).to_be_visible()


def test_bob_finds_nothing_of_ann_s(site: Site, people: People):
    order = site.order()
    bob = people.signed_in(site.world.bob)
    for path in (f"/account/orders/{order.code}/", f"/account/orders/{order.code}/return/LI/", "/desk/"):
        answer = bob.goto(path)
        assert answer is not None and answer.status == 404, path
        expect(bob.get_by_role("heading", name="We cannot find this page")).to_be_visible()
    assert not Return.objects.filter(order=order).exists()


def test_a_second_click_leads_to_the_same_return(site: Site, people: People):
    order = site.order(terms="any_reason", lines=[(3, 9000)], tenders=[("card", 9000)])
    ann = people.signed_in(site.world.ann)
    ann.goto(f"/account/orders/{order.code}/return/LI/")
    choose(ann, 1, 1, "unwanted")
    ann.get_by_role("button", name="Ask for this return").wait_for()
    sent = ann.evaluate("() => Object.fromEntries(new FormData(document.querySelector('#ask')))")
    clicks = [
        ann.request.post(ann.url, form={**sent, "do": "ask"}, headers={"Referer": ann.url}) for _ in "12"
    ]
    assert clicks[0].url == clicks[1].url
    assert "/account/returns/R" in clicks[0].url
    assert Return.objects.filter(order=order).count() == 1


def test_more_units_than_there_are_is_a_clear_error(site: Site, people: People):
    order = site.order(terms="any_reason")
    ann = people.signed_in(site.world.ann, java_script_enabled=False)
    ann.goto(f"/account/orders/{order.code}/return/LI/")
    choose(ann, 1, 7, "unwanted")
    ann.get_by_label("Anything the supplier should know").fill("Seven of them.")
    ann.get_by_role("button", name="Show me the answer").click()
    expect(ann.locator("#errors")).to_contain_text("Only 1 of 1 can still be sent back.")
    expect(ann.locator("#errors a")).to_have_attribute("href", "#id_units-1-1")
    expect(ann.locator("[name=units-1-1]")).to_have_value("7")
    expect(ann.get_by_label("Anything the supplier should know")).to_have_value("Seven of them.")
    assert not Return.objects.filter(order=order).exists()


def test_a_day_in_the_future_is_a_clear_error(site: Site, people: People):
    order = site.order(terms="any_reason")
    ann = people.signed_in(site.world.ann)
    ann.goto(f"/account/orders/{order.code}/return/LI/")
    choose(ann, 1, 1, "unwanted")
    ann.get_by_role("button", name="Ask for this return").click()
    ann.get_by_label("Handed over on").fill("2099-01-01")
    ann.get_by_role("button", name="I have handed it over").click()
    expect(ann.locator("#errors")).to_contain_text("from the delivery to today")
    expect(ann.locator("#errors")).to_be_focused()
    expect(ann.get_by_label("Handed over on")).to_have_value("2099-01-01")
    assert Return.objects.get(order=order).handed_over_at is None
