"""How many requests a key may make in a minute, counted in the cache that all processes share."""

from datetime import datetime

from django.conf import settings
from django.core.cache import cache

from aftersale.accounts.models import ApiKey
from aftersale.api.errors import TooMany

REQUESTS, MONEY_WRITES = "requests", "money_writes"
_SETTINGS = {REQUESTS: "API_REQUESTS_PER_MINUTE", MONEY_WRITES: "API_MONEY_WRITES_PER_MINUTE"}
_MINUTE = 60


def count(key: ApiKey, kind: str, *, now: datetime) -> None:
    """Count a request of this kind. Raises TooMany, which says when the next one may come."""
    minute, second = divmod(int(now.timestamp()), _MINUTE)
    counter = f"api:{kind}:{key.pk}:{minute}"
    at_most = getattr(settings, _SETTINGS[kind])
    if _one_more(counter) > at_most:
        what = kind.replace("_", " ")
        raise TooMany(f"This key may make {at_most} {what} in a minute.", retry_after=_MINUTE - second)


def _one_more(counter: str) -> int:
    if cache.add(counter, 1, 2 * _MINUTE):
        return 1
    try:
        return cache.incr(counter)
    except ValueError:  # the cache made room for others meanwhile
        cache.set(counter, 1, 2 * _MINUTE)
        return 1
