"""Who is told what about a card, by mail: brand and last four at most, never a token or a proof."""

from typing import Any

from django.conf import settings

from aftersale.base.ports import Ports
from aftersale.base.services import post_notification
from aftersale.cards.models import RemovalRequest
from aftersale.payments.card_models import SavedCard


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


def tell_of_code(card: SavedCard, *, code: str, purpose: str, about: str, ports: Ports) -> None:
    """Owe the card's e-mail the code that was asked for."""
    _tell(card, "card-code", about, ports=ports, code=code, purpose=purpose)


def tell_of_failed_proof(card: SavedCard, *, has_try: bool, ports: Ports) -> None:
    """Tell the card's e-mail of each failure; of those for which there was no try left, once a day."""
    now = ports.clock.now()
    about = ports.ids.key() if has_try else f"{now:%Y-%m-%d}"
    _tell(card, "card-proof-failed", about, ports=ports, at=now.isoformat(), is_locked=not has_try)


def tell_of_unfreezing(card: SavedCard, *, about: str, ports: Ports) -> None:
    _tell(card, "card-unfrozen", about, ports=ports)


def _tell(card: SavedCard, kind: str, about: str, *, ports: Ports, **words: Any) -> None:
    post_notification(
        ports=ports,
        kind=kind,
        key=f"{card.reference}:{about}",
        recipient=card.email,
        language=card.customer.language,
        words={
            "brand": card.brand.capitalize(),
            "last_four": card.last_four,
            "path": "/account/cards/",
            **words,
        },
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
