"""A solved private question and its answer for everybody: offered by our staff, if who asked agrees."""

import re
from collections.abc import Iterator

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from aftersale.accounts.models import User
from aftersale.base.errors import BadInput, NotYours
from aftersale.base.moving import set_columns
from aftersale.base.ports import Ports
from aftersale.base.texts import clean_text
from aftersale.support.errors import CannotPublish, NotForYou
from aftersale.support.models import (
    LONGEST_BODY,
    TEAM,
    TO_THE_OPENER,
    EventKind,
    Kind,
    OfferState,
    Post,
    PublicAnswer,
    PublishedReview,
    Thread,
    ThreadState,
    Visibility,
)
from aftersale.support.posting import (
    clean_subject,
    locked,
    locked_by_staff,
    note_event,
    start_thread,
    take_turn,
    write_post,
)
from aftersale.support.queries import is_team
from aftersale.support.reviewing import GONE, scrubbed
from aftersale.support.services.writing import solve_thread

_ENDED = (ThreadState.SOLVED, ThreadState.CLOSED)
# Six digits and more, as numbers of telephones, accounts and parcels are written.
_NUMBER = re.compile(r"(?<!\w)\+?\d(?:[ ./()-]{0,2}\d){5,}(?!\w)")
# The kinds of private threads that have no meaning on the forum.
_KINDS = {Kind.CLAIM: Kind.RETURN, Kind.REVIEW: Kind.GENERAL}
type Texts = tuple[str, str, str]


def can_offer(by: User | object, thread: Thread) -> bool:
    """Whether our staff may offer a public answer made of this thread, or change the one it has offered."""
    offer = offer_of(thread)
    return (
        isinstance(by, User)
        and is_team(by)
        and not thread.is_public
        and thread.state in _ENDED
        and thread.opener.is_active
        and (offer is None or offer.state == OfferState.OFFERED)
        and not PublishedReview.objects.filter(source=thread).exists()
    )


def offer_of(thread: Thread) -> PublicAnswer | None:
    return PublicAnswer.objects.filter(source=thread).select_related("offered_by__forum_name").first()


def offer_for(viewer: User, thread: Thread) -> PublicAnswer:
    """What is offered of this thread, for who asked and for our staff. Raises NotYours."""
    offer = offer_of(thread) if viewer.role in TEAM or viewer.pk == thread.opener_id else None
    if offer is None:
        raise NotYours(f"nothing of thread {thread.reference} is offered to be public")
    return offer


def texts_to_begin_with(thread: Thread) -> Texts:
    """Title, question and answer without names, addresses and numbers, for our staff to write anew."""
    posts = thread.posts.filter(visibility__in=TO_THE_OPENER, hidden_at=None).order_by("number")
    asked = posts.filter(author=thread.opener_id).first()
    answered = posts.filter(author__role__in=TEAM)
    answer = next((post for post in answered if post.pk == thread.solution_id), answered.last())
    names = {word for post in answered.select_related("author") for word in _names_of(post)}
    texts = (thread.subject, asked.body if asked else "", answer.body if answer else "")
    subject, question, said = (_NUMBER.sub(GONE, scrubbed(text, thread, names)) for text in texts)
    return subject, question, said


@transaction.atomic
def offer_public_answer(
    *, ports: Ports, by: User, thread: Thread, subject: str, question: str, solution: str
) -> PublicAnswer:
    """Ask who asked whether this may stand on the forum; other texts take the place of those offered before.

    Aftersale asks in the thread, once, and touches no clock. Raises NotForYou, BadInput, and CannotPublish
    where it is not solved, or was decided.
    """
    thread, now = locked_by_staff(thread, by), ports.clock.now()
    if not can_offer(by, thread):
        raise CannotPublish(f"nothing of thread {thread.reference} can be offered now")
    texts = {
        "subject": clean_subject(scrubbed(subject, thread)),
        "question": _clean("question", question, thread),
        "solution": _clean("solution", solution, thread),
    }
    offer = offer_of(thread)
    if offer is None:
        offer = PublicAnswer.objects.create(source=thread, offered_by=by, offered_at=now, **texts)
        _ask_in(thread, ports)
    elif texts != {name: getattr(offer, name) for name in texts}:
        set_columns(offer, version=offer.version + 1, offered_by=by, offered_at=now, **texts)
    return offer


