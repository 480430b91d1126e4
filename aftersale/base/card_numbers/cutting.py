"""A text that is cut before it is scrubbed, without the head of a card number at the cut."""

from aftersale.base.card_numbers.scrubbing import scrub

# Farther from one end to the other than any card number is written.
_REACH = 400


def cut(text: str, longest: int) -> str:
    """At most the first `longest` characters; a number that the cut may have torn goes whole."""
    if len(text) <= longest:
        return text
    head = text[:longest]
    near = max(0, longest - _REACH)
    torn = (at for at in range(near, longest) if head[at].isdigit())
    return head[: _before_a_number(head, next(torn, longest))]


def _before_a_number(head: str, end: int) -> int:
    """`end`, or where the card number begins that this would tear."""
    first = max(0, end - _REACH)
    whole = scrub(head[first:]).found
    return next((first + each.start for each in whole if first + each.start < end < first + each.end), end)
