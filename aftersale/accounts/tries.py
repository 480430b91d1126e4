"""Limits on tries, made so that nobody's tries stop another's sign-in.

A browser that a person signed in with before has tries of its own. All others share what their network has
for that account; and passwords, which can be guessed, have a sum a day over all networks. Nothing limits the
codes that are mailed for an account as a whole, and nothing a passkey: those ways stay open to the owner.
"""

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from aftersale.accounts.sign_in_models import TryCount
from aftersale.base.private import keyed_hash


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many of `what` within a stretch of time."""

    what: str
    at_most: int
    within: timedelta

    @property
    def name(self) -> str:
        """No address and no network stands in the database."""
        return keyed_hash("tries", self.what)


def password_limits(*, email: str, network: str, device: str) -> list[Limit]:
    """For a password typed at sign-in; `device` is the hash of a known one, else empty."""
    quarter = timedelta(minutes=15)
    if device:
        return [Limit(f"password:device:{device}", 10, quarter)]
    return [
        Limit(f"password:{network}:{email.lower()}", 5, quarter),
        Limit(f"password:{network}", 50, quarter),
        Limit(f"password:{email.lower()}", 100, timedelta(days=1)),
    ]


def code_limits(*, email: str, network: str, device: str) -> list[Limit]:
    """For a mailed code that is asked for at sign-in."""
    quarter = timedelta(minutes=15)
    if device:
        return [Limit(f"code:device:{device}", 10, quarter)]
    return [Limit(f"code:{network}:{email.lower()}", 5, quarter), Limit(f"code:{network}", 50, quarter)]


def second_step_limits(*, user: int, network: str, device: str) -> list[Limit]:
    """For an authenticator's or a recovery code, asked of one who gave the first step already."""
    quarter = timedelta(minutes=15)
    if device:
        return [Limit(f"second:device:{device}", 10, quarter)]
    return [
        Limit(f"second:{network}:{user}", 5, quarter),
        Limit(f"second:{user}", 50, timedelta(days=1)),
    ]


def proof_limits(user: int) -> list[Limit]:
    """For a password or a code that proves a step of somebody who is signed in."""
    return [
        Limit(f"proof:{user}", 5, timedelta(minutes=15)),
        Limit(f"proof-day:{user}", 20, timedelta(days=1)),
    ]


def network_of(address: str) -> str:
    """Whom tries from this address are counted with: itself, or the 64 bits that one IPv6 line has."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return str(parsed)
    return str(ipaddress.ip_network(f"{parsed}/64", strict=False).network_address)


@transaction.atomic
def take_try(limits: list[Limit], *, now: datetime) -> bool:
    """Use up a try of each; False, and nothing used, where one has none left for now."""
    TryCount.objects.filter(ends_at__lt=now).delete()
    if all(_take_one(limit, now) for limit in limits):
        return True
    transaction.set_rollback(True)
    return False


def give_back(limits: list[Limit]) -> None:
    """The try was a right one, which uses up nothing."""
    for limit in limits:
        TryCount.objects.filter(name=limit.name, used__gt=0).update(used=F("used") - 1)


def _take_one(limit: Limit, now: datetime) -> bool:
    TryCount.objects.bulk_create(
        [TryCount(name=limit.name, ends_at=now + limit.within)], ignore_conflicts=True
    )
    free = TryCount.objects.filter(name=limit.name, used__lt=limit.at_most)
    return bool(free.update(used=F("used") + 1))
