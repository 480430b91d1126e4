"""Devices: a browser that a person signed in with is known by a cookie; a new one is told by mail."""

from datetime import datetime

from django.db import transaction

from aftersale.accounts.models import User
from aftersale.accounts.sign_in_models import KnownDevice
from aftersale.base.ports import Ports
from aftersale.base.private import keyed_hash
from aftersale.base.services import post_notification

# What a browser calls itself -> what people call it; the first that fits.
_BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def device_hash(user: User, token: str) -> str:
    """The same browser has another hash for each person: devices do not link people."""
    return keyed_hash("device", f"{user.pk}:{token}")


def known_device(email: str, token: str) -> str:
    """The hash of the device, where the one with this e-mail signed in with it before; else empty."""
    user = User.objects.filter(email=email.strip().lower()).first() if token else None
    if user is None:
        return ""
    found = device_hash(user, token)
    return found if KnownDevice.objects.filter(user=user, device_hash=found).exists() else ""


@transaction.atomic
def recognise_device(*, ports: Ports, user: User, token: str, browser: str, address: str) -> bool:
    """Know the device from now on; a new one is told to its person by mail. Answers whether it is new."""
    now = ports.clock.now()
    found, is_new = KnownDevice.objects.get_or_create(
        user=user, device_hash=device_hash(user, token), defaults={"first_at": now, "last_at": now}
    )
    if is_new:
        _tell_of_new_device(ports=ports, user=user, browser=browser, address=address, at=now)
    else:
        KnownDevice.objects.filter(pk=found.pk).update(last_at=now)
    return is_new


def forget_devices(user: User, *, keep: str = "") -> None:
    """After a new password every device is new again, but the one with this hash."""
    KnownDevice.objects.filter(user=user).exclude(device_hash=keep).delete()


def browser_of(agent: str) -> str:
    """Such as `Firefox, Windows`; empty for one that says nothing known."""
    names = (_first(_BROWSERS, agent), _first(_SYSTEMS, agent))
    return ", ".join(name for name in names if name)


def _first(names: tuple[tuple[str, str], ...], agent: str) -> str:
    return next((name for sign, name in names if sign in agent), "")


def _tell_of_new_device(*, ports: Ports, user: User, browser: str, address: str, at: datetime) -> None:
    words = {"browser": browser, "address": address, "at": at.strftime("%Y-%m-%d %H:%M UTC")}
    post_notification(
        ports=ports,
        kind="new-device",
        key=ports.ids.key(),
        recipient=user.email,
        language=user.language,
        words=words,
    )
