"""Every error is one shape, names the field and what it takes, and leaves everything as it was."""

import json
import logging

import pytest
from django.db import OperationalError

from aftersale.api.problems import MEDIA_TYPE, Problem
from aftersale.api.reference import problem_codes
from aftersale.api.tests.cast import LAMP, ONE_LAMP, a_return, a_wish
from aftersale.returns.models import Return
from aftersale.returns.tests.cast import an_order


def problem_of(answer):
    """The problem of an answer, with everything checked that all problems share."""
    assert answer["Content-Type"] == MEDIA_TYPE
    assert answer["Cache-Control"] == "no-store"
    told = Problem.model_validate_json(answer.content)
    assert told.status == answer.status_code
    assert told.instance == answer.wsgi_request.path
    assert told.type == f"/api/v1/docs#{told.code}"
    assert told.code in {code for code, _, _ in problem_codes()}
    return told


@pytest.mark.parametrize(
    ("wrong", "field", "accepted"),
    [
        ({"lines": [LAMP | {"units": "3"}]}, "lines[0].units", "a whole number"),
        ({"lines": [LAMP | {"units": 1.0}]}, "lines[0].units", "a whole number"),
        ({"lines": [LAMP | {"units": True}]}, "lines[0].units", "a whole number"),
        ({"lines": [LAMP | {"units": 0}]}, "lines[0].units", "a whole number from 1 on"),
        ({"lines": [LAMP | {"units": 10**30}]}, "lines[0].units", "a whole number up to 10000"),
        ({"lines": []}, "lines", "a list of at least 1"),
        ({"lines": LAMP}, "lines", "a list"),
        ({"lines": ["all"]}, "lines[0]", "an object"),
        (
            {"lines": [LAMP | {"reason": "bored"}]},
            "lines[0].reason",
            "one of 'unwanted', 'defective', 'wrong' or 'missing'",
        ),
        ({"lines": [LAMP | {"colour": "red"}]}, "lines[0].colour", "nothing: there is no such field"),
        ({"supplier": 1}, "supplier", "a text"),
        ({"supplier": "L\0"}, "supplier", "a text without the NUL character"),
        ({"note": "x" * 2001}, "note", "a text of at most 2000 characters"),
        ({"received_on": "1/2/2026"}, "received_on", "a day such as 2026-04-30"),
        ({"received_on": "2026-02-30"}, "received_on", "a day such as 2026-04-30"),
        ({"received_on": 20260430}, "received_on", "a day such as 2026-04-30"),
    ],
)
def test_a_wrong_field_is_named_with_what_it_takes(world, ann, wrong, field, accepted):
    order = an_order(world)
    told = problem_of(ann.post(f"/orders/{order.code}/returns", ONE_LAMP | wrong, wish=a_wish()))
    assert (told.status, told.code) == (422, "bad_input")
    assert (told.field, told.accepted) == (field, accepted)
    assert not Return.objects.exists()


@pytest.mark.parametrize(
    "moment",
    ["2026-06-01", "2026-06-01T08:00:00", "2026-06-01 08:00:00Z", 1780300800, "0001-01-01T00:00:00Z"],
)
def test_a_moment_needs_its_zone(world, ann, moment):
    case = a_return(world)
    told = problem_of(ann.post(f"/returns/{case.reference}/hand-over", {"handed_over_at": moment}))
    assert (told.status, told.field) == (422, "handed_over_at")
    assert "a moment with its zone" in told.detail
    assert case.lines.get().state == "authorised"


def test_a_missing_field_is_named(ann, world):
    told = problem_of(ann.post(f"/orders/{an_order(world).code}/returns", {"lines": [LAMP]}, wish=a_wish()))
    assert (told.field, told.accepted) == ("supplier", "a value: it is required")


def test_all_wrong_fields_are_counted(ann, world):
    told = problem_of(ann.post(f"/orders/{an_order(world).code}/returns", {"a": 1}, wish=a_wish()))
    assert "2 more fields cannot be accepted either" in told.detail


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"",
        b"\xff\xfe",
        b'{"supplier": NaN}',
        b'{"supplier": "LI", "supplier": "OTTO"}',
        b"[" * 100_000,
        b'{"lines": ' + b"9" * 5000 + b"}",
        b'{"supplier": "\\ud800"}',
    ],
)
def test_a_body_that_cannot_be_read_is_said_so(world, ann, body):
    order = an_order(world)
    headers = {"Authorization": f"Bearer {ann.secret}", "Idempotency-Key": a_wish()}
    answer = ann.client.generic(
        "POST", f"/api/v1/orders/{order.code}/returns", body, "application/json", headers=headers
    )
    told = problem_of(answer)
    assert told.status in (400, 422)
    assert told.code in ("malformed_json", "bad_input")
    assert not Return.objects.exists()


