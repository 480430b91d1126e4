"""The facts beside a thread, and what may answer a question before it is sent."""

from typing import Any

from django.http import HttpResponse
from ninja import Router

from aftersale.accounts.models import Role, User
from aftersale.api.doors import READ, ApiRequest, door, told
from aftersale.api.fields import Reference
from aftersale.api.shapes.thread_facts import (
    BegunQuestion,
    RelatedThreads,
    ThreadFacts,
    told_facts,
    told_related,
)
from aftersale.base.errors import BadInput, NotYours
from aftersale.orders.queries import order_for
from aftersale.support.models import TEAM, FactSheet
from aftersale.support.queries import thread_for, visible_threads, with_unread
from aftersale.support.related import related_to
from aftersale.support.sheets import sees_the_deal, since

router = Router(tags=["threads"])


@door(
    router,
    "GET",
    "/threads/{reference}/facts",
    summary="The facts beside a thread",
    answers=ThreadFacts,
    scope=READ,
    roles=(Role.CUSTOMER, *TEAM),
)
def get_thread_facts(request: ApiRequest, reference: Reference) -> HttpResponse:
    """As they stood when it was opened, what Aftersale answered to them at once, and what happened since."""
    viewer = request.auth.user
    thread = thread_for(viewer, reference)
    sheet = FactSheet.objects.filter(thread=thread).first() if sees_the_deal(viewer, thread) else None
    return told(told_facts(sheet, since(viewer, thread)))


@door(
    router,
    "POST",
    "/related-threads",
    summary="What may answer a question before it is sent",
    answers=RelatedThreads,
    scope=READ,
    roles=(Role.CUSTOMER,),
)
def find_related_threads(request: ApiRequest, asked: BegunQuestion) -> HttpResponse:
    """Solved threads of the forum near the text, and one's own that are still open about the order."""
    viewer, order = request.auth.user, None
    if asked.order is not None:
        try:
            order = order_for(viewer, asked.order)
        except NotYours:
            raise BadInput("order", asked.order, "the name of something of one's own") from None
    found = related_to(viewer, asked.text, order)
    return told(told_related(_fresh(found.answers, viewer), _fresh(found.asked, viewer), viewer))


def _fresh(rows: Any, viewer: User) -> list[Any]:
    keys = [row.pk for row in rows]
    fresh = {row.pk: row for row in with_unread(visible_threads(viewer).filter(pk__in=keys), viewer)}
    return [fresh[pk] for pk in keys if pk in fresh]
