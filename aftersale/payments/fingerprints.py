"""What a physical card is known by, over all its tokens; nobody outside can tell what card it is."""

from aftersale.base.private import keyed_hash
from aftersale.payments.card_models import FreezeReason, SavedCard

REPORTED = (FreezeReason.LOST, FreezeReason.STOLEN)


def fingerprint_hash(provider: str, fingerprint: str) -> str:
    """The same physical card gives the same hash, which tells nobody without our key what card it is."""
    return keyed_hash("card-fingerprint", f"{provider}:{fingerprint}") if fingerprint else ""


def fingerprint_of(card: SavedCard) -> str:
    """What the physical card is known by; where its provider tells no fingerprint, the saved card alone."""
    return card.fingerprint_hash or f"card:{card.reference}"


def was_reported(known_by: str, *, by: int | None = None, not_by: int | None = None) -> bool:
    """Whether a customer said that this physical card is lost or stolen: `by` this one, or `not_by`."""
    rows = SavedCard.objects.filter(fingerprint_hash=known_by, freeze_reason__in=REPORTED)
    if by is not None:
        rows = rows.filter(customer=by)
    return bool(known_by) and rows.exclude(customer=not_by).exists()
