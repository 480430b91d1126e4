"""Erasing a person: who they were and what they wrote goes, the books stay.

Orders, ledger, charges, refunds, returns and decisions are not touched: they name a row without a name.
"""

import re

from django.db import transaction
from django.db.models import Q, QuerySet

from aftersale.accounts.erasing import forget_person
from aftersale.accounts.models import Role, User
from aftersale.accounts.proving import prove
from aftersale.base.ports import Ports
from aftersale.payments.redirecting import forget_account_holders
from aftersale.returns.models import Return
from aftersale.support.duties import duties_of
from aftersale.support.errors import NotForYou, NotOverYet
from aftersale.support.mentions import GONE, forget_mentions, pattern_of
from aftersale.support.models import (
    Attachment,
    AttachmentBytes,
    ConversationState,
    Correspondent,
    Draft,
    Erasure,
    ForumName,
    IncomingMail,
    MailAnswer,
    MailConversation,
    MailPreference,
    Post,
    PublicAnswer,
    Rating,
    RatingLink,
    Reader,
    ReplyToken,
    Report,
    StopToken,
    Thread,
    Visibility,
)
from aftersale.support.search import index_post

PURPOSE = "erasure"


def erase_me(*, ports: Ports, person: User, given: str, keep_public: bool) -> Erasure:
    """Erase oneself, proved by the password or a mailed code. Raises NotProven, as well."""
    _refuse(person, person)
    prove(ports=ports, user=person, purpose=PURPOSE, given=given)
    return erase_person(ports=ports, by=person, person=person, keep_public=keep_public)


@transaction.atomic
def erase_person(*, ports: Ports, by: User, person: User, keep_public: bool) -> Erasure:
    """Take a customer's name, address and words away for good; a second time answers the first.

    What they wrote on the forum stays under `a former customer`, or goes too. Raises NotForYou, and
    NotOverYet while money, goods or saved cards are under way.
    """
    person = User.objects.select_for_update().get(pk=person.pk)
    if known := Erasure.objects.filter(person=person).first():
        return known
    _refuse(by, person)
    names, alone = _names_of(person), _names_of_nobody_else(person)
    address = forget_person(ports=ports, person=person)
    _forget_posts(person, names, keep_public=keep_public, ports=ports)
    _forget_what_was_kept(person)
    _forget_mail(address, names, ports)
    _forget_returns(person)
    forget_mentions(alone)
    forget_account_holders(customer=person)
    return Erasure.objects.create(person=person, erased_at=ports.clock.now(), wished_by=by)


def _refuse(by: User, person: User) -> None:
    if person.role != Role.CUSTOMER or (by.pk != person.pk and by.role != Role.AGENT):
        raise NotForYou("a customer is erased by themself, or by our staff")
    if duties := duties_of(person):
        named = ", ".join(f"{duty.kind} {duty.name}" for duty in duties)
        raise NotOverYet(f"not over yet: {named}")


def _names_of(person: User) -> re.Pattern[str]:
    """The person's name, its parts and address, wherever somebody wrote them."""
    return pattern_of([person.email, person.name, *person.name.split(), person.customer_code or ""])


def _names_of_nobody_else(person: User) -> list[str]:
    """What hardly means another: not a name of one part, nor a short code."""
    code = person.customer_code or ""
    return [
        person.email,
        *([person.name] if " " in person.name.strip() or not person.name.isascii() else []),
        *([code] if len(code) > 3 else []),
    ]


def _forget_posts(person: User, names: re.Pattern[str], *, keep_public: bool, ports: Ports) -> None:
    """Their own words go; what others wrote to them loses their name, and the lines that quote them."""
    theirs = Post.objects.filter(author=person)
    private = Thread.objects.filter(opener=person, is_public=False)
    gone = theirs if not keep_public else theirs.exclude(visibility=Visibility.PUBLIC)
    titled = Thread.objects.filter(opener=person) if not keep_public else private
    titled.update(subject=GONE)
    _forget_files(Attachment.objects.filter(Q(post__in=gone) | Q(giver=person, post=None)), ports)
    ForumName.objects.filter(person=person).delete()
    for post in gone.select_related("thread"):
        _write(post, GONE)
    for post in Post.objects.filter(thread__in=private).exclude(author=person).select_related("thread"):
        _write(post, names.sub(GONE, _unquoted(post.body)))


def _write(post: Post, body: str) -> None:
    post.body, post.cards_removed = body, []
    post.save(update_fields=["body", "cards_removed"])
    index_post(post)


def _unquoted(body: str) -> str:
    """What somebody wrote, without the lines that it answers."""
    return "\n".join(line for line in body.splitlines() if not line.lstrip().startswith(">")) or GONE


def _forget_files(files: QuerySet[Attachment], ports: Ports) -> None:
    keys = list(files.values_list("pk", flat=True))
    AttachmentBytes.objects.filter(attachment__in=keys).delete()
    rows = Attachment.objects.filter(pk__in=keys)
    rows.update(name=GONE, digest="", cards_removed=[])
    rows.filter(removed_at=None).update(removed_at=ports.clock.now())


def _forget_what_was_kept(person: User) -> None:
    for rows in (Draft, Reader, ReplyToken, RatingLink, StopToken, MailPreference):
        rows.objects.filter(person=person).delete()
    Report.objects.filter(person=person).update(reason=GONE)
    Rating.objects.filter(thread__opener=person).update(comment="")
    PublicAnswer.objects.filter(source__opener=person).update(subject=GONE, question=GONE, solution=GONE)
    # Answers that programs of theirs were given, kept so that a request sent twice is done once.
    person.kept_answers.all().delete()


def _forget_mail(address: str, names: re.Pattern[str], ports: Ports) -> None:
    mails = IncomingMail.objects.filter(Q(from_address__iexact=address) | Q(envelope_sender__iexact=address))
    _forget_files(Attachment.objects.filter(mail__in=mails), ports)
    blank = {"envelope_sender": "", "from_address": "", "from_name": "", "subject": "", "text": ""}
    mails.update(**blank, message_id="", references=[], cards_removed=[], files_left_out=[])
    talks = MailConversation.objects.filter(address__iexact=address)
    for answer in MailAnswer.objects.filter(conversation__in=talks):
        MailAnswer.objects.filter(pk=answer.pk).update(body=names.sub(GONE, _unquoted(answer.body)))
    talks.filter(state=ConversationState.WAITING).update(state=ConversationState.CLOSED)
    talks.update(address="", name="", subject=GONE)
    Correspondent.objects.filter(address__iexact=address).delete()


def _forget_returns(person: User) -> None:
    """A return's note is the customer's own words; all else of it is the books'."""
    Return.objects.filter(order__customer=person).update(note="")
