"""The page behind an acknowledgement's link, and the desk's pages of mail."""

import pytest
from django.test import Client

from aftersale.accounts.models import User
from aftersale.base.models import Notification
from aftersale.returns.tests.cast import World, a_world
from aftersale.support.mail.reply_tokens import reply_address
from aftersale.support.models import IncomingMail, MailAnswer, MailConversation, MailState, Thread
from aftersale.support.tests.cast import ask
from aftersale.support.tests.letters import CY, write_in


@pytest.fixture
def world(db: None, monkeypatch: pytest.MonkeyPatch) -> World:
    made = a_world()
    monkeypatch.setattr("aftersale.config.middleware.system_ports", lambda: made.ports)
    return made


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_looking_at_the_link_opens_nothing_and_pressing_its_button_opens_the_thread(world: World):
    write_in(world, text="My lamp hums.", files=[("lamp.txt", "text/plain", b"a lamp")])
    path = f"/mail/{MailConversation.objects.get().token}/"
    page, *_others = [Client().get(path) for _scanner in range(3)]
    assert not Thread.objects.exists()
    text = page.content.decode()
    assert "My lamp hums." in text
    assert "lamp.txt" in text
    answer = Client().post(path, follow=True)
    thread = Thread.objects.get()
    assert thread.reference in answer.content.decode()
    assert "sessionid" not in answer.client.cookies
    assert Client().post(path, follow=True).status_code == 200
    assert Thread.objects.count() == 1


def test_the_page_is_kept_by_nobody_and_found_by_no_search_engine(world: World):
    write_in(world)
    page = Client().get(f"/mail/{MailConversation.objects.get().token}/")
    assert "no-store" in page["Cache-Control"]
    assert page["X-Robots-Tag"] == "noindex, nofollow"
    assert page["Referrer-Policy"] == "same-origin"  # the link is told to no other site
    assert CY not in page.content.decode()


def test_a_wrong_link_is_no_page(world: World):
    write_in(world)
    for token in ("kaaaaaaaaaaaaaaaaaaaaaaaaaa", MailConversation.objects.get().reference):
        assert Client().get(f"/mail/{token}/").status_code == 404
        assert Client().post(f"/mail/{token}/").status_code == 404


def test_the_opened_thread_is_read_by_its_address_alone(world: World):
    write_in(world, sender="ann@example.com")
    path = f"/mail/{MailConversation.objects.get().token}/"
    Client().post(path)
    thread = f"/threads/{Thread.objects.get().reference}/"
    assert [signed_in(each).get(thread).status_code for each in (world.ann, world.bob)] == [200, 404]
    assert Client().get(thread).status_code == 404


def test_why_no_thread_was_opened_stands_on_the_page(world: World):
    write_in(world, sender="mia@example.com")
    page = Client().post(f"/mail/{MailConversation.objects.get().token}/")
    assert page.status_code == 422
    assert "No thread was opened." in page.content.decode()
    assert not Thread.objects.exists()


def test_mia_takes_the_next_and_answers_it(world: World):
    write_in(world, subject="A <b>lamp</b>", text="It <script>hums</script>.")
    mia = signed_in(world.mia)
    assert "A &lt;b&gt;lamp" in mia.get("/desk/mail/").content.decode()
    page = mia.post("/desk/next/", follow=True)
    reference = MailConversation.objects.get().reference
    assert page.redirect_chain[-1][0] == f"/desk/mail/{reference}/"
    assert "&lt;script&gt;hums" in page.content.decode()
    told = {"body": "Press **long**.", "intent": "one"}
    for _press in range(2):
        mia.post(f"/desk/mail/{reference}/answer/", told)
    assert MailAnswer.objects.get().author == world.mia
    assert Notification.objects.filter(kind="mail-answered").count() == 1
    assert "<strong>long</strong>" in mia.get(f"/desk/mail/{reference}/").content.decode()


def test_an_empty_answer_is_not_sent_and_stays_on_the_page(world: World):
    write_in(world)
    mia, reference = signed_in(world.mia), MailConversation.objects.get().reference
    page = mia.post(f"/desk/mail/{reference}/answer/", {"body": " ", "intent": "one"})
    assert page.status_code == 422
    assert not MailAnswer.objects.exists()


def test_mia_sees_why_a_mail_is_held_and_lets_it_in_or_puts_it_aside(world: World):
    thread, mia = ask(world), signed_in(world.mia)
    address = reply_address(ports=world.ports, thread=thread, person=world.ann, ceiling="participants")
    held = [write_in(world, sender="ann@work.example", to=address, text=f"Word {n}") for n in range(3)]
    page = mia.get("/desk/mail/?show=held").content.decode()
    assert "from another address" in page
    assert thread.reference in page
    for mail, step in zip(held, ("thread", "slow_lane", "drop"), strict=True):
        assert mia.post(f"/desk/mail/held/{mail.pk}/{step}/").status_code == 302
    states = [MailState.POSTED, MailState.CONVERSATION, MailState.DROPPED]
    assert list(IncomingMail.objects.order_by("pk").values_list("state", flat=True)) == states
    assert mia.post(f"/desk/mail/held/{held[0].pk}/burn/").status_code == 404


def test_mia_reads_which_mails_of_ours_could_not_be_written(world: World):
    write_in(world)
    Notification.objects.update(state="failed")
    text = signed_in(world.mia).get("/desk/mail/").content.decode()
    assert f"mail-received: {CY}" in text
    Notification.objects.update(state="sent")
    assert CY not in signed_in(world.mia).get("/desk/mail/?show=held").content.decode()


def test_nobody_but_our_staff_comes_to_the_desk_s_pages(world: World):
    mail = write_in(world)
    reference = MailConversation.objects.get().reference
    looks = ["/desk/mail/", "/desk/mail/?show=held", f"/desk/mail/{reference}/"]
    presses = ["/desk/next/", f"/desk/mail/{reference}/answer/", f"/desk/mail/{reference}/close/"]
    presses += [f"/desk/mail/held/{mail.pk}/{step}/" for step in ("thread", "slow_lane", "drop")]
    for person in (world.ann, world.li):
        client = signed_in(person)
        assert {client.get(each).status_code for each in looks} == {404}
        assert {client.post(each).status_code for each in presses} == {404}
    assert {Client().get(each).status_code for each in looks} == {302}
    assert MailConversation.objects.get().state == "waiting"
