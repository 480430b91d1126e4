"""The policy's own words, made ready for pages."""

import re
from collections.abc import Iterable

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from aftersale.web.words import fact_name

_INLINE = (
    (re.compile(r"\*\*(\S(?:.*?\S)?)\*\*"), r"<strong>\1</strong>"),
    (re.compile(r"\*(\S(?:.*?\S)?)\*"), r"<em>\1</em>"),
    (re.compile(r"`([^`]+)`"), r"<code>\1</code>"),
)


def inline(text: str) -> SafeString:
    """A paragraph of the document with its emphasis; everything else in it is text."""
    html = str(escape(text))
    for pattern, put in _INLINE:
        html = pattern.sub(put, html)
    return mark_safe(html)  # noqa: S308 - escaped above


def facts_told(facts: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Each fact's name as pages say it, and what it means."""
    return [(fact_name(name), meaning) for name, meaning in facts]
