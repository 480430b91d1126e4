"""The verbs of a removal: asked for, proven, submitted; stopped, or confirmed. The worker has detaching.py.

Nothing happens to a card before its removal is submitted; from then on nothing can charge it.
"""

from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import transaction

from aftersale.accounts.codes import spend
from aftersale.accounts.models import User
from aftersale.base.errors import NotYours
from aftersale.base.ports import Ports
from aftersale.base.private import keyed_hash
from aftersale.base.texts import clean_text
from aftersale.cards.cases import keep_card_frozen, locked, move
from aftersale.cards.codes import mail_code
from aftersale.cards.deadlines import keep_removal_deadlines
from aftersale.cards.detaching import detach_due_cards
from aftersale.cards.errors import NotNow, ProofFailed
from aftersale.cards.models import MailedCode, RemovalRequest
from aftersale.cards.notices import tell_the_card_s_owner, tell_the_team
from aftersale.cards.proofs import Claim, check_proof, email_hash, proofs_of
from aftersale.cards.receipt import FORMAT, sign
from aftersale.cards.states import ASKING, OPEN, Proof, RemovalState
from aftersale.cards.unfreezing import unfreeze_card
from aftersale.payments.cancelling import cancel_retries
from aftersale.payments.card_models import CardState, FreezeReason, SavedCard
from aftersale.payments.saved_cards import locked_card, move_card

__all__ = [
    "begin_removal",
    "confirm_removal",
    "detach_due_cards",
    "keep_removal_deadlines",
    "mail_code",
    "prove_removal",
    "submit_removal",
    "unfreeze_card",
    "veto_removal",
    "withdraw_removal",
]

# A request that is not submitted within this time is forgotten.
PATIENCE = timedelta(minutes=30)


@transaction.atomic
def begin_removal(*, ports: Ports, card: SavedCard, email: str) -> RemovalRequest:
    """Note the e-mail that the customer typed; whether it is right is said together with the next proof.

    Answers the open request of this card where there is one. Raises NotNow.
    """
    card, now = locked_card(card.pk), ports.clock.now()
    known = RemovalRequest.objects.filter(card=card, state__in=OPEN).first()
    if known is not None and known.state in ASKING and _is_over(known, now):
        move(known, RemovalState.EXPIRED, ended_at=now, due_at=None)
        known = None
    if known is not None:
        if known.state == RemovalState.DRAFT:
            move(known, RemovalState.DRAFT, email_hash=email_hash(email), due_at=now + PATIENCE)
        return known
    if card.state not in (CardState.ACTIVE, CardState.FROZEN):
        raise NotNow(f"card {card.reference} is {card.get_state_display()}: there is nothing to remove")
    return RemovalRequest.objects.create(
        reference=ports.ids.reference("C"),
        card=card,
        customer=card.customer,
        email_hash=email_hash(email),
        due_at=now + PATIENCE,
        created_at=now,
    )


def prove_removal(*, ports: Ports, request: RemovalRequest, kind: str, given: str) -> RemovalRequest:
    """Check the e-mail together with the password, birthdate or code `given`. Raises ProofFailed, NotNow.

    The try is counted, for good, before anything is compared; without one left, the work is the same.
    """
    if request.state != RemovalState.DRAFT:
        return _proven_before(request)
    if _is_over(request, ports.clock.now()):
        raise NotNow(f"request {request.reference} is too old: begin again")
    claim = Claim(request.card, request.email_hash, kind, given, "removal")
    code = check_proof(ports=ports, claim=claim, accepted=proofs_of(request.customer))
    return _write_proof(request, kind, code, ports.clock.now())


@transaction.atomic
def submit_removal(*, ports: Ports, request: RemovalRequest) -> RemovalRequest:
    """Stop every charge of the card and ask for its removal; a second time answers the same request.

    The payments team and the card's e-mail are told in the same commit. Raises NotNow.
    """
    request, now = locked(request.pk), ports.clock.now()
    if request.submitted_at is not None:
        return request
    if request.state != RemovalState.PROVEN or _is_over(request, now):
        raise NotNow(f"request {request.reference} is not proven, or too old: begin again")
    if request.card.state not in (CardState.ACTIVE, CardState.FROZEN):
        raise NotNow(f"card {request.card.reference} is {request.card.get_state_display()} already")
    wait = timedelta(hours=settings.CARD_VETO_HOURS if request.proof == Proof.BIRTHDATE else 0)
    secret = ports.ids.key() if wait else ""
    move(
        request,
        RemovalState.SUBMITTED,
        submitted_at=now,
        due_at=now + wait,
        team_due_at=now + wait + timedelta(days=settings.CARD_REMOVAL_DAYS),
        veto_hash=_veto_hash(secret) if secret else "",
    )
    _freeze(request.card, now)
    tell_the_team(request, "card-removal-asked", ports=ports)
    tell_the_card_s_owner(
        request, "card-removal-notice", ports=ports, veto=f"/cards/stop/{secret}/" if secret else ""
    )
    return request


