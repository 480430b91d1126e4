"""How often a physical card may be tried: card networks count by card, so we do, over tokens and accounts.

An attempt counts when it was asked for and did not succeed; one without an answer yet counts as well. The
limits are data with a day and a source: a network changes them, and what was right then stays right.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from aftersale.payments.charge_models import Charge
from aftersale.payments.charge_states import ChargeState


@dataclass(frozen=True, slots=True)
class Limit:
    """So many attempts in `window`, for cards of `brand`; of any brand without limits of its own where empty.

    `since` and `until` say on which days it is kept.
    """

    brand: str
    attempts: int
    window: timedelta
    since: date
    source: str
    until: date | None = None

    def is_kept_on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day < self.until)


LIMITS = (
    Limit(
        brand="",
        attempts=15,
        window=timedelta(days=30),
        since=date(2021, 1, 1),
        source="most processors' pages, read in November 2026; Visa is said to allow 20 since April 2026",
    ),
    Limit(
        brand="mastercard",
        attempts=10,
        window=timedelta(hours=24),
        since=date(2021, 1, 1),
        source="TabaPay, Excessive Retry Rules, read in November 2026",
    ),
    Limit(
        brand="mastercard",
        attempts=35,
        window=timedelta(days=30),
        since=date(2021, 1, 1),
        source="TabaPay, Excessive Retry Rules, read in November 2026",
    ),
)


@dataclass(frozen=True, slots=True)
class Budget:
    """What is left of a card's attempts, and when there is one again where none is."""

    left: int
    again_at: datetime | None


def limits_for(brand: str, day: date) -> list[Limit]:
    """The limits of this brand on this day."""
    kept = [limit for limit in LIMITS if limit.is_kept_on(day)]
    return [limit for limit in kept if limit.brand == brand] or [limit for limit in kept if not limit.brand]


def budget_of(known_by: str, brand: str, now: datetime) -> Budget:
    """How often the card may still be tried now. Exact behind its fingerprint's lock, else a good guess."""
    left, again_at = [], []
    for limit in limits_for(brand, now.date()):
        counted = attempts_in(known_by, now - limit.window, now)
        left.append(limit.attempts - len(counted))
        if left[-1] <= 0:
            again_at.append(counted[-limit.attempts] + limit.window)
    return Budget(max(0, min(left, default=0)), max(again_at, default=None))


def attempts_in(known_by: str, after: datetime, until: datetime) -> list[datetime]:
    """When the card was tried in vain, or with no answer yet, after `after`; oldest first."""
    rows = Charge.objects.filter(
        fingerprint_hash=known_by, submitted_at__gt=after, submitted_at__lte=until
    ).exclude(state=ChargeState.SUCCEEDED)
    asked = rows.order_by("submitted_at").values_list("submitted_at", flat=True)
    return [at for at in asked if at is not None]
