"""Every person before every kind of post, through every door: page, poll, API, search, mail and feed.

Each post holds a word that stands nowhere else; whoever meets the word has read the post.
"""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client

from aftersale.accounts.models import Role, User
from aftersale.api.tests.cast import Machine, fay, machine, person, pia
from aftersale.base.mail import DemoMailbox
from aftersale.base.models import DemoMail
from aftersale.base.services import send_due_notifications
from aftersale.returns.tests.cast import World, a_world, an_order
from aftersale.support.mail.reply_tokens import token_of
from aftersale.support.models import Post, Reader, Thread, Visibility
from aftersale.support.notices import fresh_mails
from aftersale.support.posting import write_post
from aftersale.support.queries import visible_posts
from aftersale.support.services import hide_post
from aftersale.support.tests.cast import ask, ask_in_public, say

PEOPLE = ("nobody", "ann", "bob", "cy", "li", "otto", "mia", "fay", "pia")
TEAM = {"mia", "fay"}
EVERYBODY = set(PEOPLE)

# The word of each kind of post -> who reads it. Ann has ordered, Cy never has; Li was asked, Otto was not.
READ_BY: dict[str, set[str]] = {
    "aardvark": {"ann"} | TEAM,  # Ann's private question
    "bandicoot": {"ann"} | TEAM,  # Mia's answer to it
    "capybara": {"li"} | TEAM,  # what Mia asks Li in it
    "dormouse": {"li"} | TEAM,  # what Li answers
    "echidna": TEAM,  # a note
    "fossa": TEAM,  # an answer that was hidden
    "gerbil": EVERYBODY,  # Ann's public question
    "hamster": EVERYBODY,  # Mia's public answer
    "ibex": TEAM,  # a note in the public thread
    "jackal": TEAM,  # a public post that was hidden
    "kinkajou": {"cy"} | TEAM,  # a newcomer's public post, not let through
    "lemur": {"bob"} | TEAM,  # Bob's private question, about no order
    "meerkat": {"ann"} | TEAM,  # what Aftersale itself says in Ann's private thread
}


# What is mailed: not what stood there before anybody followed, nor what is held or was hidden in time.
MAILED = set("bandicoot capybara dormouse echidna hamster ibex meerkat".split())
# Nobody is mailed their own words.
SAID_BY = {"mia": set("bandicoot capybara echidna hamster ibex".split()), "li": {"dormouse"}}


@pytest.fixture
def world(db, monkeypatch: pytest.MonkeyPatch) -> World:
    made = a_world()
    monkeypatch.setattr("aftersale.config.middleware.system_ports", lambda: made.ports)
    return made


@pytest.fixture
def cast(world: World) -> dict[str, User | None]:
    """Everybody, each following everything: who may not read a post must not be mailed it either."""
    people: dict[str, User | None] = {
        "nobody": None,
        "ann": world.ann,
        "bob": world.bob,
        "cy": person("cy", Role.CUSTOMER),
        "li": world.li,
        "otto": world.other,
        "mia": world.mia,
        "fay": fay(world),
        "pia": pia(world),
    }
    assert tuple(people) == PEOPLE
    return people


@pytest.fixture
def threads(world: World, cast: dict[str, User | None]) -> list[Thread]:
    private = ask(world, subject="One", body="aardvark")
    public = ask_in_public(world, subject="Two", body="gerbil")
    of_bob = ask(world, world.bob, subject="Three", body="lemur")
    for thread in (private, public, of_bob):
        for each in cast.values():
            if each is not None:
                Reader.objects.update_or_create(thread=thread, person=each, defaults={"notify": "follows"})
    _say_all(world, cast, private, public)
    return [private, public, of_bob]


