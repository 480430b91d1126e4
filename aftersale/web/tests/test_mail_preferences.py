"""What Ann is mailed: the link in each mail, the page of her account, and answering in the demo's mailbox."""

import pytest
from django.test import Client

from aftersale.base.mail import DemoMailbox
from aftersale.base.models import DemoMail, Notification
from aftersale.base.services import send_due_notifications
from aftersale.support.mail.bouncing import mails_come_back, note_bounce
from aftersale.support.mail.reading import read_due_mail
from aftersale.support.mail.stopping import wants_thread_mails
from aftersale.support.models import IncomingMail, Reader
from aftersale.support.notices import fresh_mails
from aftersale.support.tests.cast import ask, say
from aftersale.web.tests.browsing import main_of, signed_in

ONE_CLICK = "List-Unsubscribe=One-Click"
FORM = "application/x-www-form-urlencoded"


def send_mails(world) -> None:
    while send_due_notifications(
        clock=world.clock, mail=DemoMailbox(world.clock), freshen=fresh_mails(world.ports)
    ):
        pass


@pytest.fixture
def thread(world):
    return ask(world)


@pytest.fixture
def mail(world, thread) -> DemoMail:
    """What Ann is mailed of Mia's answer."""
    say(world, world.mia, thread, "It is the driver.")
    send_mails(world)
    return DemoMail.objects.get(recipient=world.ann.email)


@pytest.fixture
def path(mail):
    return "/" + mail.headers["List-Unsubscribe"].strip("<>").split("/", 3)[3]


def follows(world, thread) -> bool:
    return Reader.objects.get(thread=thread, person=world.ann).notify == "follows"


def test_a_scanner_that_opens_every_link_of_a_mail_changes_nothing(world, thread, path):
    nobody = Client()
    assert "Nothing has changed yet." in main_of(nobody.get(path))
    nobody.head(path)
    nobody.get(path, {"step": "all"})
    assert follows(world, thread) and wants_thread_mails(world.ann)


def test_a_mail_program_ends_the_mails_with_one_click_and_no_cookie(world, thread, path):
    strict = Client(enforce_csrf_checks=True)
    for _ in range(2):
        answer = strict.post(path, ONE_CLICK, content_type=FORM)
        assert answer.status_code == 200
    assert not follows(world, thread) and wants_thread_mails(world.ann)


def test_ann_ends_all_mails_of_threads_by_the_link_and_finds_the_way_back_on_her_account(world, thread, path):
    page = Client().post(path, {"step": "all"}, follow=True)
    assert "No thread sends you mails any more." in main_of(page)
    assert not wants_thread_mails(world.ann)
    ann = signed_in(world.ann)
    assert "/account/mails/" in main_of(ann.get("/account/"))
    assert "No thread sends you mails." in main_of(ann.get("/account/mails/"))
    page = ann.post("/account/mails/want/", {"wanted": "yes"}, follow=True)
    assert "You hear by mail of new posts" in main_of(page) and wants_thread_mails(world.ann)
    ann.post("/account/mails/want/", {"wanted": "no"})
    assert not wants_thread_mails(world.ann)
    page = Client().post(path, {"step": "again"}, follow=True)
    assert "Nothing has changed yet." in main_of(page) and follows(world, thread)


def test_the_link_opens_nothing_else(world, thread, mail, path):
    nobody = Client()
    page = nobody.get(path)
    assert "driver" not in main_of(page) and "_auth_user_id" not in nobody.session
    assert nobody.get("/account/").status_code == 302
    assert nobody.get("/mails/stop/0000000000/").status_code == 404
    assert nobody.post(path, {"step": "everything"}).status_code == 400
    assert nobody.post("/mails/stop/0000000000/", ONE_CLICK, content_type=FORM).status_code == 404
    assert follows(world, thread)


def test_ann_reads_on_her_pages_that_mails_come_back_and_says_that_the_address_works(world, thread, mail):
    ann, told = signed_in(world.ann), "Mails to ann@example.com come back"
    pages = ("/account/", "/account/mails/", "/threads/?show=mine", f"/threads/{thread.reference}/")
    assert not any(told in main_of(ann.get(each)) for each in pages)
    token = Notification.objects.get(recipient=world.ann.email).bounce_token
    note_bounce(ports=world.ports, address=f"bounce+{token}@marketplace.example", status="5.1.1")
    assert all(told in main_of(ann.get(each)) for each in pages)
    bob, mia = signed_in(world.bob), signed_in(world.mia)
    assert told not in main_of(bob.get("/account/mails/"))
    assert "Mails to who opened this come back" in mia.get(f"/threads/{thread.reference}/").content.decode()
    assert "Mails to who opened" not in ann.get(f"/threads/{thread.reference}/").content.decode()
    assert ann.get("/account/mails/confirm/").status_code == 405
    assert mails_come_back(world.ann, world.clock.now())
    page = ann.post("/account/mails/confirm/", follow=True)
    assert told not in main_of(page) and not mails_come_back(world.ann, world.clock.now())


def test_in_the_demo_ann_answers_from_her_mailbox_and_it_stands_in_the_thread(world, thread, mail):
    nobody = Client()
    page = nobody.get(f"/demo/mails/{mail.pk}/")
    assert mail.headers["Reply-To"] in main_of(page) and "Answer as ann@example.com" in main_of(page)
    nobody.post(f"/demo/mails/{mail.pk}/answer/", {"text": " "})
    assert not IncomingMail.objects.exists()
    nobody.post(f"/demo/mails/{mail.pk}/answer/", {"text": "Which driver?\n\nIt has two."})
    # The page asks the machine's clock, which is a minute ahead.
    world.clock.move(minutes=2)
    read_due_mail(ports=world.ports)
    post = thread.posts.last()
    assert (post.author, post.visibility) == (world.ann, "participants")
    assert post.body == "Which driver?\n\nIt has two."
    incoming = IncomingMail.objects.get()
    assert incoming.references == [mail.headers["Message-ID"]]
    # Mia's next mail to Ann follows Ann's own.
    world.clock.move(minutes=6)
    say(world, world.mia, thread, "The upper one.")
    send_mails(world)
    latest = DemoMail.objects.filter(recipient=world.ann.email).first()
    assert latest.headers["In-Reply-To"] == incoming.message_id
    assert latest.headers["References"].split() == [mail.headers["Message-ID"], incoming.message_id]
