"""The real site and a real worker, as processes of their own, on the database of the tests."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.hashers import make_password
from django.db import connection
from django.test import Client

from aftersale.accounts.models import Role, User
from aftersale.config.demo.running import HOST, free_port, running, site_command, wait_for_page
from aftersale.orders.models import Order
from aftersale.returns.tests.cast import World, a_world, an_order

PASSWORD = "a lamp in the window"


@dataclass
class Site:
    """Where the site answers, who is there, and how an order gets there."""

    address: str
    world: World
    fin: User

    @property
    def address_by_name(self) -> str:
        """The same site; a passkey belongs to a name."""
        return self.address.replace(HOST, "localhost")

    def customer(self, name: str) -> User:
        """Somebody of the story's own, who signs in with the password."""
        password = make_password(PASSWORD, hasher="argon2")
        email = f"{name}@example.com"
        return User.objects.create(email=email, name=name.title(), role=Role.CUSTOMER, password=password)

    def order(self, **wanted: Any) -> Order:
        """An order of Ann's from Li, delivered ten days ago unless it is said otherwise; her newest.

        By a clock that knows no summer time, so that so many days are as many at each hour of a day.
        """
        self.world.clock.move(seconds=1)
        return an_order(self.world, zone="UTC", **wanted)

    def cookie_of(self, person: User) -> str:
        """The session of somebody who signed in before."""
        client = Client()
        client.force_login(person)
        return client.cookies["sessionid"].value


def make_world() -> tuple[World, User]:
    """The cast, today, with Fin of finance; each can sign in with the password."""
    world = a_world()
    today = datetime.now(UTC) - timedelta(minutes=3)
    world.clock.move(seconds=(today - world.clock.now()).total_seconds())
    fin = User.objects.create_user("fin@example.com", name="Fin", role=Role.FINANCE)
    # By the site's own way of keeping passwords, not the quick one of the tests.
    password = make_password(PASSWORD, hasher="argon2")
    for person in (world.ann, world.bob, world.mia, world.li, fin):
        person.password = password
        person.save(update_fields=["password"])
    return world, fin


@contextmanager
def started(logs: Path, **settings: str) -> Iterator[str]:
    """The site and its worker with these settings, until the block ends."""
    port = free_port(0)
    address = f"http://{HOST}:{port}"
    commands = {
        "site": site_command(host=HOST, port=port, workers=1, threads=4),
        "worker": [sys.executable, "-m", "aftersale", "worker"],
    }
    env = {"DATABASE_URL": _database(), "SITE_ADDRESS": address, "AFTERSALE_VAR": str(logs), **settings}
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with running(commands, logs=logs, env=env) as children:
            wait_for_page(f"{address}/", children)
            yield address
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


def end_other_sessions() -> None:
    """A stopped process may leave its session behind for a moment; no database is dropped under one."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


def _database() -> str:
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
