"""Cuts a condition's text into words, numbers, dates and signs."""

import re
from typing import Literal, NamedTuple

from .source import Text

_TOKEN = re.compile(r"\s*(?:(\d{4}-\d\d-\d\d)|(\d+)|([A-Za-z_]\w*)|(<=|>=|!=|==|[=<>≤≥≠(),%+-]))")


class Token(NamedTuple):
    """A word, number, date, symbol or the end, with where it stands in the text."""

    kind: Literal["date", "number", "word", "symbol", "end"]
    value: str
    start: int
    end: int

    @property
    def shown(self) -> str:
        """As an error speaks of it."""
        return self.value or "the end"


def tokens_of(text: Text) -> list[Token]:
    kinds: tuple[Literal["date", "number", "word", "symbol"], ...] = ("date", "number", "word", "symbol")
    tokens: list[Token] = []
    at, end = 0, len(text.value.rstrip())
    while at < end:
        found = _TOKEN.match(text.value, at)
        if not found or found.lastindex is None:
            start = at + len(text.value[at:]) - len(text.value[at:].lstrip())
            raise text.error(f"`{text.value[start]}` is not a sign of this language", "drop it", start, 1)
        kind = kinds[found.lastindex - 1]
        tokens.append(Token(kind, found[found.lastindex], found.start(found.lastindex), found.end()))
        at = found.end()
    return [*tokens, Token("end", "", end, end + 1)]
