"""The mail port: hands one finished mail to a server, or to the demo's own mailbox."""

from dataclasses import dataclass
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException
from typing import Protocol

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from aftersale.base.errors import PortFailed
from aftersale.base.models import DemoMail
from aftersale.base.ports import Clock, assert_outside_transaction


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail ready to go. `message_id` is the same at every attempt, so that a second copy is recognised."""

    recipient: str
    subject: str
    text: str
    html: str
    message_id: str


class MailPort(Protocol):
    def send(self, mail: Mail) -> None:
        """Hand the mail over; PortFailed when that failed, with retry=False when it never can succeed."""


class SmtpMail:
    """The marketplace's mail server, as MAILERS in the settings names it."""

    def send(self, mail: Mail) -> None:
        assert_outside_transaction("the mail server")
        message = EmailMultiAlternatives(
            mail.subject,
            mail.text,
            settings.DEFAULT_FROM_EMAIL,
            [mail.recipient],
            headers={"Message-ID": mail.message_id, "Auto-Submitted": "auto-generated"},
        )
        message.attach_alternative(mail.html, "text/html")
        try:
            message.send()
        except SMTPRecipientsRefused as error:
            raise PortFailed(f"the mail server refuses {mail.recipient}", retry=False) from error
        except SMTPResponseException as error:
            raise PortFailed(
                f"the mail server said {error.smtp_code}", retry=error.smtp_code < 500
            ) from error
        except (SMTPException, OSError) as error:
            raise PortFailed(f"the mail server did not answer: {error}") from error


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
            received_at=self._clock.now(),
        )
