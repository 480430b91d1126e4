"""Gwen is mailed an answer, answers it from her mailbox, is read by Mia in the thread, and ends the mails."""

import time

from playwright.sync_api import Page, expect

from aftersale.accounts.models import User
from aftersale.base.models import DemoMail, Notification
from aftersale.support.models import Post, Thread
from aftersale.support.tests.cast import ask, say
from tests.stories.people import PHONE, People, faults
from tests.stories.site import Site

PATIENCE = 60


def newest_mail(page: Page, person: User, *, after: int = 0) -> DemoMail:
    """What the worker sends, opened in the demo's mailbox."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        found = DemoMail.objects.filter(recipient=person.email, pk__gt=after).first()
        if found is not None:
            page.goto(f"/demo/mails/?to={person.email}")
            page.locator("main .queue a").first.click()
            expect(page.get_by_role("heading", level=1)).to_have_text(found.subject)
            return found
        page.wait_for_timeout(250)
    raise AssertionError(f"no mail came to {person.email}")


def read_in(thread: Thread, author: User) -> Post:
    """The post that the worker makes of the author's mail."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        found = thread.posts.filter(author=author, number__gt=1).last()
        if found is not None:
            return found
        time.sleep(0.25)
    raise AssertionError("the mail did not become a post")


def test_gwen_answers_from_her_mailbox_and_then_wants_no_more_mails(site: Site, people: People):
    gwen = site.customer("gwen")
    thread = ask(site.world, gwen, subject="The hinge squeaks", body="Since Monday.")
    say(site.world, site.world.mia, thread, "Which hinge is it?")
    mailbox = people.visitor(java_script_enabled=False)
    mail = newest_mail(mailbox, gwen)
    frame = mailbox.frame_locator("iframe.mail")
    expect(frame.locator("body")).to_contain_text("Which hinge is it?")
    expect(frame.locator("body")).to_contain_text("Write your answer above this line")
    mailbox.get_by_label("Your answer by mail").fill("The upper one.\n\nIt also rattles.")
    mailbox.get_by_role("button", name="Send the mail").click()
    expect(mailbox.get_by_text("Sent. It is read within a few seconds.")).to_be_visible()

    post = read_in(thread, gwen)
    assert post.body == "The upper one.\n\nIt also rattles." and post.visibility == "participants"
    mia = people.signed_in(site.world.mia)
    mia.goto("/desk/threads/")
    mia.get_by_role("link", name="The hinge squeaks").click()
    expect(mia.locator(f"#post-{post.number}")).to_contain_text("It also rattles.")

    link = mail.headers["List-Unsubscribe"].strip("<>")
    phone = people.visitor(language="zh-hans", **PHONE)
    phone.goto(link)
    expect(phone.get_by_text("目前没有任何改变。")).to_be_visible()
    assert faults(phone) == []
    phone.get_by_role("button", name="不再接收此帖的邮件").click()
    expect(phone.get_by_text("此帖不再给您发邮件。")).to_be_visible()
    assert thread.readers.get(person=gwen).notify == "muted"


def test_what_one_is_mailed_is_without_a_fault_in_light_in_dark_and_on_a_phone(site: Site, people: People):
    hugo = site.customer("hugo")
    thread = ask(site.world, hugo, subject="The lid is loose")
    say(site.world, site.world.mia, thread, "Turn it to the left.")
    mailbox = people.visitor()
    mail = newest_mail(mailbox, hugo)
    link = mail.headers["List-Unsubscribe"].strip("<>")
    # The mailbox is gone: what that looks like belongs to the pages.
    came_back = Notification.objects.filter(recipient=hugo.email)
    came_back.update(bounced_at=site.world.clock.now(), bounce_status="5.1.1")
    for options in ({}, {"color_scheme": "dark"}, PHONE):
        page = people.signed_in(hugo, **options)
        for path in ("/account/mails/", link, f"/demo/mails/{mail.pk}/"):
            page.goto(path)
            assert faults(page) == []
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
