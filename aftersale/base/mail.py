"""The mail port: hands one finished mail to a server, or to the demo's own mailbox."""

from dataclasses import dataclass
from typing import Protocol

from django.conf import settings

from aftersale.base.errors import PortFailed
from aftersale.base.models import DemoMail
from aftersale.base.ports import Clock, assert_outside_transaction


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail ready to go. `message_id` is the same at every attempt, so that a second copy is recognised.

    `references` are the Message-IDs that it follows, the oldest first: the last is the one it answers.
    `bounce_address` hears when it cannot be delivered. What `is_automatic`, such as an acknowledgement, has
    no envelope sender at all, so that no machine ever answers it.
    """

    recipient: str
    subject: str
    text: str
    html: str
    message_id: str
    references: tuple[str, ...] = ()
    reply_to: str = ""
    list_unsubscribe: str = ""
    bounce_address: str = ""
    is_automatic: bool = False

    @property
    def in_reply_to(self) -> str:
        return self.references[-1] if self.references else ""

    @property
    def envelope_sender(self) -> str:
        if self.is_automatic:
            return ""
        return self.bounce_address or settings.MARKETPLACE_MAIL

    @property
    def headers(self) -> dict[str, str]:
        """What a mail server and a mail program read, beside the subject and the addresses."""
        found = {
            "Message-ID": self.message_id,
            "In-Reply-To": self.in_reply_to,
            "References": " ".join(self.references),
            "Reply-To": self.reply_to,
            "Auto-Submitted": "auto-replied" if self.is_automatic else "auto-generated",
            # `All` would keep Exchange from telling us that an address is gone.
            "X-Auto-Response-Suppress": "All" if self.is_automatic else "DR, RN, NRN, OOF, AutoReply",
        }
        if self.list_unsubscribe:
            found["List-Unsubscribe"] = f"<{self.list_unsubscribe}>"
            found["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        return {name: text for name, text in found.items() if text}


class AddressRefused(PortFailed):
    """The server will never take a mail to this address; `status` is how mail servers say why, as 5.1.1."""

    def __init__(self, message: str, *, status: str) -> None:
        self.status = status
        super().__init__(message, retry=False)


class MailPort(Protocol):
    def send(self, mail: Mail) -> None:
        """Hand the mail over; PortFailed when that failed, with retry=False when it never can succeed."""


class DemoMailbox:
    """Keeps mails in the database, where the demo's mail page shows them."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def send(self, mail: Mail) -> None:
        assert_outside_transaction("the demo's mailbox")
        DemoMail.objects.create(
            recipient=mail.recipient,
            subject=mail.subject[:300],
            text=mail.text,
            html=mail.html,
            headers=mail.headers,
            received_at=self._clock.now(),
        )
