"""What becomes of the fingerprints of cards that are gone: limits need them for a while, and then nobody.

A card's own row is blanked by the room of removals; here its charges are, and the rows of physical cards.
"""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q

from aftersale.base.ports import Ports
from aftersale.payments.budgets import LIMITS
from aftersale.payments.card_models import CardState, SavedCard
from aftersale.payments.charge_models import Charge, Fingerprint
from aftersale.payments.charge_states import CHARGE_OVER, ChargeState

# As long as an attempt counts in any limit, and a day more.
_COUNTED = max(limit.window for limit in LIMITS) + timedelta(days=1)
# A card whose bank said never again is known for this long; then its bank may be asked once more.
BARRED_KEPT = timedelta(days=365)


def forget_cards(*, ports: Ports, at_most: int = 20) -> int:
    """Take the fingerprints of cards that are gone out of their charges; returns how many rows went blank."""
    now = ports.clock.now()
    return _blank_charges(now, at_most) + _drop_fingerprints(now, at_most)


def _blank_charges(now: datetime, at_most: int) -> int:
    """Brand and last four of a card that paid stay with the books; of one that failed the brand alone."""
    gone = Charge.objects.filter(card__state=CardState.TOMBSTONE, state__in=CHARGE_OVER)
    old = gone.filter(settled_at__lte=now - _COUNTED, due_at=None).exclude(fingerprint_hash="")
    some = list(old.order_by("pk").values_list("pk", flat=True)[:at_most])
    rows = Charge.objects.filter(pk__in=some)
    rows.exclude(state=ChargeState.SUCCEEDED).update(last_four="")
    return rows.update(fingerprint_hash="")


def _drop_fingerprints(now: datetime, at_most: int) -> int:
    charged = Charge.objects.filter(fingerprint_hash=OuterRef("hash"))
    saved = SavedCard.objects.filter(fingerprint_hash=OuterRef("hash"))
    rows = Fingerprint.objects.filter(~Exists(charged), ~Exists(saved))
    over = rows.filter(Q(blocked_at=None) | Q(blocked_at__lte=now - BARRED_KEPT))
    some = list(over.order_by("pk").values_list("pk", flat=True)[:at_most])
    return Fingerprint.objects.filter(pk__in=some).delete()[0]
