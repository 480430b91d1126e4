"""A verdict on a finished order, published by who bought: a copy without names and numbers."""

import re
from collections.abc import Collection

from django.db import transaction

from aftersale.accounts.models import User
from aftersale.base.moving import set_columns
from aftersale.base.ports import Ports
from aftersale.orders.models import Order, Parcel
from aftersale.orders.queries import group_delivered_at
from aftersale.returns.models import Return, Rma
from aftersale.support.errors import NotForYou
from aftersale.support.mentions import pattern_of
from aftersale.support.models import EventKind, Kind, Post, PublishedReview, Thread, ThreadState
from aftersale.support.moving import lock_people
from aftersale.support.posting import STILL, note_event, write
from aftersale.support.queries import posts_written_in
from aftersale.support.services.moderating import end_thread
from aftersale.support.services.writing import open_thread

GONE = "…"
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


def may_publish(by: User, thread: Thread) -> bool:
    """Whether this is one's own review of an order that has arrived, and not published yet."""
    return (
        thread.opener_id == by.pk
        and thread.kind == Kind.REVIEW
        and thread.order is not None
        and not PublishedReview.objects.filter(source=thread).exists()
        and _is_finished(thread.order)
    )


def scrubbed_copy(thread: Thread) -> tuple[str, str]:
    """Title and text to begin with: the first post without what names a person, an order or a parcel."""
    first = thread.posts.order_by("number").first()
    return scrubbed(thread.subject, thread), scrubbed(first.body if first else "", thread)


def scrubbed(text: str, thread: Thread, also: Collection[str] = ()) -> str:
    """`text` without names, numbers and addresses of this order and its people, nor what else is named."""
    return pattern_of([*_known(thread), *also]).sub(GONE, _ADDRESS.sub(GONE, text))


@transaction.atomic
def publish_review(*, ports: Ports, by: User, thread: Thread, subject: str, body: str) -> Thread:
    """Open the public copy that its writer chose; a second time answers the same. The thread stays private.

    Raises NotForYou where it is no review of one's own finished order, and what opening a thread raises.
    """
    thread = Thread.objects.select_for_update().get(pk=thread.pk)
    if known := PublishedReview.objects.filter(source=thread, source__opener=by).first():
        return known.copy
    if not may_publish(by, thread):
        raise NotForYou("a review of one's own order is published once it has arrived")
    copy = open_thread(
        ports=ports,
        by=by,
        kind=Kind.REVIEW,
        subject=scrubbed(subject, thread),
        body=scrubbed(body, thread),
        intent=f"review:{thread.reference}",
        is_public=True,
        keeps_draft=True,
    )
    # It asks nothing: nobody owes it an answer.
    write(copy, state=ThreadState.ANSWERED, **STILL)
    published = PublishedReview.objects.create(source=thread, copy=copy, published_at=ports.clock.now())
    note_event(copy, EventKind.PUBLISHED, published.published_at, by)
    return copy


@transaction.atomic
def withdraw_review(*, ports: Ports, by: User, thread: Thread) -> Thread:
    """Take the public copy out of sight for good, with what others wrote to it, wherever that is now.

    A second time changes nothing. Raises NotForYou.
    """
    lock_people(by)  # its posts change their thread only one move after another
    rows = PublishedReview.objects.select_for_update(of=("self",)).select_related("copy")
    row = rows.filter(source=thread, source__opener=by).first()
    if row is None:
        raise NotForYou("only who published a review takes it back")
    if row.withdrawn_at is not None:
        return row.copy
    copy = Thread.objects.select_for_update(no_key=True).get(pk=row.copy_id)
    set_columns(row, withdrawn_at=ports.clock.now())
    # By their keys: no database changes the table that it looks into.
    gone = list(posts_written_in(copy).values_list("pk", flat=True))
    Post.objects.filter(pk__in=gone, hidden_at=None).update(hidden_at=row.withdrawn_at)
    if copy.state != ThreadState.MERGED:
        end_thread(copy, ports, by)
    return copy


def _is_finished(order: Order) -> bool:
    if order.cancelled_at is not None:
        return False
    if order.marked_delivered_at is not None:
        return True
    groups = list(order.groups.prefetch_related("parcels__events"))
    return bool(groups) and all(group_delivered_at(group) is not None for group in groups)


def _known(thread: Thread) -> set[str]:
    order, opener = thread.order, thread.opener
    found = {opener.email, opener.name, *opener.name.split(), opener.customer_code or "", thread.reference}
    if order is None:
        return found
    cases = Return.objects.filter(order=order)
    numbers = Rma.objects.filter(case__in=cases)
    found |= {order.code, *cases.values_list("reference", flat=True)}
    found |= {*numbers.values_list("number", flat=True), *numbers.values_list("as_written", flat=True)}
    parcels = Parcel.objects.filter(group__order=order)
    return found | {*parcels.values_list("tracking_number", flat=True)}
