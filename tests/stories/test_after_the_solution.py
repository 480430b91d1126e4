"""Ann's thread is solved: she says how it was by the link of a mail, and lets others read what helped her."""

from playwright.sync_api import expect

from aftersale.support.models import Rating, RatingLink
from aftersale.support.services import About, solve_thread
from aftersale.support.tests.cast import ask, say
from tests.stories.people import PHONE, People, faults_along
from tests.stories.site import Site


def test_ann_rates_it_by_mail_and_others_read_what_mia_wrote_anew(site: Site, people: People):
    world, order = site.world, site.order()
    thread = ask(world, subject="It flickers", body="I am Ann. Which bulb?", about=About(order=order))
    answer = say(world, world.mia, thread, "Dear Ann, one with **E14**.")
    solve_thread(ports=world.ports, by=world.mia, thread=thread, number=answer.number)
    thread.refresh_from_db()
    assert thread.solved_at is not None
    now = world.clock.now()
    link = RatingLink.objects.create(
        token="story0after0the0solution00",
        thread=thread,
        person=world.ann,
        solved_at=thread.solved_at,
        made_at=now,
    )
    here, rate = f"/threads/{thread.reference}/", f"/rate/{link.token}/"

    reader = people.visitor(java_script_enabled=False, **PHONE)
    reader.goto(f"{rate}?content=mixed")
    expect(reader.get_by_label("So-so")).to_be_checked()
    assert not Rating.objects.filter(thread=thread).exists()
    reader.get_by_label("What was good, or what was missing?").fill("A day too late.")
    reader.get_by_role("button", name="Say it").click()
    expect(reader.locator("main")).to_contain_text("You said: so-so")

    mia = people.signed_in(world.mia)
    mia.goto(here)
    expect(mia.locator("main")).to_contain_text("A day too late.")
    mia.get_by_role("link", name="Make a public answer of it").click()
    expect(mia.get_by_label("The answer")).to_have_value("Dear …, one with **E14**.")
    mia.get_by_label("Title").fill("Which bulb for the lamps?")
    mia.get_by_label("The answer").fill("One with **E14**.")
    mia.get_by_role("button", name="Ask whether it may be public").click()

    ann = people.signed_in(world.ann, java_script_enabled=False, **PHONE)
    ann.goto(here)
    ann.get_by_role("link", name="Read what would be public, and say yes or no").click()
    expect(ann.locator("main")).to_contain_text("I am …. Which bulb?")
    page = people.signed_in(world.ann, **PHONE)
    found = faults_along(page, [here, f"{here}public/", rate])
    ann.get_by_role("button", name="Yes, everybody may read this").click()

    reader.goto("/threads/?q=bulb")
    reader.get_by_role("link", name="Which bulb for the lamps?").click()
    expect(reader.locator("main")).to_contain_text("One with E14.")
    found += faults_along(people.signed_in(world.mia, **PHONE), [here])
    assert not found, "\n".join(found)
