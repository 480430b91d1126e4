"""Take the card numbers out of a text; their brand and last four digits stay."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from aftersale.base.card_numbers.exempting import set_aside
from aftersale.base.card_numbers.finding import Hit, hits_in
from aftersale.base.card_numbers.folding import fold, with_letters_as_digits

# What stands in the text instead; the words are the same in every language, so that they can be found again.
REMOVED = "[card number removed: {brand} ending {last_four}]"
CODE_REMOVED = "[code removed]"


@dataclass(frozen=True, slots=True)
class Found:
    """A card number that stood in the text from `start` to `end`, without the number."""

    brand: str
    last_four: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Scrubbed:
    """A text that may be stored, and what was taken out of it."""

    text: str
    found: tuple[Found, ...] = ()


# With fewer digits than this there is no card number, even where letters stand for some.
_ENOUGH = re.compile(r"(?:\D*+\d){8}")
# A moment as machines write it, which every line of a log holds.
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.]{5,15}(?:Z|[+-][0-9]{2}:?[0-9]{2})?")
_LETTERS_AS_DIGITS = re.compile(r"[0-9][OoIl]|[OoIl][0-9]")
_EXPIRY = r"(?:0?[1-9]|1[0-2]) ?[/\-. ]? ?(?:20)?[2-4][0-9]"
_CODE_AFTER_EXPIRY = re.compile(rf"[^0-9A-Za-z]{{0,6}}{_EXPIRY}[^0-9A-Za-z]{{1,4}}([0-9]{{3,4}})(?![0-9])")
_CODE = re.compile(
    r"(?:\bcv[cvn]2?|\bcsc|\bcid\b|security code|digit code|\bcode|código"
    r"|cod(?:igo)?\.? ?(?:de )?seg(?:uran[cç]a)?|pr[uü]fziffer|pr[uü]fnummer"
    r"|安全码|验证码|校验码|on the back|rückseite|背面|verso)"
    r"[^0-9]{0,8}([0-9]{3,4})(?![0-9])",
    re.IGNORECASE,
)


def scrub(text: str, *, known: Collection[str] = ()) -> Scrubbed:
    """`text` without card numbers and the security codes beside them; `known` numbers are left alone."""
    if (not _ENOUGH.match(text) and text.isascii()) or _MOMENT.fullmatch(text):
        return Scrubbed(text)
    folded = set_aside(fold(text))
    if not _ENOUGH.match(folded):
        return Scrubbed(text)
    hits = _without(hits_in(folded), known)
    if _LETTERS_AS_DIGITS.search(folded):
        blanked = _blank(folded, hits)
        spelt = with_letters_as_digits(blanked)
        more = hits_in(spelt) if spelt != blanked else []
        hits += [hit for hit in _without(more, known) if _is_mostly_digits(folded, hit)]
        hits.sort(key=lambda hit: hit.start)
    if not hits:
        return Scrubbed(text)
    return Scrubbed(_replaced(text, folded, hits), tuple(_found(hit) for hit in hits))


def _without(hits: Iterable[Hit], known: Collection[str]) -> list[Hit]:
    return [hit for hit in hits if hit.number not in known]


def _found(hit: Hit) -> Found:
    return Found(hit.brand, hit.number[-4:], hit.start, hit.end)


def _is_mostly_digits(folded: str, hit: Hit) -> bool:
    digits = sum(char.isdecimal() for char in folded[hit.start : hit.end])
    return digits * 2 >= len(hit.number)


def _blank(folded: str, hits: Iterable[Hit]) -> str:
    parts, at = [], 0
    for hit in hits:
        parts += [folded[at : hit.start], "\1" * (hit.end - hit.start)]
        at = hit.end
    return "".join([*parts, folded[at:]])


def _replaced(text: str, folded: str, hits: list[Hit]) -> str:
    marks = [(hit.start, hit.end, _mark(hit)) for hit in hits]
    rest = _blank(folded, hits)
    codes = {code.span(1) for code in _CODE.finditer(rest)}
    for hit in hits:
        if code := _CODE_AFTER_EXPIRY.match(rest, hit.end):
            codes.add(code.span(1))
    marks += [(start, end, CODE_REMOVED) for start, end in codes]
    parts, at = [], 0
    for start, end, mark in sorted(marks):
        parts += [text[at:start], mark]
        at = end
    return "".join([*parts, text[at:]])


def _mark(hit: Hit) -> str:
    return REMOVED.format(brand=hit.brand, last_four=hit.number[-4:])