def _say_all(world: World, cast: dict[str, User | None], private: Thread, public: Thread) -> None:
    cy = cast["cy"]
    assert cy is not None
    said: list[tuple[User, Thread, str, str]] = [
        (world.mia, private, "bandicoot", ""),
        (world.mia, private, "capybara", "supplier"),
        (world.li, private, "dormouse", ""),
        (world.mia, private, "echidna", "staff"),
        (world.mia, public, "hamster", ""),
        (world.mia, public, "ibex", "staff"),
        (cy, public, "kinkajou", ""),
        (world.mia, private, "fossa", ""),
        (world.mia, public, "jackal", ""),
    ]
    for author, thread, word, visibility in said:
        post = say(world, author, thread, word, visibility)
        if word in ("fossa", "jackal"):
            hide_post(ports=world.ports, by=world.mia, post=post, reason="rude")
        _let_time_pass(world)
    write_post(
        ports=world.ports,
        thread=private,
        author=None,
        body="meerkat",
        visibility=Visibility.PARTICIPANTS,
        intent="said-by-the-desk",
    )
    _send_mails(world)


def _let_time_pass(world: World) -> None:
    """So that each post is worth a mail of its own."""
    _send_mails(world)
    world.clock.move(minutes=6)


def _send_mails(world: World) -> None:
    freshen = fresh_mails(world.ports)
    while send_due_notifications(clock=world.clock, mail=DemoMailbox(world.clock), freshen=freshen):
        pass


def met(text: str) -> set[str]:
    return {word for word in READ_BY if word in text}


def test_the_table_tells_of_every_post(threads):
    assert {post.body for post in Post.objects.all()} == set(READ_BY)


@pytest.mark.parametrize("door", ["page", "poll", "API", "search", "search by the API", "mail", "feed"])
def test_everybody_meets_through_each_door_what_the_table_says(world, cast, threads, door):
    look: dict[str, Callable[..., set[str]]] = {
        "page": _on_pages,
        "poll": _by_polling,
        "API": _by_api,
        "search": _by_search,
        "search by the API": _by_api_search,
        "mail": _by_mail,
        "feed": _by_feed,
    }
    people = [
        name for name in PEOPLE if not (name == "nobody" and door in ("API", "search by the API", "mail"))
    ]
    found = {name: look[door](world, cast[name], threads) for name in people}
    expected = {name: {word for word, readers in READ_BY.items() if name in readers} for name in people}
    if door == "mail":
        expected = {name: words & MAILED - SAID_BY.get(name, set()) for name, words in expected.items()}
    if door == "feed":  # whoever asks for it, it is the visitor's
        expected = dict.fromkeys(expected, expected["nobody"])
    assert found == expected


def test_a_thread_one_may_not_see_answers_like_one_that_does_not_exist(world, cast, threads):
    private, _public, of_bob = threads
    hidden = {
        "bob": private,
        "cy": private,
        "otto": private,
        "pia": private,
        "nobody": private,
        "ann": of_bob,
    }
    for name, thread in hidden.items():
        client, steps = _client(cast[name]), ("", "fresh/?after=0", "nothing/")
        for step in steps:
            there, nowhere = f"/threads/{thread.reference}/{step}", f"/threads/T0000-00000/{step}"
            asked, none = client.get(there), client.get(nowhere)
            assert asked.status_code == none.status_code == 404, (name, there)
            assert _plain(asked, there) == _plain(none, nowhere)


def _plain(answer: Any, path: str) -> str:
    """The page but for its own address and for what is drawn anew for each page."""
    page = str(answer.content.decode()).replace(path.partition("?")[0], "")
    return re.sub(r"[A-Za-z0-9+/=_-]{22,}", "", page)


def _client(person: User | None) -> Client:
    client = Client()
    if person is not None:
        client.force_login(person)
    return client


def _on_pages(_world: World, person: User | None, threads: list[Thread]) -> set[str]:
    """The threads' own pages, and every list that tells of them."""
    lists = ["/threads/", "/threads/?show=mine", "/threads/?show=solved", "/account/", "/desk/threads/"]
    paths = lists + [f"/threads/{thread.reference}/" for thread in threads]
    return met("".join(_client(person).get(path, follow=True).content.decode() for path in paths))


