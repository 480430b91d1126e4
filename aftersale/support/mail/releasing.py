"""What our staff does with a mail that is held: into its thread, into the slow lane, or aside."""

from django.db import transaction
from django.db.models import QuerySet

from aftersale.accounts.models import User
from aftersale.base.errors import BadInput, NotYours
from aftersale.base.ports import Ports
from aftersale.support.errors import MailSettled, ThreadClosed
from aftersale.support.eyes import refuse_others, usual_eyes
from aftersale.support.mail.conversations import take_in
from aftersale.support.mail.filing import drop, file_as_post, fresh_words, write_as_posts
from aftersale.support.mail.reading import queue_up
from aftersale.support.mail.reply_tokens import token_of
from aftersale.support.models import (
    TEAM,
    IncomingMail,
    MailState,
    Thread,
    ThreadState,
)
from aftersale.support.posting import locked

THREAD, SLOW_LANE = "thread", "slow_lane"


def held_mails(viewer: User) -> QuerySet[IncomingMail]:
    """What waits for our staff to look, the oldest first; nobody else sees any."""
    rows = IncomingMail.objects.filter(state=MailState.HELD).select_related("thread")
    return rows if viewer.role in TEAM else rows.none()


def mail_for(viewer: User, pk: int) -> IncomingMail:
    """Any mail that came in, for our staff. Raises NotYours."""
    found = IncomingMail.objects.select_related("thread").filter(pk=pk).first()
    if found is None or viewer.role not in TEAM:
        raise NotYours(f"there is no mail {pk}")
    return found


@transaction.atomic
def release_mail(*, ports: Ports, by: User, mail: IncomingMail, to: str) -> IncomingMail:
    """Let a held mail into its thread, as its reader's words, or into the slow lane.

    Raises NotForYou, BadInput, MailSettled, ThreadClosed, and what a thread refuses its writer.
    """
    mail = _locked(mail, by)
    right = _right_of(mail, ports)
    accepted = [each for each, is_there in ((THREAD, right), (SLOW_LANE, mail.from_address)) if is_there]
    if to not in accepted:
        raise BadInput(
            "to", to, f"one of {', '.join(accepted)}" if accepted else "nothing: it can be dropped"
        )
    if to == THREAD and right:
        _into_its_thread(mail, right, ports)
    else:
        take_in(mail, ports=ports)
    return mail


@transaction.atomic
def drop_mail(*, ports: Ports, by: User, mail: IncomingMail) -> IncomingMail:
    """Put a held mail aside; it is kept. Raises NotForYou, MailSettled."""
    mail = _locked(mail, by)
    drop(mail)
    return mail


def _right_of(mail: IncomingMail, ports: Ports) -> tuple[Thread, User, str] | None:
    """Where the mail may be a post, whose, and for whose eyes.

    A living reply address says so. Without one only the opener's own words go in: what our staff or a
    supplier wrote must never stand there as the customer's.
    """
    if token := token_of(mail.recipient, ports.clock.now()):
        return token.thread, token.person, token.ceiling
    thread = mail.thread
    if thread is None or mail.from_address.lower() != thread.opener.email.lower():
        return None
    return thread, thread.opener, usual_eyes(thread)


def _into_its_thread(mail: IncomingMail, right: tuple[Thread, User, str], ports: Ports) -> None:
    thread, author, eyes = locked(right[0]), *right[1:]
    if thread.state == ThreadState.CLOSED:
        raise ThreadClosed(f"thread {thread.reference} is closed; let it into the slow lane")
    first = write_as_posts(
        ports=ports,
        thread=thread,
        author=author,
        text=fresh_words(mail),
        visibility=eyes,
        name=f"released:{mail.pk}",
    )
    file_as_post(mail, first)


def _locked(mail: IncomingMail, by: User) -> IncomingMail:
    refuse_others(by)
    queue_up(mail.from_address)
    mail = IncomingMail.objects.select_for_update(of=("self",)).select_related("thread").get(pk=mail.pk)
    if mail.state != MailState.HELD:
        raise MailSettled("this mail is not held any more")
    return mail
