"""The main job, through the real site, worker and sandbox: from the order to the money."""

import re

from playwright.sync_api import expect

from tests.stories.people import People, choose, says, sign_in
from tests.stories.site import Site


def test_ann_gets_her_money_back_with_li_s_number(site: Site, people: People):
    order = site.order(lines=[(2, 4000), (1, 3000)], tenders=[("card", 7000)])
    ann, li = people.visitor(), people.signed_in(site.world.li)

    sign_in(ann, site.world.ann)
    expect(ann.get_by_role("heading", name="My Account")).to_be_visible()
    ann.get_by_role("navigation", name="Sections").get_by_role("link", name="Orders").click()
    expect(ann.get_by_role("heading", name="Orders", level=1)).to_be_visible()
    card = ann.get_by_role("article", name=f"Order {order.code}")
    while not card.count():  # the other stories' orders stand here, too
        ann.get_by_role("link", name="Older").click()
    expect(card).to_contain_text(f"TR{order.code}")
    expect(card).to_contain_text("Visa ending in 4242")
    card.get_by_role("link", name="See or return items").click()
    ann.get_by_role("link", name="Return items").click()

    choose(ann, 1, 2, "unwanted")
    answer = ann.locator("#answer")
    expect(answer).to_contain_text("Li Lamps is asked first.")
    expect(answer).to_contain_text("If the supplier agrees, you get")
    expect(answer).to_contain_text("€40.00")
    expect(answer).to_contain_text("That is not a no: we ask the supplier")
    expect(answer).to_contain_text("only what is defective or wrong")
    ann.get_by_label("Anything the supplier should know").fill("Too bright for the hall.")
    ann.get_by_role("button", name="Ask the supplier").click()
    expect(ann.get_by_role("heading", name=re.compile("^Return R"))).to_be_visible()
    reference = ann.url.rstrip("/").rpartition("/")[2]

    li.goto("/supplier/")
    expect(li.locator("main")).to_contain_text("Your turn: say whether it may come back")
    li.goto(f"/supplier/returns/{reference}/")
    seen = li.locator("body").inner_text()
    assert "Too bright for the hall." in seen
    for secret in ("ann@example.com", "Ann", "Visa", "4242", "€", "card", "40.00", "refund"):
        assert secret not in seen.replace("Refund policy", ""), secret
    li.get_by_label("RMA number").fill("rma-" + reference)
    li.get_by_role("button", name="Issue the number").click()
    expect(li.locator(".messages")).to_contain_text("The RMA number is recorded")

    ann.reload()
    main = ann.locator("main")
    expect(main).to_contain_text("the full refund is guaranteed")
    expect(main).to_contain_text("Before, the answer was The supplier is asked.")
    expect(main).to_contain_text("What changed it: the supplier issued an RMA number.")
    ann.get_by_role("link", name="The slip to print").click()
    expect(ann.locator(".slip")).to_contain_text("rma-" + reference)
    expect(ann.get_by_role("img", name="QR code")).to_be_visible()
    ann.go_back()
    ann.get_by_label("Carrier").fill("DHL")
    ann.get_by_role("button", name="I have handed it over").click()
    expect(ann.locator(".messages")).to_contain_text("Thank you")

    li.reload()
    li.get_by_role("button", name="It has arrived").click()
    li.get_by_label("Condition").fill("as new")
    li.get_by_role("button", name="Record the inspection").click()
    expect(li.locator(".messages")).to_contain_text("The inspection is recorded")

    says(ann, "All done: your money is back")
    expect(main).to_contain_text("paid back; your bank shows it within a few days")
    expect(main).to_contain_text("€40.00")
    for step in ("Return asked for", "RMA number issued", "Handed to the carrier", "Arrived", "Inspected"):
        expect(ann.get_by_role("list", name="What happened")).to_contain_text(step)
    expect(ann.get_by_role("list", name="What happened")).to_contain_text("Refund paid, return closed")

    ann.goto("/demo/mails/?to=ann@example.com")
    for subject in ("our answer", "your money is on its way"):
        expect(ann.locator("main")).to_contain_text(f"Return {reference}: {subject}")


def test_li_says_no_and_ann_reads_why(site: Site, people: People):
    order = site.order()
    ann, li = people.signed_in(site.world.ann), people.signed_in(site.world.li)
    ann.goto(f"/account/orders/{order.code}/return/LI/")
    choose(ann, 1, 1, "unwanted")
    ann.get_by_role("button", name="Ask the supplier").click()
    ann.wait_for_url("**/account/returns/**")

    li.goto(ann.url.replace("/account/", "/supplier/"))
    li.get_by_text("No, it may not come back").click()
    li.get_by_role("button", name="Say no").click()
    expect(li.locator("#errors")).to_contain_text("Say why, in 1 to 1000 characters.")
    li.get_by_label("Why not").fill("The seal of these lamps cannot be renewed.")
    li.get_by_role("button", name="Say no").click()
    expect(li.locator(".messages")).to_contain_text("Your answer is recorded")

    ann.reload()
    expect(ann.locator("main")).to_contain_text("The seal of these lamps cannot be renewed.")
    expect(ann.locator("main")).to_contain_text("Refused")


def test_mia_receives_and_inspects_and_the_books_say_so(site: Site, people: People):
    order = site.order(terms="any_reason")
    ann, mia = people.signed_in(site.world.ann), people.signed_in(site.world.mia)
    ann.goto(f"/account/orders/{order.code}/return/LI/")
    choose(ann, 1, 1, "unwanted")
    expect(ann.locator("#answer")).to_contain_text("You can send it back and get all your money back.")
    expect(ann.locator("#answer")).to_contain_text("Hand it over by")
    ann.get_by_role("button", name="Ask for this return").click()
    ann.wait_for_url("**/account/returns/**")
    reference = ann.url.rstrip("/").rpartition("/")[2]

    ann.goto("/demo/carrier/")
    ann.get_by_role("button", name=f"Scan: accepted {reference}").click()
    expect(ann.locator(".messages")).to_contain_text("Scanned.")

    mia.goto("/desk/")
    mia.get_by_label("Return, order, RMA number").fill(order.code)
    mia.get_by_role("button", name="Find").click()
    mia.locator(f"a[href='/desk/returns/{reference}/']").click()
    expect(mia.get_by_role("list", name="What happened")).to_contain_text("The carrier")
    mia.get_by_role("button", name="It has arrived").click()
    mia.get_by_role("button", name="Record the inspection").click()
    says(mia, "Paid out")
    expect(mia.locator("main")).to_contain_text("Every decision, the newest first")
    expect(mia.locator("main")).to_contain_text("the carrier's scan")

    fin = people.signed_in(site.fin)
    fin.goto("/finance/")
    expect(fin.get_by_role("row", name=order.code)).to_contain_text("Paid out")
