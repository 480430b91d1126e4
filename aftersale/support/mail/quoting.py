"""What somebody wrote anew in a mail, apart from the mail it answers and from signatures; nothing is lost.

Nearly every client names the mail it answers by its sender. That is us: so a line with our own address, a
date and a colon is found in any language. Each line is looked at with a few neighbours only, which keeps the
time in proportion to the text.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import Enum

_DATED = re.compile(r"\d{1,2}\s?[:.h時时点點]\s?\d{2}|(?<!\d)(?:19|20)\d\d(?!\d)")
_LABEL = re.compile(r"[\s*|]{0,9}[^\s:：|*][^:：|]{0,24}(?::(?=[\s*])|[：|])")
_SEPARATOR = re.compile(r"\s{0,9}(?:[-_=]{3,}.{0,60}[-_=]{3,}|_{8,}|-{8,})\s*")
_FORWARDED = re.compile(
    r"\s{0,9}(?:begin forwarded message|anfang der weitergeleiteten nachricht|début du message (?:ré)?expédié"
    r"|inicio del mensaje reenviado|inizio messaggio inoltrato|以下是转发的邮件|以下是轉寄的郵件)\s*[:：]\s*",
    re.IGNORECASE,
)
# With our address, the first line of our mails: "write your answer above this line", in any language.
_FIRST_LINE = re.compile(r"\s{0,9}-{5} .{1,200} -{5}\s*")
_SIGNATURE = re.compile(r"--\s?")
# Of a telephone or a mail program alone: "Sent via DHL on Monday." is what a customer has to say.
_SENT_FROM = re.compile(
    r"\s{0,9}(?:sent from (?:my|yahoo|outlook|mail for|aol|proton|samsung|gmail)|get outlook for"
    r"|sent (?:with|via) (?:the )?(?:proton|k-9|yahoo|samsung|bluemail)|von meinem .{1,30}gesendet"
    r"|gesendet (?:von (?:meine[mr]|outlook|mail für|yahoo)|mit (?:der gmx|der web\.de|outlook|k-9|proton))"
    r"|diese nachricht wurde von meinem .{1,60}gesendet|envoyé (?:de mon|depuis mon|depuis l.application)"
    r"|enviado desde (?:mi|outlook|yahoo)|enviado do meu|inviato da(?:l mio| outlook| yahoo)"
    r"|verzonden vanaf mijn|wysłane z (?:mojego|iphone)|skickat från min"
    r"|отправлено (?:с iphone|из мобильной|из яндекс|из mail)"
    r"|发自我的|發自我的|從我的|来自我的|iphoneから|나의 iphone에서)",
    re.IGNORECASE,
)
_LONGEST_SIGNATURE = 12
_LONGEST_HEAD = 8
_LONGEST_SENT_FROM = 100


@dataclass(frozen=True, slots=True)
class Split:
    """Both parts of a text, each in its order."""

    fresh: str
    quoted: str


class _Kind(Enum):
    BLANK = "blank"
    WRITTEN = "written"
    QUOTE = "quote"
    SIGNATURE = "signature"


def split_quoted(text: str, own_addresses: Collection[str], own_name: str = "") -> Split:
    """`text` parted into what is fresh and what is quoted.

    Our own name stands where a program shows no address. People write it, too: it counts right above a mail
    of ours alone.
    Answers between quoted lines stay fresh together with what they answer. Where all is quoted, all is
    fresh: a mail that only forwards something says that.
    """
    lines = text.split("\n")
    own = [address.lower() for address in own_addresses if address]
    ours = [any(address in line.lower() for address in own) for line in lines]
    kinds = [_kind(line) for line in lines]
    end = _mark_what_names_us(lines, ours, kinds)
    if own_name and end < len(lines) and _FIRST_LINE.fullmatch(lines[end]):
        end = _head_above(lines, kinds, end, own_name.lower())
    _mark_attributions(lines, kinds[:end], kinds)
    _mark_signatures(lines, kinds, end)
    start, stop = _fresh_span(kinds[:end])
    if start == stop:
        return Split(text.strip(), "")
    return Split(_joined(lines[start:stop]), _joined([*lines[:start], *lines[stop:]]))


def _mark_what_names_us(lines: Sequence[str], ours: Sequence[bool], kinds: list[_Kind]) -> int:
    """Mark attributions above quoted lines, and return where a mail of ours begins without marks."""
    for at, is_ours in enumerate(ours):
        if not is_ours or kinds[at] is not _Kind.WRITTEN:
            continue
        if _FIRST_LINE.fullmatch(lines[at]):
            return at
        if (top := _top_of_headers(lines, kinds, at)) is not None:
            return top
        found = _attribution(lines, kinds, at)
        if found is None:
            continue
        first, last = found
        if _next_kind(kinds, last) is not _Kind.QUOTE:
            return _with_separator(lines, kinds, first)
        kinds[first : last + 1] = [_Kind.QUOTE] * (last + 1 - first)
    return len(lines)


def _head_above(lines: Sequence[str], kinds: Sequence[_Kind], end: int, own_name: str) -> int:
    """Where the head begins that names us by name above the first line of our mail; else that line."""
    for at in range(end - 1, max(end - _LONGEST_HEAD, -1), -1):
        if own_name not in lines[at].lower():
            continue
        if (top := _top_of_headers(lines, kinds, at)) is not None:
            return top
        if (found := _attribution(lines, kinds, at)) is not None:
            return _with_separator(lines, kinds, found[0])
    return end


def _top_of_headers(lines: Sequence[str], kinds: Sequence[_Kind], at: int) -> int | None:
    """The first line of the headers around this one, such as `From:`, `Sent:`, `To:` in any language."""
    for above in range(at - 1, max(at - 5, -1), -1):
        if _SEPARATOR.fullmatch(lines[above]):
            return above
    if not _LABEL.match(lines[at]):
        return None
    first = last = at
    while first > max(0, at - 3) and _LABEL.match(lines[first - 1]):
        first -= 1
    while last < min(len(lines) - 1, at + 5) and _LABEL.match(lines[last + 1]):
        last += 1
    if last - first < 2 or not any(_DATED.search(line) for line in lines[first : last + 1]):
        return None
    return _with_separator(lines, kinds, first)


def _attribution(lines: Sequence[str], kinds: Sequence[_Kind], at: int) -> tuple[int, int] | None:
    """First and last line of "On this day somebody wrote:", of which line `at` names us."""
    for last in range(at, min(at + 3, len(lines))):
        if kinds[last] is not _Kind.WRITTEN:
            return None
        if lines[last].rstrip().endswith((":", "：")):
            break
    else:
        return None
    first = at
    if at and kinds[at - 1] is _Kind.WRITTEN and _leads_on(lines[at - 1]):
        first = at - 1
    return (first, last) if _DATED.search(" ".join(lines[first : last + 1])) else None


def _leads_on(line: str) -> bool:
    """Whether a line was broken off for its length, within a date."""
    told = line.strip()
    return len(told) >= 30 and told[-1] not in ".!?。！？:：" and any(map(str.isdecimal, told))


def _with_separator(lines: Sequence[str], kinds: Sequence[_Kind], first: int) -> int:
    """The line of dashes, or that of "Begin forwarded message:", which stands above belongs to it."""
    for above in range(first - 1, max(first - 3, -1), -1):
        if _SEPARATOR.fullmatch(lines[above]) or _FORWARDED.fullmatch(lines[above]):
            return above
        if kinds[above] is not _Kind.BLANK:
            break
    return first


def _mark_attributions(lines: Sequence[str], kinds: Sequence[_Kind], marked: list[_Kind]) -> None:
    """What stands above quoted lines with a colon at its end and a date or an address is theirs."""
    for at in range(1, len(kinds)):
        if kinds[at] is _Kind.QUOTE and kinds[at - 1] is not _Kind.QUOTE:
            above = at - 2 if kinds[at - 1] is _Kind.BLANK and at > 1 else at - 1
            told = lines[above].rstrip()
            names_somebody = "@" in told or _DATED.search(told)
            if kinds[above] is _Kind.WRITTEN and told.endswith((":", "：")) and names_somebody:
                marked[above] = _Kind.QUOTE


def _mark_signatures(lines: Sequence[str], kinds: list[_Kind], end: int) -> None:
    """A signature ends what was written: at the end, or above what is quoted."""
    below, stop, ends_here = 0, end, True
    for at in range(end - 1, -1, -1):
        if kinds[at] is _Kind.QUOTE:
            below, stop, ends_here = 0, at, True
        elif kinds[at] is _Kind.WRITTEN:
            below += 1
            if _SIGNATURE.fullmatch(lines[at]) and below <= _LONGEST_SIGNATURE:
                kinds[at:stop] = [_Kind.SIGNATURE] * (stop - at)
                stop, ends_here = at, True
            elif ends_here and _was_sent_from(lines[at]):
                kinds[at] = _Kind.SIGNATURE
            else:
                ends_here = False


def _was_sent_from(line: str) -> bool:
    return len(line) <= _LONGEST_SENT_FROM and bool(_SENT_FROM.match(line))


def _fresh_span(kinds: Sequence[_Kind]) -> tuple[int, int]:
    """From the first line that was written to the last; with what is quoted between and, then, above them."""
    written = [at for at, kind in enumerate(kinds) if kind is _Kind.WRITTEN]
    if not written:
        return 0, 0
    first, stop = written[0], written[-1] + 1
    if _Kind.QUOTE in kinds[first:stop] and _Kind.QUOTE in kinds[:first]:
        first = kinds.index(_Kind.QUOTE)
    return first, stop


def _kind(line: str) -> _Kind:
    told = line.strip()
    if not told:
        return _Kind.BLANK
    return _Kind.QUOTE if told.startswith(">") else _Kind.WRITTEN


def _next_kind(kinds: Sequence[_Kind], at: int) -> _Kind:
    """Of the next line that is not blank, among the next few."""
    return next((kind for kind in kinds[at + 1 : at + 4] if kind is not _Kind.BLANK), _Kind.BLANK)


def _joined(lines: Sequence[str]) -> str:
    return "\n".join(lines).strip()
