"""Whether a card is one's own: the e-mail tied to it, and the password, the birthdate or a mailed code.

Every wrong proof is answered alike, after the same work: each part is worked out whatever the others say, a
try is counted before anything is compared, and the card's e-mail is told of each failure.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.crypto import constant_time_compare

from aftersale.accounts.models import User
from aftersale.accounts.services import is_birthdate_of
from aftersale.base.ports import Ports
from aftersale.base.private import keyed_hash
from aftersale.cards.codes import Purpose, code_that_fits
from aftersale.cards.errors import ProofFailed
from aftersale.cards.models import MailedCode, ProofTry
from aftersale.cards.notices import tell_of_failed_proof
from aftersale.cards.states import Proof
from aftersale.payments.card_models import SavedCard
from aftersale.payments.saved_cards import locked_card

TRIES = 5
WINDOW = timedelta(hours=24)
LONG_TRIES = 10
LONG_WINDOW = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Claim:
    """What somebody gives to prove that `card` is theirs; the e-mail is a hash already."""

    card: SavedCard
    email_hash: str
    kind: str
    given: str
    purpose: Purpose


def proofs_of(customer: User) -> tuple[Proof, ...]:
    """What this account proves itself by. One with a password is never asked for anything less."""
    if customer.has_usable_password():
        return (Proof.PASSWORD,)
    return (Proof.CODE,) if settings.CARD_BIRTHDATE == "off" else (Proof.BIRTHDATE, Proof.CODE)


def email_hash(email: str) -> str:
    return keyed_hash("card-email", email.strip().lower())


def check_proof(*, ports: Ports, claim: Claim, accepted: tuple[Proof, ...]) -> MailedCode | None:
    """Use up a try and compare; answers the code that was given, for the caller to spend. Raises ProofFailed.

    Without a try left the work is the same, and so is the answer.
    """
    has_try = take_try(card=claim.card, now=ports.clock.now())
    is_right, code = is_proven(claim, accepted, now=ports.clock.now())
    if not (is_right and has_try):
        tell_of_failed_proof(claim.card, has_try=has_try, ports=ports)
        raise ProofFailed
    return code


def is_proven(claim: Claim, accepted: tuple[Proof, ...], *, now: datetime) -> tuple[bool, MailedCode | None]:
    """Whether the e-mail and what was given are right, both of them; with the code, if it was one."""
    card, code = claim.card, None
    email = constant_time_compare(claim.email_hash, email_hash(card.email))
    if claim.kind == Proof.CODE:
        code = code_that_fits(card, claim.purpose, claim.given, now=now)
        secret = code is not None
    elif claim.kind == Proof.BIRTHDATE:
        secret = is_birthdate_of(card.customer, claim.given)
    else:
        secret = card.customer.check_password(claim.given)
    return email and secret and claim.kind in accepted, code


@transaction.atomic
def take_try(*, card: SavedCard, now: datetime) -> bool:
    """Use up one of the tries of its owner for this card; False when none is left for now."""
    card = locked_card(card.pk)
    mine = ProofTry.objects.filter(card=card, customer=card.customer)
    ProofTry.objects.bulk_create(
        [ProofTry(card=card, customer=card.customer, number=n) for n in range(1, LONG_TRIES + 1)],
        ignore_conflicts=True,
    )
    free = mine.filter(Q(used_at=None) | Q(used_at__lte=now - LONG_WINDOW)).order_by("number").first()
    if free is None or mine.filter(used_at__gt=now - WINDOW).count() >= TRIES:
        return False
    return bool(mine.filter(pk=free.pk).update(used_at=now))
