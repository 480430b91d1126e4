"""The slow lane: what an address asked by mail, and what our staff does with it."""

import re
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from aftersale.accounts.models import User
from aftersale.base.card_numbers import scrub
from aftersale.base.errors import BadInput, NotYours, Refused
from aftersale.base.models import Notification
from aftersale.base.moving import set_columns
from aftersale.base.ports import Ports
from aftersale.base.services import post_notification
from aftersale.support.errors import MailSettled, ThreadClosed
from aftersale.support.eyes import refuse_others
from aftersale.support.mail.acknowledging import (
    RECEIVED,
    acknowledge,
    language_of,
    page_path,
    references_to,
)
from aftersale.support.mail.filing import file_as_post, file_in, fresh_words, hold
from aftersale.support.mail.rounds import goes_round
from aftersale.support.models import (
    LONGEST_SUBJECT,
    TEAM,
    ConversationState,
    IncomingMail,
    MailAnswer,
    MailConversation,
    MailState,
    Reason,
    Thread,
)
from aftersale.support.posting import clean_body, locked, own_intent
from aftersale.support.services.writing import reply

ANSWERED = "mail-answered"
# A mail with the same subject belongs to what was asked within this time.
_SAME_MATTER = timedelta(days=30)
_LIVE = (ConversationState.WAITING, ConversationState.ANSWERED)
_PREFIX = re.compile(
    r"\s*(?:re|fwd?|aw|wg|sv|vs|tr|rv|res|enc|antw|odp|回复|回覆|答复|答覆|转发|轉寄|返信)\s*(?:\[\d+\])?\s*[:：]\s*",
    re.IGNORECASE,
)


def take_in(mail: IncomingMail, *, ports: Ports, follows: Thread | None = None) -> None:
    """File a mail where its sender's matter waits, or as a new one; of an opened matter it becomes a post.

    It `follows` a thread that is closed: that begins a new matter. The caller holds the locks of the mail
    and of its sender.
    """
    known = _conversation_of(mail) if follows is None else None
    if known is None:
        _begin_anew(mail, ports, follows)
    elif known.state == ConversationState.OPENED:
        _go_on_in_the_thread(mail, known, ports)
    else:
        _go_on(mail, known)
        file_in(mail, known)
        acknowledge(known, mail, ports=ports)


@transaction.atomic
def answer_conversation(
    *, ports: Ports, by: User, conversation: MailConversation, body: str, intent: str
) -> MailAnswer:
    """Answer by mail, beneath the sender's own; the same `intent` answers the same answer.

    Raises NotForYou, BadInput, and MailSettled for what became a thread.
    """
    conversation = _locked(conversation, by)
    known = MailAnswer.objects.filter(intent=own_intent(by, intent)).first()
    if not intent.strip() or (known is not None and known.conversation_id != conversation.pk):
        raise BadInput("intent", intent, "a new one for each answer")
    if known is not None:
        return known
    if conversation.state == ConversationState.OPENED:
        raise MailSettled(f"{conversation.reference} became a thread; answer there")
    now = ports.clock.now()
    answer = MailAnswer.objects.create(
        conversation=conversation,
        author=by,
        body=clean_body(body),
        intent=own_intent(by, intent),
        answered_at=now,
    )
    first = conversation.first_answered_at or now
    set_columns(conversation, state=ConversationState.ANSWERED, first_answered_at=first, taken_until=None)
    _send(answer, ports)
    return answer


@transaction.atomic
def close_conversation(*, ports: Ports, by: User, conversation: MailConversation) -> MailConversation:
    """Nothing is to be answered; its sender's next mail begins another. Raises NotForYou, MailSettled."""
    conversation = _locked(conversation, by)
    if conversation.state == ConversationState.OPENED:
        raise MailSettled(f"{conversation.reference} became a thread; close it there")
    set_columns(conversation, state=ConversationState.CLOSED, taken_until=None)
    return conversation


def conversation_for(viewer: User, reference: str) -> MailConversation:
    """Our staff alone reads the slow lane. Raises NotYours."""
    found = _seen_by(viewer).filter(reference=reference).first()
    if found is None:
        raise NotYours(f"there is no conversation {reference}")
    return found


def waiting_conversations(viewer: User) -> QuerySet[MailConversation]:
    """Whoever has waited longest first."""
    rows = _seen_by(viewer).filter(state=ConversationState.WAITING)
    return rows.order_by("waiting_since", "pk")


def subject_key(subject: str) -> str:
    """What a subject and its answers' subjects share."""
    while found := _PREFIX.match(subject):
        subject = subject[found.end() :]
    return " ".join(subject.split()).casefold()


def _seen_by(viewer: User) -> QuerySet[MailConversation]:
    rows = MailConversation.objects.select_related("assignee", "thread")
    return rows if viewer.role in TEAM else rows.none()


