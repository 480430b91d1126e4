"""Taking a mail in: read within bounds, without card numbers, and stored before its sender hears so."""

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

from django.conf import settings
from django.db import IntegrityError, transaction

from aftersale.accounts.models import User
from aftersale.base.card_numbers import Found, scrub
from aftersale.base.ports import Ports
from aftersale.support.attachments import SafeFile, keep, safe_ones
from aftersale.support.mail.bouncing import is_for_a_bounce, returned_status
from aftersale.support.mail.parsing import ReadMail, read_mail
from aftersale.support.mail.reply_tokens import token_of
from aftersale.support.models import LONGEST_SUBJECT, IncomingMail
from aftersale.support.posting import numbers_of, numbers_ordered_by

_LONGEST_ADDRESS = 320
_LONGEST_NAME = 200


def accept(*, ports: Ports, raw: bytes, sender: str | None, recipient: str, via: str) -> IncomingMail:
    """Store a mail for `recipient`; the worker reads it. The same delivery again answers the same row.

    `sender` is the envelope's: empty for a bounce, None where the door does not know it. Raises MailRefused.
    """
    recipient, digest = recipient.strip().lower()[:_LONGEST_ADDRESS], sha256(raw).hexdigest()
    delivered = IncomingMail.objects.filter(recipient=recipient, digest=digest)
    if known := delivered.first():
        return known
    mail = read_mail(raw, sender=sender)
    # Pictures are drawn anew here: it takes its time, and no row waits for it.
    numbers = _known_numbers(mail, recipient, ports.clock.now())
    files, left_out = safe_ones(((file.name, file.content) for file in mail.files), known=numbers)
    row = _row_of(mail, numbers, ports)
    row.via, row.recipient, row.digest, row.size = via, recipient, digest, len(raw)
    row.returned_status = returned_status(recipient, mail.reported)
    row.envelope_sender, row.files_left_out = _without_cards(sender or "")[:_LONGEST_ADDRESS], left_out
    return _stored(row, files, ports) or delivered.get()


def takes(recipient: str, now: datetime) -> bool:
    """Whether a mail to this address is ours: the support address, or a living one of replies or bounces."""
    address = recipient.strip().lower()
    if address == settings.MARKETPLACE_MAIL.lower():
        return True
    return token_of(address, now) is not None or is_for_a_bounce(address)


def _stored(row: IncomingMail, files: list[SafeFile], ports: Ports) -> IncomingMail | None:
    """The row with its files, in one commit; None when the same delivery was stored in this moment."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            keep(ports=ports, files=files, mail=row)
    except IntegrityError:
        if not IncomingMail.objects.filter(recipient=row.recipient, digest=row.digest).exists():
            raise
        return None
    return row


def _known_numbers(mail: ReadMail, recipient: str, now: datetime) -> set[str]:
    """Of orders and parcels of the thread, and of who writes: no cards, whatever they look like."""
    if not mail.files and not any(scrub(_clean(text)).found for text in (mail.subject, mail.text)):
        return set()
    if token := token_of(recipient, now):
        return numbers_of(token.thread.order) | numbers_ordered_by(token.person)
    person = User.objects.filter(email=mail.from_address).first()
    return numbers_ordered_by(person) if person is not None else set()


def _row_of(mail: ReadMail, known: set[str], ports: Ports) -> IncomingMail:
    """What is kept of the mail's own words, without card numbers; its raw bytes never are."""
    now = ports.clock.now()
    subject = scrub(" ".join(_clean(mail.subject).split()), known=known)
    text = scrub(_clean(mail.text).strip(), known=known)
    return IncomingMail(
        message_id=_without_cards(mail.message_id),
        references=[each for each in map(_without_cards, mail.references) if each],
        from_address=_without_cards(mail.from_address)[:_LONGEST_ADDRESS],
        from_name=scrub(_clean(mail.from_name)).text[:_LONGEST_NAME],
        nature=mail.nature,
        verdict=mail.verdict,
        subject=subject.text[:LONGEST_SUBJECT],
        text=text.text,
        cards_removed=_cards([*subject.found, *text.found]),
        received_at=now,
        due_at=now,
    )


def _cards(found: Iterable[Found]) -> list[list[str]]:
    return [[hit.brand, hit.last_four] for hit in found]


def _without_cards(name: str) -> str:
    """An address or an id of a mail; nothing where it holds a card number, for a part of it names nobody."""
    return "" if scrub(name).found else _clean(name)


def _clean(text: str) -> str:
    """What every database can store: no NUL, no half of a character."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
