"""The API put together: its operations, and what holds for every request before and after them."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI

import aftersale
from aftersale.api import parsing, problems
from aftersale.api.operations import (
    cards,
    charges,
    declines,
    erasing,
    files,
    goods,
    incidents,
    macros,
    mail,
    mail_preferences,
    me,
    orders,
    policies,
    policy_desk,
    redirects,
    refunds,
    removals,
    reports,
    returns,
    sessions,
    threads,
    threads_desk,
    threads_facts,
    threads_moves,
    threads_public,
    threads_rating,
    threads_review,
    threads_wait,
)

LARGEST_BODY = 1024 * 1024
# A file stands in the body in base64: four letters for three bytes.
LARGEST_FILE = settings.SUPPORT_FILE_MEGABYTES * 1_400_000 + LARGEST_BODY
DESCRIPTION = (
    "Returns, refunds, saved cards and the policy that decides, for the marketplace's own programs. The same"
    " verbs as the pages, with the rights of the key's user. Amounts are whole minor units and a currency,"
    " moments are UTC. What is not yours answers like what does not exist."
)

api = NinjaAPI(
    title="Aftersale",
    version=aftersale.__version__,
    description=DESCRIPTION,
    openapi_url=None,
    docs_url=None,
    urls_namespace="api",
    parser=parsing.StrictParser(),
)
problems.listen(api)
for module in (
    me,
    mail_preferences,
    sessions,
    erasing,
    orders,
    returns,
    goods,
    refunds,
    redirects,
    cards,
    charges,
    declines,
    removals,
    policies,
    policy_desk,
    threads,
    threads_desk,
    threads_facts,
    threads_wait,
    reports,
    threads_public,
    threads_rating,
    threads_review,
    threads_moves,
    macros,
    incidents,
    mail,
    files,
):
    api.add_router("", module.router)

type View = Callable[..., HttpResponse]


def framed(view: View, largest: int = LARGEST_BODY) -> View:
    """`view`, with what holds for every request: its size, a problem for a wrong method, no caching."""

    def frame(request: HttpRequest, **path: Any) -> HttpResponse:
        answer = _framed_answer(view, request, path, largest)
        answer.setdefault("Cache-Control", "no-store")
        return answer

    frame.csrf_exempt = True  # type: ignore[attr-defined]  # no cookie lets anyone in here
    return frame


def _framed_answer(view: View, request: HttpRequest, path: dict[str, Any], largest: int) -> HttpResponse:
    if _is_too_large(request.META.get("CONTENT_LENGTH") or "0", largest):
        return problems.problem(
            request,
            413,
            "too_large",
            "The body is larger than this operation takes.",
            field="body",
            accepted=f"at most {largest} bytes",
        )
    answer = view(request, **path)
    if answer.status_code == 405:
        return _wrong_method(request, answer["Allow"])
    return answer


def _is_too_large(length: str, largest: int) -> bool:
    """By the length that is told, more than which no server reads; Django takes what is no number as 0."""
    return length.isdecimal() and (len(length) > 9 or int(length) > largest)


def _wrong_method(request: HttpRequest, allowed: str) -> HttpResponse:
    answer = problems.problem(
        request,
        405,
        "method_not_allowed",
        f"This address does not take {request.method}.",
        field="method",
        accepted=allowed,
    )
    answer["Allow"] = allowed
    return answer
