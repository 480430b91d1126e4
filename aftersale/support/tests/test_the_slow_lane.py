"""The slow lane: a mail is acknowledged once, waits, is answered by mail, or becomes a thread by a click."""

from typing import Any

import pytest

from aftersale.accounts.models import User
from aftersale.base.errors import BadInput, NotYours
from aftersale.base.models import Notification
from aftersale.base.services import rendered
from aftersale.returns.tests.cast import World
from aftersale.support.errors import MailSettled, NotForYou, TooMuch
from aftersale.support.mail.conversations import (
    answer_conversation,
    close_conversation,
    conversation_for,
    subject_key,
    waiting_conversations,
)
from aftersale.support.mail.opening import open_thread_from_mail
from aftersale.support.mail.releasing import held_mails
from aftersale.support.models import (
    IncomingMail,
    MailAnswer,
    MailConversation,
    MailState,
    Post,
    Thread,
)
from aftersale.support.queries import thread_for
from aftersale.support.tests.letters import CY, acknowledgements, open_it, the_conversation, write_in


def answer(world: World, body: str = "Press it for ten seconds.", intent: str = "a") -> MailAnswer:
    return answer_conversation(
        ports=world.ports, by=world.mia, conversation=the_conversation(), body=body, intent=intent
    )


# ---- acknowledging


def test_a_stranger_s_mail_waits_and_its_sender_hears_of_both_lanes_and_the_link(world: World):
    mail = write_in(world, message_id="<lamp@shop.example>", text="My lamp hums.")
    conversation = the_conversation()
    told = Notification.objects.get()
    sent = rendered(told)
    assert (mail.state, mail.conversation) == (MailState.CONVERSATION, conversation)
    assert (told.recipient, told.is_automatic, told.references) == (CY, True, ["<lamp@shop.example>"])
    assert f"/mail/{conversation.token}/" in sent.text
    assert f"/mail/{conversation.token}/" in sent.html
    assert "hums" not in sent.text + sent.html + sent.subject
    assert conversation.received_at == mail.received_at


def test_one_address_is_acknowledged_once_in_a_day(world: World):
    for n in range(3):
        write_in(world, subject=f"Question {n}")
    assert acknowledgements() == [CY]
    world.clock.move(days=1, minutes=1)
    write_in(world, subject="Another question")
    assert acknowledgements() == [CY, CY]


def test_one_domain_is_acknowledged_ten_times_in_a_day_and_a_large_one_as_often_as_it_asks(world: World):
    for n in range(12):
        write_in(world, sender=f"p{n}@shop.example")
        write_in(world, sender=f"p{n}@gmail.com")
    assert len([each for each in acknowledgements() if each.endswith("@shop.example")]) == 10
    assert len([each for each in acknowledgements() if each.endswith("@gmail.com")]) == 12
    assert MailConversation.objects.count() == 24


def test_beyond_the_cap_of_all_nobody_is_acknowledged_and_an_error_stands_in_the_log(
    world: World, settings, caplog, capsys
):
    settings.SUPPORT_ACKNOWLEDGEMENTS_A_DAY = 2
    for n in range(3):
        write_in(world, sender=f"p@{n}.example")
    assert len(acknowledgements()) == 2
    assert "look for a loop" in caplog.text + capsys.readouterr().out
    assert MailConversation.objects.count() == 3


@pytest.mark.parametrize(
    ("subject", "text", "language"),
    [
        ("灯坏了", "您好，我买的灯一闪一闪的，怎么办？", "zh-hans"),
        ("My lamp 灯", "It flickers and hums, and nothing helps.", "en"),
        ("ランプ", "ランプが点滅しています。助けてください。", "en"),
    ],
)
def test_a_stranger_hears_in_the_language_they_wrote_in(world: World, subject, text, language):
    write_in(world, subject=subject, text=text)
    assert Notification.objects.get().language == the_conversation().language == language


def test_a_customer_hears_in_the_language_of_the_account(world: World):
    User.objects.filter(pk=world.ann.pk).update(language="zh-hans")
    write_in(world, sender="ann@example.com", text="It flickers.")
    assert "我们已收到" in rendered(Notification.objects.get()).text


# ---- what belongs together


def test_a_second_mail_about_the_same_waits_with_the_first(world: World):
    first = write_in(world, subject="A lamp flickers")
    for told in ({"subject": "Re: A lamp flickers"}, {"subject": "Also", "answers": [first.message_id]}):
        world.clock.move(hours=1)
        write_in(world, **told)
    assert the_conversation().mails.count() == 3
    assert the_conversation().received_at == first.received_at
    assert the_conversation().last_mail_at == world.clock.now()


