"""Every person before a file of every kind of post, by page and API: who reads the post opens its file."""

from base64 import b64decode
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from django.test import Client

from aftersale.accounts.models import User
from aftersale.api.tests.cast import machine
from aftersale.returns.tests.cast import World
from aftersale.support.attachments import keep, keep_with_draft, made_safe
from aftersale.support.models import Attachment, IncomingMail, MailState, Nature, Post
from aftersale.support.tests.cast import with_file
from aftersale.support.tests.test_keep_files import a_picture
from tests.privacy import test_who_reads_what as posts

world, cast, threads = posts.world, posts.cast, posts.threads
PEOPLE, READ_BY, TEAM = posts.PEOPLE, posts.READ_BY, posts.TEAM
NOWHERE = "A00000-00000"


@pytest.fixture
def files(world, threads) -> None:
    """A text that says the post's word, and a picture of that name, with each post."""
    for post in Post.objects.all():
        with_file(world, post, f"{post.body}.txt", post.body.encode())
        with_file(world, post, f"{post.body}.png", a_picture())


@pytest.mark.parametrize("door", ["page", "file", "picture", "small picture", "API", "file by the API"])
def test_everybody_opens_through_each_door_what_the_table_says(world, cast, files, door):
    look: dict[str, Callable[..., set[str]]] = {
        "page": _names_on_pages,
        "file": partial(_opened, ending=".txt"),
        "picture": partial(_opened, ending=".png"),
        "small picture": partial(_opened, ending=".png", step="small/"),
        "API": _names_by_api,
        "file by the API": _opened_by_api,
    }
    people = [name for name in PEOPLE if not (name == "nobody" and "API" in door)]
    found = {name: look[door](world, cast[name]) for name in people}
    assert found == {name: {word for word in READ_BY if name in READ_BY[word]} for name in people}


def test_what_only_our_staff_has_is_opened_by_it_alone(world, cast):
    mail = IncomingMail.objects.create(
        via="lmtp", recipient="help@example.com", digest="0", nature=Nature.PERSON, state=MailState.HELD,
        size=1, received_at=world.clock.now(), due_at=world.clock.now(), from_address=world.ann.email,
    )  # fmt: skip
    [file] = keep(ports=world.ports, files=[made_safe("note.txt", b"Look.")], mail=mail)
    assert _who_opens(cast, file) == TEAM


def test_what_waits_with_a_draft_is_opened_by_its_giver_alone(world, cast):
    [file] = keep_with_draft(ports=world.ports, by=world.ann, files=[made_safe("note.txt", b"Look.")])
    assert _who_opens(cast, file) == {"ann"}


def _who_opens(cast: dict[str, User | None], file: Attachment) -> set[str]:
    path = f"/files/{file.reference}/"
    return {name for name, person in cast.items() if _client(person).get(path).status_code == 200}


def _opened(_world: World, person: User | None, *, ending: str, step: str = "") -> set[str]:
    """Whose files open; every other answers as one that does not exist."""
    client, found = _client(person), set()
    nowhere = f"/files/{NOWHERE}/{step}"
    none = client.get(nowhere)
    for word, file in _files(ending):
        path = f"/files/{file.reference}/{step}"
        answer = client.get(path)
        if answer.status_code == 200:
            found.add(word)
        else:
            assert answer.status_code == none.status_code == 404
            assert posts._plain(answer, path) == posts._plain(none, nowhere)
    return found


def _opened_by_api(world: World, person: User | None) -> set[str]:
    assert person is not None
    caller, found = machine(world, person), set()
    none = caller.get(f"/files/{NOWHERE}")
    for word, file in _files(".txt"):
        answer = caller.get(f"/files/{file.reference}")
        if answer.status_code == 200:
            assert b64decode(answer.json()["content"]).decode() == word
            found.add(word)
        else:
            assert answer.status_code == none.status_code == 404
            assert _problem(answer, file.reference) == _problem(none, NOWHERE)
    return found


def _names_on_pages(_world: World, person: User | None) -> set[str]:
    client = _client(person)
    pages = [client.get(f"/threads/{reference}/").content.decode() for reference in _threads()]
    return {word for word in READ_BY if any(f"{word}.txt" in page for page in pages)}


def _names_by_api(world: World, person: User | None) -> set[str]:
    assert person is not None
    caller = machine(world, person)
    answers = [
        caller.get(f"/threads/{reference}/posts?limit=100").content.decode() for reference in _threads()
    ]
    return {word for word in READ_BY if any(f"{word}.png" in answer for answer in answers)}


def _threads() -> list[str]:
    return list(Post.objects.values_list("thread__reference", flat=True).distinct().order_by())


def _files(ending: str) -> Iterator[tuple[str, Attachment]]:
    for file in Attachment.objects.filter(name__endswith=ending):
        yield file.name.removesuffix(ending), file


def _client(person: User | None) -> Client:
    client = Client()
    if person is not None:
        client.force_login(person)
    return client


def _problem(answer: Any, reference: str) -> str:
    return str(answer.content.decode()).replace(reference, "")
