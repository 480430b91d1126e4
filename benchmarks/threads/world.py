"""A marketplace with many threads, written in bulk as the rows that people would have written."""

import random
from datetime import datetime, timedelta

from django.db import connection, transaction

from aftersale.accounts.models import Role, User
from aftersale.returns.models import Party
from aftersale.returns.tests.cast import World
from aftersale.support.models import ForumName, Kind, Post, Thread, ThreadState, Visibility
from aftersale.support.search import index_texts
from benchmarks.threads.words import a_body

BATCH = 2000
CUSTOMERS = 2000
_SIZES = (1, 2, 3, 5, 6, 8, 10)


def fill(world: World, posts: int, *, seed: int = 5) -> None:
    """So many posts in threads of about five; two of five threads are public."""
    chance = random.Random(seed)
    with transaction.atomic():
        people, threads = _people(), []
        left = posts
        while left > 0:
            threads.append(_thread(world, chance, chance.choice(people), min(left, chance.choice(_SIZES))))
            left -= threads[-1].last_number
        Thread.objects.bulk_create(threads, batch_size=BATCH)
        rows = [
            _post(world, chance, thread, number)
            for thread in threads
            for number in range(1, thread.last_number + 1)
        ]
        for at, row in enumerate(rows):
            row.body = a_body(chance, at)
        write_posts(rows)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def write_posts(rows: list[Post]) -> None:
    """The posts with their places in the search."""
    Post.objects.bulk_create(rows, batch_size=BATCH)
    index_texts((row.pk, row.body) for row in rows)


def _people() -> list[User]:
    rows = [
        User(email=f"c{n}@bench.example", name=f"Customer {n}", role=Role.CUSTOMER, password="!")
        for n in range(CUSTOMERS)
    ]
    people = User.objects.bulk_create(rows, batch_size=BATCH)
    names = [ForumName(person=one, name=f"guest-{n}", key=f"guest{n}") for n, one in enumerate(people)]
    ForumName.objects.bulk_create(names, batch_size=BATCH)
    return people


def _thread(world: World, chance: random.Random, opener: User, size: int) -> Thread:
    at: datetime = world.clock.now() - timedelta(minutes=chance.randint(1440, 365 * 1440))
    is_public, is_answered = chance.random() < 0.4, chance.random() < 0.9
    reference = world.ports.ids.reference("T")
    return Thread(
        reference=reference,
        kind=Kind.GENERAL,
        is_public=is_public,
        subject="A question",
        opener=opener,
        intent=f"bench:{reference}",
        supplier=None if is_public or chance.random() < 0.8 else world.li_co,
        state=ThreadState.ANSWERED if is_answered else ThreadState.OPEN,
        due_at=None if is_answered else at + timedelta(hours=9),
        last_number=size,
        opened_at=at,
        last_post_at=at + timedelta(minutes=7 * size),
        first_answered_at=at + timedelta(minutes=14) if is_answered else None,
    )


def _post(world: World, chance: random.Random, thread: Thread, number: int) -> Post:
    """Turn by turn the opener's and our staff's; some of ours are notes, or for the supplier."""
    is_ours = number % 2 == 0
    visibility = Visibility.PUBLIC if thread.is_public else Visibility.PARTICIPANTS
    if is_ours and chance.random() < 0.2:
        visibility = Visibility.STAFF
    elif is_ours and thread.supplier_id and chance.random() < 0.3:
        visibility = Visibility.SUPPLIER
    return Post(
        thread=thread,
        number=number,
        author=world.mia if is_ours else thread.opener,
        party=Party.AGENT if is_ours else Party.CUSTOMER,
        visibility=visibility,
        intent=f"{thread.intent}:{number}",
        posted_at=thread.opened_at + timedelta(minutes=7 * number),
        is_held=thread.is_public and not is_ours and chance.random() < 0.01,
    )