def test_an_answer_to_the_acknowledgement_waits_with_its_mail(world: World):
    write_in(world)
    told = Notification.objects.get()
    write_in(world, subject="Thank you", answers=[told.message_id])
    assert the_conversation().mails.count() == 2


def test_another_s_mail_about_the_same_is_a_matter_of_its_own(world: World):
    first = write_in(world)
    write_in(world, sender="dee@shop.example", answers=[first.message_id])
    assert MailConversation.objects.count() == 2


def test_subjects_are_compared_without_what_clients_put_before_them():
    names = ["A  lamp", "Re: a lamp", "AW: WG: A lamp", "回复：A lamp", "Re[2]: A Lamp", "RE : a lamp"]
    assert {subject_key(each) for each in names} == {"a lamp"}


# ---- answering


def test_mia_answers_by_mail_beneath_cy_s_own(world: World):
    write_in(world, subject="A lamp", message_id="<2@shop.example>", answers=["<1@shop.example>"])
    world.clock.move(days=3)
    answer(world)
    told = Notification.objects.get(kind="mail-answered")
    assert (told.recipient, told.references) == (CY, ["<1@shop.example>", "<2@shop.example>"])
    assert rendered(told).subject == "Re: A lamp"
    assert "Press it for ten seconds." in rendered(told).text
    conversation = the_conversation()
    assert (conversation.state, conversation.first_answered_at) == ("answered", world.clock.now())


def test_an_answer_sent_twice_is_one_answer(world: World):
    write_in(world)
    assert answer(world) == answer(world)
    assert MailAnswer.objects.count() == Notification.objects.filter(kind="mail-answered").count() == 1


def test_an_answer_names_its_submit_and_no_two_answers_the_same(world: World):
    write_in(world)
    answer(world)
    write_in(world, sender="dee@shop.example")
    other = MailConversation.objects.get(address="dee@shop.example")
    for intent in ("", " ", "a"):
        with pytest.raises(BadInput, match="intent"):
            answer_conversation(
                ports=world.ports, by=world.mia, conversation=other, body="Hello", intent=intent
            )
    assert MailAnswer.objects.count() == 1


def test_a_card_number_in_an_answer_is_taken_out(world: World):
    write_in(world)
    assert "4111" not in answer(world, "Is it 4111 1111 1111 1111?").body


def test_what_was_answered_waits_again_with_the_next_mail(world: World):
    write_in(world)
    answer(world)
    told = Notification.objects.get(kind="mail-answered")
    world.clock.move(days=1)
    write_in(world, subject="It still flickers", answers=[told.message_id])
    conversation = the_conversation()
    assert (conversation.state, conversation.waiting_since) == ("waiting", world.clock.now())
    assert conversation.assignee is None


def test_nobody_but_our_staff_answers_closes_or_reads(world: World):
    write_in(world)
    told: dict[str, Any] = {"ports": world.ports, "conversation": the_conversation()}
    for who in (world.ann, world.li):
        with pytest.raises(NotForYou):
            answer_conversation(by=who, body="Hello", intent="x", **told)
        with pytest.raises(NotForYou):
            close_conversation(by=who, **told)
        with pytest.raises(NotYours):
            conversation_for(who, the_conversation().reference)
        assert not waiting_conversations(who)
        assert not held_mails(who)
    assert the_conversation().state == "waiting"
    assert not MailAnswer.objects.exists()


def test_after_closing_the_next_mail_begins_another(world: World):
    first = write_in(world)
    close_conversation(ports=world.ports, by=world.mia, conversation=the_conversation())
    write_in(world, answers=[first.message_id])
    assert sorted(MailConversation.objects.values_list("state", flat=True)) == ["closed", "waiting"]


# ---- one click


