"""What our staff does with a mail that is held: into its thread, into the slow lane, or aside."""

from django.db import transaction
from django.db.models import QuerySet

from aftersale.accounts.models import User
from aftersale.base.errors import BadInput, NotYours
from aftersale.base.ports import Ports
from aftersale.support.errors import MailSettled, NotForYou, ThreadClosed
from aftersale.support.mail.conversations import take_in
from aftersale.support.mail.filing import drop, file_as_post, fresh_words, in_pieces
from aftersale.support.mail.reply_tokens import token_of
from aftersale.support.models import (
    TEAM,
    Correspondent,
    IncomingMail,
    MailState,
    Thread,
    ThreadState,
    Visibility,
)
from aftersale.support.posting import locked, take_turn, write_post

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

    Raises NotForYou, BadInput, MailSettled, ThreadClosed.
    """
    mail = _locked(mail, by)
    accepted = [
        each for each, is_there in ((THREAD, mail.thread), (SLOW_LANE, mail.from_address)) if is_there
    ]
    if to not in accepted:
        raise BadInput(
            "to", to, f"one of {', '.join(accepted)}" if accepted else "nothing: it can be dropped"
        )
    if to == THREAD:
        _into_its_thread(mail, ports)
    else:
        take_in(mail, ports=ports)
    return mail


@transaction.atomic
def drop_mail(*, ports: Ports, by: User, mail: IncomingMail) -> IncomingMail:
    """Put a held mail aside; it is kept. Raises NotForYou, MailSettled."""
    mail = _locked(mail, by)
    drop(mail)
    return mail


def _into_its_thread(mail: IncomingMail, ports: Ports) -> None:
    assert mail.thread is not None, "it was looked at before"
    token = token_of(mail.recipient, ports.clock.now())
    thread = locked(token.thread if token else mail.thread)
    author, eyes = (token.person, token.ceiling) if token else (thread.opener, _usual(thread))
    if thread.state == ThreadState.CLOSED:
        raise ThreadClosed(f"thread {thread.reference} is closed; let it into the slow lane")
    for number, piece in enumerate(in_pieces(fresh_words(mail)), 1):
        post = write_post(
            ports=ports,
            thread=thread,
            author=author,
            body=piece,
            visibility=eyes,
            intent=f"released:{mail.pk}:{number}",
        )
        take_turn(post)
        if number == 1:
            file_as_post(mail, post)


def _usual(thread: Thread) -> str:
    return Visibility.PUBLIC if thread.is_public else Visibility.PARTICIPANTS


def _locked(mail: IncomingMail, by: User) -> IncomingMail:
    if by.role not in TEAM:
        raise NotForYou("this is for our staff")
    if mail.from_address:
        Correspondent.objects.select_for_update().get(address=mail.from_address)
    mail = IncomingMail.objects.select_for_update(of=("self",)).select_related("thread").get(pk=mail.pk)
    if mail.state != MailState.HELD:
        raise MailSettled("this mail is not held any more")
    return mail
