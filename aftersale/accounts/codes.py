"""Mailed codes: six digits, good once, for ten minutes and one purpose. Only a keyed hash of them is kept.

What is mailed is a row of a room's own, with `code_hash`, `sent_at` and `used_at`.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.crypto import constant_time_compare

DIGITS = 6
LIFE = timedelta(minutes=10)
# Two mails of codes are this far apart.
APART = timedelta(minutes=1)


def as_typed(given: str) -> str:
    """The digits, however people part them."""
    return "".join(given.split())


def code_that_fits[Code: Model](mailed: QuerySet[Code], given_hash: str, *, now: datetime) -> Code | None:
    """The newest code, when it is this one, fresh and not used. Using it up is the caller's: `spend`."""
    newest: Any = mailed.order_by("-pk").first()
    fits = constant_time_compare(newest.code_hash if newest else "0" * 64, given_hash)
    if newest is None or not fits or newest.used_at is not None or newest.sent_at <= now - LIFE:
        return None
    return newest  # type: ignore[no-any-return]


def spend(code: Any, *, now: datetime) -> bool:
    """Use the code up; False when it was used a moment ago."""
    return bool(type(code).objects.filter(pk=code.pk, used_at=None).update(used_at=now))