def _conversation_of(mail: IncomingMail) -> MailConversation | None:
    """Where its sender goes on: what it refers to, else what waits under the same subject. Locked."""
    theirs = MailConversation.objects.filter(address=mail.from_address)
    found = _referred_to(mail, theirs) or _under_the_same_subject(mail, theirs)
    return MailConversation.objects.select_for_update().get(pk=found.pk) if found is not None else None


def _referred_to(mail: IncomingMail, theirs: QuerySet[MailConversation]) -> MailConversation | None:
    if not mail.references:
        return None
    ours = Notification.objects.filter(
        recipient=mail.from_address, message_id__in=mail.references, kind__in=(RECEIVED, ANSWERED)
    )
    names = [row.words.get("conversation") for row in ours]
    told = Q(mails__message_id__in=mail.references) | Q(reference__in=names)
    return (
        theirs.exclude(state=ConversationState.CLOSED).filter(told).order_by("-last_mail_at", "-pk").first()
    )


def _under_the_same_subject(
    mail: IncomingMail, theirs: QuerySet[MailConversation]
) -> MailConversation | None:
    key = subject_key(mail.subject)
    if not key:
        return None
    recent = theirs.filter(state__in=_LIVE, last_mail_at__gt=mail.received_at - _SAME_MATTER)
    return next((row for row in recent.order_by("-last_mail_at") if subject_key(row.subject) == key), None)


def _begin_anew(mail: IncomingMail, ports: Ports, follows: Thread | None = None) -> None:
    conversation = _begin(mail, ports)
    file_in(mail, conversation)
    acknowledge(conversation, mail, ports=ports, follows=follows)


def _begin(mail: IncomingMail, ports: Ports) -> MailConversation:
    language = language_of(mail)
    with translation.override(language):
        no_subject = _("Without a subject")
    first_line = next((line.strip() for line in fresh_words(mail).splitlines() if line.strip()), "")
    return MailConversation.objects.create(
        reference=ports.ids.reference("M"),
        token=ports.ids.key(),
        address=mail.from_address,
        name=mail.from_name,
        subject=(mail.subject or scrub(first_line).text or no_subject)[:LONGEST_SUBJECT],
        language=language,
        received_at=mail.received_at,
        waiting_since=mail.received_at,
        last_mail_at=mail.received_at,
    )


def _go_on(mail: IncomingMail, conversation: MailConversation) -> None:
    written: dict[str, Any] = {"last_mail_at": max(conversation.last_mail_at, mail.received_at)}
    if conversation.state == ConversationState.ANSWERED:
        written |= {"state": ConversationState.WAITING, "waiting_since": mail.received_at}
        # Whoever comes first takes it up again.
        written |= {"assignee": None, "taken_until": None}
    set_columns(conversation, **written)


def _go_on_in_the_thread(mail: IncomingMail, conversation: MailConversation, ports: Ports) -> None:
    """What our staff lets in is held no second time: it is a post, a matter of its own, or refused."""
    assert conversation.thread is not None, "an opened conversation has its thread"
    mail.thread = thread = locked(conversation.thread)
    is_let_in = mail.state == MailState.HELD
    if thread.opener.email.lower() != mail.from_address or not thread.opener.is_active:
        if is_let_in:
            _begin_anew(mail, ports)
        else:
            hold(mail, Reason.STRANGER)
        return
    if not is_let_in and goes_round(mail, thread):
        hold(mail, Reason.TOO_MANY)
        return
    try:
        with transaction.atomic():
            body, intent = fresh_words(mail), f"mail:{mail.pk}"
            post = reply(
                ports=ports, by=thread.opener, thread=thread, body=body, intent=intent, keeps_draft=True
            )
    except ThreadClosed:
        _begin_anew(mail, ports, thread)
    except (BadInput, Refused) as error:
        if is_let_in:
            raise
        hold(mail, Reason.REFUSED, error)
    else:
        file_as_post(mail, post)


def _send(answer: MailAnswer, ports: Ports) -> None:
    conversation = answer.conversation
    last = conversation.mails.order_by("received_at", "pk").last()
    assert last is not None, "a conversation begins with a mail"
    post_notification(
        ports=ports,
        kind=ANSWERED,
        key=f"{conversation.reference}:{answer.pk}",
        recipient=conversation.address,
        language=conversation.language,
        words={
            "conversation": conversation.reference,
            "subject": conversation.subject,
            "body": answer.body,
            "path": page_path(conversation),
        },
        references=references_to(last),
    )


def _locked(conversation: MailConversation, by: User) -> MailConversation:
    refuse_others(by)
    return MailConversation.objects.select_for_update().get(pk=conversation.pk)
