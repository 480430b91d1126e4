"""What Ann, Li and Mia are mailed of a thread: when, what it tells, and who reads an answer by mail."""

import re

import pytest
from django.conf import settings

from aftersale.accounts.models import Role, User
from aftersale.base.errors import PortFailed
from aftersale.base.models import Notification
from aftersale.support.mail.quoting import split_quoted
from aftersale.support.mail.reply_tokens import LIFE, token_of
from aftersale.support.models import IncomingMail, Nature, Post, ReplyToken, Thread
from aftersale.support.services import hide_post, notify_about
from aftersale.support.tests.cast import ask, ask_in_public, say
from aftersale.support.tests.postbox import Postbox, deliver


@pytest.fixture
def box() -> Postbox:
    return Postbox()


@pytest.fixture
def fay(world) -> User:
    return User.objects.create_user("fay@example.com", name="Fay", role=Role.FINANCE)


def wait(world):
    world.clock.move(minutes=6)


def test_a_second_post_within_five_minutes_is_told_later_and_not_lost(world, box):
    thread = ask(world)
    say(world, world.mia, thread, "One moment.")
    deliver(world, box)
    say(world, world.mia, thread, "Found it.")
    say(world, world.mia, thread, "It is the driver.")
    assert [mail.text.count("One moment.") for mail in deliver(world, box).of(world.ann)] == [1]
    wait(world)
    later = deliver(world, box).of(world.ann)[1:]
    assert len(later) == 1 and "One moment." not in later[0].text
    assert "Found it." in later[0].text and "It is the driver." in later[0].text
    wait(world)
    assert len(deliver(world, box).of(world.ann)) == 2


def test_a_post_written_while_a_mail_is_being_sent_is_told_by_the_next(world):
    thread = ask(world)
    say(world, world.mia, thread, "One moment.")

    def meanwhile(_mail) -> None:
        if Post.objects.filter(thread=thread).count() == 2:
            say(world, world.mia, thread, "Found it.")

    box = deliver(world, Postbox(meanwhile))
    assert [("Found it." in mail.text) for mail in box.of(world.ann)] == [False]
    wait(world)
    assert [("Found it." in mail.text) for mail in deliver(world, box).of(world.ann)] == [False, True]


def test_nothing_is_lost_or_told_twice_when_the_mail_server_is_away_for_a_while(world):
    thread = ask(world)
    say(world, world.mia, thread, "One moment.")

    def away(_mail) -> None:
        raise PortFailed("the mail server did not answer")

    deliver(world, Postbox(away))
    say(world, world.mia, thread, "Found it.")
    box = Postbox()
    for _ in range(4):
        wait(world)
        deliver(world, box)
    told = "".join(mail.text for mail in box.of(world.ann))
    assert (told.count("One moment."), told.count("Found it.")) == (1, 1)


def test_what_was_hidden_or_muted_in_time_is_not_mailed(world, box):
    thread = ask(world)
    post = say(world, world.mia, thread, "Call me.")
    hide_post(ports=world.ports, by=world.mia, post=post, reason="a telephone number")
    assert deliver(world, box).of(world.ann) == []
    say(world, world.mia, thread, "Write to me.")
    notify_about(by=world.ann, thread=thread, notify="muted")
    wait(world)
    assert deliver(world, box).of(world.ann) == []
    assert set(Notification.objects.filter(recipient=world.ann.email).values_list("state", flat=True)) == {
        "unneeded"
    }


def test_ann_s_address_lets_her_write_for_our_staff_and_li_s_for_nobody_else(world, box):
    thread = ask(world)
    say(world, world.mia, thread, "For Ann.")
    say(world, world.mia, thread, "For Li.", "supplier")
    deliver(world, box)
    (to_ann,), (to_li,) = box.of(world.ann), box.of(world.li)
    found = [token_of(mail.reply_to, world.clock.now()) for mail in (to_ann, to_li)]
    assert [(each.person, each.thread, each.ceiling) for each in found] == [
        (world.ann, thread, "participants"),
        (world.li, thread, "supplier"),
    ]
    assert "For Li." not in to_ann.text and "For Ann." not in to_li.text
    for mail in (to_ann, to_li):
        assert re.fullmatch(r"reply\+[0-9a-z]{26}@marketplace\.example", mail.reply_to)
        assert settings.MARKETPLACE_MAIL in mail.text.splitlines()[0]
        assert "nobody reads" not in mail.text


def test_an_answer_to_a_note_never_reaches_ann(world, box, fay):
    thread = ask(world)
    notify_about(by=world.mia, thread=thread, notify="follows")
    say(world, fay, thread, "She is right.", "staff")
    (mail,) = deliver(world, box).of(world.mia)
    assert token_of(mail.reply_to, world.clock.now()).ceiling == "staff"
    assert "Only our staff reads your answer." in mail.text
    # A note and an answer told in one mail: the answer to it is for the fewest eyes.
    say(world, fay, thread, "A second note.", "staff")
    say(world, world.ann, thread, "Any news?")
    wait(world)
    mail = deliver(world, box).of(world.mia)[-1]
    assert "A second note." in mail.text and "Any news?" in mail.text
    assert token_of(mail.reply_to, world.clock.now()).ceiling == "staff"


def test_who_may_not_write_on_the_forum_is_given_no_address_for_it(world, box):
    thread = ask_in_public(world)
    notify_about(by=world.li, thread=thread, notify="follows")
    say(world, world.mia, thread)
    (mail,) = deliver(world, box).of(world.li)
    assert mail.reply_to == "" and "are not read" in mail.text


