"""Mailed codes: six digits to the e-mail tied to a card, good once, for ten minutes and one purpose.

Only a keyed hash is kept. What limits guessing are the tries of a proof; what is limited here are the mails.
"""

from datetime import datetime, timedelta
from typing import Literal

from django.db import transaction

from aftersale.accounts import codes
from aftersale.accounts.codes import APART, DIGITS, as_typed
from aftersale.base.ports import Ports
from aftersale.base.private import keyed_hash
from aftersale.cards.errors import TooManyCodes
from aftersale.cards.models import MailedCode
from aftersale.cards.notices import tell_of_code
from aftersale.payments.card_models import SavedCard
from aftersale.payments.saved_cards import locked_card

type Purpose = Literal["removal", "unfreezing"]

_A_DAY = timedelta(hours=24)
_MAILS_A_DAY = 5


@transaction.atomic
def mail_code(*, ports: Ports, card: SavedCard, purpose: Purpose) -> MailedCode:
    """Mail a fresh code to the card's e-mail, whatever e-mail was typed; an older one ends. TooManyCodes."""
    card, now = locked_card(card.pk), ports.clock.now()
    sent = MailedCode.objects.filter(card=card)
    if sent.filter(sent_at__gt=now - APART).exists():
        raise TooManyCodes("a code was mailed just now: it may take a minute to arrive")
    if sent.filter(sent_at__gt=now - _A_DAY).count() >= _MAILS_A_DAY:
        raise TooManyCodes(f"{_MAILS_A_DAY} codes were mailed for this card within 24 hours: try tomorrow")
    digits = ports.ids.digits(DIGITS)
    code = MailedCode.objects.create(
        card=card, purpose=purpose, code_hash=_code_hash(card, purpose, digits), sent_at=now
    )
    tell_of_code(card, code=digits, purpose=purpose, about=str(code.pk), ports=ports)
    return code


def code_that_fits(card: SavedCard, purpose: Purpose, given: str, *, now: datetime) -> MailedCode | None:
    """The newest code, when it is this one, fresh and not used. Using it up is the caller's."""
    mailed = MailedCode.objects.filter(card=card, purpose=purpose)
    return codes.code_that_fits(mailed, _code_hash(card, purpose, as_typed(given)), now=now)


def _code_hash(card: SavedCard, purpose: str, digits: str) -> str:
    return keyed_hash("card-code", f"{purpose}:{card.pk}:{digits}")
