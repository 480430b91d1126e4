"""The page about the API, written from the OpenAPI document: plain HTML, nothing to load, nothing to run."""

import json
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from aftersale.api.document import PROBLEMS, document
from aftersale.api.errors import NotAdmitted
from aftersale.base.errors import Refused

_OTHERS = {
    "bad_input": (422, "A field cannot be accepted: `field` names it, `accepted` says what it takes."),
    "not_found": (404, PROBLEMS[404][1]),
    "unreadable_policy": (
        422,
        "The policy document, or a translation, cannot be read: `detail` shows where.",
    ),
    "no_boundaries": (409, "The policy has too many ways to decide to show an example of each."),
    "undecided": (409, "The policy document has no single answer to these facts."),
    "method_not_allowed": (405, PROBLEMS[405][1]),
    "malformed_request": (400, "The request cannot be read."),
    "too_large": (413, PROBLEMS[413][1]),
    "failed": (500, PROBLEMS[500][1]),
    "busy": (503, PROBLEMS[503][1]),
}


def reference(request: HttpRequest) -> HttpResponse:
    """Every operation, every shape and every error, for people."""
    told = document(reverse("api-document").removesuffix("openapi.json"))
    operations = [
        _operation(path, method, operation, told)
        for path, methods in told["paths"].items()
        for method, operation in methods.items()
    ]
    shapes = [_shape(name, schema) for name, schema in sorted(told["components"]["schemas"].items())]
    words = {"info": told["info"], "operations": operations, "shapes": shapes, "problems": problem_codes()}
    return render(request, "api/reference.html", words)


def problem_codes() -> list[tuple[str, int, str]]:
    """Every code a problem can have, with its status and what it means."""
    found = dict(_OTHERS)
    for admitted in NotAdmitted.__subclasses__():
        found[admitted.code] = (admitted.status, PROBLEMS[admitted.status][1])
    kinds: list[type[Refused]] = [Refused, *_below(Refused)]
    for kind in kinds:
        found.setdefault(kind.code, (409, (kind.__doc__ or PROBLEMS[409][1]).strip().splitlines()[0]))
    return sorted((code, status, meaning) for code, (status, meaning) in found.items())


def _below(kind: type[Refused]) -> Iterator[type[Refused]]:
    for child in kind.__subclasses__():
        yield child
        yield from _below(child)


def _operation(path: str, method: str, operation: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    status, success = next((s, a) for s, a in operation["responses"].items() if s.startswith("2"))
    answer = success["content"]["application/json"]["schema"]
    return {
        "id": operation["operationId"],
        "method": method.upper(),
        "path": path,
        "summary": operation["summary"],
        "description": operation.get("description", ""),
        "scope": operation["x-scope"],
        "roles": ", ".join(operation["x-roles"]),
        "parameters": operation["parameters"],
        "body": _names(body) if body else [],
        "body_example": _example(body, told) if body else "",
        "status": status,
        "answer": _names(answer),
        "answer_example": _example(answer, told),
        "errors": [s for s in operation["responses"] if not s.startswith("2")],
    }


def _shape(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    required = schema.get("required", [])
    fields = [
        {
            "name": field,
            "kind": _kind(details),
            "required": field in required,
            "description": details.get("description", ""),
        }
        for field, details in schema.get("properties", {}).items()
    ]
    return {"name": name, "description": schema.get("description", ""), "fields": fields}


def _kind(schema: dict[str, Any]) -> str:
    """A schema in a few words."""
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    if "anyOf" in schema:
        return " or ".join(_kind(each) for each in schema["anyOf"])
    if "enum" in schema:
        return "one of " + ", ".join(str(value) or '""' for value in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_kind(schema['items'])}"
    if "const" in schema:
        return str(schema["const"])
    return str(schema.get("format") or schema.get("type") or "any value")


def _names(schema: dict[str, Any]) -> list[str]:
    if "$ref" in schema:
        return [schema["$ref"].rpartition("/")[2]]
    return [name for each in schema.get("anyOf", []) for name in _names(each)]


def _example(schema: dict[str, Any], told: dict[str, Any]) -> str:
    for name in _names(schema):
        for example in told["components"]["schemas"][name].get("examples", []):
            return json.dumps(example, indent=2, ensure_ascii=False)
    return ""
