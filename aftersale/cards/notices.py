"""Who is told what about a removal, by mail: brand and last four at most, never a token or a proof."""

from typing import Any

from django.conf import settings

from aftersale.base.ports import Ports
from aftersale.base.services import post_notification
from aftersale.cards.models import RemovalRequest


def tell_the_team(request: RemovalRequest, kind: str, *, ports: Ports) -> None:
    """Owe the payments team the mail `kind` about this request, once."""
    post_notification(
        ports=ports,
        kind=kind,
        key=f"{request.reference}:team",
        recipient=settings.PAYMENTS_TEAM_MAIL,
        language=settings.LANGUAGE_CODE,
        words={**_words(request), "path": f"/desk/cards/{request.reference}/"},
    )


def tell_the_card_s_owner(request: RemovalRequest, kind: str, *, ports: Ports, **words: Any) -> None:
    """Owe the e-mail tied to the card the mail `kind` about this request, once."""
    post_notification(
        ports=ports,
        kind=kind,
        key=f"{request.reference}:card",
        recipient=request.card.email,
        language=request.customer.language,
        words={**_words(request), "path": f"/account/cards/removals/{request.reference}/", **words},
    )


def _words(request: RemovalRequest) -> dict[str, Any]:
    card, due = request.card, request.team_due_at
    return {
        "reference": request.reference,
        "brand": card.brand.capitalize(),
        "last_four": card.last_four,
        "expires": f"{card.expiry_month:02}/{card.expiry_year}" if card.expiry_month else "",
        "reason": card.freeze_reason,
        "due": due.isoformat() if due else "",
    }
