"""What our staff does with held mails, and where a later mail goes when its thread has closed or moved."""

import pytest

from aftersale.accounts.models import User
from aftersale.base.errors import BadInput, NotYours
from aftersale.base.models import Notification
from aftersale.returns.tests.cast import World
from aftersale.support.errors import MailSettled, NotForYou, ThreadClosed, TooMuch
from aftersale.support.mail.releasing import drop_mail, mail_for, release_mail
from aftersale.support.mail.reply_tokens import reply_address
from aftersale.support.models import (
    IncomingMail,
    MailConversation,
    MailState,
    ReplyToken,
    Thread,
)
from aftersale.support.services import close_thread, merge_threads
from aftersale.support.tests.cast import ask
from aftersale.support.tests.letters import acknowledgements, open_it, the_conversation, write_in


def a_held_one(world: World, thread: Thread) -> IncomingMail:
    address = reply_address(ports=world.ports, thread=thread, person=world.ann, ceiling="participants")
    return write_in(world, sender="ann@work.example", to=address, text="From my desk.")


def test_mia_lets_a_held_mail_into_its_thread_as_its_reader_s_words(world: World):
    thread = ask(world)
    mail = release_mail(ports=world.ports, by=world.mia, mail=a_held_one(world, thread), to="thread")
    post = thread.posts.get(number=2)
    assert (mail.state, mail.post, post.author, post.body) == ("posted", post, world.ann, "From my desk.")


def test_what_a_colleague_mailed_never_becomes_the_customer_s_words(world: World):
    thread = ask(world)
    address = reply_address(ports=world.ports, thread=thread, person=world.mia, ceiling="staff")
    mail = write_in(world, sender="mia@work.example", to=address, text="Between us: he is right.")
    ReplyToken.objects.update(revoked_at=world.clock.now())
    with pytest.raises(BadInput, match="one of slow_lane"):
        release_mail(ports=world.ports, by=world.mia, mail=mail, to="thread")
    assert thread.posts.count() == 1


def test_mia_lets_a_held_mail_into_the_slow_lane(world: World):
    mail = release_mail(ports=world.ports, by=world.mia, mail=a_held_one(world, ask(world)), to="slow_lane")
    assert (mail.state, the_conversation().address) == ("conversation", "ann@work.example")
    assert acknowledgements() == ["ann@work.example"]


def test_a_held_mail_that_is_forged_is_never_acknowledged(world: World, settings):
    settings.MAIL_AUTHSERV_ID = "mx.marketplace.example"
    told = "mx.marketplace.example; dmarc=fail header.from=shop.example"
    mail = write_in(world, Authentication_Results=told)
    release_mail(ports=world.ports, by=world.mia, mail=mail, to="slow_lane")
    assert not Notification.objects.exists()


def test_mia_puts_a_held_mail_aside_and_it_is_kept(world: World):
    mail = drop_mail(ports=world.ports, by=world.mia, mail=a_held_one(world, ask(world)))
    assert mail.state == MailState.DROPPED
    for verb in (
        lambda: drop_mail(ports=world.ports, by=world.mia, mail=mail),
        lambda: release_mail(ports=world.ports, by=world.mia, mail=mail, to="slow_lane"),
    ):
        with pytest.raises(MailSettled):
            verb()
    assert not MailConversation.objects.exists()


def an_opened_one_and_a_held_mail(world: World, settings) -> tuple[Thread, IncomingMail]:
    """Cy made a thread of a mail; a later mail of theirs is held, for it came too soon after the last."""
    first = write_in(world)
    thread = open_it(world)
    settings.SUPPORT_MAILS_AN_HOUR = 1
    mail = write_in(world, answers=[first.message_id], text="It still flickers.")
    settings.SUPPORT_MAILS_AN_HOUR = 20
    assert mail.state == MailState.HELD
    return thread, mail


def into_the_slow_lane(world: World, mail: IncomingMail) -> IncomingMail:
    return release_mail(ports=world.ports, by=world.mia, mail=mail, to="slow_lane")