@transaction.atomic
def withdraw_removal(*, ports: Ports, request: RemovalRequest) -> RemovalRequest:
    """The customer keeps the card after all, frozen; not once the provider was asked. Raises NotNow."""
    request, now = locked(request.pk), ports.clock.now()
    if request.state != RemovalState.SUBMITTED:
        raise NotNow(f"request {request.reference} is {request.get_state_display()}: it goes on")
    move(request, RemovalState.WITHDRAWN, ended_at=now, due_at=None)
    keep_card_frozen(request)
    tell_the_team(request, "card-removal-stopped", ports=ports)
    return request


@transaction.atomic
def veto_removal(*, ports: Ports, secret: str) -> RemovalRequest:
    """Who reads the card's e-mail stops the removal; the card stays frozen. Raises NotYours, NotNow."""
    request, now = locked(vetoable(secret).pk), ports.clock.now()
    if request.state == RemovalState.VETOED:
        return request
    if request.state != RemovalState.SUBMITTED:
        raise NotNow(f"request {request.reference} is {request.get_state_display()}: it is too late")
    move(request, RemovalState.VETOED, ended_at=now, due_at=None)
    keep_card_frozen(request)
    tell_the_team(request, "card-removal-stopped", ports=ports)
    tell_the_card_s_owner(request, "card-removal-stopped", ports=ports)
    return request


def vetoable(secret: str) -> RemovalRequest:
    """The request that this link may stop, or might have stopped. Raises NotYours."""
    found = RemovalRequest.objects.select_related("card").filter(veto_hash=_veto_hash(secret)).first()
    if found is None:
        raise NotYours("no removal has this link")
    return found


@transaction.atomic
def confirm_removal(
    *, ports: Ports, request: RemovalRequest, actor: User, key: Ed25519PrivateKey, note: str = ""
) -> RemovalRequest:
    """The payments team says that the marketplace's own systems are clean, which ends the case.

    The receipt is signed with `key`, and the customer told. A second time changes nothing. Raises NotNow.
    """
    note = clean_text(note, field="note", longest=500)
    request, now = locked(request.pk), ports.clock.now()
    if request.state == RemovalState.CLOSED:
        return request
    if request.state != RemovalState.VERIFIED:
        raise NotNow(f"request {request.reference} is {request.get_state_display()}: not gone there yet")
    move(request, RemovalState.CONFIRMED, confirmed_at=now, confirmed_by=actor, note=note)
    receipt = sign(_statement(request), key)
    move(request, RemovalState.CLOSED, receipt=receipt, ended_at=now, due_at=None)
    tell_the_card_s_owner(request, "card-removed", ports=ports)
    return request


def _proven_before(request: RemovalRequest) -> RemovalRequest:
    if request.state not in OPEN:
        raise NotNow(f"request {request.reference} is {request.get_state_display()}: begin again")
    return request


@transaction.atomic
def _write_proof(
    claimed: RemovalRequest, kind: str, code: MailedCode | None, now: datetime
) -> RemovalRequest:
    request = locked(claimed.pk)
    is_same = (request.state, request.email_hash) == (RemovalState.DRAFT, claimed.email_hash)
    if not is_same or _is_over(request, now):
        raise NotNow(f"request {request.reference} changed meanwhile: begin again")
    if code is not None and not spend(code, now=now):
        raise ProofFailed
    move(request, RemovalState.PROVEN, proof=kind, proven_at=now, due_at=now + PATIENCE)
    return request


def _freeze(card: SavedCard, now: datetime) -> None:
    reason = card.freeze_reason if card.was_reported else FreezeReason.REMOVAL
    won = move_card(card, CardState.REMOVAL_PENDING, freeze_reason=reason, frozen_at=card.frozen_at or now)
    assert won, f"{card} changed behind its lock"
    cancel_retries(card, at=now)


def _is_over(request: RemovalRequest, now: datetime) -> bool:
    return request.due_at is None or request.due_at <= now


def _veto_hash(secret: str) -> str:
    return keyed_hash("card-veto", secret)


def _statement(request: RemovalRequest) -> dict[str, Any]:
    """What the receipt says: which card, when what happened, and who saw it."""
    card = request.card
    return {
        "format": FORMAT,
        "marketplace": settings.MARKETPLACE_NAME,
        "request": request.reference,
        "card": {"brand": card.brand, "last_four": card.last_four, "provider": card.provider},
        "proof": request.proof,
        "submitted_at": _told(request.submitted_at),
        "never_charged_since": _told(card.frozen_at),
        "provider": {"answer": request.provider_answer, "seen_gone_at": _told(request.verified_at)},
        "payments_team": {"confirmed_at": _told(request.confirmed_at), "own_systems": "hold it no more"},
    }


def _told(moment: datetime | None) -> str:
    assert moment is not None, "a receipt tells of what has happened"
    return moment.isoformat(timespec="seconds")
