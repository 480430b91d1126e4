"""Where somebody is signed in: the list, and its ends. The rows are allauth's; what they say is ours."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction

from aftersale.accounts.devices import browser_of
from aftersale.accounts.models import User
from aftersale.accounts.sign_in_models import KnownDevice
from aftersale.base.errors import NotYours
from aftersale.base.ports import Ports

# A session's last use is written down no more often than this.
_EACH = timedelta(minutes=10)
_SEEN, _REFERENCE = "seen_at", "session_reference"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """One browser in which somebody is signed in."""

    reference: str
    browser: str
    address: str
    since: datetime
    seen_at: datetime
    is_this_one: bool


def sessions_of(user: User, *, this: str = "") -> Sequence[SignedIn]:
    """The living ones, the latest used first; `this` is the key of the session that asks."""
    rows = UserSession.objects.purge_and_list(user)
    found = [_told(row, this) for row in rows if row.data.get("reference")]
    return sorted(found, key=lambda one: (one.is_this_one, one.seen_at), reverse=True)


def note_session(
    *, ports: Ports, user: User, session: SessionBase, address: str, agent: str, device: str = ""
) -> None:
    """Write down that this session is in use; at sign-in with the hash of its device."""
    now = ports.clock.now()
    seen = datetime.fromtimestamp(session.get(_SEEN, 0), UTC)
    if not device and _REFERENCE in session and timedelta(0) <= now - seen < _EACH:
        return
    if device or _REFERENCE not in session:
        session[_REFERENCE] = ports.ids.reference("S")
    session[_SEEN] = now.timestamp()
    if not session.session_key:
        session.save()
    data = {"reference": session[_REFERENCE], **({"device": device} if device else {})}
    row, is_new = UserSession.objects.get_or_create(
        session_key=session.session_key,
        defaults={
            "user": user,
            "ip": address,
            "user_agent": agent[:200],
            "created_at": now,
            "last_seen_at": now,
            "data": data,
        },
    )
    if not is_new:
        row.user, row.ip, row.user_agent, row.last_seen_at = user, address, agent[:200], now
        row.data = {**row.data, **data}
        # The clock is ours, also where allauth made the row at sign-in.
        row.created_at = now if device else row.created_at
        row.save()


@transaction.atomic
def end_session(*, user: User, reference: str) -> SignedIn:
    """Sign that browser out; its device is new at the next sign-in. Raises NotYours."""
    row = UserSession.objects.filter(user=user, data__reference=reference).first()
    if row is None:
        raise NotYours(f"there is no session {reference}")
    told = _told(row, "")
    _end(row)
    return told


@transaction.atomic
def end_other_sessions(*, user: User, this: str) -> int:
    """Sign out everywhere but here; answers how many that were."""
    rows = list(UserSession.objects.filter(user=user).exclude(session_key=this))
    for row in rows:
        _end(row)
    return len(rows)


def _end(row: UserSession) -> None:
    KnownDevice.objects.filter(user=row.user, device_hash=row.data.get("device", "")).delete()
    row.end()


def _told(row: UserSession, this: str) -> SignedIn:
    return SignedIn(
        reference=row.data["reference"],
        browser=browser_of(row.user_agent),
        address=row.ip,
        since=row.created_at,
        seen_at=row.last_seen_at,
        is_this_one=row.session_key == this,
    )
