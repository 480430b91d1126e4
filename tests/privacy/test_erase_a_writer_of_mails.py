"""Ann wrote by mail, too: erased, her mails, their files and what we answered hold nothing of her."""

import pytest

from aftersale.base.models import Notification
from aftersale.returns.tests.cast import World, a_world
from aftersale.support.erasing import erase_person
from aftersale.support.mail.conversations import answer_conversation
from aftersale.support.mail.reading import read_due_mail
from aftersale.support.mail.reply_tokens import reply_address
from aftersale.support.models import AttachmentBytes, IncomingMail, MailConversation
from aftersale.support.tests.cast import ask_in_public, say
from aftersale.support.tests.letters import deliver, write_in
from tests.privacy.test_erase_a_person import everything


@pytest.fixture
def world(db: None) -> World:
    return a_world()


def test_what_she_wrote_by_mail_and_what_it_was_answered_goes(world: World):
    world.ann.name = "Annegret Keller"
    world.ann.save()
    deliver(
        world,
        sender="ann@example.com",
        name="Annegret Keller",
        subject="My xylophone",
        text="My xylophone hums. Keller",
        files=[("xylophone.txt", "text/plain", b"My xylophone.")],
    )
    read_due_mail(ports=world.ports)
    conversation = MailConversation.objects.get()
    answer_conversation(
        ports=world.ports,
        by=world.mia,
        conversation=conversation,
        body="> My xylophone hums.\n\nDear Ms. Keller, we look.",
        intent="answer",
    )
    assert AttachmentBytes.objects.exists()
    erase_person(ports=world.ports, by=world.mia, person=world.ann, keep_public=True)
    left = everything()
    assert not [word for word in ("keller", "xylophone", "ann@example.com") if word in left]
    assert IncomingMail.objects.count() == 1 and not AttachmentBytes.objects.exists()
    conversation.refresh_from_db()
    assert conversation.answers.get().body == "\nDear Ms. …, we look."


def test_a_mail_to_bob_about_her_thread_is_still_owed_and_can_be_answered(world: World):
    thread = ask_in_public(world, body="My xylophone hums.")
    say(world, world.bob, thread, "Mine, too.")
    say(world, world.mia, thread, "We look.")
    erase_person(ports=world.ports, by=world.mia, person=world.ann, keep_public=False)
    say(world, world.mia, thread, "It is the string.")
    owed = Notification.objects.get(recipient="bob@example.com")
    assert list(thread.posts.filter(pk__in=owed.words["posts"]).values_list("number", flat=True)) == [3, 4]
    reply_address(ports=world.ports, thread=thread, person=world.bob, ceiling="public")
    mail = write_in(world, sender="bob@example.com", answers=[owed.message_id], text="Thank you.")
    assert mail.post == thread.posts.get(number=5)
