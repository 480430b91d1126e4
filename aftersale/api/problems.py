"""The one shape of every error: a problem document (RFC 9457), with words for people and a code."""

import json
import logging
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from pydantic import Field

from aftersale.api.errors import Malformed, NotAdmitted
from aftersale.api.fields import WORDS_FOR, Shape
from aftersale.base.errors import BadInput, NotYours, PortFailed, Refused
from aftersale.policy import DocumentError, FactsError, TranslationError, UndecidedError
from aftersale.policy.boundaries import NoTree
from aftersale.returns.errors import PublishRefused

MEDIA_TYPE = "application/problem+json"
_log = logging.getLogger("aftersale.api")


class Reason(Shape):
    """One of the reasons of a refusal: `code` for machines, `text` for people."""

    code: str
    text: str


class Problem(Shape):
    """What went wrong. `code` and `type` are stable, `detail` is a sentence for people."""

    type: str = Field(
        description="where the kind of problem is explained", examples=["/api/v1/docs#units_taken"]
    )
    title: str = Field(examples=["Units taken"])
    status: int = Field(examples=[409])
    detail: str = Field(examples=["Of “Lamp” 0 of 1 can still be sent back, not more."])
    code: str = Field(description="for machines", examples=["units_taken"])
    instance: str = Field(description="the address that was asked", examples=["/api/v1/orders/WM-1/returns"])
    field: str | None = Field(None, description="the field at fault, as a path such as lines[0].units")
    accepted: str | None = Field(None, description="what that field would take")
    reasons: list[Reason] | None = Field(None, description="where there are several, each by itself")


def problem(
    request: HttpRequest,
    status: int,
    code: str,
    detail: str,
    *,
    field: str = "",
    accepted: str = "",
    retry_after: int = 0,
    reasons: Sequence[Reason] = (),
) -> HttpResponse:
    """An answer that tells of a problem."""
    body = Problem(
        type=f"/api/v1/docs#{code}",
        title=code.replace("_", " ").capitalize(),
        status=status,
        detail=detail,
        code=code,
        instance=request.path,
        field=field or None,
        accepted=accepted or None,
        reasons=list(reasons) or None,
    )
    # ASCII with escapes: whatever was given and is told again, half a character too, can be sent.
    text = json.dumps(body.model_dump(exclude_none=True))
    answer = HttpResponse(text, status=status, content_type=MEDIA_TYPE)
    if retry_after:
        answer["Retry-After"] = str(retry_after)
    if status == 401:
        answer["WWW-Authenticate"] = 'Bearer realm="aftersale"'
    return answer


def listen(api: NinjaAPI) -> None:
    """Let `api` answer every error by a problem."""
    answers: dict[type[Exception], Any] = {
        NotAdmitted: not_admitted,
        BadInput: bad_input,
        NotYours: not_found,
        Http404: not_found,
        Refused: refused,
        FactsError: bad_facts,
        DocumentError: unreadable,
        UndecidedError: undecided,
        NoTree: no_boundaries,
        ValidationError: invalid,
        HttpError: malformed,
        SuspiciousOperation: suspicious,
        OperationalError: busy,
        PortFailed: busy,
        Exception: failed,
    }
    for error, answer in answers.items():
        api.add_exception_handler(error, answer)


def not_admitted(request: HttpRequest, error: NotAdmitted) -> HttpResponse:
    return problem(
        request,
        error.status,
        error.code,
        str(error),
        field=error.field,
        accepted=error.accepted,
        retry_after=error.retry_after,
    )


def bad_input(request: HttpRequest, error: BadInput) -> HttpResponse:
    return problem(request, 422, "bad_input", str(error), field=error.field, accepted=error.accepted)


def not_found(request: HttpRequest, _error: Exception | None = None) -> HttpResponse:
    """The same words for what does not exist and for what is another's."""
    return problem(request, 404, "not_found", "There is nothing here, or it is not yours.")


