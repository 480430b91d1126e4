"""Mails that people send us in tests."""

from collections.abc import Sequence
from email.message import EmailMessage
from itertools import count
from typing import Any

from django.conf import settings

from aftersale.base.models import Notification
from aftersale.returns.tests.cast import World
from aftersale.support.mail.intake import accept
from aftersale.support.mail.opening import open_thread_from_mail
from aftersale.support.mail.reading import read_due_mail
from aftersale.support.models import IncomingMail, MailConversation, Thread

_fresh = count(1)
CY = "cy@shop.example"


def a_mail(
    sender: str = CY,
    *,
    name: str = "Cy",
    to: str = "",
    subject: str = "A lamp flickers",
    text: str = "It flickers. What can I do?",
    message_id: str = "",
    answers: Sequence[str] = (),
    files: Sequence[tuple[str, str, bytes]] = (),
    **headers: str,
) -> bytes:
    """A mail as its bytes; further headers by name, an underscore for a dash."""
    mail = EmailMessage()
    mail["From"] = f'"{name}" <{sender}>'
    mail["To"] = to or settings.MARKETPLACE_MAIL
    mail["Subject"] = subject
    mail["Message-ID"] = message_id or f"<{next(_fresh)}.letter@shop.example>"
    if answers:
        mail["In-Reply-To"], mail["References"] = answers[-1], " ".join(answers)
    for header, value in headers.items():
        mail[header.replace("_", "-")] = value
    mail.set_content(text)
    for file_name, kind, content in files:
        main, _, sub = kind.partition("/")
        mail.add_attachment(content, maintype=main, subtype=sub, filename=file_name)
    return mail.as_bytes()


def deliver(world: World, raw: bytes | None = None, *, to: str = "", **told: Any) -> IncomingMail:
    """Hand in a mail, by default to the support address; it is not read yet."""
    envelope = told.pop("envelope", told.get("sender", CY))
    return accept(
        ports=world.ports,
        raw=raw if raw is not None else a_mail(**told),
        sender=envelope,
        recipient=to or settings.MARKETPLACE_MAIL,
        via="lmtp",
    )


def write_in(world: World, **told: Any) -> IncomingMail:
    """Hand in a mail and let the worker read it; the mail as it is then."""
    row = deliver(world, **told)
    read_due_mail(ports=world.ports)
    row.refresh_from_db()
    return row


def the_conversation() -> MailConversation:
    """The one that there is."""
    return MailConversation.objects.get()


def acknowledgements() -> list[str]:
    """To whom they went, the first first."""
    rows = Notification.objects.filter(kind="mail-received").order_by("pk")
    return list(rows.values_list("recipient", flat=True))


def open_it(world: World, network: str = "192.0.2.1") -> Thread:
    """The thread that a click in the acknowledgement opens."""
    return open_thread_from_mail(ports=world.ports, token=the_conversation().token, network=network)
