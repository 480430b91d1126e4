"""No field of ours could hold a card number, its expiry or security code: not on a page, not in the API."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aftersale.api.document import document

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "aftersale").glob("**/templates/**/*.html"))
# A tag that people type into, ours or a component's, with everything up to its end.
TYPED = re.compile(r"<(?:input|textarea|select|c-field|c-choice)\b[^>]*>", re.IGNORECASE)
LABEL = re.compile(r"<(?:label|legend)\b[^>]*>.*?</(?:label|legend)>", re.IGNORECASE | re.DOTALL)
SUSPECT = re.compile(
    r"\bcc-|card[-_ ]?(?:no|nr|num|number)\b|\bcredit[-_ ]?card[-_ ]?num|\bpan\b|account[-_ ]?number|卡号"
    r"|\bcv[vcn]\d?\b|\bcsc\b|security[-_ ]?code|安全码"
    r"|\bexp[-_]?(?:month|year|date)\b|card[-_ ]?expir",
    re.IGNORECASE,
)


def suspects(text: str) -> list[str]:
    """What people could type a card into."""
    fields = [*TYPED.findall(text), *LABEL.findall(text)]
    return [field for field in fields if SUSPECT.search(field)]


@pytest.mark.parametrize("page", TEMPLATES, ids=lambda page: page.name)
def test_no_template_has_a_field_for_a_card(page: Path):
    assert suspects(page.read_text(encoding="utf-8")) == []


def test_no_request_of_the_api_has_a_field_for_a_card():
    told = document("/api/v1/")
    names = {
        name
        for methods in told["paths"].values()
        for operation in methods.values()
        for name in [*_in_body(operation, told), *(p["name"] for p in operation["parameters"])]
    }
    assert len(names) > 20
    assert {name for name in names if SUSPECT.search(name)} == set()


@pytest.mark.parametrize(
    "planted",
    [
        '<input name="n" autocomplete="cc-number">',
        '<c-field name="card_number" label="x" />',
        '<c-field name="x" label="{% translate \'Card number\' %}" />',
        "<label for='x'>Security code</label>",
        '<input name="exp_month">',
        '<input\n  id="cvc">',
        '<c-field name="n" label="银行卡号" />',
    ],
)
def test_a_planted_field_is_found(planted: str):
    assert suspects(planted)


def _in_body(operation: dict[str, Any], told: dict[str, Any]) -> Iterator[str]:
    content = operation.get("requestBody", {}).get("content", {})
    todo, seen = [each["schema"] for each in content.values()], set()
    while todo:
        schema = todo.pop()
        if reference := schema.get("$ref", ""):
            if reference not in seen:
                seen.add(reference)
                todo.append(told["components"]["schemas"][reference.rpartition("/")[2]])
            continue
        yield from schema.get("properties", {})
        todo += [*schema.get("properties", {}).values(), *schema.get("anyOf", [])]
        todo += [schema["items"]] if isinstance(schema.get("items"), dict) else []
