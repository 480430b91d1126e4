"""A condition as it is written, cut at its `and`, `or`, `not` and brackets, and put into the usual words."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from .errors import DocumentError
from .expr import Parser
from .facts import Fact
from .nodes import Condition
from .source import Text
from .tokens import Token, tokens_of

_WORDED = {"<=": "at most", "≤": "at most", ">=": "at least", "≥": "at least"}
_WORDED |= {"<": "less than", ">": "more than", "==": "=", "≠": "!="}
_BINDS_LEAST: tuple[Literal["implies", "or", "and"], ...] = ("implies", "or", "and")


class Part(NamedTuple):
    """A piece of a condition: one test, or how its parts are joined."""

    how: Literal["test", "not", "and", "or", "implies"]
    text: Text
    parts: tuple["Part", ...] = ()


def parts_of(text: Text) -> Part:
    """The parts of a condition or rule that has been read without an error before."""
    return _part(text, tokens_of(text)[:-1])


def usual(text: Text, facts: Mapping[str, Fact], words: Mapping[str, Condition]) -> str:
    """A condition or rule in the usual words, with just the brackets that it needs; it means the same."""
    for attempt in (_in_words(parts_of(text)), _spaced(tokens_of(text)[:-1])):
        if _means(Text(text.file, attempt, text.line, 1), facts, words) == _means(text, facts, words):
            return attempt
    return text.value


def _means(text: Text, facts: Mapping[str, Fact], words: Mapping[str, Condition]) -> Condition | None:
    try:
        return Parser(text, facts, words).whole_rule()
    except DocumentError:
        return None


def _part(text: Text, tokens: Sequence[Token]) -> Part:
    whole = text.part(tokens[0].start, tokens[-1].end)
    for word in _BINDS_LEAST:
        pieces = list(_split(tokens, word))
        if len(pieces) > 1:
            return Part(word, whole, tuple(_part(text, piece) for piece in pieces))
    if tokens[0].value == "not":
        return Part("not", whole, (_part(text, tokens[1:]),))
    if tokens[0].value == "(" and _closing(tokens) == len(tokens) - 1:
        return _part(text, tokens[1:-1])
    return Part("test", whole)


def _split(tokens: Sequence[Token], word: str) -> Iterator[Sequence[Token]]:
    """The tokens between the words outside of brackets."""
    deep, start = 0, 0
    for place, token in enumerate(tokens):
        deep += {"(": 1, ")": -1}.get(token.value, 0)
        if token.value == word and not deep:
            yield tokens[start:place]
            start = place + 1
    yield tokens[start:]


def _closing(tokens: Sequence[Token]) -> int:
    """The place of the bracket that closes the first one."""
    deep = 0
    for place, token in enumerate(tokens):
        deep += {"(": 1, ")": -1}.get(token.value, 0)
        if not deep:
            return place
    return -1


def _in_words(part: Part) -> str:
    if part.how == "test":
        return _spaced(tokens_of(part.text)[:-1])
    if part.how != "not":
        return f" {part.how} ".join(_bracketed(inner) for inner in part.parts)
    inner = part.parts[0]
    if inner.how == "not":
        return _in_words(inner.parts[0])
    words = _bracketed(inner)
    first, is_, rest = words.partition(" is ")
    can_be_put_in = inner.how == "test" and is_ and " " not in first and not rest.startswith("not ")
    return f"{first} is not {rest}" if can_be_put_in and rest not in ("absent", "known") else f"not {words}"


def _bracketed(part: Part) -> str:
    joined = part.how in ("and", "or")
    return f"({_in_words(part)})" if joined else _in_words(part)


def _spaced(tokens: Sequence[Token]) -> str:
    """The tokens in the usual words, a space between two where a reader wants one."""
    words = ""
    for place, token in enumerate(tokens):
        before = tokens[place - 1].value if place else "("
        is_sign = place > 1 and before == "-" and not _is_operand(tokens[place - 2])
        joined = before == "(" or token.value in (")", ",", "%") or is_sign
        words += ("" if joined else " ") + _WORDED.get(token.value, token.value)
    return words


def _is_operand(token: Token) -> bool:
    """Whether a minus after this takes something away from it."""
    spoken = ("most", "least", "than", "is", "of", "before", "after", "on", "within")
    return token.value == ")" or (token.kind in ("word", "number", "date") and token.value not in spoken)
