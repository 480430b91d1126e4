"""The one mail that says: yours is here, this is how long mails and threads take, and here you open one.

Headers do not stop every loop, counting does: one in a day for an address, few for a domain that few
customers write from, and so many for all. It quotes nothing of what was written.
"""

import re
from datetime import timedelta

from django.conf import settings
from django.utils import translation
from structlog import get_logger

from aftersale.accounts.models import User
from aftersale.base.ports import Ports
from aftersale.base.services import post_notification
from aftersale.support.models import Correspondent, IncomingMail, MailConversation, Nature, Thread, Verdict
from aftersale.support.waits import lane_waits

RECEIVED = "mail-received"
# For so long nothing more is acknowledged: to an address that had one, to a domain that had so many.
_TO_AN_ADDRESS = timedelta(days=1)
_TO_A_DOMAIN = timedelta(days=1)
_CHINESE = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
_KANA = re.compile(r"[\u3040-\u30ff]")
_LETTER = re.compile(r"[^\W\d_]")
log = get_logger("mail")


def acknowledge(
    conversation: MailConversation, mail: IncomingMail, *, ports: Ports, follows: Thread | None = None
) -> bool:
    """Owe the sender the acknowledgement, if this conversation has none and no cap stops it.

    `follows` is the closed thread that they tried to answer in.
    """
    now = ports.clock.now()
    if conversation.acknowledged_at is not None or not _may_be_answered(mail):
        return False
    sender = Correspondent.objects.get(address=conversation.address)
    if sender.acknowledged_at is not None and sender.acknowledged_at > now - _TO_AN_ADDRESS:
        return False
    today = Correspondent.objects.filter(acknowledged_at__gt=now - _TO_A_DOMAIN)
    known = sender.domain in settings.SUPPORT_KNOWN_DOMAINS
    if not known and today.filter(domain=sender.domain).count() >= settings.SUPPORT_ACKNOWLEDGEMENTS_A_DOMAIN:
        return False
    if today.count() >= settings.SUPPORT_ACKNOWLEDGEMENTS_A_DAY:
        log.error("no mail is acknowledged any more today: look for a loop", sent=today.count())
        return False
    Correspondent.objects.filter(pk=sender.pk).update(acknowledged_at=now)
    MailConversation.objects.filter(pk=conversation.pk).update(acknowledged_at=now)
    conversation.acknowledged_at = now
    _send(conversation, mail, follows, ports)
    return True


def language_of(mail: IncomingMail) -> str:
    """The language of the sender's account; else Chinese where the words are, else English."""
    person = User.objects.filter(email=mail.from_address).first()
    if person is not None:
        return person.language
    words = f"{mail.subject} {mail.text[:2000]}"
    chinese, letters = len(_CHINESE.findall(words)), len(_LETTER.findall(words))
    # A Chinese character says as much as a few letters; Japanese mixes them with its own.
    return "zh-hans" if chinese * 4 > letters and not _KANA.search(words) else "en"


def references_to(mail: IncomingMail) -> list[str]:
    """What an answer to it names, the oldest first."""
    return [each for each in (*mail.references, mail.message_id) if each]


def page_path(conversation: MailConversation) -> str:
    return f"/mail/{conversation.token}/"


def _may_be_answered(mail: IncomingMail) -> bool:
    return mail.nature == Nature.PERSON and mail.verdict != Verdict.FAILED


def _send(conversation: MailConversation, mail: IncomingMail, follows: Thread | None, ports: Ports) -> None:
    with translation.override(conversation.language):
        waits = lane_waits(ports.clock.now())
        told = {"threads_said": waits.threads_said, "mail_said": waits.mail_said}
    post_notification(
        ports=ports,
        kind=RECEIVED,
        key=conversation.reference,
        recipient=conversation.address,
        language=conversation.language,
        words={
            "conversation": conversation.reference,
            "path": page_path(conversation),
            "closed_thread": follows.reference if follows is not None else "",
            **told,
        },
        references=references_to(mail),
        is_automatic=True,
    )
