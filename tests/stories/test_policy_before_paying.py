"""Before paying: a shop shows what a means of payment gives, and Ann reads it."""

from playwright.sync_api import expect

from tests.stories.people import PHONE, People, faults
from tests.stories.site import Site


def test_ann_reads_that_balance_cannot_be_returned_before_she_pays(site: Site, people: People):
    ann = people.visitor(**PHONE)
    ann.goto("/policy/before-paying/frame/?tender=balance")
    expect(ann.get_by_text("Cannot be returned", exact=True)).to_be_visible()
    expect(ann.get_by_text("a transfer from your registered bank account")).to_be_visible()
    found = faults(ann)
    ann.goto("/policy/before-paying/")
    card = ann.get_by_role("region", name="By credit or debit card")
    expect(card.get_by_text("within 60 days after delivery")).to_be_visible()
    expect(card.get_by_text("The supplier is asked")).to_be_visible()
    ann.get_by_label("Everything").check()
    ann.get_by_role("button", name="Show").click()
    expect(card.get_by_text("The supplier is asked")).to_have_count(0)
    found += faults(ann)
    card.get_by_role("link", name="In time, paid by card").first.click()
    expect(ann.locator("#card-in-time")).to_be_in_viewport()
    assert not found + faults(ann)


def test_a_customer_in_china_reads_the_policy_and_its_versions(site: Site, people: People):
    reader = people.visitor(language="zh-hans", color_scheme="dark")
    reader.goto("/policy/")
    expect(reader.get_by_role("heading", name="退货与退款")).to_be_visible()
    found = faults(reader)
    reader.get_by_role("link", name="所有版本").click()
    expect(reader.get_by_text("现行")).to_be_visible()
    found += faults(reader)
    reader.get_by_role("row").get_by_role("link").first.click()
    expect(reader.get_by_role("heading", name="退货与退款")).to_be_visible()
    assert not found
