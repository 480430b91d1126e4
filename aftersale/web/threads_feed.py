"""The forum as an Atom feed: all of it, one category, one thread; always as a visitor reads it."""

import re
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.feedgenerator import Atom1Feed
from django.utils.http import http_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from aftersale.base.errors import NotYours
from aftersale.support.markdown import html_of
from aftersale.support.models import Kind, Post, ThreadEvent
from aftersale.support.queries import posts_of, thread_for, visible_posts
from aftersale.web.threads_shown import name_of

_NEWEST = 30
# What XML cannot hold.
_UNTOLD = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@require_safe
@vary_on_headers("Accept-Language", "Cookie")
def forum(request: HttpRequest) -> HttpResponseBase:
    """The newest posts of the forum, or of one category of it."""
    kind = request.GET.get("kind", "")
    if kind and kind not in Kind.values:
        raise Http404
    rows = visible_posts(AnonymousUser()).filter(thread__is_public=True)
    back, title = reverse("threads"), _("Forum")
    if kind:
        rows, title = rows.filter(thread__kind=kind), f"{title} · {Kind(kind).label}"
        back += f"?kind={kind}"
    events = ThreadEvent.objects.filter(thread__is_public=True)
    return _feed(request, rows.order_by("-pk")[:_NEWEST], events, title=title, back=back)


@require_safe
@vary_on_headers("Accept-Language", "Cookie")
def thread(request: HttpRequest, reference: str) -> HttpResponseBase:
    """The newest posts of one public thread."""
    try:
        found = thread_for(AnonymousUser(), reference)
    except NotYours:
        raise Http404 from None
    rows = posts_of(AnonymousUser(), found).order_by("-number")[:_NEWEST]
    back = reverse("thread", args=[found.reference])
    return _feed(request, rows, found.events.all(), title=found.subject, back=back)


def _feed(
    request: HttpRequest, rows: Iterable[Post], events: QuerySet[ThreadEvent], *, title: str, back: str
) -> HttpResponseBase:
    """Not sent again to who has it: by what stands in it, or by when it last changed."""
    posts = list(rows)
    changed = _changed(posts, events)
    body = _written(posts, title=title, back=back, address=request.get_full_path())
    etag, at = f'"{sha256(body).hexdigest()[:32]}"', int(changed.timestamp()) if changed else None
    answer = HttpResponse(body, content_type="application/atom+xml; charset=utf-8")
    answer["ETag"], answer["Cache-Control"] = etag, "no-cache"
    if at is not None:
        answer["Last-Modified"] = http_date(at)
    return get_conditional_response(request, etag=etag, last_modified=at, response=answer) or answer


def _changed(posts: list[Post], events: QuerySet[ThreadEvent]) -> datetime | None:
    """When a post was last written, hidden, shown or let through."""
    last = events.order_by("-pk").values_list("at", flat=True)[:1]
    return max([*(post.posted_at for post in posts), *last], default=None)


def _written(posts: list[Post], *, title: str, back: str, address: str) -> bytes:
    feed = Atom1Feed(
        title=_plain(f"{title} · {settings.MARKETPLACE_NAME}"),
        link=settings.SITE_ADDRESS + back,
        description="",
        feed_url=settings.SITE_ADDRESS + address,
        language=get_language(),
    )
    for post in posts:
        href = f"{settings.SITE_ADDRESS}{reverse('thread', args=[post.thread.reference])}#post-{post.number}"
        feed.add_item(
            title=_plain(post.thread.subject),
            link=href,
            unique_id=href,
            description=_plain(html_of(post.body)),
            author_name=_plain(name_of(post.author, is_public=True)),
            pubdate=post.posted_at,
            updateddate=post.posted_at,
            categories=[str(Kind(post.thread.kind).label)],
        )
    return str(feed.writeString("utf-8")).encode()


def _plain(text: str) -> str:
    return _UNTOLD.sub("", text)