def refused(request: HttpRequest, error: Refused) -> HttpResponse:
    obstacles = error.obstacles if isinstance(error, PublishRefused) else ()
    reasons = [Reason(code=one.code, text=one.text) for one in obstacles]
    return problem(request, 409, error.code, str(error), reasons=reasons)


def unreadable(request: HttpRequest, error: DocumentError) -> HttpResponse:
    field = "translations" if isinstance(error, TranslationError) else "text"
    return problem(request, 422, "unreadable_policy", str(error), field=field, accepted=error.help)


def bad_facts(request: HttpRequest, error: FactsError) -> HttpResponse:
    field = f"facts.{error.fact}" if error.fact else "facts"
    accepted = error.accepted or error.help
    return problem(request, 422, "bad_input", error.what, field=field, accepted=accepted)


def no_boundaries(request: HttpRequest, error: NoTree) -> HttpResponse:
    return problem(request, 409, "no_boundaries", str(error))


def undecided(request: HttpRequest, error: UndecidedError) -> HttpResponse:
    return problem(request, 409, "undecided", str(error))


def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    first, more = error.errors[0], len(error.errors) - 1
    field, accepted = _path(first["loc"]), _accepted(first)
    others = f" ({more} more field{'s' if more > 1 else ''} cannot be accepted either.)" if more else ""
    return problem(
        request, 422, "bad_input", f"`{field}` takes {accepted}.{others}", field=field, accepted=accepted
    )


def malformed(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Ninja speaks of one thing in this way: a body that cannot be read."""
    cause = error.__cause__
    where = f": {cause.msg}, line {cause.lineno}" if isinstance(cause, json.JSONDecodeError) else ""
    return not_admitted(request, Malformed(f"The body cannot be read as JSON{where}."))


def suspicious(request: HttpRequest, error: SuspiciousOperation) -> HttpResponse:
    """More than Django takes in: thousands of parameters, say."""
    return problem(request, 400, "malformed_request", str(error))


def busy(request: HttpRequest, error: Exception) -> HttpResponse:
    _log.warning("busy: %s", type(error).__name__, exc_info=error)
    detail = "The desk is busy. Nothing was done; please send it again."
    return problem(request, 503, "busy", detail, retry_after=2)


def failed(request: HttpRequest, error: Exception) -> HttpResponse:
    """Our own mistake: the log has it in full under a name, the answer has the name."""
    name = request.ports.ids.reference("E")  # type: ignore[attr-defined]
    _log.error("%s: %s %s failed", name, request.method, request.path, exc_info=error)
    detail = f"Something went wrong on our side, and nothing was done. Our log knows it as {name}."
    return problem(request, 500, "failed", detail)


def _path(loc: Sequence[str | int]) -> str:
    """The place of an error as people write it: ("body", "asked", "lines", 0, "units") is lines[0].units."""
    steps = loc[2:] if loc[0] == "body" else loc[1:]
    path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)
    return path.lstrip(".") or "body"


def _accepted(error: dict[str, Any]) -> str:
    """What would have been accepted, from pydantic's own record of the error."""
    context = error.get("ctx", {})
    if error["type"] == "string_pattern_mismatch":
        pattern: str = context["pattern"]
        return WORDS_FOR.get(pattern, f"a text of the form {pattern}")
    told = _ACCEPTED.get(error["type"])
    return told.format(**context) if told else str(error["msg"])


_ACCEPTED = {
    "not_accepted": "{accepted}",
    "missing": "a value: it is required",
    "extra_forbidden": "nothing: there is no such field",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "true or false",
    "string_type": "a text",
    "string_unicode": "a text of whole Unicode characters",
    "string_too_short": "a text of at least {min_length} characters",
    "string_too_long": "a text of at most {max_length} characters",
    "greater_than_equal": "a whole number from {ge} on",
    "less_than_equal": "a whole number up to {le}",
    "literal_error": "one of {expected}",
    "enum": "one of {expected}",
    "list_type": "a list",
    "too_short": "a list of at least {min_length}",
    "too_long": "a list of at most {max_length}",
    "model_type": "an object",
    "model_attributes_type": "an object",
    "dict_type": "an object",
}