def _by_polling(_world: World, person: User | None, threads: list[Thread]) -> set[str]:
    client = _client(person)
    answers = [client.get(f"/threads/{thread.reference}/fresh/?after=0") for thread in threads]
    return met("".join(answer.content.decode() for answer in answers))


def _by_api(world: World, person: User | None, threads: list[Thread]) -> set[str]:
    caller = _machine(world, person)
    paths = ["/threads", "/threads?mine=true", "/threads-desk"]
    paths += [f"/threads/{thread.reference}{step}" for thread in threads for step in ("", "/posts?limit=100")]
    return met("".join(caller.get(path).content.decode() for path in paths))


def _by_search(_world: World, person: User | None, threads: list[Thread]) -> set[str]:
    """Whose search for the word brings a thread to light."""
    client = _client(person)
    hits = {word: client.get("/threads/", {"q": word}).content.decode() for word in READ_BY}
    return {
        word for word, page in hits.items() if any(f"/threads/{each.reference}/" in page for each in threads)
    }


def _by_api_search(world: World, person: User | None, _threads: list[Thread]) -> set[str]:
    caller = _machine(world, person)
    return {word for word in READ_BY if caller.get(f"/threads?q={word}").json()["items"]}


def _by_mail(_world: World, person: User | None, _threads: list[Thread]) -> set[str]:
    assert person is not None
    mails = DemoMail.objects.filter(recipient=person.email)
    return met("".join(mail.subject + mail.text + mail.html for mail in mails))


def test_an_answer_by_mail_is_read_by_nobody_who_could_not_read_what_it_answers(world, cast, threads):
    ceilings = set()
    unanswerable = DemoMail.objects.exclude(headers__has_key="Reply-To")
    # Suppliers and who owns the policy follow the forum, but do not write there.
    assert {mail.recipient.partition("@")[0] for mail in unanswerable} == {"li", "otto", "pia"}
    for mail in DemoMail.objects.filter(headers__has_key="Reply-To"):
        token = token_of(mail.headers["Reply-To"], world.clock.now())
        assert token is not None and token.person.email == mail.recipient
        answer = say(world, token.person, token.thread, "zebra", token.ceiling)
        readers = {name for name in PEOPLE if _sees(cast[name], answer)}
        for word in met(mail.text):
            assert readers <= READ_BY[word] | {token.person.name.lower()}, (word, mail.recipient)
        ceilings.add(token.ceiling)
        world.clock.move(minutes=30)
    assert ceilings == set(Visibility.values)


def _sees(person: User | None, post: Post) -> bool:
    return visible_posts(person or AnonymousUser()).filter(pk=post.pk).exists()


def _by_feed(_world: World, person: User | None, threads: list[Thread]) -> set[str]:
    client = _client(person)
    addresses = ["/threads/feed.atom", *(f"/threads/{each.reference}/feed.atom" for each in threads)]
    return met("".join(client.get(address).content.decode() for address in addresses))


def _machine(world: World, person: User | None) -> Machine:
    assert person is not None
    return machine(world, person)


def test_what_ann_paid_and_ordered_is_on_nobody_else_s_page(world, cast):
    order = an_order(world)
    from_the_order = ask(world, subject="Ann Keller asks", body="aardvark")
    say(world, world.mia, from_the_order, "capybara", "supplier")
    page = _client(world.li).get(f"/threads/{from_the_order.reference}/").content.decode()
    answer = machine(world, world.li).get(f"/threads/{from_the_order.reference}").content.decode()
    _send_mails(world)
    mails = DemoMail.objects.filter(recipient="li@example.com")
    mail = "".join(f"{each.subject}{each.text}{each.html}{each.headers}" for each in mails)
    assert mails.exists()
    for text in (page, answer, mail):
        assert not [word for word in ("Keller", "Ann", "4242", order.code, "ann@") if word in text]
