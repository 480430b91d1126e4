"""A text that is cut before it is scrubbed, without the head of a card number at the cut."""

# Farther from one end to the other than any card number is written.
_REACH = 400


def cut(text: str, longest: int) -> str:
    """At most the first `longest` characters; a number that the cut may have torn goes whole."""
    if len(text) <= longest:
        return text
    head = text[:longest]
    near = max(0, longest - _REACH)
    torn = (at for at in range(near, longest) if head[at].isdigit())
    return head[: next(torn, longest)]
