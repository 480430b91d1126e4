"""The mail port over SMTP: real headers, a chosen envelope sender, and what the server's answers mean."""

import re
from contextlib import suppress
from email.message import EmailMessage as Message
from email.policy import SMTP, EmailPolicy
from smtplib import (
    SMTPDataError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
)
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.smtp import EmailBackend

from aftersale.base.errors import PortFailed
from aftersale.base.mail import AddressRefused, Mail
from aftersale.base.ports import assert_outside_transaction

# Mail programs compare these letter by letter: none may be written as an encoded word, however long.
_WHOLE = frozenset({"message-id", "in-reply-to", "references", "list-unsubscribe", "reply-to"})
_LONGEST_LINE = 900
_STATUS = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")


class SmtpMail:
    """The marketplace's mail server, as MAILERS in the settings names it."""

    def send(self, mail: Mail) -> None:
        assert_outside_transaction("the mail server")
        message = _OurMessage(
            mail.subject,
            mail.text,
            to=[mail.recipient],
            headers={"From": settings.DEFAULT_FROM_EMAIL} | mail.headers,
        )
        message.attach_alternative(mail.html, "text/html")
        message.from_email = mail.envelope_sender
        try:
            message.send(using="default")
        except SMTPRecipientsRefused as error:
            raise _refused(mail.recipient, *next(iter(error.recipients.values()))) from error
        except SMTPResponseException as error:
            # That the server refuses what is in the mail is for good; that it refuses us may be mended.
            is_final = isinstance(error, SMTPDataError) and error.smtp_code >= 500
            raise PortFailed(f"the mail server said {error.smtp_code}", retry=not is_final) from error
        except (SMTPException, OSError) as error:
            raise PortFailed(f"the mail server did not answer: {error}") from error
        except ValueError as error:
            raise PortFailed("the mail cannot be written down", retry=False) from error


def _refused(recipient: str, code: int, said: bytes | str) -> PortFailed:
    """What it means that the server does not take the recipient: now, or never."""
    text = said.decode(errors="replace") if isinstance(said, bytes) else said
    if code < 500:
        return PortFailed(f"the mail server does not take {recipient} now: {code}")
    found = _STATUS.search(text)
    status = found.group() if found else "5.0.0"
    if status.startswith("5.7."):
        # Its rules refuse us, not the address (RFC 3463): a slip in a relay's setting can be mended.
        return PortFailed(f"the mail server's rules refuse a mail to {recipient}: {status}")
    return AddressRefused(f"the mail server refuses {recipient}: {code}", status=status)


class Backend(EmailBackend):
    """Django's own, and two things more: a mail may have no envelope sender, and a failed start is closed."""

    def open(self) -> bool | None:
        try:
            return super().open()
        except OSError:
            with suppress(OSError):
                self.close()
            raise

    def prep_address(self, address: str, force_ascii: bool = True) -> str:
        return super().prep_address(address, force_ascii) if address else ""


class _Policy(EmailPolicy):
    """How a mail is written down; the stock policy, but for the headers that must stay whole."""

    def fold(self, name: str, value: Any) -> str:
        return _whole(name, value) if name.lower() in _WHOLE else super().fold(name, value)

    def fold_binary(self, name: str, value: Any) -> bytes:
        if name.lower() in _WHOLE:
            return _whole(name, value).encode("ascii")
        return super().fold_binary(name, value)


# One less than the stock length: an encoded word is of 75 characters at most.
_POLICY = _Policy(linesep=SMTP.linesep, cte_type="7bit", max_line_length=76)


def _whole(name: str, value: str) -> str:
    """The header in as few lines as mail allows, broken only where two of its words meet."""
    lines = [f"{name}:"]
    for word in value.split():
        if len(lines[-1]) + 1 + len(word) > _LONGEST_LINE and lines[-1].strip() != f"{name}:":
            lines.append("")
        lines[-1] += f" {word}"
    return "\r\n".join(lines) + "\r\n"


class _OurMessage(EmailMultiAlternatives):
    def message(self, *, policy: Any = None) -> Message:
        return super().message(policy=_POLICY)
