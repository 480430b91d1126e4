"""In a demo, a mail is answered as its reader would: the answer goes in by the door that all mails use."""

from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from aftersale.base.models import DemoMail
from aftersale.base.ports import Ports
from aftersale.support.mail.delivering import Fate, deliver
from aftersale.web.doors import open_door

_LONGEST = 20_000


@require_POST
@open_door
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Send what was typed from the reader's address to where the mail wants its answers."""
    mail = get_object_or_404(DemoMail, pk=pk)
    ports: Ports = request.ports  # type: ignore[attr-defined]
    text = request.POST.get("text", "").strip()[:_LONGEST]
    if not text:
        messages.error(request, _("Write something first."))
        return redirect("demo_mail", pk=pk)
    to = mail.headers.get("Reply-To") or settings.MARKETPLACE_MAIL
    raw = _written(mail, text, to=to, ports=ports)
    outcome = deliver(ports=ports, raw=raw, sender=mail.recipient, recipient=to, via="demo")
    if outcome.fate == Fate.TAKEN:
        messages.success(request, _("Sent. It is read within a few seconds."))
    else:
        messages.error(request, _("The mail was not taken: %s") % outcome.reason)
    return redirect("demo_mail", pk=pk)


def _written(mail: DemoMail, text: str, *, to: str, ports: Ports) -> bytes:
    """The answer as a mail program writes it, with the mail quoted below."""
    now = ports.clock.now()
    written = EmailMessage(policy=SMTP.clone(max_line_length=900))
    written["From"], written["To"] = mail.recipient, to
    written["Subject"] = f"Re: {mail.subject}"
    written["Date"] = format_datetime(now)
    written["Message-ID"] = f"<{ports.ids.key()}@{mail.recipient.rpartition('@')[2]}>"
    if name := mail.headers.get("Message-ID"):
        written["In-Reply-To"] = name
        written["References"] = " ".join([*mail.headers.get("References", "").split(), name])
    sender = f"{settings.MARKETPLACE_NAME} <{settings.MARKETPLACE_MAIL}>"
    quoted = "\n".join(f"> {line}" for line in mail.text.splitlines())
    written.set_content(f"{text}\n\nOn {now:%d %B %Y at %H:%M}, {sender} wrote:\n{quoted}\n")
    return written.as_bytes()
