"""Ann is answered before anybody has looked: by the policy, by her parcel, by a solved question."""

from datetime import timedelta

from playwright.sync_api import expect

from aftersale.orders.models import ParcelEvent
from aftersale.support.models import Thread
from aftersale.support.services import About, solve_thread
from aftersale.support.tests.cast import ask, ask_in_public, say
from tests.stories.people import PHONE, People, faults, faults_along
from tests.stories.site import Site


def test_may_i_send_this_back_is_answered_at_once_and_leads_to_one_return_of_all(site: Site, people: People):
    order = site.order(lines=((1, 2000), (2, 4000)), delivered_days_ago=70)
    ann = people.signed_in(site.world.ann, java_script_enabled=False, **PHONE)
    ann.goto(f"/threads/ask/?order={order.code}&line=1&kind=return")
    ann.get_by_label("Title").fill("May I send it back?")
    ann.get_by_label("Your question").fill("It is not the lamp that I ordered.")
    ann.get_by_role("button", name="Open the thread").click()
    answer = ann.locator("#post-2")
    expect(answer).to_contain_text("send everything back together first")
    expect(answer).to_contain_text("An RMA number is issued only when all the units")
    answer.get_by_role("link", name="Send everything back together").click()
    expect(ann.locator('input[name="units-2-1"]')).to_have_value("2")
    ann.go_back()
    ann.get_by_role("button", name="That answers it").click()
    expect(ann.locator("main")).to_contain_text("To the answer of Aftersale that solved it")
    thread = Thread.objects.get(order=order)
    assert (thread.state, thread.first_answered_at) == ("solved", None)


def test_a_solved_answer_stands_beside_the_question_while_it_is_typed(site: Site, people: People):
    site.order()
    solved = ask_in_public(site.world, subject="Wombat lamp", body="Which bulb fits the wombat lamp?")
    say(site.world, site.world.mia, solved, "An E14.")
    solve_thread(ports=site.world.ports, by=site.world.ann, thread=solved, number=2)
    bob = people.signed_in(site.world.bob)
    bob.goto("/threads/ask/")
    bob.get_by_label("Title").fill("A bulb")
    bob.get_by_label("Your question").press_sequentially("Which bulb is for a wombat lamp?")
    near = bob.get_by_role("link", name="Wombat lamp")
    expect(near).to_be_visible(timeout=60_000)
    expect(near).to_have_attribute("href", f"/threads/{solved.reference}/#post-2")
    assert not faults(bob)
    bob.get_by_role("button", name="Open the thread").click()
    expect(bob.get_by_role("heading", level=1)).to_have_text("A bulb")


def test_the_new_pages_are_without_a_fault_in_light_in_dark_and_on_a_phone(site: Site, people: People):
    world, order = site.world, site.order(delivered_days_ago=None)
    parcel, now = order.groups.get().parcels.get(), world.clock.now()
    sent_at = now - timedelta(days=30)
    ParcelEvent.objects.create(parcel=parcel, kind="dispatched", at=sent_at, source="carrier")
    tracked = ask(world, kind="tracking", about=About(order=order), subject="Where is it?")
    ParcelEvent.objects.create(parcel=parcel, kind="in_transit", at=now, source="carrier")
    review = ask(world, kind="review", about=About(order=site.order()), subject="A fine lamp")
    ask_in_public(world, subject="Which <b>lamp</b>?")
    pages = {
        world.ann: [
            f"/threads/{tracked.reference}/",
            f"/threads/ask/?order={order.code}",
            f"/threads/{review.reference}/publish/",
            "/account/erase/",
            "/threads/?q=lamp&order=newest",
        ],
        world.mia: [f"/threads/{tracked.reference}/", "/desk/erase/"],
    }
    found: list[str] = []
    for person, paths in pages.items():
        page = people.signed_in(person, **PHONE)
        found += faults_along(page, paths)
    assert not found, "\n".join(found)
