"""Ann asks about her lamp, Mia answers, and both find their place again; on a phone, and without a script."""

from playwright.sync_api import expect

from aftersale.support.models import Thread
from aftersale.support.tests.cast import ask, ask_in_public, say
from tests.stories.people import PHONE, People, faults_along
from tests.stories.site import Site

CARD = "4111 1111 1111 1111"


def test_ann_asks_from_her_order_without_a_script_and_mia_answers(site: Site, people: People):
    order = site.order()
    ann = people.signed_in(site.world.ann, java_script_enabled=False, **PHONE)
    ann.goto(f"/account/orders/{order.code}/")
    ann.get_by_role("link", name="Ask about this Lamp 1").click()
    expect(ann.get_by_role("complementary")).to_contain_text(order.code)
    ann.get_by_label("Title").fill("It hums")
    ann.get_by_label("Your question").fill(f"Since Monday. I paid with {CARD}.")
    ann.get_by_role("button", name="Keep as a draft").click()
    expect(ann.get_by_label("Your question")).to_have_value(
        "Since Monday. I paid with [card number removed: Visa ending 1111]."
    )
    ann.get_by_role("button", name="Open the thread").click()
    expect(ann.get_by_role("heading", level=1)).to_have_text("It hums")

    mia = people.signed_in(site.world.mia)
    mia.goto("/desk/threads/")
    mia.get_by_role("link", name="It hums").click()
    mia.get_by_role("button", name="Take it").click()
    mia.get_by_label("Your post").fill("Is it the **transformer**?")
    mia.get_by_role("radio", name="The customer and our staff").check()
    mia.get_by_role("button", name="Post", exact=True).click()
    expect(mia.locator("#post-3 strong")).to_have_text("transformer")

    ann.goto("/account/")
    expect(ann.locator("main")).to_contain_text("1 new")
    ann.get_by_role("link", name="It hums").click()
    ann.get_by_role("link", name="Quote post 3").click()
    expect(ann.get_by_label("Your post")).to_have_value("> Is it the **transformer**?\n\n")
    ann.get_by_role("button", name="This solved it post 3").click()
    expect(ann.locator("main")).to_contain_text("To the answer of Mia that solved it")
    assert Thread.objects.get(subject="It hums").assignee == site.world.mia


def test_a_new_post_comes_by_itself_and_a_draft_is_kept_while_typing(site: Site, people: People):
    site.order()
    thread = ask_in_public(site.world, subject="How long do lamps last?")
    bob = people.signed_in(site.world.bob)
    bob.goto(f"/threads/{thread.reference}/")
    say(site.world, site.world.mia, thread, "For years.")
    with bob.expect_response(lambda answer: answer.status == 204 and answer.url.endswith("/answer/")):
        bob.get_by_label("Your post").press_sequentially("Half a thought")
    expect(bob.locator("#post-2")).to_contain_text("For years.", timeout=60_000)
    bob.goto("/threads/")
    bob.goto(f"/threads/{thread.reference}/")
    expect(bob.get_by_label("Your post")).to_have_value("Half a thought")


def test_the_pages_of_threads_are_without_a_fault_in_light_in_dark_and_on_a_phone(site: Site, people: People):
    world, order = site.world, site.order()
    private = ask(world, body=f"See {CARD}\n\n> quoted\n\n- one\n- two\n\n`code`")
    say(world, world.mia, private, "Do you issue a number?", "supplier")
    say(world, world.mia, private, "Third from this batch.", "staff")
    say(world, world.mia, private, "We look into it.")
    public = ask_in_public(world, subject="Which bulb fits?")
    say(world, world.mia, public, "E14.")
    held = ask_in_public(world, world.bob, subject="Buy my lamps")
    both = [f"/threads/{private.reference}/", f"/threads/{public.reference}/"]
    pages = {
        world.ann: [
            *both,
            "/threads/?show=mine",
            f"/threads/ask/?order={order.code}",
            "/threads/ask/",
            "/account/",
        ],
        world.mia: [*both, f"/threads/{held.reference}/", "/desk/threads/"],
        world.li: [both[0], "/threads/?show=mine"],
        None: [both[1], "/threads/"],
    }
    found: list[str] = []
    for person, paths in pages.items():
        page = people.signed_in(person, **PHONE) if person else people.visitor()
        found += faults_along(page, paths)
    assert not found, "\n".join(found)
