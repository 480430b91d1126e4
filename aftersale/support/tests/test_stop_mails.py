"""Ann wants no more mails: of one thread, of all, and how they come back."""

import pytest

from aftersale.base.errors import BadInput, NotYours
from aftersale.base.models import Notification
from aftersale.base.services import post_notification, rendered
from aftersale.support.mail.stopping import stop_mails, stop_token, want_thread_mails, wants_thread_mails
from aftersale.support.services import About, merge_threads, notify_about
from aftersale.support.tests.cast import ask, say
from aftersale.support.tests.postbox import Postbox, deliver


def link_in(mail):
    return stop_token(mail.list_unsubscribe.rstrip("/").rpartition("/")[2])


def mailed(world, thread, person=None):
    """Whether Mia's next post is mailed to Ann."""
    world.clock.move(minutes=6)
    say(world, world.mia, thread)
    return deliver(world, Postbox()).of(person or world.ann)


def test_one_thread_is_silent_and_the_others_are_not(world):
    first, second = ask(world), ask(world)
    (mail,) = mailed(world, first)
    link = link_in(mail)
    assert (link.person, link.thread) == (world.ann, first)
    assert mail.list_unsubscribe in mail.text and mail.list_unsubscribe in mail.html
    for _ in range(2):
        stop_mails(link=link, step="thread")
    assert not mailed(world, first) and mailed(world, second)
    stop_mails(link=link, step="again")
    assert mailed(world, first)


def test_the_link_of_a_thread_that_was_put_into_another_ends_that_one_s_mails(world):
    source = ask(world)
    target = ask(world, about=About(order=source.order))
    (mail,) = mailed(world, source)
    merge_threads(ports=world.ports, by=world.mia, source=source, target=target)
    stop_mails(link=link_in(mail), step="thread")
    assert not mailed(world, target)
    stop_mails(link=link_in(mail), step="again")
    assert mailed(world, target)


def test_no_thread_sends_mails_any_more_until_ann_wants_them_again(world):
    thread = ask(world)
    (mail,) = mailed(world, thread)
    stop_mails(link=link_in(mail), step="all")
    assert not mailed(world, thread) and not mailed(world, ask(world))
    assert not wants_thread_mails(world.ann)
    assert not Notification.objects.filter(state="wanted").exists()
    want_thread_mails(person=world.ann, wanted=True)
    assert mailed(world, thread)


def test_the_link_is_the_same_in_every_mail_of_a_thread_and_another_for_everybody_else(world):
    thread = ask(world)
    notify_about(by=world.mia, thread=thread, notify="follows")
    first, second = mailed(world, thread)[0], mailed(world, thread)[0]
    assert first.list_unsubscribe == second.list_unsubscribe
    world.clock.move(minutes=6)
    say(world, world.ann, thread)
    to_mia = deliver(world, Postbox()).of(world.mia)[0]
    assert link_in(to_mia).person == world.mia
    assert link_in(to_mia).token not in {link_in(first).token, first.reply_to.partition("@")[0][6:]}


def test_neither_a_made_up_link_nor_a_made_up_step_does_anything(world):
    thread = ask(world)
    link = link_in(mailed(world, thread)[0])
    with pytest.raises(NotYours):
        stop_token("0" * 26)
    with pytest.raises(BadInput):
        stop_mails(link=link, step="everything")
    world.ann.is_active = False
    world.ann.save()
    with pytest.raises(NotYours):
        stop_token(link.token)
    world.ann.is_active = True
    world.ann.save()
    assert mailed(world, thread)


def test_mails_about_money_carry_no_such_link_and_still_come(world):
    want_thread_mails(person=world.ann, wanted=False)
    post_notification(
        ports=world.ports,
        kind="refund-paid",
        key="a refund",
        recipient=world.ann.email,
        language="en",
        words={"order": "A1", "amount": "EUR 20.00"},
    )
    (mail,) = deliver(world, Postbox()).of(world.ann)
    assert mail.list_unsubscribe == "" and "List-Unsubscribe" not in mail.headers
    assert not rendered(Notification.objects.get()).list_unsubscribe
