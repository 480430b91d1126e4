"""The document and the page about it say what is there: nothing missing, nothing made up, nothing to load."""

import re
from typing import Any

import pytest
from pydantic import BaseModel

import aftersale
from aftersale.accounts.models import Role
from aftersale.accounts.services import SCOPES
from aftersale.api import fields, shapes
from aftersale.api.document import document
from aftersale.api.fields import Shape
from aftersale.api.reference import problem_codes

DOCUMENT = document("/api/v1/")
OPEN = ("get_rights", "get_receipt_key", "list_failed_payment_answers", "get_contact")  # what needs no key
OPERATIONS = [
    (path, method, operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
]


def test_anybody_may_read_it(client, db):
    answer = client.get("/api/v1/openapi.json")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    assert answer.json()["openapi"].startswith("3.1")
    assert answer.json()["info"]["version"] == aftersale.__version__


@pytest.mark.parametrize("path", ["openapi.json", "docs"])
def test_it_is_read_and_nothing_else(client, db, path):
    answer = client.post(f"/api/v1/{path}")
    assert (answer.status_code, answer["Allow"]) == (405, "GET")
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS)
def test_an_operation_is_written_down_whole(path, method, operation):
    assert re.fullmatch("[a-z]+(_[a-z]+)+", operation["operationId"])
    assert operation["summary"] and operation["description"] and operation["tags"]
    always = {"405", "413", "422", "500", "503"}
    if operation["operationId"] in OPEN:
        assert "security" not in operation
        assert not operation["x-scope"] and len(operation["x-roles"]) == len(Role)
    else:
        assert operation["security"] == [{"ApiKeyAuth": []}]
        assert operation["x-scope"] in SCOPES and operation["x-roles"]
        always |= {"401", "403", "429"}
    assert always <= set(operation["responses"])
    assert ("404" in operation["responses"]) == ("{" in path)
    if "requestBody" in operation:
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        assert examples_of(schema), "a body has an example"
        assert {"400", "415"} <= set(operation["responses"])


def test_operations_have_names_of_their_own():
    names = [operation["operationId"] for _, _, operation in OPERATIONS]
    assert len(names) == len(set(names))


def test_every_error_is_the_one_shape():
    for response in DOCUMENT["components"]["responses"].values():
        ((media, content),) = response["content"].items()
        assert media == "application/problem+json"
        assert content["schema"] == {"$ref": "#/components/schemas/Problem"}


@pytest.mark.parametrize("shape", sorted(DOCUMENT["components"]["schemas"]))
def test_a_shape_takes_nothing_unknown_and_says_what_it_is(shape):
    schema = DOCUMENT["components"]["schemas"][shape]
    if "properties" in schema:
        assert schema["additionalProperties"] is False
        assert schema["description"]


def test_examples_are_true_to_their_shapes():
    found = 0
    for shape in all_shapes(Shape):
        extra: Any = shape.model_config.get("json_schema_extra") or {}
        for example in extra.get("examples", []):
            shape.model_validate(example)
            found += 1
    assert found > 10


def test_money_versions_and_posts_are_written_only_with_a_key_of_their_own():
    with_key = {
        operation["operationId"]
        for _, _, operation in OPERATIONS
        for parameter in operation["parameters"]
        if parameter["name"] == "Idempotency-Key" and parameter["required"]
    }
    money = {
        "request_return", "inspect_return", "retry_refund", "release_refund", "pay_order", "retry_charge",
        "release_redirect", "record_bank_payment", "record_sent_back",
    }  # fmt: skip
    posts = {
        "open_thread",
        "write_post",
        "split_thread",
        "open_incident",
        "add_macro",
        "take_next",
        "answer_conversation",
        "give_rma",
        "answer_incident",
        "add_thread_file",
        "add_answer_file",
    }
    assert with_key == money | posts | {"publish_version", "correct_version"}


def test_the_page_tells_every_operation_every_shape_and_every_error(client, db):
    page = client.get("/api/v1/docs").content.decode()
    for _, _, operation in OPERATIONS:
        assert f'id="{operation["operationId"]}"' in page
    for shape in DOCUMENT["components"]["schemas"]:
        assert f'id="shape-{shape}"' in page
    for code, _, _ in problem_codes():
        assert f'id="{code}"' in page


def test_the_page_runs_nothing_and_loads_one_stylesheet_of_ours(client, db):
    answer = client.get("/api/v1/docs")
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    page = answer.content.decode()
    assert "<script" not in page and "style=" not in page and "<style" not in page
    loaded = re.findall(r'(?:src|href)="(?!#)([^"]+)"', page)
    assert loaded == ["/static/api/reference.css", "/api/v1/openapi.json"]
    targets = set(re.findall(r'href="#([^"]+)"', page))
    assert targets <= set(re.findall(r'id="([^"]+)"', page))


def examples_of(schema):
    name = schema["$ref"].rpartition("/")[2]
    return DOCUMENT["components"]["schemas"][name].get("examples")


def test_no_two_shapes_share_a_name_in_the_document():
    names = [each.__name__ for each in set(all_shapes(Shape))]
    assert len(names) > 100
    assert not {name for name in names if names.count(name) > 1}


def all_shapes(shape: type[BaseModel]) -> list[type[BaseModel]]:
    assert fields and shapes
    below = [deeper for child in shape.__subclasses__() for deeper in all_shapes(child)]
    return [shape, *below]
