"""Mailboxes that answer by themselves, from the well-bred to those that no header stops."""

from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from itertools import count
from typing import ClassVar

from django.conf import settings

from aftersale.base.mail import Mail

_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail on its way to us, in its envelope."""

    sender: str
    recipient: str
    raw: bytes


class Responder:
    """Says nothing of itself, and answers every mail to where a person's answer would go."""

    told: ClassVar[str] = "no header at all"
    headers: ClassVar[dict[str, str]] = {}

    def __init__(self, address: str) -> None:
        self.address = address

    def answers(self, mail: Mail) -> Iterator[Letter]:
        if recipient := self.answers_to(mail):
            yield self.letter(self.subject(mail), self.text(mail), recipient, answers=mail.message_id)

    def answers_to(self, mail: Mail) -> str:
        return mail.reply_to or settings.MARKETPLACE_MAIL

    def sender(self) -> str:
        return self.address

    def subject(self, mail: Mail) -> str:
        return f"Re: {mail.subject}"

    def text(self, mail: Mail) -> str:
        return "I am away until the seventh."

    def letter(self, subject: str, text: str, recipient: str = "", *, answers: str = "") -> Letter:
        written, sender = EmailMessage(), self.sender()
        recipient = recipient or settings.MARKETPLACE_MAIL
        written["From"], written["To"] = sender, recipient
        written["Subject"], written["Message-ID"] = subject, f"<{next(_numbers)}@mailbox.example>"
        if answers:
            written["In-Reply-To"] = answers
            for name, value in self.headers.items():
                written[name] = value
        written.set_content(text)
        return Letter(sender, recipient, written.as_bytes())


class WellBred(Responder):
    """As RFC 3834 has it: silent where a machine wrote, and marked."""

    told = "heeds marks, and marks its answers"
    headers: ClassVar[dict[str, str]] = {"Auto-Submitted": "auto-replied"}

    def answers_to(self, mail: Mail) -> str:
        return mail.envelope_sender if mail.headers.get("Auto-Submitted", "no") == "no" else ""


class Marked(Responder):
    told = "marks its answers, heeds none"
    headers: ClassVar[dict[str, str]] = {"Auto-Submitted": "auto-replied"}


class Bulk(Responder):
    told = "`Precedence: bulk` alone"
    headers: ClassVar[dict[str, str]] = {"Precedence": "bulk"}


class Wandering(Responder):
    told = "no header, another address each time"

    def sender(self) -> str:
        name, _, domain = self.address.partition("@")
        return f"{name}-{next(_numbers)}@{domain}"


class Helpdesk(Responder):
    """Another desk: each mail is a new ticket to it, whose receipt quotes all of it."""

    told = "another desk, which quotes us"

    def subject(self, mail: Mail) -> str:
        return f"[Ticket {next(_numbers)} received] {mail.subject}"

    def text(self, mail: Mail) -> str:
        quoted = "".join(f"> {line}\n" for line in mail.text.splitlines())
        return f"We have got your request.\n\n{settings.MARKETPLACE_MAIL} wrote:\n{quoted}"


class Bouncing(Responder):
    """A mailbox that is gone: its server reports to the envelope's sender, if there is one."""

    told = "bounces, with a null sender"

    def answers(self, mail: Mail) -> Iterator[Letter]:
        if recipient := mail.envelope_sender:
            yield Letter("", recipient, self._report(recipient).encode())

    def _report(self, recipient: str) -> str:
        return (
            f"From: MAILER-DAEMON@mailbox.example\nTo: {recipient}\nSubject: Undelivered Mail\n"
            f"Message-ID: <{next(_numbers)}@mailbox.example>\nAuto-Submitted: auto-replied\n"
            "Content-Type: multipart/report; report-type=delivery-status; boundary=r\n\n--r\n\nUnknown user\n"
            "--r\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mailbox.example\n\n"
            f"Final-Recipient: rfc822; {self.address}\nAction: failed\nStatus: 5.1.1\n\n--r--\n"
        )


class BouncingBadly(Responder):
    """Its server answers to whom a person would answer, with a sender and in no form."""

    told = "bounces, with a sender and in no form"

    def subject(self, mail: Mail) -> str:
        return "Undeliverable"

    def text(self, mail: Mail) -> str:
        return f"Nobody of this name is here. You wrote:\n\n{mail.text}"


KINDS: dict[str, type[Responder]] = {
    "well-bred": WellBred,
    "marked": Marked,
    "bulk": Bulk,
    "bare": Responder,
    "wandering": Wandering,
    "helpdesk": Helpdesk,
    "bouncing": Bouncing,
    "bouncing badly": BouncingBadly,
}
