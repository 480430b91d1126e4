"""Threads of Ann's and Bob's."""

from itertools import count
from typing import Any

from aftersale.accounts.models import User
from aftersale.returns.models import Return
from aftersale.returns.services import Wish, request_return
from aftersale.returns.tests.cast import World, an_order
from aftersale.support.attachments import keep, made_safe
from aftersale.support.models import Attachment, Post, Thread
from aftersale.support.services import About, open_thread, reply

_fresh = count(1)


def ask(world: World, by: User | None = None, **wanted: Any) -> Thread:
    """A private thread of Ann's about an order of hers, or what is `wanted`."""
    by = by or world.ann
    about = wanted.pop("about", None)
    if about is None and not wanted.get("is_public") and by == world.ann:
        about = About(order=an_order(world))
    told = {"kind": "general", "subject": "A lamp flickers", "body": "It flickers. What can I do?"} | wanted
    told.setdefault("intent", f"ask-{next(_fresh)}")
    return open_thread(ports=world.ports, by=by, about=about, **told)


def ask_in_public(world: World, by: User | None = None, **wanted: Any) -> Thread:
    return ask(world, by, is_public=True, **wanted)


def say(world: World, by: User, thread: Thread, body: str = "I see.", visibility: str = "") -> Post:
    return reply(
        ports=world.ports,
        by=by,
        thread=thread,
        body=body,
        intent=f"say-{next(_fresh)}",
        visibility=visibility,
    )


def with_file(world: World, post: Post, name: str = "note.txt", content: bytes = b"Look.") -> Attachment:
    """A file of the post."""
    return keep(ports=world.ports, files=[made_safe(name, content)], post=post)[0]


def a_claim(world: World, note: str = "") -> Return:
    """Ann reports a lamp as missing from the parcel."""
    return a_return(world, reason="missing", note=note)


def a_return(world: World, *, reason: str = "defective", note: str = "") -> Return:
    return request_return(
        ports=world.ports,
        by=world.ann,
        order=an_order(world),
        supplier="LI",
        wishes=[Wish(line=1, units=1, reason=reason)],
        intent=f"return-{next(_fresh)}",
        note_text=note,
    )
