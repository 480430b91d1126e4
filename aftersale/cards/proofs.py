"""Whether a card is one's own: the e-mail tied to it, and the password or the birthdate.

Every wrong proof is answered alike, after the same work: each part is worked out whatever the others say, and
a try is counted before anything is compared.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.crypto import constant_time_compare

from aftersale.accounts.models import User
from aftersale.accounts.services import is_birthdate_of
from aftersale.base.private import keyed_hash
from aftersale.cards.models import ProofTry, RemovalRequest
from aftersale.cards.states import Proof
from aftersale.payments.card_models import SavedCard

TRIES = 5
WINDOW = timedelta(hours=24)


def proof_of(customer: User) -> Proof:
    """What this account proves itself by. One with a password is never asked for the birthdate."""
    return Proof.PASSWORD if customer.has_usable_password() else Proof.BIRTHDATE


def email_hash(email: str) -> str:
    return keyed_hash("card-email", email.strip().lower())


def is_proven(request: RemovalRequest, given: str) -> bool:
    """Whether the e-mail of the request and `given` are right, both of them."""
    email = constant_time_compare(request.email_hash, email_hash(request.card.email))
    if proof_of(request.customer) == Proof.PASSWORD:
        secret = request.customer.check_password(given)
    else:
        secret = is_birthdate_of(request.customer, given)
    return email and secret


@transaction.atomic
def take_try(*, card: SavedCard, customer: User, now: datetime) -> bool:
    """Use up one of the tries of the last 24 hours, by a conditional UPDATE; False when none is left."""
    ProofTry.objects.bulk_create(
        [ProofTry(card=card, customer=customer, number=number) for number in range(1, TRIES + 1)],
        ignore_conflicts=True,
    )
    free = Q(used_at=None) | Q(used_at__lte=now - WINDOW)
    rows = ProofTry.objects.filter(card=card, customer=customer)
    for pk in rows.order_by("number").values_list("pk", flat=True):
        if rows.filter(free, pk=pk).update(used_at=now):
            return True
    return False
