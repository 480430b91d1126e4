"""Cy writes a mail, hears how long it takes, makes a thread of it with one click, and Mia answers."""

import time

from playwright.sync_api import expect

from aftersale.base.models import DemoMail
from aftersale.support.models import IncomingMail, MailConversation, MailState, Thread
from aftersale.support.tests.letters import deliver
from tests.stories.people import PHONE, People, faults_along
from tests.stories.site import Site

PATIENCE = 60


def the_mail_to(address: str, subject: str) -> DemoMail:
    """What the site's own worker sent; waited for."""
    for _ in range(PATIENCE * 10):
        found = DemoMail.objects.filter(recipient=address, subject=subject).first()
        if found is not None:
            return found
        time.sleep(0.1)
    raise AssertionError(f"{address} got no mail `{subject}`")


def test_a_mail_is_acknowledged_one_click_opens_the_thread_and_mia_answers(site: Site, people: People):
    cy = "cy@slow-lane.example"
    text = "My lamp hums.\n\nIt is a small one."
    files = [("lamp.txt", "text/plain", b"a lamp that hums")]
    deliver(site.world, sender=cy, subject="A humming lamp", text=text, files=files)
    told = the_mail_to(cy, "We have your mail")
    token = MailConversation.objects.get(address=cy).token
    assert f"{site.address}/mail/{token}/" in told.text

    page = people.visitor(java_script_enabled=False, **PHONE)
    page.goto(f"/mail/{token}/")
    expect(page.get_by_role("heading", level=1)).to_have_text("A humming lamp")
    expect(page.locator("main")).to_contain_text("lamp.txt")
    assert not Thread.objects.filter(subject="A humming lamp").exists()
    page.get_by_role("button", name="Open the thread").click()
    expect(page.locator("main")).to_contain_text("This is a thread now")
    thread = Thread.objects.get(subject="A humming lamp")
    expect(page.locator("main")).to_contain_text(thread.reference)

    mia = people.signed_in(site.world.mia)
    mia.goto(f"/threads/{thread.reference}/")
    expect(mia.locator("#post-1")).to_contain_text("It is a small one.")
    mia.get_by_label("Your post").fill("Which bulb is in it?")
    mia.get_by_role("radio", name="The customer and our staff").check()
    mia.get_by_role("button", name="Post", exact=True).click()
    expect(mia.locator("#post-2")).to_contain_text("Which bulb is in it?")

    answer = the_mail_to(cy, "New in “A humming lamp”")
    reply_to = answer.headers["Reply-To"]
    mail = deliver(site.world, sender=cy, to=reply_to, subject="Re: A humming lamp", text="E14.")
    _wait_for(mail)
    assert mail.state == MailState.POSTED
    mia.reload()
    expect(mia.locator("#post-3")).to_contain_text("E14.")


def test_mia_takes_a_mail_from_the_desk_and_answers_it_by_mail(site: Site, people: People):
    dee = "dee@slow-lane.example"
    deliver(site.world, sender=dee, subject="A dark lamp", text="It stays dark.")
    the_mail_to(dee, "We have your mail")
    mia = people.signed_in(site.world.mia)
    mia.goto("/desk/threads/")
    mia.get_by_role("link", name="Mail", exact=True).click()
    mia.get_by_role("link", name="A dark lamp").click()
    mia.get_by_label("Your answer").fill("Is the switch on?")
    mia.get_by_role("button", name="Send").click()
    expect(mia.locator("main")).to_contain_text("Is the switch on?")
    assert "Is the switch on?" in the_mail_to(dee, "Re: A dark lamp").text
    assert MailConversation.objects.get(address=dee).state == "answered"


def test_the_pages_of_mails_are_without_a_fault_in_light_in_dark_and_on_a_phone(site: Site, people: People):
    eve = "eve@slow-lane.example"
    long = f"It flickers {'and flickers ' * 60}\n\n" + "x" * 300
    deliver(site.world, sender=eve, subject="A lamp " + "with a long name " * 8, text=long)
    held = deliver(site.world, sender=eve, subject="News", text="Buy!", List_Id="<news.example>")
    the_mail_to(eve, "We have your mail")
    _wait_for(held)
    conversation = MailConversation.objects.get(address=eve)
    desk = ["/desk/mail/", "/desk/mail/?show=held", f"/desk/mail/{conversation.reference}/", "/desk/threads/"]
    found: list[str] = []
    for person, paths in ((None, [f"/mail/{conversation.token}/"]), (site.world.mia, desk)):
        for language in ("en", "zh-hans"):
            options = PHONE | {"language": language}
            page = people.signed_in(person, **options) if person else people.visitor(**options)
            found += faults_along(page, paths)
    assert not found, "\n".join(found)


def _wait_for(mail: IncomingMail) -> None:
    for _ in range(PATIENCE * 10):
        mail.refresh_from_db()
        if mail.state != MailState.STORED:
            return
        time.sleep(0.1)
    raise AssertionError("the worker read no mail")