@pytest.mark.parametrize("body", [[], "text", 1, None])
def test_a_body_is_an_object(world, ann, body):
    headers = {"Authorization": f"Bearer {ann.secret}"}
    answer = ann.client.generic(
        "POST", "/api/v1/policies/decide", json.dumps(body), "application/json", headers=headers
    )
    told = problem_of(answer)
    assert (told.status, told.field, told.accepted) == (422, "body", "an object")


def test_a_form_is_not_json(world, ann):
    headers = {"Authorization": f"Bearer {ann.secret}", "Idempotency-Key": a_wish()}
    address = f"/api/v1/orders/{an_order(world).code}/returns"
    told = problem_of(ann.client.post(address, {"supplier": "LI"}, headers=headers))
    assert (told.status, told.field, told.accepted) == (415, "Content-Type", "application/json")


def test_more_than_a_mebibyte_is_too_much(world, ann):
    told = problem_of(ann.post("/policies/decide", {"facts": {"x": "x" * 1024 * 1024}}))
    assert (told.status, told.code, told.field) == (413, "too_large", "body")


@pytest.mark.parametrize(("told", "status"), [("9" * 5000, 413), ("much", 422), ("-1", 422)])
def test_a_told_length_is_not_believed_blindly(ann, told, status):
    headers = {"Authorization": f"Bearer {ann.secret}"}
    answer = ann.client.generic(
        "POST", "/api/v1/policies/decide", b"{}", "application/json", headers=headers, CONTENT_LENGTH=told
    )
    assert problem_of(answer).status == status


def test_what_reads_no_body_is_sent_none(world, ann):
    case = a_return(world)
    told = problem_of(ann.post(f"/returns/{case.reference}/withdrawal", {"reason": "late"}))
    assert (told.status, told.code) == (400, "body_unwanted")
    assert case.lines.get().state == "authorised"


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "OPTIONS", "HEAD"])
def test_a_method_that_is_not_taken_lists_those_that_are(ann, method):
    answer = ann.client.generic(method, "/api/v1/me", headers={"Authorization": f"Bearer {ann.secret}"})
    assert (answer.status_code, answer["Allow"]) == (405, "GET")
    if method != "HEAD":
        assert problem_of(answer).code == "method_not_allowed"


@pytest.mark.parametrize("path", ["/nothing", "/orders/", "/", "/orders/a/b/c", "/../admin"])
def test_an_address_that_does_not_exist_is_a_problem_too(ann, path):
    assert problem_of(ann.get(path)).code == "not_found"


@pytest.mark.parametrize(
    ("query", "field"),
    [("?limit=0", "limit"), ("?limit=101", "limit"), ("?limit=ten", "limit"), ("?limit=1&limit=2", "limit"),
     ("?cursor=x", "cursor"), ("?page=2", "page"), ("?li%00mit=2", "li�mit")],
)  # fmt: skip
def test_a_parameter_that_is_not_understood_is_named(ann, query, field):
    told = problem_of(ann.get(f"/orders{query}"))
    assert (told.status, told.field) == (422, field)


def test_a_thousand_parameters_are_refused(ann):
    assert problem_of(ann.get("/orders?" + "&".join(f"p{n}=1" for n in range(2000)))).status == 400


@pytest.mark.parametrize("wish", ["", "short", "with a space", "x" * 256, "ünïcödé-wish"])
def test_an_idempotency_key_is_8_to_255_visible_characters(world, ann, wish):
    order = an_order(world)
    told = problem_of(ann.post(f"/orders/{order.code}/returns", ONE_LAMP, wish=wish))
    assert (told.status, told.field) == (422, "Idempotency-Key")
    assert not Return.objects.exists()


def test_our_own_mistake_has_a_name_in_the_log_and_no_trace_in_the_answer(world, ann, monkeypatch, caplog):
    def broken(*_args, **_kwargs):
        raise RuntimeError("secret detail")

    monkeypatch.setattr("aftersale.returns.services.withdraw_return", broken)
    case = a_return(world)
    with caplog.at_level(logging.ERROR, logger="aftersale.api"):
        answer = ann.post(f"/returns/{case.reference}/withdrawal")
    told = problem_of(answer)
    assert (told.status, told.code) == (500, "failed")
    assert b"secret" not in answer.content and b"Traceback" not in answer.content
    name = told.detail.rstrip(".").rpartition(" ")[2]
    assert name in caplog.text and "secret detail" in caplog.text


def test_a_busy_database_asks_to_come_back(world, ann, monkeypatch):
    def locked(*_args, **_kwargs):
        raise OperationalError("database is locked")

    monkeypatch.setattr("aftersale.returns.services.withdraw_return", locked)
    answer = ann.post(f"/returns/{a_return(world).reference}/withdrawal")
    assert (problem_of(answer).status, answer["Retry-After"]) == (503, "2")
