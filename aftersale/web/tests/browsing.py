"""How the tests of pages browse: as somebody, and what they read there."""

from typing import Any

from django.test import Client

from aftersale.accounts.models import User


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def told(answer: Any) -> str:
    return str(answer.content.decode())


def main_of(answer: Any) -> str:
    """What stands on the page itself, without what stands on every page."""
    return told(answer).partition("<main")[2].partition("</main>")[0]
