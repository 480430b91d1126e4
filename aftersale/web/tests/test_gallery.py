"""The gallery shows every component, in both languages, without anything the content policy forbids."""

import pytest
from django.test import RequestFactory
from django.utils import translation

from aftersale.web.gallery import gallery


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_gallery_answers_in_each_language(language: str) -> None:
    page = _page(language)
    assert f'<html lang="{language}"' in page
    assert 'class="answer ' in page


def test_no_component_is_left_unresolved() -> None:
    page = _page("en")
    assert "<c-" not in page
    assert "{{" not in page and "{%" not in page


def test_the_gallery_keeps_to_the_content_policy() -> None:
    page = _page("en")
    assert " style=" not in page and "<style" not in page
    assert " onclick=" not in page
    assert "<script>" not in page


def _page(language: str) -> str:
    with translation.override(language):
        answer = gallery(RequestFactory().get("/gallery/"))
    assert answer.status_code == 200
    return answer.content.decode()
