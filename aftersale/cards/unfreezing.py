"""Unfreezing: asks for a stronger proof than the freeze did, and is never offered for a stolen card."""

from django.db import transaction

from aftersale.accounts.codes import spend
from aftersale.base.ports import Ports
from aftersale.cards.errors import NotNow, ProofFailed
from aftersale.cards.models import MailedCode, RemovalRequest
from aftersale.cards.notices import tell_of_unfreezing
from aftersale.cards.proofs import Claim, check_proof, email_hash
from aftersale.cards.states import STOPPED, Proof
from aftersale.payments.card_models import CardState, FreezeReason, SavedCard
from aftersale.payments.saved_cards import locked_card, move_card

# From the weakest to the strongest; whoever pressed the button proved nothing.
_STRENGTH = ("", Proof.BIRTHDATE, Proof.PASSWORD, Proof.CODE)


def unfreezing_proofs(card: SavedCard) -> tuple[Proof, ...]:
    """By what this card can be unfrozen; nothing where it cannot."""
    if card.state != CardState.FROZEN or card.freeze_reason == FreezeReason.STOLEN:
        return ()
    able = (Proof.PASSWORD, Proof.CODE) if card.customer.has_usable_password() else (Proof.CODE,)
    return tuple(proof for proof in able if _STRENGTH.index(proof) > _strength_of_freeze(card))


def unfreeze_card(*, ports: Ports, card: SavedCard, email: str, kind: str, given: str) -> SavedCard:
    """The card can be charged again; its e-mail is told. Raises ProofFailed, NotNow."""
    accepted = unfreezing_proofs(card)
    if not accepted:
        raise NotNow(f"card {card.reference} is {card.get_state_display()}, and cannot be unfrozen")
    claim = Claim(card, email_hash(email), kind, given, "unfreezing")
    code = check_proof(ports=ports, claim=claim, accepted=accepted)
    return _write(card, code, kind, ports=ports)


@transaction.atomic
def _write(seen: SavedCard, code: MailedCode | None, kind: str, *, ports: Ports) -> SavedCard:
    card, now = locked_card(seen.pk), ports.clock.now()
    if kind not in unfreezing_proofs(card):
        raise NotNow(f"card {card.reference} changed meanwhile: look at it again")
    if code is not None and not spend(code, now=now):
        raise ProofFailed
    told = f"{card.reference}:{card.frozen_at:%Y%m%d%H%M%S%f}"
    move_card(card, CardState.ACTIVE, freeze_reason="", frozen_at=None)
    tell_of_unfreezing(card, about=told, ports=ports)
    return card


def _strength_of_freeze(card: SavedCard) -> int:
    """That of the strongest proof which a removal gave since the card is frozen."""
    stopped = RemovalRequest.objects.filter(card=card, state__in=STOPPED, submitted_at__gte=card.frozen_at)
    return max((_STRENGTH.index(proof) for proof in stopped.values_list("proof", flat=True)), default=0)
