"""The forum by category, one's own threads, and what holds the words that are looked for."""

from allauth.account.adapter import get_adapter
from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from aftersale.accounts.models import Role, User
from aftersale.support.errors import TooMuch
from aftersale.support.excerpts import excerpts_of
from aftersale.support.limits import check_search
from aftersale.support.listing import ORDERS, SHOWS, Asked, counts_by_kind, listed
from aftersale.support.models import Kind
from aftersale.support.names import forum_name_of
from aftersale.support.queries import with_unread
from aftersale.web.doors import DeskRequest, open_door, page_of, shown
from aftersale.web.threads_shown import ThreadShown, kinds_to_ask

_SHOWS: dict[str, Promise] = {
    "": _("Forum"),
    "solved": _("Solved answers"),
    "unanswered": _("Not answered yet"),
    "mine": _("Yours"),
}
_ORDERS: dict[str, Promise] = {
    "": _("Latest post"),
    "newest": _("Newest question"),
    "answers": _("Most answers"),
}


@open_door
@require_safe
def threads(request: DeskRequest) -> HttpResponse:
    """A list of threads, as the address asks for it; what it cannot ask for is left out."""
    asked, now, too_often = _asked(request), request.ports.clock.now(), False
    try:
        if asked.words:
            check_search(request.user, get_adapter(request).get_client_ip(request), now)
    except TooMuch:
        asked, too_often = Asked(), True
    counts = counts_by_kind(request.user, asked)
    rows = with_unread(listed(request.user, asked), request.user)
    page = page_of(request, rows, count=counts.get(asked.kind, 0) if asked.kind else sum(counts.values()))
    excerpts = excerpts_of(request.user, page, asked.words) if asked.words else {}
    is_mine = asked.show == "mine"
    context = {
        "page": page,
        "threads": [ThreadShown(row, request.user, now, excerpts.get(row.pk)) for row in page],
        "asked": asked,
        "kind": asked.kind,
        "show": asked.show,
        "words": request.GET.get("q", "").strip(),
        "too_often": too_often,
        "more": _told(asked),
        "name": forum_name_of(ports=request.ports, person=request.user).name if is_mine else "",
        "nav": "threads",
        **_ways(request, asked, counts),
    }
    return shown(request, "threads/threads.html", context, status=429 if too_often else 200)


def _asked(request: DeskRequest) -> Asked:
    sent = {name: request.GET.get(name, "").strip() for name in ("show", "kind", "order", "q")}
    is_known = isinstance(request.user, User)
    return Asked(
        show=sent["show"] if sent["show"] in SHOWS and (is_known or sent["show"] != "mine") else "",
        kind=sent["kind"] if sent["kind"] in Kind.values else "",
        order=sent["order"] if sent["order"] in ORDERS else "",
        words=sent["q"],
    )


def _ways(request: DeskRequest, asked: Asked, counts: dict[str, int]) -> dict[str, object]:
    """Where to go on from here: other lists, categories with how much is in them, other orders."""
    shows = [show for show in _SHOWS if show != "mine" or isinstance(request.user, User)]
    kinds = dict(kinds_to_ask(is_public=asked.show != "mine")) | {
        kind: Kind(kind).label for kind in counts if asked.show == "mine" or asked.words
    }
    return {
        "shows": [(_SHOWS[show], _told(asked, show=show), show == asked.show) for show in shows],
        "kinds": [
            (label, counts.get(kind, 0), _told(asked, kind=kind), kind == asked.kind)
            for kind, label in kinds.items()
        ],
        "everything": (_told(asked, kind=""), sum(counts.values())),
        "orders": [(_ORDERS[order], _told(asked, order=order), order == asked.order) for order in ORDERS],
        "team": getattr(request.user, "role", "") in (Role.AGENT, Role.FINANCE),
    }


def _told(asked: Asked, **other: str) -> str:
    """The same list by its address, but for what is `other`."""
    names = {"show": asked.show, "kind": asked.kind, "order": asked.order, "q": asked.words} | other
    return urlencode({name: word for name, word in names.items() if word})