def test_one_click_opens_the_thread_with_all_that_was_said_and_the_time_it_waited(world: World):
    first = write_in(world, text="It flickers.", files=[("lamp.txt", "text/plain", b"lamp")])
    world.clock.move(days=2)
    answer(world, "Which one?")
    world.clock.move(days=1)
    last = write_in(world, answers=[first.message_id], text="The small one.")
    world.clock.move(days=4)
    thread = open_it(world)
    posts = list(thread.posts.order_by("number"))
    assert [post.body for post in posts] == ["It flickers.", "Which one?", "The small one."]
    assert [post.posted_at for post in posts][::2] == [first.received_at, last.received_at]
    assert [post.author.role for post in posts if post.author] == ["customer", "agent", "customer"]
    assert [file.name for file in posts[0].attachments.all()] == ["lamp.txt"]
    assert (thread.opened_at, thread.subject) == (first.received_at, "A lamp flickers")
    assert thread.due_at is not None
    assert thread.due_at < world.clock.now()
    assert the_conversation().state == "opened"
    assert set(IncomingMail.objects.values_list("state", flat=True)) == {MailState.POSTED}


def test_the_thread_is_the_address_s_and_no_password_is_made(world: World):
    write_in(world, name="Cy Reed")
    thread = open_it(world)
    cy = User.objects.get(email=CY)
    assert (thread.opener, cy.name, cy.has_usable_password(), cy.role) == (cy, "Cy Reed", False, "customer")
    assert thread_for(cy, thread.reference) == thread
    with pytest.raises(NotYours):
        thread_for(world.bob, thread.reference)


def test_a_customer_s_mail_opens_a_thread_of_the_account_they_have(world: World):
    write_in(world, sender="ann@example.com")
    assert open_it(world).opener == world.ann
    assert User.objects.filter(email="ann@example.com").count() == 1


def test_a_second_click_shows_the_same_thread(world: World):
    write_in(world)
    assert open_it(world) == open_it(world)
    assert (Thread.objects.count(), Post.objects.count()) == (1, 1)


def test_nobody_is_mailed_what_they_said_or_heard_before(world: World):
    write_in(world)
    answer(world)
    before = Notification.objects.count()
    open_it(world)
    assert Notification.objects.count() == before


def test_a_mail_longer_than_a_post_becomes_several_and_nothing_is_lost(world: World):
    text = "\n".join(f"line {n} of a long story" for n in range(1500))
    write_in(world, text=text)
    posts = open_it(world).posts.order_by("number")
    assert len(posts) > 1
    assert "\n".join(post.body for post in posts) == text


def test_a_token_that_is_none_opens_nothing(world: World):
    write_in(world)
    for token in ("", "kaaaaaaaaaaaaaaaaaaaaaaaaaa", the_conversation().reference):
        with pytest.raises(NotYours):
            open_thread_from_mail(ports=world.ports, token=token, network="192.0.2.1")
    assert not Thread.objects.exists()


@pytest.mark.parametrize("sender", ["mia@example.com", "li@example.com"])
def test_an_agent_s_or_a_supplier_s_mail_opens_no_thread(world: World, sender):
    write_in(world, sender=sender)
    with pytest.raises(NotForYou):
        open_it(world)
    assert not Thread.objects.exists()


def test_one_network_opens_twenty_in_an_hour(world: World):
    for n in range(21):
        write_in(world, sender=f"p{n}@{n}.example")
    tokens = MailConversation.objects.order_by("pk").values_list("token", flat=True)
    for token in tokens[:20]:
        open_thread_from_mail(ports=world.ports, token=token, network="192.0.2.1")
    with pytest.raises(TooMuch):
        open_thread_from_mail(ports=world.ports, token=tokens[20], network="192.0.2.1")
    assert Thread.objects.count() == 20


def test_a_later_mail_goes_into_the_opened_thread(world: World):
    first = write_in(world)
    thread = open_it(world)
    mail = write_in(world, answers=[first.message_id], text="It still flickers.")
    assert (mail.state, mail.thread) == (MailState.POSTED, thread)
    assert thread.posts.get(number=2).body == "It still flickers."


def test_a_later_mail_that_our_server_calls_forged_does_not(world: World, settings):
    settings.MAIL_AUTHSERV_ID = "mx.marketplace.example"
    first = write_in(world)
    thread = open_it(world)
    told = "mx.marketplace.example; dmarc=fail header.from=shop.example"
    mail = write_in(world, answers=[first.message_id], Authentication_Results=told)
    assert mail.state == MailState.HELD
    assert thread.posts.count() == 1


def test_what_became_a_thread_is_answered_and_closed_there(world: World):
    write_in(world)
    open_it(world)
    with pytest.raises(MailSettled):
        answer(world)
    with pytest.raises(MailSettled):
        close_conversation(ports=world.ports, by=world.mia, conversation=the_conversation())
    assert not MailAnswer.objects.exists()
