"""Mia puts two threads of Ann's together and takes it back; Fin answers first, and Mia sees it in time."""

from playwright.sync_api import expect

from aftersale.support.models import Move
from aftersale.support.services import About, link_threads, open_incident, save_macro
from aftersale.support.tests.cast import ask, say
from tests.stories.people import PHONE, People, faults_along
from tests.stories.site import Site


def test_mia_merges_two_threads_without_a_script_ann_reads_on_and_mia_takes_it_back(
    site: Site, people: People
):
    world, about = site.world, About(order=site.order())
    first = ask(world, about=about, subject="The lamp buzzes", body="It buzzes.")
    second = ask(world, about=about, subject="The lamp blinks", body="It blinks.")
    mia = people.signed_in(world.mia, java_script_enabled=False)
    mia.goto(f"/threads/{first.reference}/")
    mia.get_by_role("link", name="Put together, take apart").click()
    mia.get_by_role("radio", name="The lamp blinks").check()
    mia.get_by_role("button", name="Put into the other thread").click()
    expect(mia.get_by_role("heading", level=1)).to_have_text("The lamp blinks")

    ann = people.signed_in(world.ann, **PHONE)
    ann.goto(f"/threads/{first.reference}/")
    expect(ann.get_by_role("heading", level=1)).to_have_text("The lamp blinks")
    moved = ann.locator("article", has_text="It buzzes.")
    expect(moved).to_contain_text("from “The lamp buzzes”")
    ann.get_by_label("Your post").fill("Since Monday.")
    ann.get_by_role("button", name="Post", exact=True).click()
    expect(ann.locator("#posts")).to_contain_text("Since Monday.")

    mia.goto(f"/threads/{second.reference}/moves/")
    mia.get_by_role("button", name=f"Take it back {first.reference}").click()
    expect(mia.get_by_role("heading", level=1)).to_have_text("The lamp buzzes")
    expect(mia.locator("#posts")).not_to_contain_text("Since Monday.")
    ann.goto(f"/threads/{second.reference}/")
    expect(ann.locator("#posts")).to_contain_text("Since Monday.")
    assert Move.objects.get(source=first).undone_at is not None


def test_mia_sees_that_fin_writes_and_does_not_answer_over_him(site: Site, people: People):
    world = site.world
    thread = ask(world, about=About(order=site.order()), subject="Which bulb fits it?")
    mia, fin = people.signed_in(world.mia), people.signed_in(site.fin)
    for page in (mia, fin):
        page.goto(f"/threads/{thread.reference}/")
    fin.get_by_label("Your post").press_sequentially("An E27")
    expect(mia.locator("#here")).to_contain_text("Fin is writing here.", timeout=60_000)
    mia.get_by_label("Your post").fill("An E14.")
    say(world, site.fin, thread, "An E27, by the book.")
    mia.get_by_role("button", name="Post", exact=True).click()
    expect(mia.locator("#posts")).to_contain_text("An E27, by the book.")
    expect(mia.get_by_label("Your post")).to_have_value("An E14.")
    mia.get_by_label("Your post").fill("As Fin says; an E14 is too small.")
    mia.get_by_role("button", name="Send anyway").click()
    expect(mia.locator("#posts")).to_contain_text("an E14 is too small")


def test_a_macro_stands_in_the_field_to_be_changed_before_it_is_sent(site: Site, people: People):
    world = site.world
    thread = ask(world, about=About(order=site.order()), subject="Does it come with a bulb?")
    save_macro(
        ports=world.ports,
        by=world.mia,
        name="With a bulb",
        texts={"en": "Hello {name}, it does."},
        actions=["solve"],
    )
    mia = people.signed_in(world.mia, java_script_enabled=False)
    mia.goto(f"/threads/{thread.reference}/")
    mia.get_by_label("A prepared answer").select_option(label="With a bulb")
    mia.get_by_role("button", name="Insert").click()
    expect(mia.get_by_label("Your post")).to_have_value("Hello Ann, it does.")
    mia.get_by_label("Your post").fill("Hello Ann, it does: an E14.")
    mia.get_by_role("button", name="Post", exact=True).click()
    expect(mia.locator("#posts")).to_contain_text("it does: an E14.")
    thread.refresh_from_db()
    assert thread.state == "solved"


def test_the_desk_s_tools_are_without_a_fault_in_light_in_dark_and_on_a_phone(site: Site, people: People):
    world = site.world
    thread = ask(world, about=About(order=site.order()), kind="tracking", subject="Where is the lorry?")
    say(world, world.mia, thread, "We look for it.")
    incident = open_incident(
        ports=world.ports, by=world.mia, title="A lorry is lost", kind="tracking", intent="lorry"
    )
    link_threads(ports=world.ports, by=world.mia, incident=incident, threads=[thread])
    macro = save_macro(ports=world.ports, by=world.mia, name="Found", texts={"en": "Found, {name}."})
    paths = [
        f"/threads/{thread.reference}/",
        f"/threads/{thread.reference}/moves/?from=2",
        "/desk/threads/",
        "/desk/incidents/",
        f"/desk/incidents/{incident.reference}/",
        "/desk/macros/",
        f"/desk/macros/{macro.reference}/",
    ]
    found: list[str] = []
    for options in ({**PHONE}, {"language": "zh-hans"}):
        page = people.signed_in(world.mia, **options)
        found += faults_along(page, paths)
    assert not found, "\n".join(found)
