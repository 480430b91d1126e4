"""What must always hold of threads, mails and files; `aftersale verify` looks."""

from collections.abc import Iterator
from hashlib import sha256

from django.db import connection
from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, Subquery

from aftersale.base.invariants import Checked, Invariant, first_few
from aftersale.returns.models import Party
from aftersale.support.attachments import MOST_OF_A_POST
from aftersale.support.models import (
    TO_THE_OPENER,
    Attachment,
    AttachmentBytes,
    ConversationState,
    EventKind,
    IncomingMail,
    MailConversation,
    MailState,
    Move,
    MovedPost,
    OfferState,
    Post,
    PublicAnswer,
    PublishedReview,
    Rating,
    Thread,
    ThreadEvent,
    ThreadState,
    Visibility,
)
from aftersale.support.search import TABLE
from aftersale.support.turns import clocks_of


def open_threads_are_due() -> Checked:
    """An open thread's answer is due, and not before what it answers was written."""
    rows = Thread.objects.filter(state=ThreadState.OPEN)
    asked = rows.annotate(first=Min("posts__posted_at"))
    wrong = asked.filter(Q(due_at=None) | Q(due_at__lt=F("first")))
    found = wrong.values_list("reference", "due_at")
    return Checked(
        rows.count(), first_few((f"thread {ref}", f"its answer is due {due}") for ref, due in found)
    )


def open_threads_wait_for_an_answer() -> Checked:
    """In an open thread nobody of the staff wrote last; where posts were moved, the order tells nothing."""
    moved = Move.objects.filter(Q(source=OuterRef("pk")) | Q(target=OuterRef("pk")))
    rows = Thread.objects.filter(~Exists(moved), state=ThreadState.OPEN)
    told = Post.objects.filter(thread=OuterRef("pk"), visibility__in=TO_THE_OPENER)
    told = told.filter(Q(party=Party.AGENT) | Q(author=OuterRef("opener"))).order_by("-number")
    wrong = rows.annotate(last=Subquery(told.values("party")[:1])).filter(last=Party.AGENT)
    found = wrong.values_list("reference", flat=True)
    return Checked(rows.count(), first_few((f"thread {ref}", "is open, and answered") for ref in found))


def clocks_are_as_told() -> Checked:
    """A thread's due times are those that its posts and events tell; where posts were moved, they are not."""
    moved = Move.objects.filter(Q(source=OuterRef("pk")) | Q(target=OuterRef("pk")))
    rows = Thread.objects.filter(~Exists(moved), from_mail=None).exclude(state=ThreadState.HELD)
    return Checked(rows.count(), first_few(_untold(rows.order_by("pk").iterator(chunk_size=500))))


def _untold(threads: Iterator[Thread]) -> Iterator[tuple[str, str]]:
    for thread in threads:
        told = clocks_of(thread)
        if (thread.due_at, thread.resolve_due_at) != (told.answer_due, told.resolve_due):
            yield f"thread {thread.reference}", f"is due {thread.due_at}, and by its posts {told.answer_due}"


def numbers_have_no_gaps() -> Checked:
    """Each number up to a thread's last is a post of it, or stands in the log of what was moved."""
    rows = Thread.objects.annotate(here=Count("posts"), highest=Max("posts__number"))
    odd = rows.exclude(here=F("last_number")) | rows.filter(highest__gt=F("last_number"))
    return Checked(rows.count(), first_few(_gaps(odd.order_by("pk").iterator(chunk_size=500))))


def _gaps(threads: Iterator[Thread]) -> Iterator[tuple[str, str]]:
    for thread in threads:
        here = set(thread.posts.values_list("number", flat=True))
        moved = set(MovedPost.objects.filter(move__source=thread).values_list("from_number", flat=True))
        moved |= set(MovedPost.objects.filter(move__target=thread).values_list("to_number", flat=True))
        wanted = set(range(1, thread.last_number + 1))
        if missing := wanted - here - moved:
            yield f"thread {thread}", f"nothing has the number {min(missing)} of {thread.last_number}"
        if beyond := here - wanted:
            yield f"thread {thread}", f"a post has the number {max(beyond)}, the last is {thread.last_number}"


def public_threads_touch_nothing() -> Checked:
    """Nobody's public thread touches an order; nothing public stands in a private one, nor the reverse."""
    public = Q(thread__is_public=True, visibility__in=(Visibility.PUBLIC, Visibility.STAFF))
    private = Q(thread__is_public=False) & ~Q(visibility=Visibility.PUBLIC)
    odd = Post.objects.exclude(public | private).values_list("thread__reference", "number", "visibility")
    about = Q(order__isnull=False) | Q(line__isnull=False) | Q(case__isnull=False)
    about |= Q(charge__isnull=False) | Q(card__isnull=False) | Q(supplier__isnull=False)
    touching = Thread.objects.filter(about, is_public=True).values_list("reference", flat=True)
    wrong = [
        *first_few((f"thread {ref}", "is public and touches what is private") for ref in touching),
        *first_few((f"post {n} of thread {ref}", f"is for {who} there") for ref, n, who in odd),
    ]
    return Checked(Post.objects.count(), wrong)


def mails_are_where_they_went() -> Checked:
    """A posted mail has its post, one in the slow lane its conversation."""
    rows = IncomingMail.objects.filter(state__in=(MailState.POSTED, MailState.CONVERSATION))
    lost = Q(state=MailState.POSTED, post=None) | Q(state=MailState.CONVERSATION, conversation=None)
    found = rows.filter(lost).values_list("pk", "state")
    return Checked(
        rows.count(), first_few((f"mail {pk}", f"is `{state}`, and nowhere") for pk, state in found)
    )