def test_what_is_let_in_goes_on_in_the_thread_that_its_matter_became(world: World, settings):
    thread, mail = an_opened_one_and_a_held_mail(world, settings)
    assert into_the_slow_lane(world, mail).post == thread.posts.get(number=2)


def test_and_is_a_matter_of_its_own_where_that_thread_is_closed(world: World, settings):
    thread, mail = an_opened_one_and_a_held_mail(world, settings)
    close_thread(ports=world.ports, by=world.mia, thread=thread)
    mail = into_the_slow_lane(world, mail)
    assert (mail.state, mail.conversation.state) == (MailState.CONVERSATION, "waiting")
    assert thread.posts.count() == 1


def test_or_where_it_is_not_its_sender_s_any_more(world: World, settings):
    thread, mail = an_opened_one_and_a_held_mail(world, settings)
    User.objects.filter(pk=thread.opener_id).update(email="cy@new.example")
    assert into_the_slow_lane(world, mail).state == MailState.CONVERSATION
    assert thread.posts.count() == 1


def test_a_machine_s_words_that_mia_lets_in_are_held_no_second_time(world: World, settings):
    thread, mail = an_opened_one_and_a_held_mail(world, settings)
    for _ in range(2):
        write_in(world, answers=mail.references, text="It still flickers.")
    assert into_the_slow_lane(world, mail).post.thread == thread


def test_what_the_thread_refuses_stays_held_and_mia_hears_why(world: World, settings):
    thread, mail = an_opened_one_and_a_held_mail(world, settings)
    settings.SUPPORT_NEWCOMER_POSTS_AN_HOUR = 0
    with pytest.raises(TooMuch):
        into_the_slow_lane(world, mail)
    mail.refresh_from_db()
    assert (mail.state, thread.posts.count()) == (MailState.HELD, 1)


def test_a_later_mail_after_the_thread_was_closed_is_a_matter_of_its_own(world: World):
    first = write_in(world)
    thread = open_it(world)
    close_thread(ports=world.ports, by=world.mia, thread=thread)
    mail = write_in(world, answers=[first.message_id], text="It still flickers.")
    assert (mail.state, thread.posts.count()) == (MailState.CONVERSATION, 1)
    assert mail.conversation.state == "waiting"


@pytest.mark.parametrize("is_held", [True, False])
def test_a_later_mail_follows_the_thread_into_the_one_that_it_was_put_into(world: World, settings, is_held):
    thread, mail = an_opened_one_and_a_held_mail(world, settings)
    whole = ask(world, thread.opener, subject="Two lamps flicker")
    merge_threads(ports=world.ports, by=world.mia, source=thread, target=whole)
    mail = into_the_slow_lane(world, mail) if is_held else write_in(world, answers=mail.references)
    assert (mail.state, mail.thread, mail.post.thread) == (MailState.POSTED, whole, whole)


def test_into_a_closed_thread_nothing_is_let(world: World):
    thread = ask(world)
    mail = a_held_one(world, thread)
    close_thread(ports=world.ports, by=world.mia, thread=thread)
    with pytest.raises(ThreadClosed):
        release_mail(ports=world.ports, by=world.mia, mail=mail, to="thread")
    mail.refresh_from_db()
    assert (mail.state, thread.posts.count()) == (MailState.HELD, 1)


def test_a_mail_about_no_thread_is_let_into_none(world: World, settings):
    settings.SUPPORT_MAILS_AN_HOUR = 0
    mail = write_in(world)
    with pytest.raises(BadInput, match="slow_lane"):
        release_mail(ports=world.ports, by=world.mia, mail=mail, to="thread")
    mail.refresh_from_db()
    assert mail.state == MailState.HELD


def test_nobody_but_our_staff_lets_in_or_puts_aside(world: World):
    mail = a_held_one(world, ask(world))
    for who in (world.ann, world.li):
        with pytest.raises(NotForYou):
            release_mail(ports=world.ports, by=who, mail=mail, to="thread")
        with pytest.raises(NotForYou):
            drop_mail(ports=world.ports, by=who, mail=mail)
        with pytest.raises(NotYours):
            mail_for(who, mail.pk)
    mail.refresh_from_db()
    assert mail.state == MailState.HELD