@transaction.atomic
def decide_public_answer(
    *, ports: Ports, by: User, thread: Thread, agreed: bool, version: int
) -> PublicAnswer:
    """Let everybody read it, as it stood in the version that was read, or nobody; the same twice is once.

    Raises NotForYou, NotYours, BadInput, and CannotPublish where it was decided otherwise, or the thread
    was opened again.
    """
    thread = locked(thread)
    if by.pk != thread.opener_id:
        raise NotForYou("who asked decides whether everybody may read it")
    offer, wanted = offer_for(by, thread), OfferState.AGREED if agreed else OfferState.DECLINED
    if version != offer.version:
        raise BadInput("version", version, f"{offer.version}, whose texts are to be read first")
    if offer.state == wanted:
        return offer
    if offer.state != OfferState.OFFERED or (agreed and thread.state not in _ENDED):
        raise CannotPublish(f"thread {thread.reference} is {thread.state}, the offer {offer.state}")
    set_columns(offer, state=wanted, decided_at=ports.clock.now())
    if agreed:
        _publish(offer, ports)
    return offer


def copy_of(thread: Thread) -> PublishedReview | None:
    """What everybody may read of it."""
    rows = PublishedReview.objects.filter(source=thread, withdrawn_at=None)
    return rows.select_related("copy").first()


def _publish(offer: PublicAnswer, ports: Ports) -> None:
    """A thread of its own, solved from its first moment. It asked nothing: no wait is measured in it."""
    source, now = offer.source, ports.clock.now()
    kind = Kind(source.kind)
    intent = f"public-answer:{source.reference}"
    copy = start_thread(
        ports=ports,
        opener=source.opener,
        intent=intent,
        kind=_KINDS.get(kind, kind),
        is_public=True,
        subject=offer.subject,
    )
    said = ((source.opener, offer.question), (offer.offered_by, offer.solution))
    for number, (author, body) in enumerate(said, 1):
        post = write_post(
            ports=ports,
            thread=copy,
            author=author,
            body=body,
            visibility=Visibility.PUBLIC,
            intent=f"{intent}:{number}",
            said_at=now,  # news to nobody: both know it
        )
        take_turn(post)
    PublishedReview.objects.create(source=source, copy=copy, is_answer=True, published_at=now)
    note_event(copy, EventKind.PUBLISHED, now, source.opener)
    solve_thread(ports=ports, by=source.opener, thread=copy, number=copy.last_number)


def _ask_in(thread: Thread, ports: Ports) -> None:
    with translation.override(thread.opener.language):
        body = _(
            "May others read your question and its answer? Our staff has written both anew, without names and"
            " numbers. [Read them, and say yes or no](%(address)s). Nothing is public before you say yes."
        ) % {"address": f"/threads/{thread.reference}/public/"}
        write_post(
            ports=ports,
            thread=thread,
            author=None,
            body=body,
            visibility=Visibility.PARTICIPANTS,
            intent=f"offer:{thread.reference}",
        )


def _clean(field: str, text: str, thread: Thread) -> str:
    accepted = f"1 to {LONGEST_BODY} characters"
    return clean_text(scrubbed(text, thread), field=field, longest=LONGEST_BODY, accepted=accepted)


def _names_of(post: Post) -> Iterator[str]:
    """How the writer of a post may be named in it."""
    assert post.author is not None, "our staff has names"
    yield post.author.email
    yield post.author.name
    yield from post.author.name.split()
