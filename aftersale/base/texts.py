"""What people write, as it may be stored."""

from aftersale.base.card_numbers import scrub
from aftersale.base.errors import BadInput


def clean_text(text: str, *, field: str, longest: int, accepted: str = "") -> str:
    """`text` stripped and without card numbers; where `accepted` says what is wanted, not empty.

    Raises BadInput when it is longer than `longest` or is missing.
    """
    stripped = text.strip()
    clean = scrub(stripped).text
    if len(stripped) > longest or (accepted and not stripped):
        raise BadInput(field, clean, accepted or f"at most {longest} characters")
    # The mark is longer than the number it stands for; a column is not.
    return clean[:longest]
