"""Every person before every mail that came in, through every door: the team reads it, and nobody else.

Each mail holds a word that stands nowhere else; whoever meets the word has read the mail.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from aftersale.accounts.models import Role, User
from aftersale.api.tests.cast import fay, machine, person, pia
from aftersale.base.models import Notification
from aftersale.returns.tests.cast import World, a_world
from aftersale.support.attachments import visible_files
from aftersale.support.mail.opening import open_thread_from_mail
from aftersale.support.mail.reply_tokens import reply_address
from aftersale.support.models import IncomingMail, MailConversation, Thread
from aftersale.support.tests.cast import ask
from aftersale.support.tests.letters import write_in

TEAM = {"mia", "fay"}
# The word of each mail -> who reads it. Ann's are from her own address, the stranger's from one nobody knows.
READ_BY: dict[str, set[str]] = {
    "narwhal": TEAM,  # a stranger's mail in the slow lane
    "ocelot": TEAM,  # Ann's mail in the slow lane: she reads it in her own mailbox
    "pangolin": TEAM,  # held: to Ann's reply address, from another one
    "quokka": TEAM,  # an automatic answer to Ann's thread
    "raccoon": {"ann"} | TEAM,  # what Ann wrote by mail into her thread
    "serval": {"ann"} | TEAM,  # what Ann asked by mail, and made a thread of
}
FILES = [("secret.txt", "text/plain", b"a secret")]


@pytest.fixture
def world(db: None, monkeypatch: pytest.MonkeyPatch) -> World:
    made = a_world()
    monkeypatch.setattr("aftersale.config.middleware.system_ports", lambda: made.ports)
    return made


@pytest.fixture
def cast(world: World) -> dict[str, User | None]:
    return {
        "nobody": None, "ann": world.ann, "bob": world.bob, "cy": person("cy", Role.CUSTOMER),
        "li": world.li, "otto": world.other, "mia": world.mia, "fay": fay(world), "pia": pia(world),
    }  # fmt: skip


@pytest.fixture
def mails(world: World) -> list[IncomingMail]:
    thread, ann = ask(world), "ann@example.com"
    address = reply_address(ports=world.ports, thread=thread, person=world.ann, ceiling="participants")
    sent: list[dict[str, Any]] = [
        {"text": "narwhal", "files": FILES},
        {"text": "ocelot", "sender": ann, "subject": "One"},
        {"text": "pangolin", "sender": "ann@work.example", "to": address, "files": FILES},
        {"text": "quokka", "sender": ann, "to": address, "Auto_Submitted": "auto-replied"},
        {"text": "raccoon", "sender": ann, "to": address},
        {"text": "serval", "sender": ann, "subject": "Two"},
    ]
    rows = [write_in(world, **told) for told in sent]
    opened = rows[-1].conversation
    assert opened is not None
    open_thread_from_mail(ports=world.ports, token=opened.token, network="192.0.2.1")
    return rows


def test_the_table_tells_of_every_mail(mails):
    assert [mail.text for mail in mails] == list(READ_BY)
    states = ["conversation", "conversation", "held", "noted", "posted", "conversation"]
    assert [mail.state for mail in mails] == states


def test_everybody_meets_on_pages_and_in_the_api_what_the_table_says(world, cast, mails):
    found = {name: _met("".join(_looks(world, who))) for name, who in cast.items()}
    # An automatic answer is kept and shown on no list.
    seen = {word: readers for word, readers in READ_BY.items() if word != "quokka"}
    expected = {name: {word for word, readers in seen.items() if name in readers} for name in cast}
    assert found == expected


def test_nobody_is_mailed_what_somebody_wrote_in(world, cast, mails):
    words = "".join(str(row.words) for row in Notification.objects.all())
    assert not _met(words)
    assert not Notification.objects.filter(recipient="ann@work.example").exists()


def test_files_of_mails_are_the_team_s(cast, mails):
    for name, who in cast.items():
        if who is not None:
            assert visible_files(who).count() == (2 if name in TEAM else 0)


def _met(text: str) -> set[str]:
    return {word for word in READ_BY if word in text}


def _looks(world: World, who: User | None) -> Iterator[str]:
    """What this person is shown by each page and operation that tells of mails or threads."""
    client = Client()
    if who is not None:
        client.force_login(who)
    names = [f"/desk/mail/{row.reference}/" for row in MailConversation.objects.all()]
    threads = [f"/threads/{row.reference}/" for row in Thread.objects.all()]
    lists = ["/desk/mail/", "/desk/mail/?show=held", "/desk/threads/", "/threads/", "/threads/?show=mine"]
    feeds = ["/threads/feed.atom", *(f"/threads/?q={word}" for word in READ_BY)]
    for path in (*lists, *names, *threads, *feeds):
        # A search shows the word that was looked for: what else it shows counts.
        yield client.get(path).content.decode().replace(path.partition("q=")[2] or "\0", "")
    if who is None:
        return
    caller = machine(world, who)
    operations = [f"/mail-conversations/{row.reference}" for row in MailConversation.objects.all()]
    operations += [f"/threads/{row.reference}/posts" for row in Thread.objects.all()]
    for path in ("/mail-desk", "/mail-desk/held", *operations):
        yield caller.get(path).content.decode()