def test_where_mail_is_not_read_nobody_is_asked_to_answer_by_mail(world, box, settings):
    settings.MAIL_IS_READ = False
    say(world, world.mia, ask(world))
    (mail,) = deliver(world, box).of(world.ann)
    assert mail.reply_to == "" and mail.envelope_sender == settings.MARKETPLACE_MAIL
    assert "Answer on its page" in mail.text and "Answer on its page" in mail.html


def test_an_address_lives_a_year_after_its_last_mail(world, box):
    thread = ask(world)
    say(world, world.mia, thread)
    first = deliver(world, box).of(world.ann)[0].reply_to
    world.clock.move(days=300)
    say(world, world.mia, thread)
    assert deliver(world, box).of(world.ann)[1].reply_to == first
    world.clock.move(days=364)
    assert token_of(first, world.clock.now())
    world.clock.move(days=1)
    assert token_of(first, world.clock.now()) is None
    say(world, world.mia, thread)
    fresh = deliver(world, box).of(world.ann)[2].reply_to
    assert fresh != first and token_of(first, world.clock.now()) is None
    assert ReplyToken.objects.filter(revoked_at=None).count() == 1
    assert LIFE.days == 365


def test_an_address_ends_with_what_its_person_may_do(world, box, fay):
    thread = ask(world)
    say(world, world.mia, thread, "For Ann.")
    say(world, world.mia, thread, "For Li.", "supplier")
    say(world, fay, thread, "A note.", "staff")
    deliver(world, box)
    now = world.clock.now()
    ann, li, mia = (box.of(person)[0].reply_to for person in (world.ann, world.li, world.mia))
    assert token_of(ann.upper(), now) and token_of(li, now) and token_of(mia, now)
    assert token_of(ann.replace("marketplace", "elsewhere"), now) is None
    assert token_of(ann.replace("reply+", ""), now) is None

    world.li.supplier = world.other.supplier
    world.li.save()
    assert token_of(li, now) is None
    world.mia.role = "customer"
    world.mia.save()
    assert token_of(mia, now) is None
    world.ann.is_active = False
    world.ann.save()
    assert token_of(ann, now) is None
    world.ann.is_active = True
    world.ann.save()
    assert token_of(ann, now)


def test_mails_of_a_thread_follow_each_other_and_the_mail_that_ann_wrote(world, box):
    thread = ask(world)
    a_mail_of(world, world.ann, thread, "<CAF-first@mail.example.com>")
    for number in range(12):
        say(world, world.mia, thread, f"Step {number}")
        wait(world)
        deliver(world, box)
    mails = box.of(world.ann)
    assert mails[0].references == ("<CAF-first@mail.example.com>",)
    assert mails[0].in_reply_to == "<CAF-first@mail.example.com>"
    assert mails[2].references == (*mails[0].references, mails[0].message_id, mails[1].message_id)
    last = mails[11].references
    assert last == ("<CAF-first@mail.example.com>", *(mail.message_id for mail in mails[2:11]))
    assert len({mail.message_id for mail in mails}) == 12
    assert not any(str(row.pk) == mail.message_id for row in Notification.objects.all() for mail in mails)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_first_line_of_our_mail_ends_what_one_writes_whatever_the_mail_program_does(world, box, language):
    world.ann.language = language
    world.ann.save()
    say(world, world.mia, ask(world), "Which driver?")
    (mail,) = deliver(world, box).of(world.ann)
    # No marks of a quotation, and no line that names us and a date above it.
    told = split_quoted(f"The upper one.\n\n{mail.text}", {settings.MARKETPLACE_MAIL})
    assert told.fresh.strip() == "The upper one."
    assert "Which driver?" in told.quoted


def test_what_one_wrote_by_mail_is_named_to_nobody_else(world, box):
    thread = ask(world)
    a_mail_of(world, world.ann, thread, "<CAF-first@mail.example.com>")
    a_mail_of(world, world.ann, thread, "<not one\r\nBcc: eve@example.com>")
    notify_about(by=world.mia, thread=thread, notify="follows")
    say(world, world.ann, thread, "Any news?")
    say(world, world.mia, thread, "For Li.", "supplier")
    deliver(world, box)
    assert [box.of(person)[0].references for person in (world.mia, world.li)] == [(), ()]


def a_mail_of(world, person, thread: Thread, message_id: str) -> IncomingMail:
    """One that became the thread's first post."""
    return IncomingMail.objects.create(
        via="lmtp",
        recipient=settings.MARKETPLACE_MAIL,
        digest=message_id,
        message_id=message_id,
        from_address=person.email,
        nature=Nature.PERSON,
        size=1,
        received_at=world.clock.now(),
        state="posted",
        due_at=world.clock.now(),
        post=thread.posts.first(),
        thread=thread,
    )


def test_a_mail_shows_a_post_as_its_page_does_and_its_links_lead_to_the_site(world, box):
    thread = ask(world)
    say(world, world.mia, thread, "**Yes**, see [the clause](/policy/#together). <b>No</b>")
    told = deliver(world, box).of(world.ann)[0]
    assert "<strong>Yes</strong>" in told.html and "**" not in told.html
    assert f'href="{settings.SITE_ADDRESS}/policy/#together"' in told.html and "<b>" not in told.html
    assert f"[the clause]({settings.SITE_ADDRESS}/policy/#together)" in told.text


def test_a_number_that_was_taken_out_is_told_in_ann_s_language(world, box):
    world.ann.language = "zh-hans"
    world.ann.save()
    say(world, world.mia, ask(world), "Was it 4242 4242 4242 4242?")
    (mail,) = deliver(world, box).of(world.ann)
    for told in (mail.text, mail.html):
        assert "4242" in told and "card number removed" not in told
