"""Who is signed in proves to be the owner, for one purpose: the password, or a mailed code without one.

A try is counted before anything is compared, and every wrong proof is answered alike.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from django.db import transaction

from aftersale.accounts.codes import APART, DIGITS, LIFE, as_typed, code_that_fits, spend
from aftersale.accounts.models import User
from aftersale.accounts.sign_in_models import MailedProof
from aftersale.accounts.tries import give_back, proof_limits, take_try
from aftersale.base.errors import Refused
from aftersale.base.ports import Ports
from aftersale.base.private import keyed_hash
from aftersale.base.services import blank_word, post_notification

_MAILS_A_DAY = 10
_KEPT = timedelta(days=30)


class Way(StrEnum):
    """What somebody proves to be the owner by."""

    PASSWORD = "password"  # noqa: S105 - the name of a way, not a secret
    CODE = "code"


class NotProven(Refused):
    """The password or the code is wrong, or no try is left for now: the answer is the same."""

    code = "not_proven"


class TooManyProofs(Refused):
    """A code was mailed a moment ago, or too many were today."""

    code = "too_many_proofs"


def way_of(user: User) -> Way:
    """One with a password is never asked for anything less."""
    return Way.PASSWORD if user.has_usable_password() else Way.CODE


@transaction.atomic
def mail_proof(*, ports: Ports, user: User, purpose: str) -> None:
    """Mail a fresh code for this purpose; an older one ends. Raises TooManyProofs."""
    now = ports.clock.now()
    user = User.objects.select_for_update().get(pk=user.pk)
    sent = MailedProof.objects.filter(user=user)
    if sent.filter(sent_at__gt=now - APART).exists():
        raise TooManyProofs("A code was mailed just now: it may take a minute to arrive.")
    if sent.filter(sent_at__gt=now - timedelta(days=1)).count() >= _MAILS_A_DAY:
        raise TooManyProofs(f"{_MAILS_A_DAY} codes were mailed within 24 hours: try again tomorrow.")
    digits = ports.ids.digits(DIGITS)
    code = MailedProof.objects.create(
        user=user, purpose=purpose, code_hash=_code_hash(user, purpose, digits), sent_at=now
    )
    post_notification(
        ports=ports,
        kind="proof-code",
        key=str(code.pk),
        recipient=user.email,
        language=user.language,
        words={"code": digits},
    )


def prove(*, ports: Ports, user: User, purpose: str, given: str) -> None:
    """That it is the owner who asks. Raises NotProven. Outside the transaction of what is proved."""
    now, limits = ports.clock.now(), proof_limits(user.pk)
    has_try = take_try(limits, now=now)
    if way_of(user) is Way.PASSWORD:
        is_right = user.check_password(given)
        is_right = is_right and has_try
    else:
        is_right = _spend_code(user, purpose, given, now=now) if has_try else False
    if not is_right:
        raise NotProven("This could not be proved. Look at what you typed, or wait and try again.")
    give_back(limits)


def forget_codes(*, ports: Ports) -> int:
    """Take codes that ended out of their mails; that one was sent is known for a month."""
    now = ports.clock.now()
    blanked = blank_word("code", kinds=("proof-code", "sign-in-code"), until=now - LIFE)
    MailedProof.objects.filter(sent_at__lte=now - _KEPT).delete()
    return blanked


def _spend_code(user: User, purpose: str, given: str, *, now: datetime) -> bool:
    """Whether it is the newest code, fresh and not used, which it is from now on."""
    mailed = MailedProof.objects.filter(user=user, purpose=purpose)
    code = code_that_fits(mailed, _code_hash(user, purpose, as_typed(given)), now=now)
    return code is not None and spend(code, now=now)


def _code_hash(user: User, purpose: str, digits: str) -> str:
    return keyed_hash("proof-code", f"{purpose}:{user.pk}:{digits}")
