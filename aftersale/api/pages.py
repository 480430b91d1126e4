"""Pages of a list, newest or oldest first: a place in it stays the same place whatever is added meanwhile."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Model, Q, QuerySet

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = datetime(9999, 12, 31, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def page_of[Row: Model](
    rows: QuerySet[Row], *, by: str, cursor: str, limit: int, oldest_first: bool = False
) -> tuple[list[Row], str | None]:
    """At most `limit` rows after `cursor`, newest by the moment `by`, and the cursor of what follows."""
    sign, beyond = ("", "gt") if oldest_first else ("-", "lt")
    rows = rows.order_by(f"{sign}{by}", f"{sign}pk")
    if cursor:
        at, pk = _read(cursor)
        rows = rows.filter(Q(**{f"{by}__{beyond}": at}) | Q(**{by: at, f"pk__{beyond}": pk}))
    found = list(rows[: limit + 1])
    if len(found) <= limit:
        return found, None
    last: Any = found[limit - 1]
    return found[:limit], _written(getattr(last, by), last.pk)


def _written(at: datetime, pk: int) -> str:
    return f"{(at - _EPOCH) // _MICROSECOND:016x}{pk:016x}"


def _read(cursor: str) -> tuple[datetime, int]:
    since = min(int(cursor[:16], 16), (_LATEST - _EPOCH) // _MICROSECOND)
    return _EPOCH + since * _MICROSECOND, int(cursor[16:], 16)
