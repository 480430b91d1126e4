"""The OpenAPI document: ninja writes the operations down, here every error that they can answer is added."""

from copy import deepcopy
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import JsonResponse
from django.urls import reverse

from aftersale.api.idempotency import REPLAYED
from aftersale.api.problems import MEDIA_TYPE, Problem
from aftersale.api.service import api

# Of each status: the name of its answer, and what it means.
PROBLEMS = {
    400: ("Malformed", "The request cannot be read: broken JSON, or a body where none is read."),
    401: ("KeyRefused", "No living API key. Unknown, expired and revoked keys are not told apart."),
    403: ("NotAllowed", "The key lacks the scope, or its user's role has no business here."),
    404: ("NotFound", "There is nothing here, or it is not yours: the two are never told apart."),
    405: ("WrongMethod", "The address does not take this method; `Allow` lists those it takes."),
    409: ("Refused", "Understood, but a rule forbids it now; `code` says which. Nothing was done."),
    413: ("TooLarge", "The body is larger than 1 MiB; where it holds a file, larger than one may be."),
    415: ("WrongMediaType", "The body is not sent as application/json."),
    422: ("BadInput", "A field cannot be accepted: `field` names it, `accepted` says what it takes."),
    429: ("TooManyRequests", "More requests in this minute than a key may make."),
    500: ("Failed", "Our mistake. Nothing was done; `detail` has the name under which our log knows it."),
    503: ("Busy", "The desk is busy. Nothing was done; send it again."),
}
_ALWAYS = (400, 401, 403, 405, 413, 422, 429, 500, 503)
_HEADERS: dict[int, dict[str, str]] = {
    401: {"WWW-Authenticate": "the scheme to use: Bearer"},
    405: {"Allow": "the methods that the address takes"},
    429: {"Retry-After": "seconds until the next minute"},
    503: {"Retry-After": "seconds to wait"},
}


def openapi(request: HttpRequest) -> HttpResponse:
    """The document, for programs; no key is needed to read it."""
    return JsonResponse(document(reverse("api-document").removesuffix("openapi.json")))


@cache
def document(prefix: str) -> dict[str, Any]:
    """The OpenAPI 3.1 document of the API at the address `prefix`."""
    found: dict[str, Any] = deepcopy(dict(api.get_openapi_schema(path_prefix=prefix)))
    schemas = found["components"]["schemas"]
    problem = Problem.model_json_schema(mode="serialization", ref_template="#/components/schemas/{model}")
    schemas |= problem.pop("$defs") | {"Problem": problem}
    found["components"]["responses"] = {
        name: _response(status, meaning) for status, (name, meaning) in PROBLEMS.items()
    }
    for path, operations in found["paths"].items():
        for method, operation in operations.items():
            _complete(operation, path, method)
    return found


def _complete(operation: dict[str, Any], path: str, method: str) -> None:
    """Add the errors that this operation can answer, and what its answers' headers say."""
    reads_body, has_key = "requestBody" in operation, _takes_idempotency_key(operation)
    wanted = set(_ALWAYS) if operation["x-scope"] else set(_ALWAYS) - {401, 403, 429}
    wanted |= {404} if "{" in path else set()
    wanted |= {409} if method == "post" else set()
    wanted |= {415} if reads_body else set()
    for status in sorted(wanted):
        name, _ = PROBLEMS[status]
        operation["responses"][status] = {"$ref": f"#/components/responses/{name}"}
    if has_key:
        success = operation["responses"][min(operation["responses"])]
        meaning = "`true` when this is the first answer to this key, told again"
        success["headers"] = {REPLAYED: {"description": meaning, "schema": {"type": "string"}}}
    operation["responses"] = {str(status): told for status, told in sorted(operation["responses"].items())}


def _takes_idempotency_key(operation: dict[str, Any]) -> bool:
    return any(parameter["name"] == "Idempotency-Key" for parameter in operation["parameters"])


def _response(status: int, meaning: str) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "description": meaning,
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    if headers := _HEADERS.get(status):
        answer["headers"] = {
            name: {"description": words, "schema": {"type": "string"}} for name, words in headers.items()
        }
    return answer
