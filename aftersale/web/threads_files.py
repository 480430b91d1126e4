"""Files of threads: those that come with a form, reading one, and taking one away."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from aftersale.base.errors import BadInput, Refused
from aftersale.base.uploads import files_of, left_out
from aftersale.support.attachments import (
    bytes_for,
    drafted,
    drop_drafted,
    file_for,
    keep_with_draft,
    safe_for,
    thumbnail_for,
)
from aftersale.support.models import TEAM, Thread
from aftersale.support.pictures import THUMBNAIL_KIND
from aftersale.support.posting import is_written
from aftersale.support.safe_files import clean_name, too_large
from aftersale.support.services import remove_attachment
from aftersale.web.doors import DeskRequest, door, open_door, say
from aftersale.web.files_shown import FileShown

# Whatever a file holds, a browser that opens it here runs nothing of it and loads nothing for it.
_NOTHING_RUNS = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"


@open_door
@require_safe
def file(request: DeskRequest, reference: str) -> HttpResponse:
    """A picture to look at, any other file to keep."""
    stored = bytes_for(request.user, reference)
    row = stored.attachment
    return _served(bytes(stored.content), row.kind, row.name, is_shown=row.is_picture)


@open_door
@require_safe
def thumbnail(request: DeskRequest, reference: str) -> HttpResponse:
    """The same picture, small."""
    small = thumbnail_for(request.user, reference)
    if small is None:
        raise Http404
    return _served(small, THUMBNAIL_KIND, "small.webp", is_shown=True)


@door(*TEAM)
@require_POST
def remove(request: DeskRequest, reference: str) -> HttpResponse:
    """Take a file away for good."""
    row = file_for(request.user, reference)
    try:
        remove_attachment(
            ports=request.ports, by=request.user, file=row, reason=request.POST.get("reason", "")
        )
    except (BadInput, Refused) as error:
        say(request, error)
    else:
        messages.success(request, _("The file is removed. Nothing of what it held is kept."))
    if row.post is None:
        return redirect("desk_threads")
    place = reverse("thread", args=[row.post.thread.reference])
    return redirect(f"{place}#post-{row.post.number}")


def files_sent(request: DeskRequest, thread: Thread | None) -> list[str]:
    """The names of the files that go with what was typed: kept before, or with this form and kept now.

    Those that can be kept are, whatever becomes of the others. Raises BadInput, TooMuch.
    """
    if is_written(request.user, request.POST.get("intent", "")):
        return []
    chosen = request.POST.getlist("file")
    if not getattr(request, "htmx", False):  # a page that keeps what was begun by itself still shows them all
        for reference in set(request.POST.getlist("waiting")) - set(chosen):
            drop_drafted(by=request.user, reference=reference)
    wrong = [too_large(clean_name(name)[0]) for name in left_out(request)]
    refusals: list[BadInput | Refused] = [*wrong]
    for sent in files_of(request, "files"):
        try:
            safe = safe_for(thread, sent.name or "", sent.read())
            kept = keep_with_draft(ports=request.ports, by=request.user, files=[safe], thread=thread)
        except (BadInput, Refused) as error:
            refusals.append(error)
        else:
            chosen += [row.reference for row in kept]
    if refusals:
        raise refusals[0]
    return chosen


def files_waiting(request: DeskRequest, thread: Thread | None) -> list[FileShown]:
    """The files that wait with the draft; a visitor has none."""
    if not request.user.is_authenticated:
        return []
    return [FileShown(row, request.user) for row in drafted(request.user, thread)]


def _served(content: bytes, kind: str, name: str, *, is_shown: bool) -> HttpResponse:
    told = f"{kind}; charset=utf-8" if kind.startswith("text/") else kind
    answer = HttpResponse(content, content_type=told)
    answer["Content-Disposition"] = content_disposition_header(not is_shown, name) or "attachment"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = _NOTHING_RUNS
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer
