"""Where card numbers stand in a folded text: groups of digits that belong together, in a shape people use."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from aftersale.base.card_numbers.folding import BARRIER, NOTHING
from aftersale.base.card_numbers.issuers import FIRST_DIGITS, LONGEST, Issuer, issuer_of, passes_luhn
from aftersale.base.card_numbers.surroundings import is_within_another, may_say_card, says_card


@dataclass(frozen=True, slots=True)
class Hit:
    """A card number of `brand` from `start` to `end`."""

    start: int
    end: int
    brand: str
    number: str


class Group(NamedTuple):
    """Digits that touch, and what parts them from the group before: a few signs, some words, or too much."""

    start: int
    end: int
    digits: str
    gap: str
    parted_by: int


SIGNS, WORDS, FAR = range(3)
type Judge = Callable[[Sequence[Group], list[int]], bool]

_GROUP = re.compile(r"[0-9](?:\0*[0-9])*")
_NO_SIGN = re.compile(r"[^ \t\r\n\-.,;:/|_*+'\"()\[\]>=~\\#]")
_MOST_SIGNS, _MOST_WORDS = 5, 32
# Small numbers one after the other, too many to be cards: a table, a series.
_SERIES = re.compile(r"(?<![0-9])(?:[0-9]{1,3}[^0-9]{1,5}){100,}+")
_EVEN = frozenset((1, 2, 3, 4, 5, 6, 8))


def hits_in(folded: str) -> list[Hit]:
    """The card numbers in `folded`, from left to right, none within another; the surest kind first."""
    folded = _SERIES.sub(lambda series: BARRIER * len(series[0]), folded)
    groups = list(_groups(folded))
    found = _pass(folded, groups, SIGNS, _is_usual)
    groups = _left_of(groups, found)
    found += _counted(groups)
    if any(group.parted_by == WORDS for group in groups):
        groups = _left_of(groups, found)
        found += _pass(folded, groups, WORDS, _is_usual_with_words)
    if len(groups) > len(found) and may_say_card(folded):
        found += _pass(folded, _left_of(groups, found), SIGNS, _could_be)
    return sorted(found, key=lambda hit: hit.start)


def _groups(folded: str) -> Iterator[Group]:
    before, known, has_nothings = -1_000, {"": SIGNS}, NOTHING in folded
    for match in _GROUP.finditer(folded):
        start, end = match.span()
        digits, gap, parted_by = match[0], "", FAR
        if start - before < 400:
            gap = folded[before:start]
            if has_nothings:
                gap = gap.replace(NOTHING, "")
            # The same few gaps come again and again.
            parted_by = known[gap] if gap in known else known.setdefault(gap, _kind_of(gap))
        if has_nothings:
            digits = digits.replace(NOTHING, "")
        yield Group(start, end, digits, gap, parted_by)
        before = end


def _kind_of(gap: str) -> int:
    if len(gap) <= _MOST_SIGNS and not _NO_SIGN.search(gap):
        return SIGNS
    return WORDS if len(gap) <= _MOST_WORDS and BARRIER not in gap else FAR


def _left_of(groups: Sequence[Group], found: Sequence[Hit]) -> list[Group]:
    """The groups that are in no card number yet; nothing is read across one."""
    left, taken, is_cut = [], sorted(found, key=lambda hit: hit.start), False
    at = 0
    for group in groups:
        while at < len(taken) and taken[at].end <= group.start:
            at, is_cut = at + 1, True
        if at < len(taken) and taken[at].start <= group.start:
            continue
        left.append(group._replace(parted_by=FAR) if is_cut else group)
        is_cut = False
    return left


def _pass(folded: str, groups: Sequence[Group], reach: int, judge: Judge) -> list[Hit]:
    """What `judge` takes for the shape of a card, from left to right; groups parted by more are apart."""
    found: list[Hit] = []
    at, is_inside = 0, False
    while at < len(groups):
        group = groups[at]
        is_inside = is_inside and group.parted_by <= reach and len(group.digits) < 3
        taken = 0
        # Among small numbers a card does not begin in the middle.
        if not is_inside and group.digits[0] in FIRST_DIGITS:
            hit, taken = _best_at(folded, groups, at, reach, judge)
            if hit:
                found.append(hit)
        is_inside = len(group.digits) < 3 and not taken
        at += taken or 1
    return found


def _best_at(
    folded: str, groups: Sequence[Group], first: int, reach: int, judge: Judge
) -> tuple[Hit | None, int]:
    """The card number that begins with the group `first`, and how many groups it takes."""
    best: tuple[Hit | None, int] = (None, 0)
    for last, number, issuer in _windows(groups, first, reach):
        is_usual_length = len(number) in issuer.lengths
        if best[0] and not is_usual_length:
            continue
        window = groups[first : last + 1]
        if not judge(window, [len(each.digits) for each in window]):
            continue
        if _is_believed(folded, groups, first, last, is_usual_length):
            best = Hit(window[0].start, window[-1].end, issuer.brand, number), len(window)
            # Only some issuers have usual numbers longer than this.
            if len(number) == max(issuer.lengths, default=0):
                break
    return best if best[0] else (_glued(groups[first]), 1)


def _windows(groups: Sequence[Group], first: int, reach: int) -> list[tuple[int, str, Issuer]]:
    """Where a number that begins with the group `first` may end, by length and check digit."""
    found = []
    number, issuer = "", None
    for last in range(first, min(first + LONGEST, len(groups))):
        _start, _end, digits, _gap, parted_by = groups[last]
        if parted_by > reach and last > first:
            break
        number += digits
        length = len(number)
        if length < 6:
            continue
        if length > LONGEST or (issuer is None and (issuer := issuer_of(number)) is None):
            break
        if length in issuer.all_lengths and passes_luhn(number):
            found.append((last, number, issuer))
    return found


def _is_believed(folded: str, groups: Sequence[Group], first: int, last: int, is_usual_length: bool) -> bool:
    """Whether what stands around leaves it a card: a doubtful one needs the word."""
    start, end = groups[first].start, groups[last].end
    if is_within_another(folded, start, end):
        return False
    sizes = [len(group.digits) for group in groups[first : last + 1]]
    following = groups[last + 1] if last + 1 < len(groups) else None
    goes_on = following is not None and following.parted_by == SIGNS and following.gap == groups[last].gap
    comes_from = last > first and groups[first].parted_by == SIGNS and groups[first].gap == groups[last].gap
    is_doubtful = not is_usual_length and sizes[:4] != [4, 4, 4, 4]
    if len(sizes) > 1 and "," in groups[last].gap and (goes_on or comes_from):
        return False
    if sizes[0] < 3 and goes_on and following is not None and len(following.digits) < 3:
        is_doubtful = True
    return not is_doubtful or says_card(folded, start, end)


def _is_usual(window: Sequence[Group], sizes: list[int]) -> bool:
    """Whether people write cards in groups of these sizes with such signs between them."""
    if len(sizes) == 1 or sizes in ([4, 6, 5], [4, 6, 4]) or _is_fours(sizes):
        return True
    gaps = {group.gap for group in window[1:]}
    if len(gaps) > 1:
        return False
    is_even = len(set(sizes[:-1])) == 1 and sizes[0] in _EVEN and sizes[-1] <= sizes[0]
    if sizes[0] < 3:
        return is_even and gaps.isdisjoint(gap for gap in gaps if set(gap) & set(".,:;/|"))
    return is_even or (len(sizes) == 2 and sizes[0] == 6)


def _is_usual_with_words(window: Sequence[Group], sizes: list[int]) -> bool:
    """Fours with few words among them, or always the same."""
    words = [group.gap for group in window[1:] if group.parted_by == WORDS]
    if not words or not (_is_fours(sizes) or sizes in ([4, 6, 5], [4, 6, 4])):
        return False
    return len(words) <= 2 or len(set(words)) == 1


def _is_fours(sizes: list[int]) -> bool:
    return sizes[-1] <= 12 and all(size in (4, 8, 12) for size in sizes[:-1])


def _could_be(window: Sequence[Group], sizes: list[int]) -> bool:
    """Whether, after the word card, such groups may be one: few, parted by spaces or dashes."""
    gaps = {group.gap for group in window[1:]}
    return len(sizes) <= 8 and min(sizes) > 1 and all(set(gap) <= set(" -") for gap in gaps)


def _glued(group: Group) -> Hit | None:
    """A number with its month, year and code written on without a space."""
    digits = group.digits
    if not 18 < len(digits) < 25:
        return None
    for length in (16, 15):
        number, rest = digits[:length], digits[length:]
        issuer = issuer_of(number)
        if issuer and length in issuer.lengths and passes_luhn(number) and _starts_with_expiry(rest):
            return Hit(group.start, group.end, issuer.brand, number)
    return None


def _starts_with_expiry(digits: str) -> bool:
    year = digits[4:6] if digits[2:4] == "20" and len(digits) in (6, 9, 10) else digits[2:4]
    return len(digits) in (4, 6, 7, 8, 9, 10) and "01" <= digits[:2] <= "12" and "24" <= year <= "45"


def _counted(groups: Sequence[Group]) -> list[Hit]:
    """Four groups of four, each with its number before it: 1) 4242 2) 4242 and so on."""
    found = []
    for at, group in enumerate(groups):
        if group.digits != "1":
            continue
        row = groups[at : at + 8]
        counts, parts = [each.digits for each in row[::2]], [each.digits for each in row[1::2]]
        if counts != ["1", "2", "3", "4"] or [len(part) for part in parts] != [4, 4, 4, 4]:
            continue
        number = "".join(parts)
        issuer = issuer_of(number)
        is_near = all(each.parted_by != FAR for each in row[1:])
        if is_near and issuer and 16 in issuer.lengths and passes_luhn(number):
            found.append(Hit(row[1].start, row[-1].end, issuer.brand, number))
    return found
