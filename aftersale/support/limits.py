"""How much one person may write: a newcomer less than who has ordered, our staff as it needs."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import AnonymousUser

from aftersale.accounts.models import User
from aftersale.accounts.tries import Limit, network_of, take_try
from aftersale.base.errors import BadInput
from aftersale.orders.models import Order
from aftersale.support.errors import TooMuch
from aftersale.support.models import TEAM, Post, Report, Thread, Visibility

_LINK = re.compile(r"https?:|www\.", re.IGNORECASE)
_REPORTS_A_DAY = 20


@dataclass(frozen=True, slots=True)
class Allowance:
    threads_a_day: int
    posts_an_hour: int
    links: int | None


def is_newcomer(person: User) -> bool:
    """Whether this is somebody from outside who has never ordered."""
    return (
        person.supplier_id is None
        and not person.is_staff
        and not Order.objects.filter(customer=person).exists()
    )


def check_thread(person: User, now: datetime) -> None:
    """Raises TooMuch."""
    since = Thread.objects.filter(opener=person, opened_at__gt=now - timedelta(days=1)).count()
    if person.role not in TEAM and since >= _allowance(person).threads_a_day:
        raise TooMuch(f"{since} threads were opened in the last day; write into one of them")


def check_post(person: User, body: str, now: datetime) -> None:
    """Raises TooMuch, and BadInput for more links than a newcomer's post may hold."""
    if person.role in TEAM:
        return
    allowed = _allowance(person)
    since = Post.objects.filter(author=person, posted_at__gt=now - timedelta(hours=1)).count()
    if since >= allowed.posts_an_hour:
        raise TooMuch(f"{since} posts were written in the last hour; wait a little")
    if allowed.links is not None and len(_LINK.findall(body)) > allowed.links:
        raise BadInput("body", body, f"at most {allowed.links} links, before a first order")


def check_search(viewer: User | AnonymousUser, address: str, now: datetime) -> None:
    """So many searches a minute: a person's, or for visitors their network's. Raises TooMuch."""
    who = f"person:{viewer.pk}" if isinstance(viewer, User) else network_of(address)
    limit = Limit(f"search:{who}", settings.SUPPORT_SEARCHES_A_MINUTE, timedelta(minutes=1))
    if not take_try([limit], now=now):
        raise TooMuch("that are many searches in a minute; wait a little")


def check_report(person: User, now: datetime) -> None:
    """Raises TooMuch."""
    since = Report.objects.filter(person=person, reported_at__gt=now - timedelta(days=1)).count()
    if since >= _REPORTS_A_DAY:
        raise TooMuch(f"{since} posts were reported in the last day")


def is_to_be_held(person: User) -> bool:
    """Whether a public post waits for our staff: a newcomer's, until one of theirs has been let through."""
    let_through = Post.objects.filter(
        author=person, visibility=Visibility.PUBLIC, is_held=False, hidden_at=None
    )
    return is_newcomer(person) and not let_through.exists()


def _allowance(person: User) -> Allowance:
    if is_newcomer(person):
        return Allowance(
            settings.SUPPORT_NEWCOMER_THREADS_A_DAY,
            settings.SUPPORT_NEWCOMER_POSTS_AN_HOUR,
            settings.SUPPORT_NEWCOMER_LINKS,
        )
    return Allowance(settings.SUPPORT_THREADS_A_DAY, settings.SUPPORT_POSTS_AN_HOUR, None)
