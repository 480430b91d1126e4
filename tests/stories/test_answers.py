"""What Ann reads before she sends anything: each means of payment by its own rule, with clause and facts."""

import re

from playwright.sync_api import expect

from tests.stories.people import PHONE, People, choose, faults
from tests.stories.site import Site


def test_paid_from_the_balance_is_refused_with_its_clause_and_facts(site: Site, people: People):
    order = site.order(tenders=[("balance", 6000)])
    ann = people.signed_in(site.world.ann)
    ann.goto(f"/account/orders/{order.code}/return/LI/")
    choose(ann, 1, 1, "defective")
    answer = ann.locator("#answer")
    expect(answer).to_contain_text("There is no refund for this.")
    expect(answer).to_contain_text("What was paid from your stored balance cannot be returned")
    ann.get_by_role("button", name="Put this answer on record").click()
    main = ann.locator("main")
    expect(main).to_contain_text("Paid from your stored balance")
    expect(main).to_contain_text("Paid by")
    expect(main).to_contain_text("stored balance")
    expect(main).to_contain_text("the marketplace's records")
    ann.get_by_role("link", name="Paid from your stored balance").click()
    expect(ann).to_have_url(re.compile(r"/policy/#balance$"))
    expect(ann.locator("#balance")).to_contain_text("RMA number does not change that")


def test_ann_asks_why_not_and_reads_what_fails(site: Site, people: People):
    order = site.order(delivered_days_ago=70, terms="defective_or_wrong")
    ann = people.signed_in(site.world.ann, color_scheme="dark")
    ann.goto(f"/account/orders/{order.code}/")
    ann.get_by_text("Why not more?").first.click()
    found = faults(ann)
    ann.goto(f"/account/orders/{order.code}/return/LI/")
    choose(ann, 1, 1, "unwanted")
    answer = ann.locator("#answer")
    answer.get_by_text("Why not another answer?").click()
    in_time = answer.get_by_role("listitem").filter(has_text="In time, paid by card")
    expect(in_time).to_contain_text("Time since delivery: at most 60 days or no delivery date yet")
    expect(in_time).to_contain_text("here: 70 days")
    assert not found + faults(ann)
    ann.get_by_role("button", name="Put this answer on record").click()
    plain = people.signed_in(site.world.ann, java_script_enabled=False, language="zh-hans", **PHONE)
    plain.goto(ann.url)
    plain.get_by_text("为什么不是别的答复？").click()
    expect(plain.locator(".why-not-list")).to_contain_text("至多 60 天")
    assert plain.evaluate("() => document.documentElement.scrollWidth") <= 390


def test_card_and_balance_are_told_apart_to_the_cent(site: Site, people: People):
    order = site.order(lines=[(3, 10000)], tenders=[("card", 6670), ("balance", 3330)], terms="any_reason")
    ann = people.signed_in(site.world.ann)
    ann.goto(f"/account/orders/{order.code}/return/LI/")
    choose(ann, 1, 3, "defective")
    answer = ann.locator("#answer")
    expect(answer).to_contain_text("You send the whole item and get €66.70 of €100.00.")
    expect(answer).to_contain_text("What you paid by Visa ending in 4242 comes back.")
    expect(answer).to_contain_text("What you paid by stored balance is not refunded.")
    ann.get_by_role("button", name="Ask for this return").click()
    expect(ann.locator("main")).to_contain_text("You send the whole item and get €66.70 of €100.00.")


def test_a_missing_unit_takes_everything_back_together(site: Site, people: People):
    order = site.order(lines=[(2, 8000)], tenders=[("card", 8000)])
    ann = people.signed_in(site.world.ann)
    ann.goto(f"/account/orders/{order.code}/return/LI/")
    choose(ann, 1, 1, "missing")
    expect(ann.locator("#answer")).to_contain_text("Everything has to go back together first.")
    ann.get_by_role("button", name="Send everything back together").click()
    expect(ann.locator("[name=units-1-2]")).to_have_value("1")
    expect(ann.locator("#answer")).to_contain_text("Li Lamps is asked first.")


def test_without_a_delivery_date_ann_tells_the_day(site: Site, people: People):
    order = site.order(delivered_days_ago=None, terms="any_reason")
    ann = people.signed_in(site.world.ann)
    ann.goto(f"/account/orders/{order.code}/return/LI/")
    choose(ann, 1, 1, "unwanted")
    expect(ann.locator("#answer")).to_contain_text("On which day did you receive it?")
    today = order.day_of(site.world.clock.now()).isoformat()
    ann.get_by_label("On which day did you receive it?").fill(today)
    expect(ann.locator("#answer")).to_contain_text("0 days")
    ann.get_by_role("button", name="Ask for this return").click()
    expect(ann.locator("main")).to_contain_text("the customer's word")