def opened_conversations_have_their_thread() -> Checked:
    """An opened conversation has its thread, which is its sender's; no other has one."""
    rows = MailConversation.objects.all()
    wrong = rows.filter(Q(state=ConversationState.OPENED) ^ Q(thread__isnull=False))
    found = wrong.values_list("reference", "state")
    return Checked(rows.count(), first_few((f"conversation {ref}", f"is `{state}`") for ref, state in found))


def posts_are_found() -> Checked:
    """Each post has its row in the search, and the search has no other."""
    lost = f"SELECT id FROM support_post WHERE id NOT IN (SELECT rowid FROM {TABLE}) LIMIT 20"  # noqa: S608
    left = f"SELECT rowid FROM {TABLE} WHERE rowid NOT IN (SELECT id FROM support_post) LIMIT 20"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(lost)
        wrong = [(f"post {pk}", "is not in the search") for (pk,) in cursor.fetchall()]
        cursor.execute(left)
        wrong += [(f"search row {pk}", "is of no post") for (pk,) in cursor.fetchall()]
    return Checked(Post.objects.count(), wrong)


def files_hold_what_they_say() -> Checked:
    """A file has its bytes, of its size and digest, until it is removed; then it has none."""
    rows = Attachment.objects.all()
    has_bytes = Exists(AttachmentBytes.objects.filter(attachment=OuterRef("pk")))
    lost = rows.filter(~has_bytes, removed_at=None).values_list("reference", flat=True)
    left = rows.filter(has_bytes, removed_at__isnull=False).values_list("reference", flat=True)
    wrong = [
        *first_few((f"file {ref}", "holds nothing, and nobody removed it") for ref in lost),
        *first_few((f"file {ref}", "was removed, and is still there") for ref in left),
        *first_few(_altered()),
    ]
    return Checked(rows.count(), wrong)


def _altered() -> Iterator[tuple[str, str]]:
    stored = AttachmentBytes.objects.select_related("attachment").defer("thumbnail")
    for row in stored.iterator(chunk_size=2):
        content, file = bytes(row.content), row.attachment
        if len(content) != file.size or sha256(content).hexdigest() != file.digest:
            yield f"file {file.reference}", "holds other bytes than were kept"


def posts_have_few_files() -> Checked:
    """No post and no mail has more files than one can have."""
    wrong = []
    for of in ("post", "mail"):
        counted = Attachment.objects.filter(**{f"{of}__isnull": False}).order_by().values_list(of)
        many = counted.annotate(files=Count("pk")).filter(files__gt=MOST_OF_A_POST)
        wrong += first_few((f"{of} {pk}", f"has {files} files") for pk, files in many)
    return Checked(Attachment.objects.count(), wrong)


def ratings_are_of_solutions() -> Checked:
    """At the moment that a rating names its thread was marked as solved, and it was rated after that."""
    solved = ThreadEvent.objects.filter(
        thread=OuterRef("thread"), kind=EventKind.SOLVED, at=OuterRef("solved_at")
    )
    rows = Rating.objects.all()
    wrong = rows.filter(~Exists(solved) | Q(rated_at__lt=F("solved_at")) | Q(changed_at__lt=F("rated_at")))
    found = wrong.values_list("thread__reference", "solved_at")
    return Checked(
        rows.count(),
        first_few((f"thread {ref}", f"is rated for {at}: no solution then") for ref, at in found),
    )


def public_answers_were_agreed_to() -> Checked:
    """Of each private thread whose answer is public who asked agreed, and what was agreed to has its copy."""
    agreed = PublicAnswer.objects.filter(source=OuterRef("source"), state=OfferState.AGREED)
    copies = PublishedReview.objects.filter(is_answer=True)
    silent = copies.filter(~Exists(agreed)).values_list("source__reference", flat=True)
    has_copy = Exists(copies.filter(source=OuterRef("source")))
    offers = PublicAnswer.objects.all()
    lost = offers.filter(~has_copy, state=OfferState.AGREED).values_list("source__reference", flat=True)
    wrong = [
        *first_few((f"thread {ref}", "has a public answer that nobody agreed to") for ref in silent),
        *first_few((f"thread {ref}", "has none, and who asked agreed") for ref in lost),
    ]
    return Checked(offers.count(), wrong)


INVARIANTS = [
    Invariant(
        "threads are due", "an open thread's answer is due, and after its question", open_threads_are_due
    ),
    Invariant("open means unanswered", "no open thread is answered", open_threads_wait_for_an_answer),
    Invariant(
        "clocks tell the truth", "due times are those of a thread's posts and events", clocks_are_as_told
    ),
    Invariant("posts are numbered", "a thread's numbers have no gaps", numbers_have_no_gaps),
    Invariant("the forum is apart", "no public thread touches an order", public_threads_touch_nothing),
    Invariant("mails arrive", "a mail is where its state says", mails_are_where_they_went),
    Invariant(
        "conversations open",
        "an opened conversation has its thread, no other has",
        opened_conversations_have_their_thread,
    ),
    Invariant("posts are found", "each post is in the search, and nothing else", posts_are_found),
    Invariant("files are whole", "a file holds its bytes until it is removed", files_hold_what_they_say),
    Invariant("ratings are of solutions", "a rating is of a solution that was", ratings_are_of_solutions),
    Invariant(
        "agreed is public",
        "an answer is public where who asked agreed, and only there",
        public_answers_were_agreed_to,
    ),
    Invariant("few files", f"no post has more than {MOST_OF_A_POST} files", posts_have_few_files),
]
