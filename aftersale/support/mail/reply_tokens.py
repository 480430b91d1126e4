"""The right to answer by mail: an address that one person may write to, into one thread, for so many eyes."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from aftersale.accounts.models import User
from aftersale.base.errors import NotYours
from aftersale.base.ports import Ports
from aftersale.base.services import mail_domain
from aftersale.support.eyes import eyes_for
from aftersale.support.models import ReplyToken, Thread
from aftersale.support.queries import thread_for

# From the last mail that carried the address.
LIFE = timedelta(days=365)
MARK = "reply+"


def reply_address(*, ports: Ports, thread: Thread, person: User, ceiling: str) -> str:
    """The address by which this person answers in this thread, read by nobody beyond `ceiling`.

    The same one for a year after each mail that carries it.
    """
    assert ceiling in eyes_for(thread, person), f"this person cannot write for {ceiling} here"
    now = ports.clock.now()
    return f"{MARK}{_live_token(ports, thread, person, ceiling, now)}@{mail_domain()}"


def token_of(address: str, now: datetime) -> ReplyToken | None:
    """The live token in a reply address, None where there is none, or its person may not write so any more.

    Its thread is the one to write into: where the thread was put into another, that one.
    """
    local, _, domain = address.strip().lower().rpartition("@")
    if not local.startswith(MARK) or domain != mail_domain().lower():
        return None
    found = _live(now).filter(token=local.removeprefix(MARK)).first()
    return found if found is not None and _still_holds(found) else None


def token_for(
    person_address: str, threads: Collection[str], ceiling: str, now: datetime
) -> ReplyToken | None:
    """The live token of this address for just these eyes, in one of the threads of these references."""
    tokens = _live(now).filter(thread__reference__in=threads, person__email=person_address, ceiling=ceiling)
    return next((each for each in tokens if _still_holds(each)), None)


def _living() -> QuerySet[ReplyToken]:
    return ReplyToken.objects.filter(revoked_at=None)


def _live(now: datetime) -> QuerySet[ReplyToken]:
    return _living().filter(ends_at__gt=now).select_related("thread", "person__supplier")


def _still_holds(token: ReplyToken) -> bool:
    """Whether its person may still do on the thread's page what the token allows by mail."""
    try:
        token.thread = thread_for(token.person, token.thread.reference)
    except NotYours:
        return False
    return token.person.is_active and token.ceiling in eyes_for(token.thread, token.person)


def _live_token(ports: Ports, thread: Thread, person: User, ceiling: str, now: datetime) -> str:
    mine = _living().filter(thread=thread, person=person, ceiling=ceiling)
    if mine.filter(ends_at__gt=now).update(ends_at=now + LIFE):
        return mine.values_list("token", flat=True).get()
    token = ports.ids.key()[1:]
    try:
        with transaction.atomic():
            mine.update(revoked_at=now)
            ReplyToken.objects.create(
                token=token, thread=thread, person=person, ceiling=ceiling, made_at=now, ends_at=now + LIFE
            )
    except IntegrityError:
        # Another worker made it in this moment.
        return mine.values_list("token", flat=True).get()
    return token