def test_the_day_is_asked_for_only_while_it_can_change_the_answer(site: Site, people: People):
    order = site.order(delivered_days_ago=None, terms="any_reason")
    ann = people.signed_in(site.world.ann)
    ann.goto(f"/account/orders/{order.code}/return/LI/")
    day = ann.get_by_label("On which day did you receive it?")
    expect(day).to_be_visible()
    choose(ann, 1, 1, "missing")
    expect(ann.locator("#answer")).to_contain_text("we look into it with you")
    expect(day).to_have_count(0)
    choose(ann, 1, 1, "unwanted")
    expect(day).to_be_visible()
    assert not faults(ann)
    from_balance = site.order(delivered_days_ago=None, tenders=[("balance", 6000)])
    plain = people.signed_in(site.world.ann, java_script_enabled=False)
    plain.goto(f"/account/orders/{from_balance.code}/return/LI/")
    choose(plain, 1, 1, "defective")
    plain.get_by_role("button", name="Show me the answer").click()
    expect(plain.locator("#answer")).to_contain_text("There is no refund for this.")
    expect(plain.get_by_label("On which day did you receive it?")).to_have_count(0)


def test_without_a_script_a_button_shows_the_answer(site: Site, people: People):
    order = site.order(terms="any_reason")
    ann = people.signed_in(site.world.ann, java_script_enabled=False)
    ann.goto(f"/account/orders/{order.code}/return/LI/")
    choose(ann, 1, 1, "wrong")
    ann.get_by_role("button", name="Show me the answer").click()
    expect(ann.locator("#answer")).to_contain_text("You can send it back and get all your money back.")
    ann.get_by_role("button", name="Ask for this return").click()
    expect(ann.get_by_role("heading", name=re.compile("^Return R"))).to_be_visible()


def test_with_the_keyboard_alone(site: Site, people: People):
    order = site.order(terms="any_reason", lines=[(2, 8000)], tenders=[("card", 8000)])
    ann = people.signed_in(site.world.ann)
    ann.goto(f"/account/orders/{order.code}/")
    _tab_to(ann, "Return items")
    ann.keyboard.press("Enter")
    ann.wait_for_url("**/return/LI/")
    _tab_to(ann, "Units of “Lamp 1” to send back")
    ann.keyboard.press("ArrowUp")
    _tab_to(ann, "I changed my mind")
    ann.keyboard.press("ArrowDown")
    expect(ann.locator("#answer")).to_contain_text("You can send it back and get all your money back.")
    _tab_to(ann, "Ask for this return")
    ann.keyboard.press("Enter")
    expect(ann.get_by_role("heading", name=re.compile("^Return R"))).to_be_visible()
    expect(ann.get_by_role("complementary")).to_contain_text("It is defective")


def test_on_a_phone_nothing_is_wider_than_the_screen(site: Site, people: People):
    order = site.order(tenders=[("card", 3000), ("balance", 3000)])
    ann = people.signed_in(site.world.ann, **PHONE)
    ann.goto("/account/")
    for path in (
        "/account/orders/",
        f"/account/orders/{order.code}/",
        f"/account/orders/{order.code}/return/LI/",
    ):
        ann.goto(path)
        assert ann.evaluate("() => document.documentElement.scrollWidth") <= 390, path
    choose(ann, 1, 1, "defective")
    ann.get_by_role("button", name="Ask for this return").tap()
    expect(ann.get_by_role("heading", name=re.compile("^Return R"))).to_be_visible()
    assert ann.evaluate("() => document.documentElement.scrollWidth") <= 390
    ann.get_by_role("link", name="The slip to print").tap()
    expect(ann.locator(".slip")).to_be_visible()
    assert ann.evaluate("() => document.documentElement.scrollWidth") <= 390


def test_in_chinese_from_the_order_to_the_answer(site: Site, people: People):
    order = site.order(terms="any_reason")
    ann = people.signed_in(site.world.ann, language="zh-hans")
    ann.goto(f"/account/orders/{order.code}/return/LI/")
    expect(ann.locator("html")).to_have_attribute("lang", "zh-hans")
    choose(ann, 1, 1, "unwanted")
    expect(ann.locator("#answer")).to_contain_text("您用银行卡付款：在送达后 60 天内")
    ann.locator("#answer button[value=ask]").click()
    ann.wait_for_url("**/account/returns/**")
    english = re.compile(r"\b(return|refund|order|parcel|you)\b", re.IGNORECASE)
    assert not english.search(ann.locator("main").inner_text())


def _tab_to(page, name: str) -> None:
    """Press Tab until the thing called `name` has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if name in page.evaluate(_NAME_OF_FOCUS):
            return
    raise AssertionError(f"Tab never reaches {name}")


_NAME_OF_FOCUS = """() => {
  const e = document.activeElement;
  const labels = [...(e.labels || [])].map(l => l.textContent);
  return [e.getAttribute("aria-label"), ...labels, e.textContent].join(" ");
}"""
